"""Networks as networkx sees them, made edge by edge, for tests to compare with."""

from itertools import combinations

import networkx as nx
from hypothesis import settings

from graph_service.keys import Label, NodeKey, concept_key
from graph_service.network.ties import TOGETHER, Ties
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
