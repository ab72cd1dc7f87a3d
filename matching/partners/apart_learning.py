"""Learns what tells actors apart: a softmax regression from the terms of past work to those who carried it.

Every term that an actor's work used gets a weight for this actor. Distinct work is gone through in a random order again
and again; each time a part of its terms is left out, so that no term alone is relied upon (Srivastava et al. 2014), and
steps get smaller where a weight was moved often (AdaGrad, Duchi et al. 2011). It never sees anything but one history.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import sparse

from graph_service.arrays import IntArray
from matching.machine_code import compiled
from matching.partners.apart import SHARPNESS, Apart, Told
from matching.partners.history import History
from matching.partners.numbers import FloatArray

PASSES = 12
LEFT_OUT = 0.4
"""The part of the terms that is left out each time."""
STEP, FIRST = 0.3, 0.01
"""How far a weight moves at first, and the squared slope that it begins with."""
FAINT = 0.001
"""Chances that are wrong by less change nothing."""
COMMON = 0.3
"""Terms that a larger part of the actors used say nothing."""
RARE = 1e-7
"""The least part of all past work that an actor is taken to have carried."""
SEED = 20150101

Single = npt.NDArray[np.float32]
Loop = Callable[..., None]


def learn_apart(history: History, told: Told, fresh: FloatArray) -> Apart | None:
    """Learn from a history, in which each alliance counts ``fresh``; None where there is nothing to learn from."""
    loop = _loop()
    members = sparse.csr_array(history.members)
    if loop is None or not members.nnz:
        return None
    texts, work = _distinct(history, told, sparse.csr_array(members.multiply(fresh[:, None])))
    terms: dict[str, int] = {}
    columns = [np.array([terms.setdefault(term, len(terms)) for term in each], np.int64) for each in texts]
    ends = np.concatenate([[0], np.cumsum([len(each) for each in columns])])
    at = np.concatenate(columns)
    ones = sparse.csr_array((np.ones(len(at), np.float32), at, ends), shape=(len(texts), len(terms)))
    used = sparse.csr_array(ones.T @ sparse.csr_array(work).sign().astype(np.float32))
    used.sort_indices()
    count = np.diff(used.indptr)
    rarity = _rarity(count, len(told.actors))
    carried = np.asarray(members.T @ fresh)
    usual = np.log(np.maximum(carried / max(float(carried.sum()), RARE), RARE)).astype(np.float32)
    amount = np.log1p(work.data)
    whole = np.add.reduceat(amount, work.indptr[:-1])
    part = (amount / np.repeat(whole, np.diff(work.indptr))).astype(np.float32)
    counts = np.sqrt(whole)
    used.data = np.zeros(used.nnz, np.float32)
    slope = np.full(used.nnz, FIRST, np.float32)
    chance = np.random.default_rng(SEED)
    for each in range(PASSES):
        loop(
            chance.permutation(len(texts)), ends, at, used.indptr.astype(np.int64), used.indices.astype(np.int64),
            used.data, slope, rarity, usual, work.indptr.astype(np.int64), work.indices.astype(np.int64), part,
            (counts / counts.mean()).astype(np.float32), SEED + each,
        )  # fmt: skip
    return Apart(told.actors, usual, terms, rarity, used)


def _distinct(history: History, told: Told, work: sparse.csr_array) -> tuple[list[list[str]], sparse.csr_array]:
    """The terms of distinct past work that somebody known carried, and how much each actor did of it."""
    rows = np.flatnonzero(np.diff(work.indptr))
    at: dict[tuple[str, ...], int] = {}
    texts = told.terms(
        [history.texts[i] for i in rows.tolist()],
        sparse.csr_array(history.leads[rows]),
        sparse.csr_array(history.topics[rows]),
    )
    which = np.array([at.setdefault(tuple(each), len(at)) for each in texts], np.int64)
    same = sparse.csr_array((np.ones(len(rows)), (which, np.arange(len(rows)))), shape=(len(at), len(rows)))
    return [list(each) for each in at], sparse.csr_array(same @ sparse.csr_array(work[rows]))


def _rarity(count: IntArray, actors: int) -> Single:
    """The more, the fewer actors use a term."""
    rarity = np.log1p(actors / np.maximum(count, 1)) / np.log1p(actors)
    rarity[count > max(COMMON * actors, 1)] = 0
    return np.asarray(rarity, np.float32)


@cache
def _loop() -> Loop | None:
    """The loop as machine code; None without a numba that fits: hours instead of a minute help nobody."""
    texts, users, numbers = "i8[::1],i8[::1],i8[::1]", "i8[::1],i8[::1]", "f4[::1],f4[::1],f4[::1],f4[::1]"
    try:
        return compiled(one_pass, f"void({texts},{users},{numbers},{users},f4[::1],f4[::1],i8)")
    except (ImportError, OSError):
        return None


def one_pass(
    order: IntArray, text: IntArray, term: IntArray, use: IntArray, user: IntArray, weights: Single, slopes: Single,
    rarity: Single, usual: Single, work: IntArray, who: IntArray, part: Single, counts: Single, seed: int,
) -> None:  # fmt: skip
    """Go once through all texts; ``weights`` and ``slopes``, the sums of squares so far, are moved in place.

    Text i has the terms ``term[text[i]:text[i + 1]]`` and was carried by ``who[work[i]:work[i + 1]]``, ``part`` by
    each; term j has weights for the actors ``user[use[j]:use[j + 1]]``. Whom no term speaks of, has its usual chance.
    """
    np.random.seed(seed)
    score, off = np.zeros(len(usual), np.float32), np.zeros(len(usual), np.float32)
    spoken, found = np.zeros(len(usual), np.bool_), np.empty(len(usual), np.int64)
    base = np.exp(usual)
    everybody = base.sum()
    for i in order:
        kept = np.empty(text[i + 1] - text[i], np.int64)
        terms, length, count = 0, 0.0, 0
        for j in term[text[i] : text[i + 1]]:
            if rarity[j] > 0 and np.random.random() >= LEFT_OUT:
                kept[terms] = j
                terms += 1
                length += rarity[j] ** 2
        scale = SHARPNESS / np.sqrt(length) if length > 0 else 0.0
        for j in kept[:terms]:
            for at in range(use[j], use[j + 1]):
                one = user[at]
                if not spoken[one]:
                    spoken[one], score[one], found[count] = True, usual[one], one
                    count += 1
                score[one] += scale * rarity[j] * weights[at]
        for one in who[work[i] : work[i + 1]]:
            if not spoken[one]:
                spoken[one], score[one], found[count] = True, usual[one], one
                count += 1
        best = 0.0
        for one in found[:count]:
            best = max(best, score[one])
        total = everybody * np.exp(-best)
        for one in found[:count]:
            total += np.exp(score[one] - best) - base[one] * np.exp(-best)
        for one in found[:count]:
            off[one] = np.exp(score[one] - best) / total
            spoken[one] = False
        for at in range(work[i], work[i + 1]):
            off[who[at]] -= part[at]
        for j in kept[:terms]:
            for at in range(use[j], use[j + 1]):
                wrong = counts[i] * off[user[at]] * scale * rarity[j]
                if abs(wrong) > FAINT:
                    slopes[at] += wrong * wrong
                    weights[at] -= STEP * wrong / np.sqrt(slopes[at])
