"""Scores one municipality against all, or all against all, in one pass over contiguous arrays.

The score is 1 minus the weighted mean of ``(1 - bend) |a - b| + bend (a - b)²`` over the indicators known on both
sides, values being scaled to 0..1. The straight part is a sum over whole numbers of 16 bits, an indicator at a time,
which fits the processor's vector units; the squared part and everything that concerns missing values are products of a
matrix and a vector. The result is approximate, with a known bound, and only chooses the rows that `exact` then scores.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph_service.arrays import IntArray
from graph_service.projection import FloatArray

Single = npt.NDArray[np.float32]
Short = npt.NDArray[np.int16]

MIDDLE = 0.5
"""What stands for a missing value in the fast arrays; its effect is taken out again, exactly."""
BLOCK = 16384
"""Rows, and indicators, that are worked on at once: what fits the processor's second cache."""
GROUP = 20


@dataclass(frozen=True, eq=False)
class Kernel:
    """The arrays that a query reads, an indicator's values side by side (indicators × rows)."""

    scaled: FloatArray
    """Rows × indicators, 0..1, NaN where missing."""
    weights: FloatArray
    """One an indicator, summing to 1."""
    bend: FloatArray
    """One an indicator: the part of its difference that is squared."""
    steps: Short
    filled: Single
    missing: Single
    spurious: Single
    """What a missing value on the other side would add: weight × f(|value - MIDDLE|), 0 where missing here."""
    squares: Single
    known: Single
    """By row, the weight of what is known."""
    scale: float

    @classmethod
    def of(cls, scaled: FloatArray, weights: FloatArray, bend: FloatArray | float) -> "Kernel":
        """Prepare scaled values (rows × indicators, NaN missing) for weights that sum to 1."""
        bend = np.broadcast_to(np.asarray(bend, np.float64), weights.shape)
        straight = weights * (1 - bend)
        total, largest = straight.sum(), straight.max(initial=0)
        # sums must fit 16 bits without a sign, single differences 16 bits with one
        scale = float(min(65000 / total, 32700 / largest)) if total > 0 else 0.0
        gaps = np.isnan(scaled.T)
        filled = np.where(gaps, MIDDLE, scaled.T)
        steps = np.rint(filled * (straight * scale)[:, None]).astype(np.int16)
        apart = np.abs(filled - MIDDLE)
        spurious = weights[:, None] * ((1 - bend)[:, None] * apart + bend[:, None] * apart * apart)
        squares = (weights * bend) @ (filled * filled)
        known = weights @ ~gaps
        return cls(
            scaled,
            weights,
            bend,
            np.ascontiguousarray(steps),
            np.ascontiguousarray(filled, np.float32),
            np.ascontiguousarray(gaps, np.float32),
            np.ascontiguousarray(spurious, np.float32),
            squares.astype(np.float32),
            known.astype(np.float32),
            scale,
        )

    @property
    def error(self) -> float:
        """How far an approximate distance (not yet divided by the known weight) may be off."""
        return (len(self.weights) / self.scale if self.scale else 0.0) + 1e-5

    def approximate(self, row: int) -> tuple[Single, Single]:
        """For every row the distance from this row, and the weight known on both sides; score = 1 - ratio."""
        count = self.steps.shape[1]
        distance, known = np.empty(count, np.float32), np.empty(count, np.float32)
        starts = range(0, count, BLOCK)
        query = self._query(row)
        if len(starts) > 8:
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(lambda start: self._one(query, start, distance, known), starts))
        else:
            for start in starts:
                self._one(query, start, distance, known)
        return distance, known

    def _query(self, row: int) -> "_Query":
        gap = self.missing[:, row]
        return _Query(
            self.steps[:, row : row + 1].copy(),
            (-2 * self.bend * self.weights * self.filled[:, row]).astype(np.float32),
            self.spurious[:, row].copy(),
            gap.copy() if gap.any() else None,
            (self.weights * (1 - gap)).astype(np.float32),
            float(self.squares[row]),
            float(self.known[row]),
        )

    def _one(self, query: "_Query", start: int, distance: Single, known: Single) -> None:
        """Fill in the block of rows from here."""
        part = slice(start, min(start + BLOCK, self.steps.shape[1]))
        out = distance[part]
        self._straight(query.steps, part, out, np.empty((GROUP, len(out)), np.int16))
        if self.bend.any():
            out += query.cross @ self.filled[:, part]
            out += self.squares[part] + np.float32(query.squares)
        out -= query.spurious @ self.missing[:, part]
        if query.gap is not None:
            out -= query.gap @ self.spurious[:, part]
        np.subtract(np.float32(query.known), query.weights @ self.missing[:, part], out=known[part])

    def _straight(self, own: Short, part: slice, out: Single, room: Short) -> None:
        """The sum of the straight differences from a column of steps."""
        total = np.zeros(len(out), np.uint16)
        for j in range(0, len(own), GROUP):
            steps = self.steps[j : j + GROUP, part]
            apart = room[: len(steps)]
            np.subtract(steps, own[j : j + GROUP], out=apart)
            np.abs(apart, out=apart)
            total += np.add.reduce(apart.view(np.uint16), axis=0, dtype=np.uint16)
        np.multiply(total, np.float32(1 / self.scale if self.scale else 0.0), out=out)

    def block(self, rows: IntArray) -> tuple[Single, Single]:
        """The same as `approximate` for several rows at once: arrays of these × all rows."""
        count = self.steps.shape[1]
        distance = np.empty((len(rows), count), np.float32)
        room = np.empty((GROUP, min(BLOCK, count)), np.int16)
        for start in range(0, count, BLOCK):
            part = slice(start, min(start + BLOCK, count))
            for i, row in enumerate(rows.tolist()):
                out = distance[i, part]
                self._straight(self.steps[:, row : row + 1], part, out, room[:, : len(out)])
        gap = self.missing[:, rows].T
        if self.bend.any():
            distance += (-2 * self.bend * self.weights * self.filled[:, rows].T).astype(np.float32) @ self.filled
            distance += self.squares
            distance += self.squares[rows][:, None]
        distance -= self.spurious[:, rows].T @ self.missing
        distance -= gap @ self.spurious
        known = self.known[rows][:, None] - (self.weights * (1 - gap)).astype(np.float32) @ self.missing
        return distance, known

    def shares(self, own: FloatArray, others: FloatArray) -> FloatArray:
        """For scaled values, the part of each indicator's weight that is earned: 1 where equal, NaN where unknown."""
        apart = np.abs(others - own)
        shares: FloatArray = 1 - ((1 - self.bend) * apart + self.bend * apart * apart)
        return shares

    def exact(self, row: int, others: IntArray) -> tuple[FloatArray, FloatArray]:
        """Amounts (others × indicators, NaN where unknown) that sum to the score, and the weight that is known."""
        shares = self.shares(self.scaled[row], self.scaled[others])
        # summed row by row, so that a row's figures are the same to the last bit whatever rows are beside it
        known = np.where(np.isnan(shares), 0.0, self.weights).sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            amounts: FloatArray = shares * self.weights / known[:, None]
        amounts[:, self.weights == 0] = np.nan  # what weighs nothing is no reason
        return amounts, known


@dataclass(frozen=True, eq=False, slots=True)
class _Query:
    """What a query needs of its own row."""

    steps: Short
    cross: Single
    spurious: Single
    gap: Single | None
    weights: Single
    squares: float
    known: float
