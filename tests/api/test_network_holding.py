"""Who holds a picture of the network together, beside networkx."""

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from api.questions.network_holding import held_together

PAIRS = st.integers(1, 14).flatmap(
    lambda size: st.tuples(
        st.just(size), st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=24)
    )
)


@given(PAIRS)
def test_whoever_keeps_others_from_being_cut_off_is_found_in_one_walk(drawn):
    size, pairs = drawn
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(size))
    graph.add_edges_from((one, other) for one, other in pairs if one != other)
    found = held_together(size, pairs)
    assert list(found.joined) == [graph.degree(i) for i in range(size)]
    assert found.parts == nx.number_connected_components(graph)
    for i in range(size):
        rest = graph.subgraph(nx.node_connected_component(graph, i) - {i})
        assert found.cut[i] == sum(sorted(map(len, nx.connected_components(rest)))[:-1])
    assert {i for i, cut in enumerate(found.cut) if cut} == set(nx.articulation_points(graph))


def test_a_chain_of_thousands_is_no_matter():
    found = held_together(5000, [(i, i + 1) for i in range(4999)])
    assert found.cut[2500] == 2499
    assert found.cut[0] == 0
