"""Who is alone, how fields meet, and what links two municipalities."""

from itertools import combinations

import networkx as nx
import pytest
from hypothesis import given
from network_graphs import (
    a,
    actors,
    alliances,
    b,
    cooperates,
    edge,
    field,
    member,
    networks,
    projection_of,
    town,
)
from network_oracles import HEALTH, LAW, SCHOOL, one_mode, oracle

from graph_service.keys import Label, NodeKey, municipality_key
from graph_service.model import Actor, EdgeType, Exchange, Level, Practice
from graph_service.network.between import LinkKind, find_between
from graph_service.network.brokers import find_brokers
from graph_service.network.communities import find_communities
from graph_service.network.fields import LARGEST, find_fields
from graph_service.network.isolated import find_isolated
from graph_service.network.ties import TOGETHER, Ties


@LAW
@given(networks())
def test_who_is_alone_and_on_which_island_agrees_with_networkx(projection):
    found = find_isolated(projection, types=TOGETHER)
    graph = oracle(Ties.of(projection, TOGETHER))
    span = projection.spans[Label.ACTOR]
    lonely = [NodeKey.trusted(projection.arrays.keys[i]) for i in span if not graph[i]]
    parts = [{i for i in part if i in span} for part in nx.connected_components(graph)]
    sizes = sorted((len(part) for part in parts if len(part) > 1), reverse=True)
    assert [each.key for each in found.actors] == lonely
    assert found.without_ties == len(lonely)
    assert found.in_largest == (sizes[0] if sizes else 0)
    assert found.parts == len(sizes)


def test_isolated_actors_of_a_district_include_those_of_its_towns():
    kreis, stadt = town("08119", "Rems-Murr-Kreis", Level.DISTRICT), town("08119008", "Backnang")
    projection = projection_of(
        *actors(3),
        kreis,
        stadt,
        town("08111", "Stuttgart", Level.DISTRICT),
        edge(EdgeType.PART_OF, stadt.key, kreis.key),
        edge(EdgeType.LOCATED_IN, a(0), stadt.key),
        edge(EdgeType.LOCATED_IN, a(1), municipality_key("08111")),
    )
    found = find_isolated(projection, municipality=kreis.key)
    assert [(each.key, each.place) for each in found.actors] == [(a(0), "Backnang")]
    assert found.total == 1


@LAW
@given(networks())
def test_density_and_overlap_of_fields_are_what_counting_pairs_gives(projection):
    found = find_fields(projection)
    graph = one_mode(projection)
    inside: dict[NodeKey, set[NodeKey]] = {SCHOOL: set(), HEALTH: set()}
    edges = projection.edges(EdgeType.IN_FIELD)
    members = projection.adjacency(EdgeType.MEMBER_OF, Label.ACTOR, Label.ALLIANCE).tocoo()
    for source, target in zip(edges.source.tolist(), edges.target.tolist(), strict=True):
        key, concept = (NodeKey.trusted(projection.arrays.keys[i]) for i in (source, target))
        if key.label is Label.ACTOR:
            inside[concept].add(key)
        for i, j in zip(members.row.tolist(), members.col.tolist(), strict=True):
            if projection.key(Label.ALLIANCE, j) == key:
                inside[concept].add(projection.key(Label.ACTOR, i))
    for each in found.fields:
        mine = inside[each.key]
        pairs = sum(graph.has_edge(x, y) for x, y in combinations(sorted(mine), 2))
        assert (each.actors, each.pairs) == (len(mine), pairs)
        assert each.density == (pairs / (len(mine) * (len(mine) - 1) / 2) if len(mine) > 1 else None)
        assert each.outward == sum(graph.has_edge(x, y) for x in mine for y in set(graph) - mine)
    for each in found.overlaps:
        both = inside[SCHOOL] & inside[HEALTH]
        assert each.actors == len(both)
        assert each.share == pytest.approx(len(both) / len(inside[SCHOOL] | inside[HEALTH]))


def test_an_alliance_of_very_many_brings_nobody_together_and_that_is_said():
    records = [*actors(LARGEST + 1), *alliances(1), field("school")]
    records += [member(a(i), b(0)) for i in range(LARGEST + 1)]
    records.append(edge(EdgeType.IN_FIELD, b(0), SCHOOL))
    found = find_fields(projection_of(*records))
    assert found.left_out == 1
    assert (found.fields[0].actors, found.fields[0].pairs, found.fields[0].density) == (LARGEST + 1, 0, 0.0)


def test_links_between_two_municipalities_are_found_from_either_side():
    one, other, inner = town("08119", "Rems-Murr-Kreis"), town("06434", "Hochtaunuskreis"), town("08119008", "Backnang")
    practice = Practice(key=NodeKey.of(Label.PRACTICE, "p"), name="Lernpaten")
    exchange = Exchange(key=NodeKey.of(Label.EXCHANGE, "e"), name="Besuch")
    projection = projection_of(
        one,
        other,
        inner,
        practice,
        exchange,
        *(Actor(key=a(i)) for i in range(3)),
        *alliances(2),
        edge(EdgeType.PART_OF, inner.key, one.key),
        edge(EdgeType.LOCATED_IN, a(0), inner.key),
        edge(EdgeType.LOCATED_IN, a(1), other.key),
        cooperates(a(1), a(0)),
        member(a(0), b(0)),
        member(a(1), b(0)),
        member(a(2), b(0)),
        member(a(0), b(1)),
        edge(EdgeType.ACTS_IN, b(1), one.key),
        edge(EdgeType.ACTS_IN, b(1), other.key),
        edge(EdgeType.APPLIED_IN, practice.key, one.key),
        edge(EdgeType.APPLIED_IN, practice.key, other.key),
        edge(EdgeType.INVOLVES, exchange.key, inner.key),
        edge(EdgeType.INVOLVES, exchange.key, other.key),
        edge(EdgeType.ADJACENT_TO, other.key, one.key),
    )
    found = find_between(projection, one.key, other.key)
    kinds = ("cooperation", "joint-alliance", "alliance-in-both", "exchange", "same-practice", "adjacent")
    assert found.counts == dict.fromkeys(map(LinkKind, kinds), 1)
    joint = next(link for link in found.links if link.kind is LinkKind.JOINT_ALLIANCE)
    assert (joint.one[0][0], joint.via[0][0], joint.other[0][0]) == (a(0), b(0), a(1))
    assert find_between(projection, other.key, one.key).counts == found.counts
    assert find_between(projection, one.key, inner.key).counts == {LinkKind.PART: 1}


@pytest.mark.parametrize("records", [[], actors(1), [town("08119", "Rems-Murr-Kreis")]], ids=["empty", "actor", "town"])
def test_an_almost_empty_network_answers_every_question(records):
    projection = projection_of(*records)
    assert find_communities(projection).communities == ()
    assert all(broker.contacts == 0 for broker in find_brokers(projection).brokers)
    assert find_isolated(projection).without_ties == len(projection.spans[Label.ACTOR])
    assert find_fields(projection).fields == ()
