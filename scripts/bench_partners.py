"""Times partners for a need and personalised PageRank at the size of a country, beside networkx."""

from collections.abc import Iterator
from datetime import date

import networkx as nx
import numpy as np
from scipy import sparse

from graph_service.keys import Label
from matching.partner_signals_network import Transition, pagerank
from matching.partners import PartnerMatcher, PartnerQuestion
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
    yield from _pagerank(signals.work.company)


def _pagerank(company: sparse.csr_array) -> Iterator[Figure]:
    """The whole graph of actors and alliances, each joined to the other."""
    square = sparse.csr_array(sparse.block_array([[None, company.T], [company, None]], format="csr"))
    start = np.zeros(square.shape[0])
    start[0] = 1
    prepared = Transition.of(square)
    ours = seconds(lambda: pagerank(prepared, start))
    graph = nx.from_scipy_sparse_array(square)
    theirs = seconds(lambda: nx.pagerank(graph, personalization={0: 1.0}), times=1)
    yield Figure(
        "personalised PageRank, same graph and tolerance, from a prepared revision",
        "≥ 50× networkx",
        f"{duration(ours)}, {theirs / ours:.0f}×",
        f"networkx {duration(theirs)}",
    )
