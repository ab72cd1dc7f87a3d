"""What is asked of the network agrees with networkx, on random graphs and on small cases by hand."""

from itertools import combinations, islice, pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
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
    town,
)
from scipy import sparse

from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey, concept_key, municipality_key
from graph_service.model import Actor, EdgeType, Exchange, Level, Practice
from graph_service.network.between import LinkKind, find_between
from graph_service.network.betweenness import betweenness
from graph_service.network.brokers import Circle, find_brokers
from graph_service.network.communities import find_communities
from graph_service.network.ego import ego_network, ego_of
from graph_service.network.fields import LARGEST, find_fields
from graph_service.network.isolated import find_isolated
from graph_service.network.louvain import louvain, modularity
from graph_service.network.paths import paths_of, shortest_paths
from graph_service.network.ties import ALL, TOGETHER, Ties, place_of
from graph_service.projection import Projection

LAW = settings(deadline=None, max_examples=50)

SCHOOL, HEALTH = concept_key("field", "school"), concept_key("field", "health")


def oracle(ties: Ties) -> "nx.Graph[int]":
    """The cheapest tie of each pair as a graph of networkx, made edge by edge."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(ties.count))
    for node in range(ties.count):
        for i in range(int(ties.offset[node]), int(ties.offset[node + 1])):
            other, cost = int(ties.other[i]), int(ties.cost[i])
            if cost < graph.get_edge_data(node, other, {"cost": cost + 1})["cost"]:
                graph.add_edge(node, other, cost=cost)
    return graph


def one_mode(projection: Projection) -> "nx.Graph[NodeKey]":
    """Actors with their direct ties, and 1 / (n - 1) for each alliance of n that they share."""
    ties = Ties.of(projection, TOGETHER, (Label.ACTOR, Label.ALLIANCE))
    span, groups = projection.spans[Label.ACTOR], projection.spans[Label.ALLIANCE]
    graph: nx.Graph[NodeKey] = nx.Graph()
    full = oracle(ties)
    for x, y, said in full.edges(data=True):
        if x in span and y in span:
            graph.add_edge(ties.key(x), ties.key(y), weight=40 / said["cost"])
    for group in groups:
        inside = sorted(full[group])
        for x, y in combinations(inside, 2):
            before = graph.get_edge_data(ties.key(x), ties.key(y), {"weight": 0.0})["weight"]
            graph.add_edge(ties.key(x), ties.key(y), weight=before + 1 / (len(inside) - 1))
    return graph


# --- ties ---


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


# --- ego networks ---


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


# --- paths ---


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


# --- communities ---


def matrix(graph: "nx.Graph[int]") -> "sparse.csr_array[np.float64]":
    return sparse.csr_array(nx.to_scipy_sparse_array(graph, weight=None).astype(np.float64))


def groups(labels: np.ndarray) -> list[set[int]]:
    return [set(np.flatnonzero(labels == i).tolist()) for i in range(int(labels.max()) + 1)]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "graph",
    [
        nx.karate_club_graph(),
        nx.connected_caveman_graph(12, 6),
        nx.planted_partition_graph(8, 25, 0.3, 0.02, seed=3),
        nx.powerlaw_cluster_graph(300, 3, 0.3, seed=3),
    ],
    ids=["karate", "caveman", "planted", "power law"],
)
def test_communities_are_as_clear_as_those_of_networkx(graph, seed):
    weights = matrix(graph)
    found = louvain(weights, seed)
    theirs = nx.community.louvain_communities(graph, weight=None, seed=seed)
    ours = modularity(weights, found)
    assert ours == pytest.approx(nx.community.modularity(graph, groups(found), weight=None))
    assert ours >= nx.community.modularity(graph, theirs, weight=None) - 0.02
    assert (louvain(weights, seed) == found).all()


@LAW
@given(networks())
def test_everybody_with_a_tie_is_in_a_connected_community(projection):
    ties = Ties.of(projection, TOGETHER, (Label.ACTOR, Label.ALLIANCE))
    nodes = np.flatnonzero(ties.degree)
    found = louvain(sparse.csr_array(ties.weights[nodes][:, nodes]))
    graph = oracle(ties)
    for group in groups(found) if len(nodes) else []:
        assert nx.is_connected(graph.subgraph(nodes[sorted(group)].tolist()))
    sizes = np.bincount(found)
    assert (np.diff(sizes) <= 0).all()


def test_two_circles_with_one_bridge_are_two_communities_and_say_what_they_share():
    records = [*actors(8), field("school"), field("health"), town("08119008", "Backnang")]
    for circle in (range(4), range(4, 8)):
        records += [cooperates(a(x), a(y)) for x, y in combinations(circle, 2)]
    records.append(cooperates(a(0), a(4), "knows"))
    records += [edge(EdgeType.IN_FIELD, a(i), SCHOOL if i < 4 else HEALTH) for i in range(8)]
    records += [edge(EdgeType.LOCATED_IN, a(i), municipality_key("08119008")) for i in range(4)]
    found = find_communities(projection_of(*records))
    assert [c.actors for c in found.communities] == [4, 4]
    assert {found.member_of[a(i)] for i in range(4)} == {1}
    first = found.communities[0]
    assert [(n.key, n.amount) for n in first.fields] == [(SCHOOL, 4.0)]
    assert [n.name for n in first.places] == ["Backnang"]
    assert 0.9 < first.cohesion < 1


# --- brokers ---


@LAW
@given(st.integers(3, 30), st.floats(0.05, 0.5), st.integers(0, 99))
def test_betweenness_of_all_sources_is_that_of_networkx(size, density, seed):
    graph = nx.gnp_random_graph(size, density, seed=seed)
    found = betweenness(matrix(graph))
    assert found.share == pytest.approx(list(nx.betweenness_centrality(graph).values()), abs=1e-12)
    assert not found.error.any()


@LAW
@given(st.integers(3, 12), st.floats(0.1, 0.6), st.integers(0, 99), st.lists(st.integers(0, 11), max_size=12))
def test_following_one_of_many_twins_gives_what_following_each_gives(size, density, seed, doubled):
    graph = nx.gnp_random_graph(size, density, seed=seed)
    for twin, node in enumerate(doubled, size):
        graph.add_node(twin)
        graph.add_edges_from((twin, other) for other in list(graph[node % size]))
    found = betweenness(matrix(graph))
    assert found.share == pytest.approx(list(nx.betweenness_centrality(graph).values()), abs=1e-12)


def test_a_sample_of_sources_states_its_error():
    graph = nx.powerlaw_cluster_graph(500, 3, 0.3, seed=1)
    true = np.array(list(nx.betweenness_centrality(graph).values()))
    top = np.argsort(-true)[:30]
    missed = []
    for seed in range(10):
        found = betweenness(matrix(graph), 200, seed)
        missed.append((np.abs(found.share - true)[top] > found.error[top]).mean())
        assert (found.error[top] < true[top]).mean() > 0.5
    assert np.mean(missed) < 0.06


@LAW
@given(networks())
def test_constraint_is_that_of_networkx_on_the_network_written_out(projection):
    graph = one_mode(projection)
    circle = Circle(Ties.of(projection, TOGETHER, (Label.ACTOR, Label.ALLIANCE)))
    for place in projection.spans[Label.ACTOR]:
        key = NodeKey.trusted(projection.arrays.keys[place])
        constraint, contacts = circle.constraint(place)
        if key not in graph:
            assert (constraint, contacts) == (None, 0)
        else:
            assert contacts == len(graph[key])
            assert constraint == pytest.approx(nx.constraint(graph, [key], weight="weight")[key])


def test_the_bridge_between_two_circles_is_the_first_broker_with_the_least_constraint():
    records = actors(9)
    for circle in (range(4), range(4, 8)):
        records += [cooperates(a(x), a(y)) for x, y in combinations(circle, 2)]
    records += [cooperates(a(8), a(0)), cooperates(a(8), a(4))]
    found = find_brokers(projection_of(*records))
    assert found.exact
    assert found.brokers[0].key == a(8)
    assert found.brokers[0].constraint == min(b.constraint for b in found.brokers if b.constraint is not None)


# --- isolated actors, fields, links ---


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
