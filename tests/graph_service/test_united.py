"""Records that are the same actor are one node: with all that its records say, found by the key and name of each."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_graphs import a, actors, alliances, b, cooperates, edge, field, member, projection_of, town

from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey, concept_key, municipality_key
from graph_service.model import Actor, Edge, EdgeType, Municipality, Node, Practice, Record, Visibility
from graph_service.projection import Projection
from graph_service.united import united
from graph_service.visibility import PUBLIC, seen_by

BACKNANG, AACHEN = municipality_key("08119008"), municipality_key("05334002")
SCHOOL, HEALTH = concept_key("field", "school"), concept_key("field", "health")
TOWNS = (town("08119008", "Backnang"), town("05334002", "Aachen"))


def same(duplicate: NodeKey, kept: NodeKey) -> Edge:
    return Edge(EdgeType.SAME_AS, duplicate, kept)


def relations(projection: Projection) -> dict[str, set[tuple[str, str, str]]]:
    """All edges by type, as keys and what they say."""
    keys = projection.arrays.keys
    return {
        name: {
            (keys[int(edges.source[i])], keys[int(edges.target[i])], edges.properties[int(edges.said[i])])
            for i in range(len(edges.source))
        }
        for name, edges in projection.arrays.edges.items()
    }


@st.composite
def torn(draw: st.DrawFn) -> tuple[list[Record], list[Record]]:
    """A graph, and the same with the edges and words of one actor spread over up to four records."""
    count, one = draw(st.integers(2, 6)), st.integers(0, 5)
    pairs = draw(st.lists(st.tuples(one, one), max_size=10))
    edges = [cooperates(a(x % count), a(y % count)) for x, y in pairs if x % count != y % count]
    edges += [member(a(x % count), b(y % 3)) for x, y in draw(st.lists(st.tuples(one, one), max_size=10))]
    edges += [edge(EdgeType.IN_FIELD, a(x % count), SCHOOL) for x in draw(st.lists(one, max_size=4))]
    edges += [edge(EdgeType.IN_FIELD, b(0), SCHOOL)]
    whole = Actor(key=a(0), name="Amt", kind="school", resources=("room",), assured_on=date(2024, 1, 1))
    others = [*actors(count)[1:], *alliances(3), field("school"), *TOWNS, edge(EdgeType.PART_OF, *(BACKNANG, AACHEN))]
    parts = [a(0), *(NodeKey.of(Label.ACTOR, name) for name in draw(st.sampled_from(["", "A", "zz", "Azy"])))]
    pieces: list[Record] = [Actor(key=key, name="Amt") for key in parts]
    pieces[-1] = Actor(key=parts[-1], name="Amt", kind="school", resources=("room",), assured_on=date(2024, 1, 1))

    def moved(each: Edge) -> Edge:
        part = draw(st.sampled_from(parts))
        source, target = (part if end == a(0) else end for end in (each.source, each.target))
        return Edge(each.type, source, target, each.properties)

    joined = [same(parts[i], parts[draw(st.integers(0, i - 1))]) for i in range(1, len(parts))]
    return [whole, *others, *edges], [*pieces, *others, *(moved(each) for each in edges), *joined]


@settings(max_examples=150, deadline=None)
@given(torn())
def test_an_actor_torn_into_records_is_whole_again(graphs: tuple[list[Record], list[Record]]) -> None:
    one, other = projection_of(*graphs[0]), united(projection_of(*graphs[1]))
    assert list(other.arrays.keys) == list(one.arrays.keys)
    assert list(other.arrays.names) == list(one.arrays.names)
    assert other.nodes(Label.ACTOR) == one.nodes(Label.ACTOR)
    assert relations(other) == relations(one)
    assert other.spans == one.spans
    for name, edges in other.arrays.edges.items():
        ends = list(zip(edges.source.tolist(), edges.target.tolist(), strict=True))
        assert ends == sorted(ends), name
    assert other.municipalities.parent.tolist() == one.municipalities.parent.tolist()
    assert united(other) is other


def test_where_nothing_was_decided_it_is_the_same_projection() -> None:
    projection = projection_of(*actors(2), Edge(EdgeType.DIFFERENT_FROM, a(0), a(1)))
    assert united(projection) is projection


def test_every_record_s_key_stands_for_the_one_kept() -> None:
    projection = united(projection_of(*actors(4), same(a(0), a(2)), same(a(3), a(0))))
    assert [node.key for node in projection.nodes(Label.ACTOR)] == [a(1), a(2)]
    assert {projection.position(a(i)) for i in (0, 2, 3)} == {1}
    assert projection.known("actor:3") == a(2)
    assert [(alias.key, alias.name) for alias in projection.aliases] == [(a(0), "Verein 0"), (a(3), "Verein 3")]
    assert projection.known("actor:9") is None
    with pytest.raises(NotFound):
        projection.position(a(9))


def merged(*records: Node) -> Actor:
    """The one actor that these records are; the first is kept."""
    joined = [same(each.key, records[0].key) for each in records[1:]]
    (found,) = united(projection_of(*records, *joined)).nodes(Label.ACTOR)
    assert isinstance(found, Actor)
    return found


def test_the_kept_record_says_what_it_knows_and_the_others_the_rest() -> None:
    found = merged(
        Actor(key=a(1), name="Jugendamt", longitude=9.0, resources=("room",), assured_on=date(2022, 1, 1)),
        Actor(
            key=a(0),
            name="Jugendamt Backnang",
            kind="youth-office",
            longitude=8.0,
            latitude=48.0,
            resources=("money", "room"),
            assured_on=date(2025, 1, 1),
        ),
    )
    assert (found.name, found.kind) == ("Jugendamt", "youth-office")
    assert found.resources == ("room", "money")
    assert found.assured_on == date(2025, 1, 1)
    assert (found.longitude, found.latitude) == (9.0, None)


def test_a_place_of_the_kept_record_stands_and_else_that_of_the_others_counts() -> None:
    records = [*actors(2), *TOWNS, same(a(1), a(0)), edge(EdgeType.LOCATED_IN, a(1), AACHEN)]
    assert relations(united(projection_of(*records)))["LOCATED_IN"] == {(a(0), AACHEN, "{}")}
    own = [*records, edge(EdgeType.LOCATED_IN, a(0), BACKNANG)]
    assert relations(united(projection_of(*own)))["LOCATED_IN"] == {(a(0), BACKNANG, "{}")}


def test_what_two_records_say_of_one_edge_is_one_edge_and_different_roles_are_two() -> None:
    def joins(one: NodeKey, role: str, **said: date) -> Edge:
        return Edge(EdgeType.MEMBER_OF, one, b(0), {"role": role, **said})

    records = [*actors(2), *alliances(1), same(a(1), a(0)), joins(a(0), "lead"), joins(a(1), "lead")]
    records += [joins(a(1), "member"), joins(a(1), "voice", until=date(2020, 1, 1)), joins(a(0), "voice")]
    found = relations(united(projection_of(*records)))["MEMBER_OF"]
    assert {said for *_, said in found} == {'{"role":"lead"}', '{"role":"member"}', '{"role":"voice"}'}


def test_edges_between_the_records_of_one_actor_are_gone_and_named_actors_are_the_kept_one() -> None:
    practice = Practice(key=NodeKey.of(Label.PRACTICE, "p"), name="Patenschaften")
    applied = Edge(EdgeType.APPLIED_IN, practice.key, BACKNANG, {"actor": "1"})
    projection = united(projection_of(*actors(2), *TOWNS, practice, same(a(1), a(0)), cooperates(a(0), a(1)), applied))
    assert relations(projection) == {"APPLIED_IN": {(practice.key, BACKNANG, '{"actor":"0"}')}}


def test_a_hidden_record_adds_nothing_to_what_the_public_sees() -> None:
    hidden = Actor(key=a(1), name="Amt", description="geheim", visibility=Visibility.OFFICE)
    records = [Actor(key=a(0), name="Amt"), hidden, *alliances(1), same(a(1), a(0)), member(a(1), b(0))]
    projection = projection_of(*records)
    public = united(seen_by(projection, PUBLIC))
    assert public.nodes(Label.ACTOR) == [Actor(key=a(0), name="Amt")]
    assert relations(public) == {}
    (whole,) = united(projection).nodes(Label.ACTOR)
    assert whole == Actor(key=a(0), name="Amt", description="geheim", visibility=Visibility.OFFICE)


def test_municipalities_keep_their_places() -> None:
    records = [*actors(3), same(a(0), a(2)), *TOWNS, edge(EdgeType.LOCATED_IN, a(0), AACHEN)]
    projection = united(projection_of(*records))
    located = projection.adjacency(EdgeType.LOCATED_IN, Label.ACTOR, Label.MUNICIPALITY)
    assert located.shape == (2, 2)
    assert located[projection.position(a(2)), projection.position(AACHEN)] == 1
    assert isinstance(projection.node(BACKNANG), Municipality)
