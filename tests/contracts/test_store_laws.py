"""For any records and any order of writes, the two stores answer alike and give back what they got."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_type_hints

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neo4j_server import Address, connected

from graph_service.codec import node_fields
from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import (
    EDGE_SPECS,
    NODE_TYPES,
    Boundary,
    Dataset,
    Edge,
    EdgeType,
    Node,
    ObservationTable,
    Visibility,
)
from graph_service.store.contract import Changes, GraphStore, Reader, Writer
from graph_service.store.open import open_store

pytestmark = pytest.mark.neo4j

LOCALS = st.sampled_from(["a", "B", "c.3", "08119"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
DATES = st.dates(date(1, 1, 1))
PERIODS = st.sampled_from(["2019", "2020", "2020-Q4", "2020-12-31"])
SPECIAL: dict[str, st.SearchStrategy[Any]] = {
    "longitude": st.floats(-180, 180) | st.integers(-180, 180),
    "latitude": st.floats(-90, 90),
    "area_km2": st.floats(0, 1e8),
    "polarity": st.sampled_from([-1, 0, 1]),
    "age_min": st.integers(0, 60),
    "age_max": st.integers(60, 120),
}


def values(hint: object) -> st.SearchStrategy[Any]:
    """What a field of this type may hold."""
    text = str(hint)
    if "date" in text:
        return DATES
    if "tuple" in text:
        return st.lists(TEXTS, max_size=3).map(tuple)
    for kind in (k for k in getattr(hint, "__args__", (hint,)) if isinstance(k, type)):
        if kind in (int, float):
            return st.integers(0, 10**9)
        if hasattr(kind, "__members__"):
            return st.sampled_from(list(kind))
    return TEXTS


@st.composite
def nodes(draw: st.DrawFn) -> Node:
    label = draw(st.sampled_from(Label))
    hints = get_type_hints(NODE_TYPES[label])
    fields = {n: SPECIAL[n] if n in SPECIAL else values(hints[n]) for n in node_fields(NODE_TYPES[label])}
    claimed = draw(st.fixed_dictionaries({}, optional=fields))
    return NODE_TYPES[label](key=NodeKey.of(label, draw(LOCALS)), **claimed)


@st.composite
def edges(draw: st.DrawFn) -> Edge:
    kind = draw(st.sampled_from(EdgeType))
    spec = EDGE_SPECS[kind]
    plain = {str: TEXTS, date: DATES, int: st.integers(0, 4), float: st.floats(-1e9, 1e9) | st.integers(0, 9)}
    properties = draw(st.fixed_dictionaries({}, optional={n: plain[t] for n, t in spec.properties.items()}))
    source, target = (
        NodeKey.of(draw(st.sampled_from(sorted(side))), draw(LOCALS)) for side in (spec.sources, spec.targets)
    )
    return Edge(kind, source, target, properties, draw(st.none() | st.sampled_from(Visibility)))


@st.composite
def tables(draw: st.DrawFn) -> ObservationTable:
    flag = st.sampled_from(["", "", "-", ".", "()", "ü"])
    row = st.tuples(LOCALS, LOCALS, PERIODS, st.floats(allow_infinity=False), flag)
    rows = draw(st.lists(row, max_size=6))
    municipality, indicator, period, value, flags = ([r[i] for r in rows] for i in range(5))
    return ObservationTable(municipality, indicator, period, np.array(value, dtype=float), flags)


BOUNDARIES = st.builds(
    Boundary, LOCALS.map(lambda local: NodeKey.of(Label.MUNICIPALITY, local)), TEXTS, st.none() | DATES
)
DATASETS = st.builds(
    Dataset,
    id=st.sampled_from(["a", "b", "c"]),
    title=st.sampled_from(["Eins", "Zwei"]),
    precedence=st.sampled_from([0, 100, 200]),
    retrieved_on=st.none() | DATES,
)
RECORDS = st.lists(nodes() | edges() | BOUNDARIES | tables(), max_size=12)
Step = tuple[str, Any]
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("replace"), st.tuples(DATASETS, RECORDS)),
    st.tuples(st.just("replace"), st.tuples(DATASETS, RECORDS)),
    st.tuples(st.just("put"), nodes() | edges()),
    st.tuples(st.just("remove"), nodes() | edges()),
    st.tuples(st.just("drop"), st.sampled_from(["a", "b", "c"])),
)


def taken(step: Step) -> Callable[[Writer], Changes | str]:
    """A step as a unit of work; what is not there is an answer, too."""
    name, value = step

    def work(tx: Writer) -> Changes | str:
        try:
            if name == "replace":
                return tx.replace(*value)
            if name == "put":
                return tx.put(value)
            if name == "remove":
                return tx.remove(value.key if isinstance(value, Node) else value)
            return tx.drop(value)
        except NotFound as error:
            return str(error)

    return work


def look(reader: Reader) -> dict[str, object]:
    """All that a store shows and keeps, but the times."""
    keys = [NodeKey.of(label, "a") for label in Label]
    return {
        "datasets": [(s.dataset, s.counts) for s in reader.datasets()],
        "claimed": [[repr(c.record) for c in reader.claimed(s.dataset.id)] for s in reader.datasets()],
        "nodes": [repr(n) for n in reader.nodes()],
        "keys": sorted(reader.keys()),
        "columns": reader.node_columns().key,
        "edges": [repr(e) for e in reader.edges()],
        "edge columns": [(c.source, c.target, c.properties) for c in map(reader.edge_columns, EdgeType)],
        "edges of": [[repr(e) for e in reader.edges_of(key)] for key in keys],
        "series": [repr(s) for s in reader.series()],
        "boundaries": list(reader.boundaries()),
        "contested": [(key, [(c.dataset, dict(c.properties)) for c in claims]) for key, claims in reader.contested()],
        "claims": [[(c.dataset, dict(c.properties)) for c in reader.claims(key)] for key in keys],
    }


@pytest.fixture
def graph(empty_neo4j: Address) -> Iterator[GraphStore]:
    store = open_store(empty_neo4j.url, password=empty_neo4j.password)
    yield store
    store.close()


@given(steps=st.lists(STEPS, min_size=1, max_size=6))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_stores_answer_alike_whatever_is_written_in_whatever_order(
    graph: GraphStore, neo4j_address: Address, steps: list[Step]
) -> None:
    with connected(neo4j_address) as driver:
        driver.execute_query("MATCH (n) WHERE NOT n:Store DETACH DELETE n")
        driver.execute_query("MATCH (s:Store) SET s.revision = 0")
    with TemporaryDirectory() as folder:
        file = open_store(f"sqlite:///{Path(folder) / 'graph.db'}")
        try:
            for step in steps:
                assert graph.write(taken(step)) == file.write(taken(step))
            first, second = file.read(look), graph.read(look)
            for name in first:
                assert first[name] == second[name], name
            assert graph.read(lambda tx: tx.revision()) == file.read(lambda tx: tx.revision())
        finally:
            file.close()
