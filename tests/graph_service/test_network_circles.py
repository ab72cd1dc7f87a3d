"""Who works together and who connects, against networkx."""

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from network_graphs import (
    a,
    actors,
    cooperates,
    edge,
    field,
    networks,
    projection_of,
    town,
)
from network_oracles import HEALTH, LAW, SCHOOL, one_mode, oracle
from scipy import sparse

from graph_service.keys import Label, NodeKey, municipality_key
from graph_service.model import EdgeType
from graph_service.network.betweenness import betweenness
from graph_service.network.brokers import Circle, find_brokers
from graph_service.network.communities import find_communities
from graph_service.network.louvain import louvain, modularity
from graph_service.network.ties import TOGETHER, Ties


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
