"""Brings a Neo4j database up to date by numbered, forward-only steps from ``migrations/neo4j/``."""

import re
from importlib.resources import files

from graph_service.errors import Place, StoreCorrupt, StoreNotMigrated, StoreTooNew
from graph_service.store.neo4j_cypher import STORE, Cypher


def steps() -> list[tuple[int, list[str]]]:
    """The migrations as (number, statements), ascending."""
    folder = files("graph_service.store") / "migrations" / "neo4j"
    found = [
        (int(m[1]), statements(f.read_text("utf-8")))
        for f in folder.iterdir()
        if (m := re.match(r"(\d{4})_\w+\.cypher", f.name))
    ]
    return sorted(found)


def statements(script: str) -> list[str]:
    """The single statements of a script; comments stand on lines of their own, a semicolon ends a line."""
    code = "\n".join(line for line in script.splitlines() if not line.startswith("//"))
    return [statement.strip() for statement in re.split(r";\s*$", code, flags=re.MULTILINE) if statement.strip()]


def version(cypher: Cypher) -> int | None:
    """The number of the last step that was applied; None where the database is not ours."""
    rows = list(cypher.ask("MATCH (s:Store {id: $id}) RETURN s.schema", id=STORE))
    return int(rows[0][0]) if rows else None


def migrate(cypher: Cypher, name: str, *, allowed: bool = True) -> int:
    """Apply the missing steps; return how many. Each statement is a transaction, so each may be run again.

    Raises StoreTooNew, StoreCorrupt (another application's graph), StoreNotMigrated (steps missing, not ``allowed``).
    """
    known = steps()
    latest = known[-1][0]
    current = version(cypher)
    if current is not None and current > latest:
        raise StoreTooNew(f"a database of version {latest} or older", f"version {current}", Place(file=name))
    if current == latest:
        return 0
    if current is None and list(cypher.ask("MATCH (n) RETURN 1 LIMIT 1")):
        raise StoreCorrupt("a Bündniskompass database", "another application's database", Place(file=name))
    if not allowed:
        found = "an empty database" if current is None else f"version {current}"
        raise StoreNotMigrated("a database that is up to date: run `kompass migrate`", found, Place(file=name))
    missing = [(number, step) for number, step in known if number > (current or 0)]
    for number, step in missing:
        for statement in step:
            cypher.tell(statement)
        cypher.tell(
            "MERGE (s:Store {id: $id}) ON CREATE SET s.revision = 0, s.identity = randomUUID() SET s.schema = $number",
            id=STORE,
            number=number,
        )
    cypher.tell("CALL db.awaitIndexes(300)")
    return len(missing)
