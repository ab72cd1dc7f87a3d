"""Small countries of which parts are hidden, and the rules of who sees what, told once more record by record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from graph_service.keys import Label, NodeKey, indicator_key, municipality_key
from graph_service.model import (
    Actor,
    Alliance,
    Boundary,
    Dataset,
    Edge,
    EdgeType,
    Indicator,
    Level,
    Municipality,
    Node,
    ObservationTable,
    Offer,
    Practice,
    Record,
    Request,
    Visibility,
)
from graph_service.store.contract import GraphStore
from graph_service.store.open import open_store
from graph_service.visibility import Audience

DATASET = Dataset(id="made", title="Made")
TOWNS = {"1": Level.STATE, "11": Level.DISTRICT, "12": Level.DISTRICT, "111": Level.MUNICIPALITY}
KINDS: Mapping[str, type[Node]] = {
    "actor:a": Actor,
    "actor:b": Actor,
    "alliance:c": Alliance,
    "offer:d": Offer,
    "practice:e": Practice,
    "request:f": Request,
}
ENDS = (
    (EdgeType.LOCATED_IN, ("actor:a", "actor:b", "offer:d", "request:f"), "town"),
    (EdgeType.SERVES, ("actor:a", "offer:d"), "town"),
    (EdgeType.ACTS_IN, ("alliance:c",), "town"),
    (EdgeType.APPLIED_IN, ("practice:e",), "town"),
    (EdgeType.MEMBER_OF, ("actor:a", "actor:b"), ("alliance:c",)),
    (EdgeType.COOPERATES_WITH, ("actor:a",), ("actor:b",)),
    (EdgeType.OFFERS, ("actor:a", "actor:b"), ("offer:d",)),
    (EdgeType.REQUESTED_BY, ("request:f",), ("actor:a", "alliance:c")),
    (EdgeType.CARRIED_BY, ("practice:e",), ("actor:b",)),
    (EdgeType.PART_OF, "town", "town"),
)
LEVELS = st.sampled_from([None, *Visibility])
AUDIENCES = st.builds(
    Audience,
    st.sampled_from([Visibility.PUBLIC, Visibility.PEERS, Visibility.OWN]),
    st.frozensets(st.sampled_from([municipality_key(code) for code in TOWNS]), max_size=2),
)


@st.composite
def graphs(draw: st.DrawFn) -> list[Record]:
    """A small country of which parts are hidden."""
    towns = [municipality_key(code) for code in TOWNS]
    # most often all municipalities and indicators are open
    figures = draw(st.sampled_from([st.none(), LEVELS]))
    records: list[Record] = [
        Municipality(key=key, name=key.local, level=TOWNS[key.local], visibility=draw(figures)) for key in towns
    ]
    records += [
        kind(key=NodeKey(key), name=key, visibility=draw(LEVELS))  # type: ignore[call-arg]  # all have names
        for key, kind in KINDS.items()
    ]
    records += [Indicator(key=indicator_key(each), name=each, visibility=draw(figures)) for each in ("x", "y")]
    for type, sources, targets in ENDS:
        pairs = st.tuples(
            *(st.sampled_from(towns if e == "town" else [NodeKey(k) for k in e]) for e in (sources, targets))
        )
        for source, target in draw(st.lists(pairs.filter(lambda pair: pair[0] != pair[1]), max_size=3, unique=True)):
            said = {"actor": draw(st.sampled_from(["a", "b", "elsewhere"]))} if type is EdgeType.APPLIED_IN else {}
            records.append(Edge(type, source, target, said, draw(LEVELS)))
    cells = draw(st.lists(st.tuples(st.sampled_from(list(TOWNS)), st.sampled_from("xy")), max_size=5, unique=True))
    records.append(_values([(town, each, "2020", float(i)) for i, (town, each) in enumerate(cells)]))
    records += [Boundary(key, '{"type":"Point","coordinates":[1,2]}') for key in draw(st.sets(st.sampled_from(towns)))]
    return records


def _values(rows: list[tuple[str, str, str, float]]) -> ObservationTable:
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
    return ObservationTable(columns[0], columns[1], columns[2], np.array(columns[3], float), [""] * len(rows))


@dataclass
class Oracle:
    """The rules, told once more and record by record."""

    records: list[Record]
    audience: Audience

    def visible(self) -> list[Record]:
        """Everything that the audience may see."""
        nodes = {n.key for n in self._nodes() if self._allowed(n.visibility, self._mine(n.key))}
        found: list[Record] = [node for node in self._nodes() if node.key in nodes]
        for edge in self._edges():
            own = self._mine(edge.source) or self._mine(edge.target)
            if {edge.source, edge.target} <= nodes and self._allowed(edge.visibility, own):
                known, actor = {n.key for n in self._nodes()}, f"actor:{edge.properties.get('actor')}"
                hidden = actor in known and actor not in nodes
                found.append(replace(edge, properties={}) if hidden else edge)
        found += [each for each in self.records if isinstance(each, Boundary) and each.municipality in nodes]
        for table in (each for each in self.records if isinstance(each, ObservationTable)):
            rows = zip(table.municipality, table.indicator, table.period, table.value.tolist(), strict=True)
            seen = [row for row in rows if {municipality_key(row[0]), indicator_key(row[1])} <= nodes]
            found.append(_values(seen))
        return found

    def _nodes(self) -> list[Node]:
        return [each for each in self.records if isinstance(each, Node)]

    def _edges(self) -> list[Edge]:
        return [each for each in self.records if isinstance(each, Edge)]

    def _allowed(self, level: Visibility | None, own: bool) -> bool:
        if level is None or level is Visibility.PUBLIC:
            return True
        if level is Visibility.PEERS:
            return self.audience.clearance is not Visibility.PUBLIC
        return level is Visibility.OWN and own

    def _to(self, key: NodeKey, *types: EdgeType) -> list[NodeKey]:
        return [e.target for e in self._edges() if e.source == key and e.type in types and self._counts(e)]

    def _counts(self, edge: Edge) -> bool:
        return edge.visibility is not Visibility.OFFICE

    def _area(self, key: NodeKey, depth: int = 7) -> bool:
        if key in self.audience.municipalities:
            return True
        return depth > 1 and any(self._area(above, depth - 1) for above in self._to(key, EdgeType.PART_OF))

    def _mine(self, key: NodeKey) -> bool:
        if key.label is Label.MUNICIPALITY:
            return self._area(key)
        places = [
            *(self._to(key, EdgeType.LOCATED_IN) or self._to(key, EdgeType.SERVES)),
            *self._to(key, EdgeType.ACTS_IN, EdgeType.INVOLVES, EdgeType.APPLIED_IN),
        ]
        carriers = [*self._to(key, EdgeType.REQUESTED_BY, EdgeType.CARRIED_BY)]
        carriers += [
            e.source for e in self._edges() if e.type is EdgeType.OFFERS and e.target == key and self._counts(e)
        ]
        return any(map(self._area, places)) or any(map(self._mine, carriers))


def stored(records: Iterable[Record], folder: str) -> GraphStore:
    store = open_store(f"sqlite:///{folder}/kompass.db")
    kept = list(records)
    store.write(lambda tx: tx.replace(DATASET, kept))
    return store
