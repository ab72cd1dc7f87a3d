"""What stands where in a picture of the network: boxes of nodes and of names, found by squares of a grid."""

from collections.abc import Iterator

INFINITE = float("inf")
Box = tuple[float, float, float, float]


def name_of(i: int) -> int:
    """The mark of a node's name among the owners of boxes, and back."""
    return -1 - i


class Taken:
    """Boxes that something stands in, and whose: nodes have their number, names have ``name_of`` it."""

    _SQUARE = 48.0

    def __init__(self) -> None:
        self._boxes: dict[tuple[int, int], list[tuple[Box, int]]] = {}

    def _squares(self, box: Box) -> Iterator[tuple[int, int]]:
        x0, y0, x1, y1 = box
        for i in range(int(x0 // self._SQUARE), int(x1 // self._SQUARE) + 1):
            for j in range(int(y0 // self._SQUARE), int(y1 // self._SQUARE) + 1):
                yield i, j

    def add(self, box: Box, owner: int) -> None:
        """Put something there."""
        for square in self._squares(box):
            self._boxes.setdefault(square, []).append((box, owner))

    def remove(self, box: Box, owner: int) -> None:
        """Take it away again."""
        for square in self._squares(box):
            self._boxes[square].remove((box, owner))

    def _under(self, box: Box, owner: int) -> Iterator[tuple[Box, int]]:
        """What a name of this node would lie on; something may be told several times."""
        x0, y0, x1, y1 = box
        for square in self._squares(box):
            for other, whose in self._boxes.get(square, ()):
                if whose != owner and x0 < other[2] and other[0] < x1 and y0 < other[3] and other[1] < y1:
                    yield other, whose

    def nodes(self, box: Box, owner: int) -> set[int]:
        """Other nodes in a box."""
        return {whose for _, whose in self._under(box, owner) if whose >= 0}

    def free(self, box: Box, owner: int) -> bool:
        """Whether nothing stands there but what is its own."""
        return next(self._under(box, owner), None) is None

    def alone(self, box: Box, owner: int) -> int | None:
        """The node whose name alone a name would lie on."""
        found = {whose for _, whose in self._under(box, owner)}
        return name_of(found.pop()) if len(found) == 1 and min(found) < 0 else None

    def covered(self, box: Box, owner: int) -> float:
        """How much of nodes a name would lie on; of names none may be covered."""
        found = dict.fromkeys(self._under(box, owner))
        if any(whose < 0 for _, whose in found):
            return INFINITE
        return sum(
            (min(box[2], other[2]) - max(box[0], other[0])) * (min(box[3], other[3]) - max(box[1], other[1]))
            for other, _ in found
        )
