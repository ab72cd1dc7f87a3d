"""Which pairs of actors are worth comparing: those that share something rare, instead of all with all."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from scipy import sparse

from graph_service.arrays import IntArray
from matching.naming.organisations import ActorName

CROWD = 30
"""What more actors than this share tells nothing about any two of them."""
_STRONG, _WEAK = 2, 1
"""A pair needs one strong thing in common, or two weak ones."""
_ROWS = 50_000

Key = tuple[str, str, int]


def candidate_pairs(names: Sequence[ActorName], urls: Sequence[str], towns: IntArray) -> tuple[IntArray, IntArray]:
    """Pairs of positions, the lower first, in order."""
    bones = {word: skeleton(word) for name in names for word in name.words}
    numbers: dict[Key, int] = defaultdict(lambda: len(numbers))
    row: list[int] = []
    column: list[int] = []
    strength: list[int] = []
    for i, (name, url, town) in enumerate(zip(names, urls, towns.tolist(), strict=True)):
        for key, weight in _shared(name, url, town, bones):
            row.append(i)
            column.append(numbers[key])
            strength.append(weight)
    if not row:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    table = sparse.csr_array((np.array(strength, np.int8), (row, column)), shape=(len(names), len(numbers)))
    crowd = np.bincount(table.indices, minlength=len(numbers))
    table = sparse.csr_array(table[:, np.flatnonzero((crowd > 1) & (crowd <= CROWD))])
    ones = table.copy()
    ones.data = np.ones_like(ones.data)
    first, second = [], []
    for start in range(0, len(names), _ROWS):
        found = (table[start : start + _ROWS] @ ones.T).tocoo()
        kept = (found.data >= _STRONG) & (found.row + start < found.col)
        first.append(found.row[kept].astype(np.int64) + start)
        second.append(found.col[kept].astype(np.int64))
    one, other = np.concatenate(first), np.concatenate(second)
    order = np.lexsort((other, one))
    return one[order], other[order]


def _shared(name: ActorName, url: str, town: int, skeletons: Mapping[str, str]) -> Iterator[tuple[Key, int]]:
    """What an actor may share with another."""
    if url:
        yield ("url", url, -1), _STRONG
    if not name.words:
        return
    bones = [skeletons[word] for word in name.words]
    yield ("name", name.sorted, town), _STRONG
    yield ("joined", "".join(bones), -1), _STRONG
    rare = sorted(set(bones))
    for bone in rare:
        yield ("word", bone, -1), _WEAK
        yield ("word here", bone, town), _WEAK
    for a, b in pairwise(rare):
        yield ("words", f"{a} {b}", -1), _WEAK
        yield ("words here", f"{a} {b}", town), _WEAK


def skeleton(word: str) -> str:
    """A word's consonants without doubles, which most misspellings and lost umlauts leave alone."""
    return re.sub(r"(.)\1+", r"\1", re.sub(r"(?<=.)[aeiouy]", "", word))
