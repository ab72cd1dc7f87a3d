"""Times the questions about the network on generated graphs: the country's size beside networkx, and ten times it."""

import gc
from collections.abc import Iterator
from itertools import islice

import networkx as nx
import numpy as np
from scipy import sparse

from graph_service.arrays import IntArray
from graph_service.keys import Label
from graph_service.network.betweenness import betweenness
from graph_service.network.communities import find_communities
from graph_service.network.ego import ego_of
from graph_service.network.fields import find_fields
from graph_service.network.isolated import find_isolated
from graph_service.network.louvain import louvain, modularity
from graph_service.network.paths import paths_of
from graph_service.network.ties import ALL, PLACE, TOGETHER, WORK, Ties
from graph_service.projection import Projection
from matching.duplicates.matcher import DuplicateMatcher
from scripts.figures import Figure, duration, once, peak_memory, seconds
from scripts.generate import Generated, generate

ACTORS, EDGES, TOWNS = 100_000, 1_000_000, 11_000
GROWTH = 10
PAIRS, SOURCES = 5, 16

Measured = dict[str, float]


def bench_network() -> Iterator[Figure]:
    """The country once, with networkx beside; then ten times the country, with the growth."""
    made = generate(ACTORS, EDGES, TOWNS)
    size = f"{ACTORS:,} actors, {_edges(made.projection):,} edges"
    yield Figure(f"network of {size}: memory once it is there", "", peak_memory())
    first = _questions(made.projection)
    beside = _networkx(made.projection)
    for what, taken in first.items():
        yield Figure(f"network: {what}", "", duration(taken), beside.get(what, ""))
    yield from _communities_beside_networkx()
    yield from _duplicates(made)
    yield Figure("network: peak memory so far", "", peak_memory())
    del made
    gc.collect()
    large = generate(ACTORS * GROWTH, EDGES * GROWTH, TOWNS * GROWTH)
    for what, taken in _questions(large.projection).items():
        grown = f"× {taken / first[what]:.1f} for {GROWTH} times the network"
        yield Figure(f"network of {_edges(large.projection):,} edges: {what}", "", duration(taken), grown)
    yield Figure("network: peak memory with the large one", "", peak_memory())


def _edges(projection: Projection) -> int:
    return sum(len(edges.source) for edges in projection.arrays.edges.values())


def _actors(projection: Projection) -> list[int]:
    """Some actors that are tied: every so many-th in key order."""
    ties = Ties.of(projection, TOGETHER)
    span = projection.spans[Label.ACTOR]
    tied: IntArray = span.start + np.flatnonzero(ties.degree[span.start : span.stop])
    chosen: list[int] = tied[:: len(tied) // (2 * PAIRS)][: 2 * PAIRS].tolist()
    return chosen


def _tied(projection: Projection) -> "sparse.csr_array[np.float64]":
    ties = Ties.of(projection, TOGETHER, (Label.ACTOR, Label.ALLIANCE))
    nodes = np.flatnonzero(ties.degree)
    return sparse.csr_array(ties.weights[nodes][:, nodes])


def _questions(projection: Projection) -> Measured:
    """What each question takes; preparing the ties is told apart, since a service does it once a revision."""
    actors = _actors(projection)
    everything, prepared = once(lambda: Ties.of(projection, ALL))
    keys = [everything.key(i) for i in actors]
    work = Ties.of(projection, WORK | PLACE)
    work.costs  # noqa: B018  # made when first asked for
    weights = _tied(projection)
    return {
        "preparing all ties": prepared,
        "ego network, 2 steps": seconds(lambda: [ego_of(everything, key, depth=2, limit=50) for key in keys], 3)
        / len(keys),
        "5 best ways between two actors": seconds(
            lambda: [paths_of(work, one, other, limit=5) for one, other in zip(keys[::2], keys[1::2], strict=True)], 1
        )
        / PAIRS,
        "communities, described": seconds(lambda: find_communities(projection), 1),
        "betweenness, a source": seconds(lambda: betweenness(weights, SOURCES), 1) / SOURCES,
        "isolated actors": seconds(lambda: find_isolated(projection), 1),
        "density and overlap of fields": seconds(lambda: find_fields(projection), 1),
    }


def _networkx(projection: Projection) -> dict[str, str]:
    """The same with networkx, as far as it can be waited for."""
    actors = _actors(projection)
    work = Ties.of(projection, WORK | PLACE)
    graph, built = once(lambda: nx.from_scipy_sparse_array(work.costs))
    ego = once(lambda: nx.ego_graph(graph, actors[0], radius=2))[1]
    ways = nx.shortest_simple_paths(graph, actors[0], actors[1], weight="weight")
    five = once(lambda: list(islice(ways, 5)))[1]
    tied = nx.from_scipy_sparse_array(_tied(projection))
    source = once(lambda: nx.betweenness_centrality(tied, k=2, seed=1))[1] / 2
    return {
        "preparing all ties": f"networkx {duration(built)} (without place and field)",
        "ego network, 2 steps": f"networkx {duration(ego)}",
        "5 best ways between two actors": f"networkx {duration(five)}",
        "betweenness, a source": f"networkx {duration(source)}",
    }


def _communities_beside_networkx() -> Iterator[Figure]:
    """Both find communities in a tenth of the country, which networkx can be waited for."""
    weights = _tied(generate(ACTORS // 10, EDGES // 10, TOWNS // 10).projection)
    ours, taken = once(lambda: louvain(weights))
    graph = nx.from_scipy_sparse_array(weights)
    theirs, waited = once(lambda: nx.community.louvain_communities(graph, seed=1))
    quality = nx.community.modularity(graph, theirs)
    yield Figure(
        "communities in a tenth of it: time, modularity",
        "",
        f"{duration(taken)}, {modularity(weights, ours):.3f}",
        f"networkx {duration(waited)}, {quality:.3f}",
    )


def _duplicates(made: Generated) -> Iterator[Figure]:
    """How long proposing takes, and how many of the planted pairs are among the proposed."""
    ranker, prepared = once(lambda: DuplicateMatcher().fit(made.projection))
    found, taken = once(lambda: {(pair.twin, pair.key) for pair in ranker.suggest(limit=len(made.duplicates) * 100)})
    planted = {(min(pair), max(pair)) for pair in made.duplicates}
    right = len(found & planted)
    yield Figure(
        f"duplicates among {ACTORS:,} actors",
        "",
        duration(prepared + taken),
        f"{right / len(planted):.1%} of {len(planted):,} planted pairs found, {right / len(found):.1%} of proposals",
    )
