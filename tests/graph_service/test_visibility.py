"""What an audience does not see might as well never have been recorded: in projections, and through a reader."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_service.errors import NotFound
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
from graph_service.projection import Arrays, Projection, build
from graph_service.seen import SeenReader, Sight
from graph_service.store.contract import GraphStore, Reader
from graph_service.store.open import open_store
from graph_service.visibility import OFFICE, PUBLIC, Audience, own_records, seen_by

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
    records: list[Record] = [
        Municipality(key=key, name=key.local, level=TOWNS[key.local], visibility=draw(LEVELS)) for key in towns
    ]
    records += [
        kind(key=NodeKey(key), name=key, visibility=draw(LEVELS))  # type: ignore[call-arg]  # all have names
        for key, kind in KINDS.items()
    ]
    records += [Indicator(key=indicator_key(each), name=each, visibility=draw(LEVELS)) for each in ("x", "y")]
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
