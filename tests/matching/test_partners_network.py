"""Closeness in the network, compared with networkx."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from matching.partner_signals_network import Network, Transition, pagerank

edges = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=40)


@settings(max_examples=60, deadline=None)
@given(edges, st.integers(0, 11))
def test_pagerank_is_that_of_networkx(pairs, seed):
    graph = nx.DiGraph()
    graph.add_nodes_from(range(12))
    graph.add_edges_from(pairs)
    matrix = sparse.csr_array(nx.to_scipy_sparse_array(graph, nodelist=range(12)))
    start = np.eye(12)[seed]
    expected = nx.pagerank(graph, personalization={seed: 1.0}, tol=1e-10, max_iter=500)
    found = pagerank(Transition.of(matrix), start, tolerance=1e-10, rounds=500)
    assert found == pytest.approx([expected[i] for i in range(12)], abs=1e-7)
    assert found.sum() == pytest.approx(1)


def joints(*groups, actors=6):
    matrix = np.zeros((len(groups), actors))
    for row, group in enumerate(groups):
        matrix[row, list(group)] = 1
    return Network.of(sparse.csr_array(matrix))


def team(*members, actors=6):
    return sparse.csr_array(np.isin(np.arange(actors), members).astype(float)[None, :])


def test_resource_allocation_and_adamic_adar_by_hand():
    network = joints((0, 1), (0, 1, 2, 3))
    assert network.allocation(team(0))[0].tolist() == pytest.approx([0.75, 0.75, 0.25, 0.25, 0, 0])
    expected = [1 / np.log(2) + 1 / np.log(4), 1 / np.log(4)]
    assert network.adamic_adar(team(0))[0, 1:3].tolist() == pytest.approx(expected, rel=1e-5)


def test_a_walk_reaches_partners_of_partners_less_than_partners_and_strangers_not_at_all():
    near = joints((0, 1), (1, 2)).walk(team(0))[0]
    assert near[1] > near[2] > 0
    assert near[3] == 0
    assert not joints((0, 1)).walk(team()).any()
