"""Scores rows against all: approximately to find who is near, exactly for those that are.

The score is 1 minus the weighted mean of ``(1 - bend) |a - b| + bend (a - b)²`` over the indicators known on both
sides, values being scaled to 0..1. Approximate scores come with a bound and only choose the rows that `exact` then
scores, so that answers are the same to the last bit whether machine code (`loop`) or arrays (`tiles`) found the rows.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from graph_service.arrays import IntArray
from graph_service.projection import FloatArray
from matching.peers.loop import COMPILER, MISSING, STEPS, Loop, Short, Single
from matching.peers.tiles import Tiles

TOGETHER = 16
"""Rows that are best asked for at once."""
SPARE = 8
"""Rows beyond those wanted that are scored exactly, because the approximate order may differ near the end."""
ROUNDING = 2.0**-24
"""The largest relative error of one step of single precision."""


class Approximation(NamedTuple):
    """Scores of rows asked for × all rows, and how far off each may be at most."""

    scores: Single
    within: float


@dataclass(frozen=True, eq=False)
class Kernel:
    """Values, weights and what is prepared of them when it is first needed."""

    scaled: FloatArray
    """Rows × indicators, 0..1, NaN where missing."""
    weights: FloatArray
    """One an indicator, summing to 1."""
    bend: FloatArray
    """One an indicator: the part of its difference that is squared."""

    @classmethod
    def of(cls, scaled: FloatArray, weights: FloatArray, bend: FloatArray | float) -> "Kernel":
        """Take scaled values (rows × indicators, NaN missing) and weights that sum to 1."""
        return cls(scaled, weights, np.broadcast_to(np.asarray(bend, np.float64), weights.shape))

    @cached_property
    def known(self) -> Single:
        """By row, the weight of what is known."""
        return np.asarray(~np.isnan(self.scaled) @ self.weights, np.float32)

    def expect(self, rows: int) -> None:
        """So many rows are about to be scored."""
        COMPILER.expect(rows * self.scaled.size)

    def scores(self, rows: IntArray, least: float) -> Approximation:
        """Score these rows against all; minus infinity where surely less than ``least`` is known of both."""
        loop = COMPILER.loop(len(rows) * self.scaled.size)
        return self.by_tiles(rows, least) if loop is None else self.by_loop(loop, rows, least)

    def by_tiles(self, rows: IntArray, least: float) -> Approximation:
        """The same with arrays alone."""
        tiles = self._tiles
        return Approximation(tiles.scores(rows, least), tiles.error / max(least, 0.05))

    def by_loop(self, loop: Loop, rows: IntArray, least: float) -> Approximation:
        """The same with machine code."""
        columns, straight, squared, weights = self._columns
        # an error of rounding for each addition of a distance and of a weight, and some for what is added up
        rounded = ROUNDING * (2 * len(weights) + 16)
        own = (self.scaled[rows] * STEPS).astype(np.float32)
        scores = np.empty((len(rows), columns.shape[1]), np.float32)
        loop(columns, own, straight, squared, weights, np.float32(max(least - rounded, 1e-6)), scores)
        # the others' values are off by half a step, and no difference grows faster than twice the values'
        return Approximation(scores, rounded + 1 / STEPS)

    @cached_property
    def _tiles(self) -> Tiles:
        return Tiles.of(self.scaled, self.weights, self.bend)

    @cached_property
    def _columns(self) -> tuple[Short, Single, Single, Single]:
        """Steps by indicator, and what a straight and a squared step and an indicator weigh."""
        steps = np.rint(np.nan_to_num(self.scaled * STEPS, nan=MISSING)).astype(np.int16)
        weighed = (self.weights * self._straight / STEPS, self.weights * self.bend / STEPS**2, self.weights)
        straight, squared, weights = (np.asarray(part, np.float32) for part in weighed)
        return np.ascontiguousarray(steps.T), straight, squared, weights

    @cached_property
    def _straight(self) -> FloatArray:
        return 1 - self.bend

    @cached_property
    def _idle(self) -> npt.NDArray[np.intp]:
        """Indicators without weight."""
        return np.flatnonzero(self.weights == 0)

    def shares(self, own: FloatArray, others: FloatArray) -> FloatArray:
        """For scaled values, the part of each indicator's weight that is earned: 1 where equal, NaN where unknown."""
        apart = np.abs(others - own)
        shares: FloatArray = 1 - (self._straight * apart + self.bend * apart * apart)
        return shares

    def exact(self, row: int | IntArray, others: IntArray) -> tuple[FloatArray, FloatArray]:
        """Amounts (others × indicators, NaN where unknown) that sum to the score, and the weight that is known.

        Of one row with others, or of as many rows, each with its own.
        """
        shares = self.shares(self.scaled[row], self.scaled[others])
        # summed row by row, so that a row's figures are the same to the last bit whatever rows are beside it
        known = np.where(np.isnan(shares), 0.0, self.weights).sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            amounts: FloatArray = shares * self.weights / known[:, None]
        if len(self._idle):
            amounts[:, self._idle] = np.nan  # what weighs nothing is no reason
        return amounts, known


def near_ones(approximate: Approximation, limit: int) -> tuple[IntArray, FloatArray]:
    """For each row a few more than the best, unordered; and where those may not be all, the score from which all may.

    Minus infinity says that they are all: nobody else can be among the best.
    """
    scores, within = approximate
    everybody = scores.shape[1]
    count = min(limit, everybody)
    wide = min(count + SPARE, everybody)
    near = scores.argpartition(everybody - wide, axis=1)[:, everybody - wide :]
    unsure = np.full(len(scores), -np.inf)
    if count and wide < everybody:
        ordered = np.sort(scores[np.arange(len(scores))[:, None], near], axis=1)
        doubtful = ordered[:, wide - count] - 2 * within
        unsure = np.where(ordered[:, 0] >= doubtful, doubtful, -np.inf)
    return near, unsure


def enough(least_known: float) -> float:
    """The weight that must be known on both sides, as it comes out of sums."""
    return max(least_known - 1e-9, 1e-9)
