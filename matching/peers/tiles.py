"""Scores one or several rows against all in numpy alone: approximately, with a known bound, in few passes.

The straight part of the differences is a sum over whole numbers of 16 bits, which fits the processor's vector units;
the squared part and everything that concerns missing values are products of small matrices, small enough that the
linear algebra library does not start threads for them: on a busy machine waiting for those costs a hundred times the
work.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from graph_service.arrays import IntArray
from graph_service.projection import FloatArray
from matching.peers.loop import Single

Short = npt.NDArray[np.int16]
Bytes = npt.NDArray[np.uint8]

MIDDLE = 0.5
"""What stands for a missing value in the fast arrays; its effect is taken out again, exactly."""
TILE = 128
"""Rows of a small matrix: an indicator's values of so many rows lie side by side."""
BLOCK = 128 * TILE
"""Rows that are worked on at once."""
GROUP = 20
"""Indicators that are worked on at once: with the rows of a block they fit the processor's second cache."""
QUERIES = 16
SMALL = 250_000
"""Multiplications that the linear algebra library does without threads."""
THREADS = 2
BITS = np.unpackbits(np.arange(256, dtype=np.uint8)[None], axis=0, bitorder="little").T.astype(np.float64)
BITS.setflags(write=False)
"""Which bits each byte has."""


@dataclass(frozen=True, eq=False)
class Tiles:
    """The arrays that a query reads; tiles are (rows / TILE) × indicators × TILE."""

    scaled: FloatArray
    weights: FloatArray
    bend: FloatArray
    steps: Short
    """Indicators × rows: values in whole steps, as large as what a difference of 1 adds to the straight part."""
    filled: Single
    """Tiles of the scaled values."""
    gaps: Bytes
    """Groups of eight indicators × rows: a bit for each missing value."""
    spurious: Single
    """Tiles of what a missing value on the other side would add: weight × f(|value - MIDDLE|), 0 where missing here."""
    squares: Single
    known: Single
    """By row, the weight of what is known."""
    scale: float

    @classmethod
    def of(cls, scaled: FloatArray, weights: FloatArray, bend: FloatArray) -> "Tiles":
        """Prepare scaled values (rows × indicators, NaN missing) for weights that sum to 1."""
        straight = weights * (1 - bend)
        total, largest = straight.sum(), straight.max(initial=0)
        # sums must fit 16 bits without a sign, with half a step of rounding each, single differences 16 bits with one
        scale = float(min((65535 - len(weights)) / total, 32700 / largest)) if total > 0 else 0.0
        gaps = np.isnan(scaled)
        filled = np.where(gaps, MIDDLE, scaled)
        apart = np.abs(filled - MIDDLE)
        return cls(
            scaled,
            weights,
            bend,
            np.ascontiguousarray(np.rint(filled * (straight * scale)).astype(np.int16).T),
            _tiles(filled),
            np.packbits(gaps.T, axis=0, bitorder="little"),
            _tiles(weights * ((1 - bend) * apart + bend * apart * apart)),
            np.asarray((filled * filled) @ (weights * bend), np.float32),
            np.asarray(~gaps @ weights, np.float32),
            scale,
        )

    @property
    def error(self) -> float:
        """How far an approximate distance (not yet divided by the known weight) may be off."""
        # a step for each indicator, half at either side; then what was looked up, of the distance and of the weight
        return (len(self.weights) / self.scale if self.scale else 0.0) + 2 * self.known_within

    @property
    def known_within(self) -> float:
        """How far an approximate known weight may be off: half a step for each table that is looked up."""
        groups = len(self.gaps)
        return 0.5 * groups / (65535 - groups) + 1e-5

    @property
    def queries(self) -> int:
        """How many rows `block` is best asked for at once."""
        return max(1, min(QUERIES, SMALL // (2 * TILE * max(len(self.weights), 1))))

    def scores(self, rows: IntArray, least: float) -> Single:
        """Approximate scores, rows asked for × all rows; minus infinity where surely less is known of both."""
        size = self.queries
        found = [self._scores(rows[at : at + size], least) for at in range(0, len(rows), size)]
        return found[0] if len(found) == 1 else np.concatenate(found)

    def _scores(self, rows: IntArray, least: float) -> Single:
        distance, known = self.block(rows)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            np.divide(distance, known, out=distance)
        np.subtract(np.float32(1), distance, out=distance)
        np.putmask(distance, known < np.float32(max(least - self.known_within, 1e-6)), -np.inf)
        return distance

    def block(self, rows: IntArray) -> tuple[Single, Single]:
        """For rows (`queries` at most) the distances from all, and the weight known of both; score = 1 - ratio."""
        count = self.steps.shape[1]
        distance = np.empty((len(rows), count), np.float32)
        known = np.empty((len(rows), count), np.float32)
        query = _Query.of(self, rows)

        def work(start: int) -> None:
            self._part(query, slice(start, min(start + BLOCK, count)), distance, known)

        starts = range(0, count, BLOCK)
        if len(starts) < 2 * THREADS:
            for start in starts:
                work(start)
        else:
            with ThreadPoolExecutor(THREADS) as pool:
                list(pool.map(work, starts))
        return distance, known

    def _part(self, query: "_Query", part: slice, distance: Single, known: Single) -> None:
        """Fill in a block of rows."""
        room = np.empty((GROUP, part.stop - part.start), np.int16)
        for i in range(len(query.steps)):
            self._straight(query.steps[i], part, distance[i, part], room)
        tiles = slice(part.start // TILE, -(-part.stop // TILE))
        out = distance[:, part]
        added = np.matmul(query.cross, self.filled[tiles])
        if len(out) > 1:
            both = np.matmul(np.concatenate([query.spurious, query.gaps]), self._lost[tiles])
            added -= both[:, : len(out)]
            added -= np.matmul(query.gaps, self.spurious[tiles])
            np.subtract(query.known, self._unknown[part], out=known[:, part])
            known[:, part] += _rows(both[:, len(out) :], out.shape[1])
        else:
            # for a single question, looking up eight indicators at once reads far less
            self._look_up(query.tables, part, out[0], known[0, part], query.known[0])
            for j in np.flatnonzero(query.gaps[0]).tolist():
                added[:, 0] -= self.spurious[tiles, j]
        out += _rows(added, out.shape[1])
        if self.bend.any():
            out += self.squares[part]
            out += query.squares

    def _look_up(self, tables: "Tables", part: slice, out: Single, known: Single, own: Single) -> None:
        """Take out what missing values added, and say what is known; two sums of 16 bits side by side."""
        total = np.zeros(len(out), np.uint32)
        found = np.empty(len(out), np.uint32)
        for table, gaps in zip(tables.both, self.gaps, strict=True):
            np.take(table, gaps[part], out=found, mode="wrap")
            total += found
        np.multiply(total >> 16, np.float32(-1 / tables.scale), out=known, casting="unsafe")
        known += own
        out -= (total & 0xFFFF).astype(np.float32) * np.float32(1 / tables.scale)

    @cached_property
    def _lost(self) -> Single:
        """Tiles of the weight that is missing: the indicator's where the value is missing, else 0."""
        return _tiles(np.isnan(self.scaled) * self.weights)

    @cached_property
    def _unknown(self) -> Single:
        """By row, the weight of what is missing."""
        unknown: Single = (self.weights.sum() - self.known).astype(np.float32)
        return unknown

    def _straight(self, own: Short, part: slice, out: Single, room: Short) -> None:
        """The sum of the straight differences from a column of steps."""
        if not self.scale:
            out[:] = 0
            return
        total = np.zeros(len(out), np.uint16)
        for j in range(0, len(own), GROUP):
            steps = self.steps[j : j + GROUP, part]
            apart = room[: len(steps)]
            np.subtract(steps, own[j : j + GROUP], out=apart)
            np.abs(apart, out=apart)
            total += np.add.reduce(apart.view(np.uint16), axis=0, dtype=np.uint16)
        np.multiply(total, np.float32(1 / self.scale), out=out)


@dataclass(frozen=True, eq=False, slots=True)
class Tables:
    """For each group of eight indicators and each pattern of missing values two sums, packed into 32 bits."""

    both: npt.NDArray[np.uint32]
    scale: float

    @classmethod
    def of(cls, low: FloatArray, high: FloatArray) -> "Tables":
        """Tables of the sums of these; neither may exceed 1 in all."""
        groups = -(-len(low) // 8)
        scale = 65535.0 - groups  # half a step of rounding for each group
        padded = np.zeros((2, groups * 8))
        padded[0, : len(low)], padded[1, : len(low)] = low, high
        sums = np.rint(padded.reshape(2, groups, 8) @ BITS.T * scale).astype(np.uint32)
        return cls(sums[0] | sums[1] << np.uint32(16), scale)


@dataclass(frozen=True, eq=False, slots=True)
class _Query:
    """What queries need of their own rows: one row of coefficients each."""

    steps: Short
    cross: Single
    spurious: Single
    """f(|value - MIDDLE|), which a missing value on the other side would add, but for its weight."""
    gaps: Single
    """1 where the own value is missing."""
    squares: Single
    known: Single
    tables: Tables
    """For a single row."""

    @classmethod
    def of(cls, tiles: Tiles, rows: IntArray) -> "_Query":
        """Gather what is needed."""
        own = tiles.scaled[rows]
        gaps = np.isnan(own)
        filled = np.where(gaps, MIDDLE, own)
        apart = np.abs(filled - MIDDLE)
        spurious = (1 - tiles.bend) * apart + tiles.bend * apart * apart
        return cls(
            tiles.steps[:, rows].T[:, :, None],
            np.asarray(-2 * tiles.bend * tiles.weights * filled, np.float32),
            np.asarray(spurious, np.float32),
            gaps.astype(np.float32),
            tiles.squares[rows][:, None],
            tiles.known[rows][:, None],
            Tables.of(tiles.weights * spurious[0], tiles.weights * ~gaps[0]),
        )


def _tiles(values: FloatArray) -> Single:
    """Rows × indicators as tiles, the last filled up with zeros."""
    rows, columns = values.shape
    tiles = np.zeros((-(-rows // TILE) * TILE, columns), np.float32)
    tiles[:rows] = values
    return np.ascontiguousarray(tiles.reshape(len(tiles) // TILE, TILE, columns).transpose(0, 2, 1))


def _rows(tiles: Single, count: int) -> Single:
    """Tiles of queries × rows as one row a query."""
    rows: Single = tiles.transpose(1, 0, 2).reshape(tiles.shape[1], -1)[:, :count]
    return rows
