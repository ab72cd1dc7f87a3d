"""Closeness in the network, compared with networkx."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from matching.partners.signals_network import Network
from matching.partners.signals_rank import RankGraph, pagerank

memberships = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 9)), max_size=30)


@settings(max_examples=60, deadline=None)
@given(memberships, st.lists(st.integers(0, 9), min_size=1, max_size=3), st.sampled_from([1e-3, 1e-6, 1e-9]))
def test_pagerank_is_that_of_networkx_to_the_error_that_is_asked_for(pairs, seeds, error):
    graph, matrix, start = nx.Graph(), np.zeros((8, 10)), np.zeros(10)
    graph.add_nodes_from(range(18))
    for joint, actor in pairs:
        matrix[joint, actor] += 1
        graph.add_edge(actor, 10 + joint, weight=matrix[joint, actor])
    start[seeds] = range(1, len(seeds) + 1)
    expected = nx.pagerank(graph, personalization=dict(enumerate(start.tolist())), tol=1e-14, max_iter=500)
    actors, joints = pagerank(RankGraph.of(sparse.csr_array(matrix)), start, error=error)
    found = np.concatenate([actors, joints])
    assert np.abs(found - [expected[i] for i in range(18)]).sum() <= error + 1e-10
    assert found.sum() == pytest.approx(1)
    assert (found >= 0).all()


def test_pagerank_without_any_alliance_stays_where_it_starts():
    actors, none = pagerank(RankGraph.of(sparse.csr_array((0, 3))), np.array([0, 1, 1]))
    assert actors.tolist() == [0, 0.5, 0.5]
    assert not len(none)


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
