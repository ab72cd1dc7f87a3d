"""The network in groups counts what a person would count."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from network_graphs import a, actors, alliances, b, projection_of
from scipy import sparse

from graph_service.model import Edge, EdgeType, Record
from graph_service.network.aggregate import aggregate

SIZE, GROUPS, ALLIANCES = 6, 3, 3
PAIRS = st.sets(st.sampled_from([*combinations(range(SIZE), 2)]), max_size=8)
MEMBERS = st.sets(st.tuples(st.integers(0, SIZE - 1), st.integers(0, ALLIANCES - 1)), max_size=10)
BELONGS = st.sets(st.tuples(st.integers(0, SIZE - 1), st.integers(0, GROUPS - 1)), max_size=10)


@settings(max_examples=100, deadline=None)
@given(PAIRS, MEMBERS, BELONGS)
def test_groups_and_what_joins_them_are_counted_as_by_hand(pairs, members, belongs):
    records: list[Record] = [*actors(SIZE), *alliances(ALLIANCES)]
    records += [Edge(EdgeType.COOPERATES_WITH, a(i), a(j)) for i, j in pairs]
    records += [Edge(EdgeType.MEMBER_OF, a(i), b(j)) for i, j in members]
    table = np.zeros((SIZE, GROUPS))
    for i, g in belongs:
        table[i, g] = 1
    names = [(str(g), f"Gruppe {g}") for g in range(GROUPS)]
    found = aggregate(projection_of(*records), "test", names, sparse.csr_array(table), limit=100)
    inside = {g: {i for i, group in belongs if group == g} for g in range(GROUPS)}
    joined = {g: {j for i, j in members if i in inside[g]} for g in range(GROUPS)}
    expected = {
        str(g): (len(inside[g]), len(joined[g]), sum({i, j} <= inside[g] for i, j in pairs))
        for g in range(GROUPS)
        if inside[g]
    }
    assert {each.key: (each.actors, each.alliances, each.cooperations) for each in found.groups} == expected
    links = {}
    for g, h in combinations(range(GROUPS), 2):
        # an actor in both groups joins them by each of its cooperations from either side
        across = sum((i in inside[g]) * (j in inside[h]) + (j in inside[g]) * (i in inside[h]) for i, j in pairs)
        if across or joined[g] & joined[h]:
            links[str(g), str(h)] = (across, len(joined[g] & joined[h]))
    assert {(each.one, each.other): (each.cooperations, each.alliances) for each in found.links} == links
    assert found.ungrouped == SIZE - len({i for i, _ in belongs})


def test_only_the_strongest_links_are_told_and_the_rest_counted():
    records: list[Record] = [*actors(3), *(Edge(EdgeType.COOPERATES_WITH, a(i), a(j)) for i, j in [(0, 1), (1, 2)])]
    one_each = sparse.csr_array(np.eye(3))
    found = aggregate(projection_of(*records), "test", [(str(i), "") for i in range(3)], one_each, limit=1)
    assert [(each.one, each.other) for each in found.links] == [("0", "1")]
    assert found.left_out == 1
