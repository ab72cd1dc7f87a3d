"""Where names stand in a picture of the network: beside their nodes, off other names and nodes, off lines if possible.

The script places them by the same rules (``names.ts``); ``api/web/tests/names.json`` holds both to them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from api.pages.network_taken import INFINITE, Box, Taken, name_of
from api.questions.network_scene import FEW

AIR = 7.0
"""What is free at the sides of a name."""
ROOM = (3.0, 2.0)
"""What is free beside nodes that are not its own, and above and below them."""
RIM = 6.0
"""How far names stay from the frame."""
MIDDLE, SLID = 0.5, (0.4, 0.6, 0.3, 0.7, 0.2, 0.8)
"""How much of a name above or below its node stands to the left of it, the best first."""
LIFTED = 0.4
"""So many parts of its height a name stands further off where there is no place otherwise."""
ABOVE, BELOW, BESIDE, UNDER, GAP = 0.85, 0.23, 0.33, 0.8, 0.3
"""What letters take above and below their base line, and how far names stay from their nodes: parts of their height."""
LINE, CLOSE, CORE, WIDE = 1.0, 0.5, 0.25, 3.0
"""Whose sign a name seems to belong to, in parts of its height: how far above and below signs are looked for, and how
near one over its core is too near; the core: so much of the name to each side of its middle; and how far beyond its
ends signs raise a doubt."""
HARDLY = 1e-6
"""So much less covered is no reason to stand elsewhere."""
CHAIN = 3
"""So many names may give way for one."""
PUSHES = 200
"""So often that is tried in a picture."""
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Near:
    """Places of a name that show alike well whose it is: at the sides of the node or not, and above and below it."""

    sides: bool
    slid: tuple[float, ...]
    lifted: float = 0.0


BEST = Near(True, (MIDDLE,))
NEARNESS = ((BEST, Near(False, (*SLID, 0.0, 1.0))), (Near(False, (MIDDLE, *SLID), LIFTED),))
"""The nearest first; each is tried in full, then in brief, before those further off."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A node, how wide its name is in full and in brief, and what piece of the network it belongs to.

    ``sure``: it has a name in any case.
    """

    x: float
    y: float
    radius: float
    width: float
    brief: float
    piece: int
    sure: bool = False


@dataclass(frozen=True, slots=True)
class PlacedName:
    """Where the name of a node begins, on the base line; ``anchor``: what of it keeps its place in other letters."""

    index: int
    x: float
    y: float
    brief: bool
    anchor: str


@dataclass(frozen=True, slots=True)
class _Name:
    box: Box
    brief: bool
    anchor: str
    near: "Near"


def place_names(
    spots: Sequence[Spot],
    lines: Sequence[Box],
    height: float,
    most: int,
    bounds: Box = (-INFINITE, -INFINITE, INFINITE, INFINITE),
) -> list[PlacedName]:
    """Place names; spots come in the order of importance, lines as their ends."""
    x0, y0, x1, y1 = bounds
    shown = [(i, spot) for i, spot in enumerate(spots) if x0 <= spot.x <= x1 and y0 <= spot.y <= y1]
    placing = _Placing(spots, lines, height, bounds)
    _in_turn(placing, shown, most)
    return [
        PlacedName(i, name.box[0] + AIR, name.box[3] - BELOW * height, name.brief, name.anchor)
        for i, name in placing.names.items()
    ]


def _in_turn(placing: "_Placing", shown: Sequence[tuple[int, Spot]], most: int) -> None:
    """Whoever is sure, then one of each piece, then all others; at last names give way to those without."""
    names, named = placing.names, set[int]()

    def name(i: int, spot: Spot, *, sure: bool = False) -> None:
        if len(names) < most and i not in names and placing.name(i, spot, sure=sure):
            named.add(spot.piece)

    for i, spot in shown:
        if spot.sure or i == 0:
            name(i, spot, sure=True)
    for i, spot in shown:
        if spot.piece not in named:
            name(i, spot)
    for i, spot in shown:
        name(i, spot)
    for i, spot in shown if placing.few else ():
        if len(names) < most and i not in names:
            placing.push(i, spot)


class _Placing:
    """What stands where already."""

    def __init__(self, spots: Sequence[Spot], lines: Sequence[Box], height: float, bounds: Box) -> None:
        self._spots, self._height, self._bounds = spots, height, bounds
        self.few = len(spots) <= FEW
        self.names: dict[int, _Name] = {}
        self._pushes = PUSHES
        self._taken = Taken()
        for i, spot in enumerate(spots):
            wide, high = (spot.radius + room for room in ROOM)
            self._taken.add((spot.x - wide, spot.y - high, spot.x + wide, spot.y + high), i)
        self._lines = np.array(lines if self.few else [], np.float64).reshape(-1, 4)
        ends = self._lines.reshape(-1, 2, 2)
        self._boxes = (*ends.min(axis=1).T, *ends.max(axis=1).T)

    def name(self, i: int, spot: Spot, *, sure: bool) -> bool:
        """Place a name where it is free, and say whether there was room; ``sure``: else where it covers least."""
        found = self._free(i, spot, everywhere=sure or self.few)
        if found is None and sure:
            found = self._least(i, spot)
        if found is not None:
            self._put(i, found)
        return found is not None

    def push(self, i: int, spot: Spot, chain: int = CHAIN, fixed: tuple[int, ...] = ()) -> bool:
        """Place a name where only that of another stands, if that one finds another place, or can push in its turn."""
        for name in self._places(spot, everywhere=True):
            other = self._taken.alone(name.box, i)
            if other is None or other in fixed or self._doubt(name, i) == INFINITE:
                continue
            if not self._pushes:
                return False
            self._pushes -= 1
            old, its = self.names[other], self._spots[other]
            self._take(other, old)
            self._put(i, name)
            if (fresh := self._free(other, its, everywhere=True)) is not None:
                self._put(other, fresh)
            if fresh is not None or (chain > 1 and self.push(other, its, chain - 1, (*fixed, i))):
                return True
            self._take(i, name)
            self._put(other, old)
        return False

    def _free(self, i: int, spot: Spot, *, everywhere: bool) -> _Name | None:
        found: _Name | None = None
        least = INFINITE
        for name in self._places(spot, everywhere=everywhere):
            if found and name.near.lifted:
                break
            if self._taken.free(name.box, i) and (doubt := self._doubt(name, i)) < least:
                doubt += self._crossed(name.box)
                if doubt < least:
                    found, least = name, doubt
                if not doubt:
                    break
        return found

    def _least(self, i: int, spot: Spot) -> _Name | None:
        found: _Name | None = None
        least = INFINITE
        for name in self._places(spot, everywhere=True):
            short = name.brief or spot.brief >= spot.width
            if short and (covered := self._taken.covered(name.box, i)) < least - HARDLY:
                found, least = name, covered
        return found

    def _put(self, i: int, name: _Name) -> None:
        self._taken.add(name.box, name_of(i))
        self.names[i] = name

    def _take(self, i: int, name: _Name) -> None:
        self._taken.remove(name.box, name_of(i))
        del self.names[i]

    def _places(self, spot: Spot, *, everywhere: bool) -> Iterator[_Name]:
        """Where a name could stand within the bounds, in full and in brief, the best place first."""
        x0, y0, x1, y1 = self._bounds
        forms = (False, True) if everywhere and spot.brief < spot.width else (False,)
        for nears, brief in product(NEARNESS, forms) if everywhere else (((BEST,), False),):
            width = spot.brief if brief else spot.width
            for near in nears:
                for x, y, anchor in self._spread(spot, width, near):
                    top, bottom = y - ABOVE * self._height, y + BELOW * self._height
                    if x >= x0 + RIM and x + width <= x1 - RIM and top >= y0 and bottom <= y1:
                        yield _Name((x - AIR, top, x + width + AIR, bottom), brief, anchor, near)

    def _spread(self, spot: Spot, width: float, near: Near) -> Iterator[tuple[float, float, str]]:
        gap = spot.radius + GAP * self._height
        beside = spot.y + BESIDE * self._height
        if near.sides:
            yield spot.x + gap, beside, "start"
            yield spot.x - gap - width, beside, "end"
        first, last = self._bounds[0] + RIM, self._bounds[2] - RIM - width
        gap += near.lifted * self._height
        for slid in near.slid:
            # what would leave the frame stands at its edge
            x = max(first, min(spot.x - slid * width, last))
            for y in (spot.y + gap + UNDER * self._height, spot.y - gap):
                if x - HARDLY <= spot.x <= x + width + HARDLY:
                    yield x, y, "middle" if slid == MIDDLE else "start"

    def _doubt(self, name: _Name, i: int) -> float:
        """How doubtful it is whose name it is: no place if another sign is nearer to its middle or over its core."""
        x0, y0, x1, y1 = name.box
        middle, core = (x0 + x1) / 2, CORE * (x1 - x0)
        # beside its node a name hangs on it, whatever is above and below
        hangs = x0 + AIR > self._spots[i].x + HARDLY or x1 - AIR < self._spots[i].x - HARDLY
        own = 0.0 if hangs else abs(self._spots[i].x - middle) - HARDLY
        reach, close = (CLOSE if hangs else LINE) * self._height, CLOSE * self._height
        wide = 0.0 if hangs else WIDE * self._height
        doubt = 0.0
        for j in self._taken.nodes((x0 - wide, y0 - reach, x1 + wide, y1 + reach), i):
            other = self._spots[j]
            gap = max(y0 - other.y, other.y - y1) - other.radius
            away = abs(other.x - middle)
            if gap < reach and (away < own or (gap < close and away < core)):
                return INFINITE
            if gap < reach and away < middle - x0 + wide:
                doubt = 1.0
        return doubt

    def _crossed(self, box: Box) -> int:
        """How many lines run through."""
        x0, y0, x1, y1 = box
        low_x, low_y, high_x, high_y = self._boxes
        near = np.flatnonzero((low_x < x1) & (high_x > x0) & (low_y < y1) & (high_y > y0))
        if not len(near):
            return 0
        crossed = 0
        for ax, ay, bx, by in self._lines[near].tolist():
            sides = [(bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0 for x in (x0, x1) for y in (y0, y1)]
            crossed += any(sides) and not all(sides)
        return crossed
