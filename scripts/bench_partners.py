"""Times partners for a need and personalised PageRank at the size of a country, beside networkx."""

from collections.abc import Iterator
from datetime import date

import networkx as nx
import numpy as np
from scipy import sparse

from graph_service.keys import Label
from matching.partners.matcher import PartnerMatcher, PartnerQuestion
from matching.partners.numbers import FloatArray
from matching.partners.signals_rank import ERROR, RankGraph, pagerank
from scripts.figures import Figure, duration, once, peak_memory, seconds
from scripts.generate import generate

QUESTION = "Mentoren für junge Geflüchtete, die spät in die Schule kommen, und Sprachcafé mit Familien"


def bench_partners(actors: int = 100_000, edges: int = 1_000_000) -> Iterator[Figure]:
    """One question with text, place, field and members, and PageRank on the same graph."""
    projection = generate(actors, edges).projection
    ranker = PartnerMatcher().fit(projection)
    signals, prepared = once(lambda: ranker.signals)
    size = f"{len(signals.actors):,} actors, {signals.network.joints.nnz:,} memberships"
    yield Figure("partners: prepare a revision", "", duration(prepared), f"{size}, {peak_memory()}")
    busiest = int(np.argmax(signals.activity))
    question = PartnerQuestion(
        date(2024, 1, 1),
        QUESTION,
        projection.key(Label.MUNICIPALITY, max(int(signals.actors.place[busiest]), 0)),
        members=(projection.key(Label.ACTOR, busiest),),
    )
    taken = seconds(lambda: ranker.answer(question))
    yield Figure(f"partners: one question with reasons, {size}", "< 80 ms", duration(taken))
    yield from _pagerank(signals.network.joints)


def _pagerank(joints: sparse.csr_array) -> Iterator[Figure]:
    """Actors, and alliances and cooperations that join them; errors are sums over all nodes."""
    start = np.zeros(joints.shape[1])
    start[0] = 1
    prepared, preparing = once(lambda: RankGraph.of(joints))
    ours = seconds(lambda: pagerank(prepared, start), times=11)
    exact = np.concatenate(pagerank(prepared, start, error=1e-13))
    off = _error(np.concatenate(pagerank(prepared, start)), exact)
    square = sparse.csr_array(sparse.block_array([[None, joints.T], [joints, None]], format="csr"))
    graph = nx.from_scipy_sparse_array(square)
    nodes = square.shape[0]
    for what, tolerance in (("the same error", ERROR / nodes), ("networkx's own tolerance", 1e-6)):
        theirs, taken = once(
            # mypy infers no lambda with a default
            lambda tol=tolerance: nx.pagerank(graph, personalization={0: 1.0}, tol=tol, max_iter=500)  # type: ignore[misc]
        )
        yield Figure(
            f"personalised PageRank, {joints.nnz:,} memberships, {what}",
            "≥ 50× networkx",
            f"{duration(ours)}, error {off:.0e}, {taken / ours:.0f}×",
            f"networkx {duration(taken)}, error {_error(np.array([theirs[i] for i in range(nodes)]), exact):.0e}",
        )
    yield Figure("personalised PageRank: prepare a revision", "", duration(preparing))


def _error(found: FloatArray, exact: FloatArray) -> float:
    return float(np.abs(found - exact).sum())
