"""Where names stand in a picture of the network: beside their nodes, off other names and nodes, off lines if possible.

The script places them by the same rules (``names.ts``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from api.questions.network_scene import FEW, radius_of
from api.words.network_views import ToldLine, ToldNode

FONT, LETTER = 13.0, 6.9
"""Height of letters, and how wide one is on average."""
MOST_NAMES = 400
AIR = 4.0
"""What is free at the sides of a name."""
ROOM = (6.0, 2.0)
"""What is free beside nodes that are not its own, and above and below them."""
SLID = (0.5, 0.0, 1.0, 0.25, 0.75)
"""How much of a name above or below its node stands to the left of it, the best first."""

Box = tuple[float, float, float, float]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Name:
    """A name beside its node."""

    x: float
    y: float
    anchor: str
    text: str
    left: float
    wide: float


def placed_names(
    nodes: Sequence[ToldNode], lines: Sequence[ToldLine] = (), grown: float = 1.0, chosen: int | None = None
) -> Iterator[Name]:
    """The names that find a place, the most important first: whoever is chosen, where it begins, the largest."""
    order = sorted(
        range(len(nodes)),
        key=lambda i: (i != chosen, not nodes[i].start, nodes[i].kind != "group", -nodes[i].size, i),
    )
    placing = _Placing(nodes, lines, grown)
    for n, i in enumerate(order[:MOST_NAMES]):
        sure = n == 0 or i == chosen or nodes[i].start
        if (name := placing.name(i, sure)) is not None:
            yield name


class _Placing:
    """What stands where already."""

    def __init__(self, nodes: Sequence[ToldNode], lines: Sequence[ToldLine], grown: float) -> None:
        self._nodes, self._grown = nodes, grown
        self._few = len(nodes) <= FEW
        self._taken = _Taken()
        for i, node in enumerate(nodes):
            x, y = (radius_of(node.size) + room for room in ROOM)
            self._taken.add((node.x - x, node.y - y, node.x + x, node.y + y), i)
        ends = [(nodes[a].x, nodes[a].y, nodes[b].x, nodes[b].y) for a, b in {(x.source, x.target) for x in lines}]
        self._lines = np.array(ends if self._few else [], np.float64).reshape(-1, 4)

    def name(self, i: int, sure: bool) -> Name | None:
        """The name in the best place that is free; ``sure``: else where it covers least. None where there is none."""
        full, brief = self._nodes[i].short, self._nodes[i].brief
        for text in dict.fromkeys([full, brief] if self._few or sure else [full]):
            free = [each for each in self._places(i, text, sure) if self._taken.free(self._box(each), i)]
            if free:
                return self._put(next((each for each in free if not self._crossed(each)), free[0]))
        if not sure:
            return None
        covered = [(self._taken.covered(self._box(each), i), each) for each in self._places(i, brief, sure)]
        least, best = min(covered, key=lambda each: each[0])
        return self._put(best) if least < float("inf") else None

    def _put(self, name: Name) -> Name:
        self._taken.add(self._box(name))
        return name

    def _places(self, i: int, text: str, sure: bool) -> Iterator[Name]:
        node, grown = self._nodes[i], self._grown
        wide, r = len(text) * LETTER * grown, radius_of(node.size) + 4 * grown
        yield Name(node.x + r, node.y + 4 * grown, "start", text, node.x + r, wide)
        yield Name(node.x - r, node.y + 4 * grown, "end", text, node.x - r - wide, wide)
        for slid in SLID if self._few or sure else SLID[:1]:
            left = node.x - slid * wide
            anchor, x = ("middle", node.x) if slid == SLID[0] else ("start", left)
            for y in (node.y + r + 11 * grown, node.y - r - 3):
                yield Name(x, y, anchor, text, left, wide)

    def _box(self, name: Name) -> Box:
        return name.left - AIR, name.y - 11 * self._grown, name.left + name.wide + AIR, name.y + 3 * self._grown

    def _crossed(self, name: Name) -> bool:
        """Whether a line runs through."""
        x0, y0, x1, y1 = self._box(name)
        ax, ay, bx, by = self._lines.T
        near = (np.minimum(ax, bx) < x1) & (np.maximum(ax, bx) > x0) & (np.minimum(ay, by) < y1)
        near &= np.maximum(ay, by) > y0
        corners = [(bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0 for x in (x0, x1) for y in (y0, y1)]
        one_side = np.all(corners, axis=0) | ~np.any(corners, axis=0)
        return bool((near & ~one_side).any())


class _Taken:
    """Boxes that something stands in, found by squares of a grid. Nodes have an owner, names have none."""

    _SQUARE = 40.0

    def __init__(self) -> None:
        self._boxes: dict[tuple[int, int], list[tuple[Box, int]]] = {}

    def _squares(self, box: Box) -> Iterator[tuple[int, int]]:
        x0, y0, x1, y1 = box
        for i in range(int(x0 // self._SQUARE), int(x1 // self._SQUARE) + 1):
            for j in range(int(y0 // self._SQUARE), int(y1 // self._SQUARE) + 1):
                yield i, j

    def add(self, box: Box, owner: int = -1) -> None:
        for square in self._squares(box):
            self._boxes.setdefault(square, []).append((box, owner))

    def _touched(self, box: Box, owner: int) -> Iterator[tuple[Box, int]]:
        """What a name of this node would lie on; a node may be told several times."""
        x0, y0, x1, y1 = box
        for square in self._squares(box):
            for other, whose in self._boxes.get(square, ()):
                if whose != owner and x0 < other[2] and other[0] < x1 and y0 < other[3] and other[1] < y1:
                    yield other, whose

    def free(self, box: Box, owner: int) -> bool:
        return next(self._touched(box, owner), None) is None

    def covered(self, box: Box, owner: int) -> float:
        """How much of nodes a name would lie on; of names none may be covered."""
        found = dict.fromkeys(self._touched(box, owner))
        if any(whose < 0 for _, whose in found):
            return float("inf")
        return sum(
            (min(box[2], other[2]) - max(box[0], other[0])) * (min(box[3], other[3]) - max(box[1], other[1]))
            for other, _ in found
        )
