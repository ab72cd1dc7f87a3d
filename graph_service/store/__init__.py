"""Where the graph is kept: one promise (contract), two keepers (SQLite and Neo4j)."""
