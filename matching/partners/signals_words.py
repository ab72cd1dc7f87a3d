"""The single words of a need: which of them an actor has used, and which of them point to it.

Whole texts tell what is alike; a rare word (a house, a programme) may tell more than the rest of a text.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from matching.partners.numbers import FloatArray

DOUBT = 0.2
"""Work that is taken to have been done by others, too: a word used once long ago points to nobody for sure."""


@dataclass(frozen=True, eq=False)
class Words:
    """The words of the past; the first columns of text vectors."""

    weight: FloatArray
    """How much each word tells, by its rarity; 0 for those too common."""
    used: sparse.csr_array
    """words × actors: 1 where the actor said it of itself or carried work with it."""
    pointing: sparse.csr_array
    """words × actors: the part of past work with the word that the actor carried, less with age."""

    @classmethod
    def of(
        cls,
        weight: FloatArray,
        told: sparse.csr_array,
        texts: sparse.csr_array,
        spread: sparse.csr_array,
        members: sparse.csr_array,
        fresh: FloatArray,
    ) -> "Words":
        """Read ``told`` (actors × terms), distinct ``texts`` × terms and which past alliances have them."""
        count = len(weight)
        lately = sparse.csr_array((spread.data * fresh[spread.indices], spread.indices, spread.indptr), spread.shape)
        having = sparse.csr_array(_pattern(texts[:, :count]).T)
        pointing = sparse.csr_array(having @ sparse.csr_array(lately @ members))
        work = having @ np.asarray(lately.sum(axis=1))
        share = pointing.data / (np.repeat(work, np.diff(pointing.indptr)) + DOUBT)
        return cls(
            weight,
            sparse.csr_array(_pattern(told[:, :count]).T),
            sparse.csr_array((share.astype(np.float32), pointing.indices, pointing.indptr), pointing.shape),
        )

    def measure(self, texts: sparse.csr_array) -> dict[str, FloatArray]:
        """Raw signals of needs given as vectors of their texts, needs × actors."""
        asked = self._asked(texts)
        weights = sparse.csr_array((self.weight[asked.indices], asked.indices, asked.indptr), asked.shape)
        total = np.maximum(np.asarray(weights.sum(axis=1)), 1e-9)
        weights.data = weights.data / np.repeat(total, np.diff(weights.indptr))
        return {
            "own-words": np.asarray((weights @ self.used).toarray(), np.float32),
            "telling-word": largest(asked, self.pointing),
        }

    def telling(self, text: sparse.csr_array, actor: int) -> int | None:
        """The word of a need (its only row) that points most to an actor."""
        asked = self._asked(text).indices
        if not len(asked):
            return None
        points = np.asarray(self.pointing[asked][:, [actor]].toarray()).ravel()
        return int(asked[np.argmax(points)]) if points.any() else None

    def _asked(self, texts: sparse.csr_array) -> sparse.csr_array:
        """needs × words, without those too common."""
        asked = _pattern(texts[:, : len(self.weight)])
        asked.data = (self.weight[asked.indices] > 0).astype(np.float32)
        asked.eliminate_zeros()
        return asked


def largest(near: sparse.csr_array, table: sparse.csr_array) -> FloatArray:
    """Like a product of both, with the largest term in place of the sum."""
    best = np.zeros((near.shape[0], table.shape[1]), np.float32)
    sizes = np.diff(table.indptr)[near.indices]
    row = np.repeat(np.repeat(np.arange(near.shape[0]), np.diff(near.indptr)), sizes)
    start = np.repeat(table.indptr[near.indices] - np.cumsum(sizes) + sizes, sizes)
    at = start + np.arange(len(start))
    np.maximum.at(best, (row, table.indices[at]), np.repeat(near.data, sizes) * table.data[at])
    return best


def _pattern(matrix: sparse.csr_array) -> sparse.csr_array:
    pattern = sparse.csr_array(matrix)
    pattern.eliminate_zeros()
    pattern.data = np.ones_like(pattern.data, np.float32)
    return pattern
