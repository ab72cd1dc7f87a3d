"""Times the stores: imports of the sizes in the targets, and the projection, beside a bare insert."""

import os
import random
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from graph_service.keys import Label, NodeKey, indicator_key, municipality_key
from graph_service.model import (
    Actor,
    Dataset,
    Edge,
    EdgeType,
    Indicator,
    Level,
    Municipality,
    ObservationTable,
    Record,
)
from graph_service.projection import project
from graph_service.projection_cache import ProjectionCache
from graph_service.store.contract import GraphStore
from graph_service.store.open import open_store
from scripts.figures import Figure, duration, once, peak_memory, rate, seconds

TOWNS, ACTORS, EDGES, OBSERVATIONS, INDICATORS, YEARS = 11_000, 100_000, 1_000_000, 1_000_000, 60, 5


def municipalities(first: int = 0) -> list[Record]:
    """As many municipalities as Germany has, numbered from here on, and the indicators that are observed."""
    towns: list[Record] = [
        Municipality(
            key=municipality_key(f"{i:08d}"),
            name=f"Gemeinde Nummer {i}",
            level=Level.MUNICIPALITY,
            kind="gemeinde",
            population=i,
            area_km2=12.5,
            longitude=9.5,
            latitude=48.9,
        )
        for i in range(first, first + TOWNS)
    ]
    return towns + [Indicator(key=indicator_key(f"bench.{i}"), name=f"Merkmal {i}") for i in range(INDICATORS)]


def observations() -> ObservationTable:
    """A million values: municipality by municipality, some indicators, five years each."""
    per_town = OBSERVATIONS // (YEARS * TOWNS) + 1
    rows = [(t, i, y) for t in range(TOWNS) for i in range(per_town) for y in range(YEARS)][:OBSERVATIONS]
    values = np.random.default_rng(7).random(len(rows))
    return ObservationTable(
        [f"{t:08d}" for t, _, _ in rows],
        [f"bench.{i}" for _, i, _ in rows],
        [str(2018 + y) for _, _, y in rows],
        values,
        [""] * len(rows),
    )


def actors() -> list[Record]:
    """A hundred thousand organisations."""
    return [Actor(key=NodeKey.of(Label.ACTOR, f"a{i}"), name=f"Verein Nummer {i}") for i in range(ACTORS)]


def cooperations(count: int = EDGES) -> list[Record]:
    """Edges between random actors."""
    draw = random.Random(7)  # noqa: S311  # a benchmark, no secret
    keys = [NodeKey.of(Label.ACTOR, f"a{i}") for i in range(ACTORS)]
    said = {"strength": "cooperates"}
    return [Edge(EdgeType.COOPERATES_WITH, draw.choice(keys), draw.choice(keys), said) for _ in range(count)]


def write(store: GraphStore, name: str, records: Sequence[Record]) -> float:
    """Import records as one dataset; the wall time."""
    dataset = Dataset(id=name, title=name)
    return once(lambda: store.write(lambda tx: tx.replace(dataset, records)))[1]


def raw_insert(path: Path, records: Sequence[Record]) -> float:
    """What a user would write instead: one table, one executemany, no claims, no index; the wall time."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE edge (type TEXT, source TEXT, target TEXT, strength TEXT)")
    rows = ((e.type.value, e.source, e.target, "cooperates") for e in records if isinstance(e, Edge))

    def work() -> None:
        with connection:
            connection.executemany("INSERT INTO edge VALUES (?, ?, ?, ?)", rows)

    taken = once(work)[1]
    connection.close()
    return taken


def bench_sqlite() -> Iterator[Figure]:
    """SQLite: the three imports, then the projection of all that."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/bench.db")
        yield Figure(
            f"SQLite: import {TOWNS:,} municipalities", "< 3 s", duration(write(store, "towns", municipalities()))
        )
        table = observations()
        yield Figure(f"SQLite: import {len(table):,} observations", "< 10 s", duration(write(store, "values", [table])))
        yield Figure(
            "SQLite: the same observations again, nothing changes", "", duration(write(store, "values", [table]))
        )
        yield Figure(f"SQLite: import {ACTORS:,} actors", "", duration(write(store, "actors", actors())))
        edges = cooperations()
        taken, raw = write(store, "edges", edges), raw_insert(Path(folder) / "raw.db", edges)
        yield Figure(f"SQLite: import {EDGES:,} edges", "< 15 s", duration(taken), f"bare insert {duration(raw)}")
        del edges, table
        yield Figure("peak memory of these imports", "", peak_memory())
        yield from _projection(store, Path(folder))
        store.close()


def _projection(store: GraphStore, folder: Path) -> Iterator[Figure]:
    store.write(lambda tx: tx.drop("values"))
    yield Figure(f"projection of {EDGES:,} edges", "< 1.5 s", duration(seconds(lambda: project(store), 3)))
    cache = ProjectionCache(folder / "projection")
    cache.open(store)
    yield Figure("opening it from the cache", "< 50 ms", duration(seconds(lambda: cache.open(store))))


def bench_neo4j() -> Iterator[Figure]:
    """The same into a real Neo4j, where KOMPASS_TEST_NEO4J_URI names an empty one; a tenth of the edges."""
    url = os.environ.get("KOMPASS_TEST_NEO4J_URI")
    if not url:
        yield Figure("Neo4j", "", "not measured: KOMPASS_TEST_NEO4J_URI names no server")
        return
    store = open_store(url)
    taken = write(store, "towns", municipalities())
    yield Figure(f"Neo4j: import {TOWNS:,} municipalities first", "≥ 8,000/s", rate(TOWNS, taken), duration(taken))
    table = observations()
    taken = write(store, "values", [table])
    yield Figure(f"Neo4j: import {len(table):,} observations", "≥ 50,000/s", rate(len(table), taken), duration(taken))
    taken = write(store, "actors", actors())
    yield Figure(f"Neo4j: import {ACTORS:,} actors", "≥ 8,000/s", rate(ACTORS, taken), duration(taken))
    edges = cooperations(EDGES // 10)
    taken = write(store, "edges", edges)
    yield Figure(f"Neo4j: import {len(edges):,} edges", "≥ 8,000/s", rate(len(edges), taken), duration(taken))
    # Java has by then compiled what it runs most
    taken = write(store, "more towns", municipalities(TOWNS))
    yield Figure(f"Neo4j: import {TOWNS:,} more at last", "≥ 8,000/s", rate(TOWNS, taken), duration(taken))
    store.close()
