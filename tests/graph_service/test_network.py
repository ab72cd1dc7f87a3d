"""Ties of the network, who is near by them, and the best ways between two, against networkx."""

from itertools import islice, pairwise

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
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
)
from network_oracles import LAW, SCHOOL, oracle

from graph_service.errors import NotFound
from graph_service.keys import Label
from graph_service.model import EdgeType
from graph_service.network.ego import ego_network, ego_of
from graph_service.network.paths import paths_of, shortest_paths
from graph_service.network.ties import ALL, TOGETHER, Ties, place_of


def test_a_stronger_cooperation_costs_less_and_a_larger_alliance_more():
    records = [*actors(8), *alliances(2), cooperates(a(0), a(1), "integrated"), cooperates(a(0), a(2), "knows")]
    records += [member(a(i), b(0)) for i in (0, 1)] + [member(a(i), b(1)) for i in range(8)]
    ties = Ties.of(projection_of(*records), ALL)
    costs = ties.costs.toarray()
    places = {key: place_of(ties.projection, key) for key in (a(0), a(1), a(2), b(0), b(1))}
    assert 0 < costs[places[a(0)], places[a(1)]] < costs[places[a(0)], places[a(2)]]
    assert 0 < costs[places[a(0)], places[b(0)]] < costs[places[a(0)], places[b(1)]]


@LAW
@given(networks())
def test_every_edge_stands_at_both_of_its_ends_with_what_it_says(projection):
    ties = Ties.of(projection, ALL)
    seen: dict[int, list[int]] = {}
    for node in range(ties.count):
        for i in range(int(ties.offset[node]), int(ties.offset[node + 1])):
            seen.setdefault(int(ties.edge[i]), []).append(node)
    for number, ends in seen.items():
        tie = ties.tie(number)
        assert sorted(ends) == sorted([place_of(projection, tie.source), place_of(projection, tie.target)])
    kept = sum(int((e.source != e.target).sum()) for e in projection.arrays.edges.values())
    assert len(seen) == kept


@LAW
@given(networks(), st.integers(1, 3), st.integers(1, 10))
def test_an_ego_network_holds_the_nearest_connected_and_counts_the_rest(projection, depth, limit):
    ties = Ties.of(projection, TOGETHER)
    found = ego_of(ties, a(0), depth=depth, limit=limit)
    graph, start = oracle(ties), place_of(projection, a(0))
    hops = nx.single_source_shortest_path_length(graph, start, cutoff=depth)
    cost = nx.single_source_dijkstra_path_length(graph.subgraph(hops), start, weight="cost")
    assert [(n.hops, n.cost) for n in found.nodes] == [
        (hops[place_of(projection, n.key)], cost[place_of(projection, n.key)]) for n in found.nodes
    ]
    assert [n.cost for n in found.nodes] == sorted(cost.values())[: limit + 1]
    assert len(found.nodes) + sum(found.left_out.values()) == len(hops)
    shown = {n.key for n in found.nodes}
    assert all(n.via in shown for n in found.nodes[1:])
    assert all({tie.source, tie.target} <= shown for tie in found.ties)


def test_a_field_of_action_is_shown_but_not_walked_through():
    projection = projection_of(
        *actors(3),
        field("school"),
        edge(EdgeType.IN_FIELD, a(0), SCHOOL),
        edge(EdgeType.IN_FIELD, a(1), SCHOOL),
        cooperates(a(0), a(2)),
    )
    assert {n.key for n in ego_network(projection, a(0), depth=3).nodes} == {a(0), a(2), SCHOOL}
    assert {n.key for n in ego_network(projection, SCHOOL, depth=1).nodes} == {SCHOOL, a(0), a(1)}


def test_labels_and_types_keep_an_ego_network_to_what_was_asked():
    projection = projection_of(
        *actors(3), *alliances(1), member(a(0), b(0)), member(a(1), b(0)), cooperates(a(0), a(2))
    )
    assert {n.key for n in ego_network(projection, a(0), depth=2, labels=[Label.ACTOR]).nodes} == {a(0), a(2)}
    only = ego_network(projection, a(0), depth=2, types=[EdgeType.MEMBER_OF])
    assert {n.key for n in only.nodes} == {a(0), b(0), a(1)}


def test_who_is_unknown_is_not_found():
    with pytest.raises(NotFound):
        ego_network(projection_of(*actors(1)), a(9))


@LAW
@given(networks(most=6), st.integers(1, 6))
def test_the_best_ways_cost_what_networkx_finds(projection, limit):
    ties = Ties.of(projection, TOGETHER)
    found = paths_of(ties, a(0), a(1), limit=limit, distinct=False)
    graph, ends = oracle(ties), (place_of(projection, a(0)), place_of(projection, a(1)))
    ways = islice(nx.shortest_simple_paths(graph, *ends, weight="cost"), limit) if nx.has_path(graph, *ends) else ()
    assert [p.cost for p in found.paths] == [nx.path_weight(graph, way, "cost") for way in ways]
    for path in found.paths:
        keys = [key for key, _ in path.nodes]
        assert len(set(keys)) == len(keys)
        assert (keys[0], keys[-1]) == (a(0), a(1))
        for (x, y), step in zip(pairwise(keys), path.steps, strict=True):
            assert step
            assert all({tie.source, tie.target} == {x, y} for tie in step)


@LAW
@given(networks(most=6))
def test_distinct_ways_meet_other_actors_and_begin_with_the_best(projection):
    ties = Ties.of(projection, TOGETHER)
    every = paths_of(ties, a(0), a(1), limit=50, distinct=False).paths
    found = paths_of(ties, a(0), a(1), limit=50).paths
    met = [tuple(key for key, _ in path.nodes if key.label is Label.ACTOR) for path in found]
    assert len(set(met)) == len(met)
    assert [p.cost for p in found[:1]] == [p.cost for p in every[:1]]
    assert [p.cost for p in found] == sorted(p.cost for p in found)


def test_a_way_through_a_small_alliance_is_better_than_through_a_large_one():
    records = [*actors(30), *alliances(2), member(a(0), b(0)), member(a(1), b(0))]
    records += [member(a(i), b(1)) for i in range(30)]
    best = shortest_paths(projection_of(*records), a(0), a(1), limit=1).paths[0]
    assert [key for key, _ in best.nodes] == [a(0), b(0), a(1)]
    assert [step[0].type for step in best.steps] == [EdgeType.MEMBER_OF, EdgeType.MEMBER_OF]


def test_the_way_from_a_node_to_itself_and_to_a_stranger_is_none():
    projection = projection_of(*actors(2))
    for other in (a(0), a(1)):
        found = shortest_paths(projection, a(0), other)
        assert found.paths == ()
        assert found.complete
