"""What an audience does not see might as well never have been recorded: in projections, and through a reader."""

from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hidden_graphs import AUDIENCES, Oracle, graphs, stored
from hypothesis import HealthCheck, given, settings

from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey, municipality_key
from graph_service.model import (
    Actor,
    Dataset,
    Edge,
    EdgeType,
    Level,
    Municipality,
    Record,
    Visibility,
)
from graph_service.projection import Arrays, Projection, build
from graph_service.seen import SeenReader, Sight
from graph_service.store.contract import GraphStore, Reader
from graph_service.store.open import open_store
from graph_service.visibility import OFFICE, PUBLIC, Audience, own_records, seen_by


def same(one: Any, other: Any) -> bool:
    """Whether two nests of arrays hold the same."""
    if isinstance(one, np.ndarray):
        return one.dtype.kind == other.dtype.kind and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))


def arrays(projection: Projection) -> Arrays:
    return replace(projection.arrays, revision=np.zeros(1, np.int64))


def everything(reader: Reader) -> dict[str, Any]:
    """All that a reader tells, times apart."""
    return {
        "nodes": list(reader.nodes()),
        "keys": reader.keys(),
        "edges": sorted((e.type, e.source, e.target, e.visibility or "", dict(e.properties)) for e in reader.edges()),
        "series": list(reader.series()),
        "boundaries": list(reader.boundaries()),
        "datasets": [(d.dataset, d.counts) for d in reader.datasets()],
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(), AUDIENCES)
def test_an_audience_sees_what_would_be_there_if_nothing_else_had_been_recorded(records, audience):
    with TemporaryDirectory() as whole_folder, TemporaryDirectory() as seen_folder:
        whole, visible = stored(records, whole_folder), stored(Oracle(records, audience).visible(), seen_folder)
        projection, expected = whole.read(build), visible.read(build)
        assert same(arrays(seen_by(projection, audience)), arrays(expected))
        sight = Sight.of(projection, audience)
        assert same(arrays(whole.read(lambda reader: build(SeenReader(reader, sight)))), arrays(expected))
        told = whole.read(lambda reader: everything(SeenReader(reader, sight)))
        assert told == visible.read(everything)
        claims = whole.read(lambda reader: [each.record for each in SeenReader(reader, sight).claimed("made")])
        assert len(claims) == len(visible.read(lambda reader: list(reader.claimed("made"))))
        for store in (whole, visible):
            store.close()


@pytest.fixture
def shared(tmp_path: Path) -> GraphStore:
    """A public actor of which a second dataset says something for the office alone; and a dataset all hidden."""
    store = open_store(f"sqlite:///{tmp_path}/kompass.db")
    actor, town = NodeKey("actor:a"), municipality_key("11")
    first = Dataset(id="first", title="First", precedence=1)
    open_records: list[Record] = [
        Municipality(key=town, name="Ort", level=Level.DISTRICT),
        Actor(key=actor, name="Verein", visibility=Visibility.PUBLIC),
        Edge(EdgeType.LOCATED_IN, actor, town),
    ]
    narrow: list[Record] = [Actor(key=actor, name="Verein (intern)", visibility=Visibility.OFFICE)]
    secret: list[Record] = [Actor(key=NodeKey("actor:s"), name="Geheim", visibility=Visibility.OFFICE)]
    store.write(lambda tx: tx.replace(first, open_records))
    store.write(lambda tx: tx.replace(Dataset(id="second", title="Second"), narrow))
    store.write(lambda tx: tx.replace(Dataset(id="secret", title="Secret"), secret))
    return store


def looking(store: GraphStore, audience: Audience, work: Any) -> Any:
    sight = Sight.of(store.read(build), audience)
    return store.read(lambda reader: work(SeenReader(reader, sight)))


def test_a_claim_for_the_office_is_not_told_to_others(shared):
    def claims(reader: Reader) -> list[str]:
        return [each.dataset for each in reader.claims(NodeKey("actor:a"))]

    assert looking(shared, PUBLIC, claims) == ["first"]
    assert looking(shared, OFFICE, claims) == ["first", "second"]


def test_what_only_the_office_hears_a_second_dataset_say_is_contested_for_the_office_alone(shared):
    def contested(reader: Reader) -> list[tuple[str, list[str]]]:
        return [(key, [each.dataset for each in claims]) for key, claims in reader.contested()]

    assert looking(shared, PUBLIC, contested) == []
    assert ("actor:a", ["first", "second"]) in looking(shared, OFFICE, contested)


def test_a_dataset_of_which_nothing_is_seen_is_not_named(shared):
    def named(reader: Reader) -> list[str]:
        return [each.dataset.id for each in reader.datasets()]

    assert looking(shared, PUBLIC, named) == ["first"]
    assert looking(shared, OFFICE, named) == ["first", "second", "secret"]
    with pytest.raises(NotFound):
        looking(shared, PUBLIC, lambda reader: list(reader.claimed("secret")))


def test_a_hidden_record_is_missing_like_one_that_never_was(shared):
    for key in ("actor:s", "actor:nobody"):
        with pytest.raises(NotFound) as error:
            looking(shared, PUBLIC, lambda reader, key=key: reader.node(NodeKey(key)))
        assert (error.value.expected, error.value.found) == ("a known node", key)
        assert looking(shared, PUBLIC, lambda reader, key=key: reader.claims(NodeKey(key))) == []


def test_what_lies_in_ones_own_district_is_ones_own(tmp_path):
    district, town, actor = municipality_key("11"), municipality_key("111"), NodeKey("actor:a")
    records: list[Record] = [
        Municipality(key=district, name="Kreis", level=Level.DISTRICT),
        Municipality(key=town, name="Ort", level=Level.MUNICIPALITY),
        Edge(EdgeType.PART_OF, town, district),
        Actor(key=actor, name="Verein", visibility=Visibility.OWN),
        Edge(EdgeType.LOCATED_IN, actor, town),
    ]
    projection = stored(records, str(tmp_path)).read(build)
    mine = Audience(Visibility.OWN, frozenset({district}))
    assert own_records(projection, mine).all()
    assert len(seen_by(projection, mine).spans[Label.ACTOR]) == 1
    assert len(seen_by(projection, Audience(Visibility.OWN)).spans[Label.ACTOR]) == 0
