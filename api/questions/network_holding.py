"""How a picture of the network hangs together: who is joined to how many, its pieces, and who keeps others in them."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Held:
    """For each item to how many others it is joined and how many it keeps from being cut off from most of its piece."""

    joined: tuple[int, ...]
    cut: tuple[int, ...]
    parts: int
    """How many pieces there are."""


def held_together(size: int, pairs: Iterable[tuple[int, int]]) -> Held:
    """Look at all items in one walk in depth (Tarjan 1972): below whom no way leads back, is held by who is above."""
    near: list[set[int]] = [set() for _ in range(size)]
    for one, other in pairs:
        if one != other:
            near[one].add(other)
            near[other].add(one)
    walk = _Walk(near)
    parts = sum(walk.piece(root) for root in range(size))
    return Held(tuple(map(len, near)), tuple(walk.cut), parts)


class _Walk:
    """The walk: when each item was come to, what of the earliest leads back to, and how many are below it."""

    def __init__(self, near: list[set[int]]) -> None:
        size = len(near)
        self._near, self._came, self._back, self._below = near, [-1] * size, [size] * size, [1] * size
        self.cut = [0] * size

    def piece(self, root: int) -> bool:
        """Walk through the piece of an item; says whether it was there for the first time."""
        if self._came[root] >= 0:
            return False
        above, order = self._down(root)
        alone: dict[int, list[int]] = {item: [] for item in order}
        for item in reversed(order):
            up = above[item]
            self._back[item] = min([self._back[item], *(self._came[each] for each in self._near[item] if each != up)])
            if up >= 0:
                self._back[up] = min(self._back[up], self._back[item])
                self._below[up] += self._below[item]
                if self._back[item] >= self._came[up]:
                    alone[up].append(self._below[item])
        for item, sizes in alone.items():
            rest = len(order) - 1 - sum(sizes)
            self.cut[item] = len(order) - 1 - max([rest, *sizes])
        return True

    def _down(self, root: int) -> tuple[dict[int, int], list[int]]:
        """Above whom each item of a piece stands, and all of them in the order of the walk."""
        above, order = {root: -1}, [root]
        self._came[root] = 0
        ahead = [iter(sorted(self._near[root]))]
        path = [root]
        while path:
            fresh = next((each for each in ahead[-1] if self._came[each] < 0), None)
            if fresh is None:
                path.pop()
                ahead.pop()
                continue
            self._came[fresh], above[fresh] = len(order), path[-1]
            order.append(fresh)
            path.append(fresh)
            ahead.append(iter(sorted(self._near[fresh])))
        return above, order
