"""Opens the store that an address names; the one place that knows which keepers there are."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from graph_service.errors import InvalidValue
from graph_service.store.contract import GraphStore

NEO4J_SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")


def import_driver(url: str) -> None:
    """Import now what opening this store will need: before a process is copied, so that the copies share it."""
    if urlsplit(url).scheme in NEO4J_SCHEMES:
        import graph_service.store.neo4j_store  # noqa: F401  # only its being there matters


def open_store(url: str, *, password: str | None = None, migrate: bool = True) -> GraphStore:
    """Open ``sqlite:///kompass.db`` or ``neo4j://user@host:7687/database``; raises StoreError, InvalidValue.

    A missing SQLite file is created. ``migrate`` brings an older database up to date; without it such a one is refused.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        from graph_service.store.sqlite_store import SQLiteStore

        # sqlite:///relative.db and sqlite:////absolute.db, as everywhere
        if parts.netloc or not parts.path[1:]:
            raise InvalidValue("a store address such as sqlite:///kompass.db", url)
        return SQLiteStore(Path(unquote(parts.path[1:])), migrate=migrate)
    if parts.scheme in NEO4J_SCHEMES:
        from graph_service.store.neo4j_store import Neo4jStore

        return Neo4jStore(url, password=password, migrate=migrate)
    raise InvalidValue("a store address that starts with sqlite:/// or neo4j://", url)
