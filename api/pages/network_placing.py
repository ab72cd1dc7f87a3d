"""Where names stand in a picture of the network: beside their nodes, off other names and nodes, off lines if possible.

The script places them by the same rules (``names.ts``); ``api/web/tests/names.json`` holds both to them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from api.questions.network_scene import FEW

AIR = 4.0
"""What is free at the sides of a name."""
ROOM = (6.0, 2.0)
"""What is free beside nodes that are not its own, and above and below them."""
RIM = 6.0
"""How far names stay from the frame."""
SLID = (0.5, 0.0, 1.0, 0.2, 0.8, 0.3, 0.7, 0.1, 0.9, 0.4, 0.6)
"""How much of a name above or below its node stands to the left of it, the best first."""
ABOVE, BELOW, BESIDE, UNDER, GAP = 0.85, 0.23, 0.33, 0.8, 0.3
"""What letters take above and below their base line, and how far names stay from their nodes: parts of their height."""
HARDLY = 1e-6
"""So much less covered is no reason to stand elsewhere."""
CHAIN = 3
"""So many names may give way for one."""
PUSHES = 200
"""So often that is tried in a picture."""
INFINITE = float("inf")
Box = tuple[float, float, float, float]
FloatArray = npt.NDArray[np.float64]


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
        self._taken = _Taken()
        for i, spot in enumerate(spots):
            wide, high = (spot.radius + room for room in ROOM)
            self._taken.add((spot.x - wide, spot.y - high, spot.x + wide, spot.y + high), i)
        self._lines = np.array(lines if self.few else [], np.float64).reshape(-1, 4)

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
            if other is None or other in fixed:
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
        first: _Name | None = None
        for name in self._places(spot, everywhere=everywhere):
            if first is not None and name.brief != first.brief:
                break
            if self._taken.free(name.box, i):
                if not self._crossed(name.box):
                    return name
                first = first or name
        return first

    def _least(self, i: int, spot: Spot) -> _Name | None:
        found: _Name | None = None
        least = INFINITE
        for name in self._places(spot, everywhere=True):
            short = name.brief or spot.brief >= spot.width
            if short and (covered := self._taken.covered(name.box, i)) < least - HARDLY:
                found, least = name, covered
        return found

    def _put(self, i: int, name: _Name) -> None:
        self._taken.add(name.box, _name_of(i))
        self.names[i] = name

    def _take(self, i: int, name: _Name) -> None:
        self._taken.remove(name.box, _name_of(i))
        del self.names[i]

    def _places(self, spot: Spot, *, everywhere: bool) -> Iterator[_Name]:
        """Where a name could stand within the bounds, the best place first; then the same in brief."""
        x0, y0, x1, y1 = self._bounds
        for brief in (False, True) if everywhere and spot.brief < spot.width else (False,):
            width = spot.brief if brief else spot.width
            for x, y, anchor in self._spread(spot, width, everywhere=everywhere):
                top, bottom = y - ABOVE * self._height, y + BELOW * self._height
                if x >= x0 + RIM and x + width <= x1 - RIM and top >= y0 and bottom <= y1:
                    yield _Name((x - AIR, top, x + width + AIR, bottom), brief, anchor)

    def _spread(self, spot: Spot, width: float, *, everywhere: bool) -> Iterator[tuple[float, float, str]]:
        gap = spot.radius + GAP * self._height
        beside = spot.y + BESIDE * self._height
        yield spot.x + gap, beside, "start"
        yield spot.x - gap - width, beside, "end"
        for slid in SLID if everywhere else SLID[:1]:
            anchor = "middle" if slid == SLID[0] else "start"
            for y in (spot.y + gap + UNDER * self._height, spot.y - gap):
                yield spot.x - slid * width, y, anchor

    def _crossed(self, box: Box) -> bool:
        """Whether a line runs through."""
        x0, y0, x1, y1 = box
        ax, ay, bx, by = self._lines.T
        near = (np.minimum(ax, bx) < x1) & (np.maximum(ax, bx) > x0) & (np.minimum(ay, by) < y1)
        near &= np.maximum(ay, by) > y0
        corners = [(bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0 for x in (x0, x1) for y in (y0, y1)]
        one_side = np.all(corners, axis=0) | ~np.any(corners, axis=0)
        return bool((near & ~one_side).any())


def _name_of(i: int) -> int:
    """The mark of a node's name among the owners of boxes, and back."""
    return -1 - i


class _Taken:
    """Boxes that something stands in, and whose, found by squares of a grid."""

    _SQUARE = 48.0

    def __init__(self) -> None:
        self._boxes: dict[tuple[int, int], list[tuple[Box, int]]] = {}

    def _squares(self, box: Box) -> Iterator[tuple[int, int]]:
        x0, y0, x1, y1 = box
        for i in range(int(x0 // self._SQUARE), int(x1 // self._SQUARE) + 1):
            for j in range(int(y0 // self._SQUARE), int(y1 // self._SQUARE) + 1):
                yield i, j

    def add(self, box: Box, owner: int) -> None:
        for square in self._squares(box):
            self._boxes.setdefault(square, []).append((box, owner))

    def remove(self, box: Box, owner: int) -> None:
        for square in self._squares(box):
            self._boxes[square].remove((box, owner))

    def _under(self, box: Box, owner: int) -> Iterator[tuple[Box, int]]:
        """What a name of this node would lie on; something may be told several times."""
        x0, y0, x1, y1 = box
        for square in self._squares(box):
            for other, whose in self._boxes.get(square, ()):
                if whose != owner and x0 < other[2] and other[0] < x1 and y0 < other[3] and other[1] < y1:
                    yield other, whose

    def free(self, box: Box, owner: int) -> bool:
        return next(self._under(box, owner), None) is None

    def alone(self, box: Box, owner: int) -> int | None:
        """The node whose name alone a name would lie on."""
        found = {whose for _, whose in self._under(box, owner)}
        return _name_of(found.pop()) if len(found) == 1 and min(found) < 0 else None

    def covered(self, box: Box, owner: int) -> float:
        """How much of nodes a name would lie on; of names none may be covered."""
        found = dict.fromkeys(self._under(box, owner))
        if any(whose < 0 for _, whose in found):
            return INFINITE
        return sum(
            (min(box[2], other[2]) - max(box[0], other[0])) * (min(box[3], other[3]) - max(box[1], other[1]))
            for other, _ in found
        )
