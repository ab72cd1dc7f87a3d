// One node per key, whatever its label; a node that no dataset names yet has only this label.
CREATE CONSTRAINT entity_key IF NOT EXISTS FOR (n:Entity) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT dataset_id IF NOT EXISTS FOR (d:Dataset) REQUIRE d.id IS UNIQUE;
CREATE CONSTRAINT store_id IF NOT EXISTS FOR (s:Store) REQUIRE s.id IS UNIQUE;

// A replaced dataset finds its series and boundaries again.
CREATE INDEX series_dataset IF NOT EXISTS FOR (s:Series) ON (s.dataset);
CREATE INDEX boundary_dataset IF NOT EXISTS FOR (b:Boundary) ON (b.dataset);

// People ask by name, and by key with the label they see.
CREATE INDEX municipality_name IF NOT EXISTS FOR (n:Municipality) ON (n.name);
CREATE INDEX municipality_key IF NOT EXISTS FOR (n:Municipality) ON (n.key);
CREATE INDEX actor_name IF NOT EXISTS FOR (n:Actor) ON (n.name);
CREATE INDEX actor_key IF NOT EXISTS FOR (n:Actor) ON (n.key);
CREATE INDEX alliance_name IF NOT EXISTS FOR (n:Alliance) ON (n.name);
CREATE INDEX alliance_key IF NOT EXISTS FOR (n:Alliance) ON (n.key);
CREATE INDEX practice_key IF NOT EXISTS FOR (n:Practice) ON (n.key);
CREATE INDEX offer_key IF NOT EXISTS FOR (n:Offer) ON (n.key);
CREATE INDEX request_key IF NOT EXISTS FOR (n:Request) ON (n.key);
CREATE INDEX concept_key IF NOT EXISTS FOR (n:Concept) ON (n.key);
CREATE INDEX indicator_key IF NOT EXISTS FOR (n:Indicator) ON (n.key);
