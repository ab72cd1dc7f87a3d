"""Times peers: one question, everybody's, a million rows; beside scikit-learn and the machine's own reading speed.

Each figure is the fastest of several runs, ours and what it is measured beside: other work on the machine only adds.
Without numba, or with NUMBA_DISABLE_JIT=1, they are the figures of arrays alone.
"""

import time
from collections.abc import Callable, Iterator

import numpy as np
from sklearn.metrics.pairwise import nan_euclidean_distances
from threadpoolctl import threadpool_limits

from graph_service.arrays import IntArray, Texts
from graph_service.keys import municipality_key
from graph_service.model import Level
from graph_service.projection import LEVELS, Arrays, FloatArray, Municipalities, Observations, Projection
from matching.peers.kernel import Kernel, near_ones
from matching.peers.lens import EVERYTHING
from matching.peers.loop import COMPILER
from matching.peers.matcher import PeerMatcher, PeerQuestion
from scripts.figures import Figure, duration, fastest, once

TOWNS, INDICATORS, GAPS, MANY = 11_000, 60, 0.2, 1_000_000


def values(rows: int) -> FloatArray:
    """Values with a fifth of them missing."""
    chance = np.random.default_rng(11)
    found = chance.random((rows, INDICATORS))
    found[chance.random(found.shape) < GAPS] = np.nan
    return found


def country(matrix: FloatArray) -> Projection:
    """A projection of municipalities with these values, made without a store."""
    keys = [f"indicator:i{j:02}" for j in range(INDICATORS)] + [f"municipality:{i:08}" for i in range(len(matrix))]
    said = [f'{{"name":"{key}","level":"municipality"}}' for key in keys]
    said[:INDICATORS] = [f'{{"name":"{key}","unit":"%"}}' for key in keys[:INDICATORS]]
    town, measure = np.nonzero(~np.isnan(matrix))
    unknown = np.full(len(matrix), np.nan)
    none = np.full(len(matrix), -1)
    level = np.full(len(matrix), LEVELS.index(Level.MUNICIPALITY))
    zero = np.zeros(len(town), np.int64)
    return Projection(
        Arrays(
            np.array([1]),
            Texts.of(keys),
            Texts.of(keys),
            Texts.of(said),
            Municipalities(level, none, unknown, unknown, unknown, unknown, none, Texts.of([])),
            Observations(
                town, measure, zero, matrix[town, measure], zero, Texts.of(["2022"]), Texts.of([""])
            ),
            {},
        )
    )  # fmt: skip


def bench_peers() -> Iterator[Figure]:
    """Every figure about peers."""
    matrix = values(TOWNS)
    projection = country(matrix)
    ranker = PeerMatcher(EVERYTHING).fit(projection)
    first = PeerQuestion(municipality_key("00000000"))
    prepare = fastest(lambda: PeerMatcher(EVERYTHING).fit(projection).suggest(first), 3)
    ready, wait = once(COMPILER.ready)
    way = f"machine code, ready after {duration(wait)}" if ready else "arrays alone"
    # turn by turn, so that whatever else the machine does meets both alike; without the threads of linear algebra, of
    # which neither needs any, and for which scikit-learn waits as soon as the machine does anything else
    row = matrix[:1]
    with threadpool_limits(1):
        turns = [
            (_each(lambda: ranker.suggest(first)), _each(lambda: _nearest_of_scikit_learn(row, matrix), 20))
            for _ in range(9)
        ]
    ours, theirs = (min(taken) for taken in zip(*turns, strict=True))
    kernel, one = ranker.table(None).kernel, np.array([0])
    single = np.nan_to_num(matrix).astype(np.float32)
    turns = [(_each(lambda: kernel.scores(one, 0.4)), _each(lambda: single.sum())) for _ in range(9)]
    score, read = (min(taken) for taken in zip(*turns, strict=True))
    size = f"{TOWNS:,} × {INDICATORS}, {GAPS:.0%} missing"
    yield Figure(f"peers of one, {size}, reasons included", "< 1 ms", duration(ours), way)
    yield Figure("preparing them", "", duration(prepare), "")
    yield Figure("the same beside scikit-learn", "≥ 15 ×", f"{theirs / ours:.0f} ×", duration(theirs))
    yield Figure(
        "scoring beside one reading of the values",
        "≤ 2 ×",
        f"{score / read:.1f} ×",
        f"{duration(score)} / {duration(read)}",
    )
    answer = min(_each(lambda: ranker.answer(first)) for _ in range(9))
    yield Figure("peers of one, rank stability included", "", duration(answer), "")
    everybody = fastest(lambda: ranker.all(None), 3)
    yield Figure(f"peers of all {TOWNS:,}", "< 1.5 s", duration(everybody), f"{duration(everybody / TOWNS)} each")
    yield _many()


def _each(work: Callable[[], object], times: int = 50) -> float:
    """The fastest of many in a row, as a service answers them."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def _nearest_of_scikit_learn(row: FloatArray, matrix: FloatArray) -> IntArray:
    near: IntArray = np.argpartition(nan_euclidean_distances(row, matrix)[0], 10)
    return near


def _many() -> Figure:
    matrix = values(MANY)
    weights = np.full(INDICATORS, 1 / INDICATORS)
    kernel = Kernel.of(matrix, weights, 2 / 3)
    took = fastest(lambda: _nearest(kernel), 7)
    single = np.nan_to_num(matrix).astype(np.float32)
    read = fastest(lambda: single.sum(), 5)
    return Figure(f"nearest ten of {MANY:,}", "< 80 ms", duration(took), f"reading the values once: {duration(read)}")


def _nearest(kernel: Kernel) -> FloatArray:
    near, _ = near_ones(kernel.scores(np.array([0]), 0.4), 10)
    return kernel.exact(0, near[0])[0]
