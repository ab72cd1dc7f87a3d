"""Small graphs as projections without a store, and random ones for laws."""

from collections.abc import Iterable, Sequence

import orjson
from hypothesis import strategies as st

from graph_service.codec import edge_properties, node_properties
from graph_service.keys import Label, NodeKey, concept_key, municipality_key
from graph_service.model import Actor, Alliance, Concept, Edge, EdgeType, Level, Municipality, Node, Record, Series
from graph_service.projection import Projection, build
from graph_service.store.contract import EdgeColumns, NodeColumns

STRENGTHS = ("knows", "cooperates", "coordinates", "integrated")


class Records:
    """Shows records as a store's reader would."""

    def __init__(self, records: Iterable[Record]) -> None:
        kept = list(records)
        self._nodes = {r.key: r for r in kept if isinstance(r, Node)}
        self._edges = {(r.type, r.source, r.target, r.qualifier): r for r in kept if isinstance(r, Edge)}

    def revision(self) -> int:
        return 7

    def node_columns(self) -> NodeColumns:
        keys = sorted(self._nodes)
        return NodeColumns(
            [str(key) for key in keys],
            [orjson.dumps({"name": key.local} | node_properties(self._nodes[key])).decode() for key in keys],
        )

    def edge_columns(self, type: EdgeType) -> EdgeColumns:
        chosen = [self._edges[at] for at in sorted(self._edges) if at[0] is type]
        said = [orjson.dumps(edge_properties(edge)).decode() for edge in chosen]
        return EdgeColumns([str(e.source) for e in chosen], [str(e.target) for e in chosen], said)

    def series(self) -> Iterable[Series]:
        return ()


def projection_of(*records: Record) -> Projection:
    return build(Records(records))  # type: ignore[arg-type]  # as much of a reader as is asked


def a(i: int | str) -> NodeKey:
    return NodeKey.of(Label.ACTOR, str(i))


def b(i: int | str) -> NodeKey:
    return NodeKey.of(Label.ALLIANCE, str(i))


def actors(count: int) -> list[Record]:
    return [Actor(key=a(i), name=f"Verein {i}") for i in range(count)]


def alliances(count: int) -> list[Record]:
    return [Alliance(key=b(i), name=f"Bündnis {i}") for i in range(count)]


def town(code: str, name: str, level: Level = Level.MUNICIPALITY) -> Municipality:
    return Municipality(key=municipality_key(code), name=name, level=level)


def field(id: str) -> Concept:
    return Concept(key=concept_key("field", id), name=id, kind="field")


def cooperates(one: NodeKey, other: NodeKey, strength: str = "cooperates") -> Edge:
    return Edge(EdgeType.COOPERATES_WITH, one, other, {"strength": strength})


def member(actor: NodeKey, alliance: NodeKey) -> Edge:
    return Edge(EdgeType.MEMBER_OF, actor, alliance)


def edge(type: EdgeType, source: NodeKey, target: NodeKey) -> Edge:
    return Edge(type, source, target)


@st.composite
def networks(draw: st.DrawFn, most: int = 8) -> Projection:
    """Actors that cooperate and meet in alliances, some of them in fields."""
    count, groups = draw(st.integers(2, most)), draw(st.integers(1, 4))
    one, group = st.integers(0, count - 1), st.integers(0, groups - 1)
    pairs: Sequence[tuple[int, int, str]] = draw(
        st.lists(st.tuples(one, one, st.sampled_from(STRENGTHS)), max_size=2 * count)
    )
    members: Sequence[tuple[int, int]] = draw(st.lists(st.tuples(one, group), max_size=2 * count))
    fields = draw(st.lists(st.tuples(st.booleans(), one, group, st.sampled_from(("school", "health"))), max_size=count))
    records = [*actors(count), *alliances(groups), field("school"), field("health")]
    records += [cooperates(a(x), a(y), strength) for x, y, strength in pairs]
    records += [member(a(x), b(y)) for x, y in members]
    records += [
        edge(EdgeType.IN_FIELD, a(x) if of_actor else b(y), concept_key("field", what))
        for of_actor, x, y, what in fields
    ]
    return projection_of(*records)
