"""What was found of the network as items and lines: how large each is, what joins two, and who holds it together."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from api.questions.network_groups import Sorted
from api.questions.network_holding import Held, held_together
from api.questions.network_layout import Placed, arrange
from api.questions.network_reach import Reached
from api.questions.network_scene import Scene
from api.questions.network_shown import Act, Holder, Item, Line, Size, View, ViewAsked
from api.snapshot import Snapshot
from graph_service.arrays import IntArray
from graph_service.keys import Label
from graph_service.model import EdgeType
from graph_service.network.brokers import Brokers
from graph_service.network.communities import Communities
from graph_service.network.ties import PLACE, WORK, Mask, Tie, Ties, place_of
from matching.practices.records import is_unproven

MOST_EDGES = 4000
_STRENGTHS = {"integrated": 3, "coordinates": 3, "cooperates": 2, "knows": 1}
_EVEN = 0.3
_BESIDE = 0.3
_UNREACHED = 9


@dataclass(frozen=True, slots=True)
class Found:
    """What belongs to a view. ``around``: places that belong to the one in the middle."""

    ties: Ties
    live: Mask | None
    reached: Reached
    individuals: IntArray
    groups: Sorted | None
    pinned: tuple[int, ...]
    around: IntArray | None
    opened: frozenset[int]
    complete: bool
    ways: int
    brokers: Brokers | None
    communities: Communities | None


class Drawer:
    """Makes items and lines of what was found."""

    def __init__(self, snapshot: Snapshot, asked: ViewAsked, found: Found) -> None:
        """Number the items: individuals first, then groups."""
        self.snapshot, self.asked, self.found, self.ties = snapshot, asked, found, found.ties
        self.groups = found.groups.groups if found.groups else ()
        self.apart = len(found.individuals)
        self.item_of = np.full(self.ties.count, -1)
        self.item_of[found.individuals] = np.arange(self.apart)
        for i, group in enumerate(self.groups, self.apart):
            self.item_of[group.nodes] = i
        self.size = self.apart + len(self.groups)

    def view(self) -> View:
        """The whole view."""
        found, item_of = self.found, self.item_of
        lines, joined, left_out = self._lines()
        pairs = tuple((line.source, line.target) for line in lines)
        held = held_together(self.size, pairs)
        shown, hops, ties = held.joined, self._hops(), self._ties()
        sizes = self._sizes(np.array(ties, np.int64), np.array(shown, np.int64))
        middle = frozenset(int(item_of[i]) for i in found.pinned if item_of[i] >= 0)
        nodes = (*([int(i)] for i in found.individuals.tolist()), *(g.nodes.tolist() for g in self.groups))
        placed = arrange(self.snapshot, Scene(self.size, pairs, hops, sizes, middle, nodes), self.asked.layout)
        members = np.flatnonzero(item_of >= 0)
        return View(
            revision=self.snapshot.revision,
            asked=self.asked,
            ties=self.ties,
            items=tuple(self._items(hops, ties, shown, sizes, middle, placed)),
            lines=tuple(lines),
            nodes=len(members),
            counts=self._counted(members),
            unproven=self._unproven(members),
            edges=len(joined),
            edges_left_out=left_out,
            by=found.groups.by if found.groups else None,
            parts=held.parts,
            holders=() if self.groups else self._holders(held),
            complete=found.complete,
            ways=found.ways,
            hanging=held.cut[next(iter(middle))] if len(middle) == 1 and not self.groups else 0,
            places=placed.ground,
            land=placed.land,
            brokers=found.brokers,
            communities=found.communities,
            members=members,
            joined=joined,
        )

    def _hops(self) -> IntArray:
        by_node = np.full(self.ties.count, _UNREACHED)
        by_node[self.found.reached.nodes] = self.found.reached.hops
        of_groups = [int(by_node[group.nodes].min()) for group in self.groups]
        return np.concatenate([by_node[self.found.individuals], np.array(of_groups, np.int64)])

    def _ties(self) -> list[int]:
        degree = self.ties.degree
        return [*degree[self.found.individuals].tolist(), *(int(degree[group.nodes].sum()) for group in self.groups)]

    def _items(
        self,
        hops: IntArray,
        ties: list[int],
        shown: Sequence[int],
        sizes: npt.NDArray[np.float64],
        middle: frozenset[int],
        placed: Placed,
    ) -> Iterator[Item]:
        opened = {step.key for step in self.asked.steps if step.act is Act.OPEN}
        for i in range(self.size):
            group = None if i < self.apart else self.groups[i - self.apart]
            node = int(self.found.individuals[i]) if group is None else -1
            key = str(self.ties.key(node)) if group is None else group.key
            yield Item(
                key=key,
                name=self.ties.name(node) if group is None else group.name,
                label=self.ties.key(node).label if group is None else None,
                count=1 if group is None else len(group.nodes),
                counts={} if group is None else self._counted(group.nodes),
                hops=int(hops[i]),
                ties=ties[i],
                shown=shown[i],
                size=float(sizes[i]),
                x=placed.x[i],
                y=placed.y[i],
                start=i in middle,
                opened=node in self.found.opened or key in opened,
            )

    def _counted(self, nodes: IntArray) -> dict[Label, int]:
        counts: Counter[Label] = Counter()
        for label, span in self.snapshot.projection.spans.items():
            if inside := int(((nodes >= span.start) & (nodes < span.stop)).sum()):
                counts[label] = inside
        return dict(counts)

    def _unproven(self, nodes: IntArray) -> int:
        span = self.snapshot.projection.spans[Label.PRACTICE]
        practices = nodes[(nodes >= span.start) & (nodes < span.stop)].tolist()
        return sum(is_unproven(self.snapshot.projection, self.ties.key(node)) for node in practices)

    def _lines(self) -> tuple[list[Line], IntArray, int]:
        """Relations between individuals one by one, those of groups counted; which there are, how many are left out."""
        item_of, ties = self.item_of, self.ties
        members = np.flatnonzero(item_of >= 0)
        entries = ties.entries(members)
        here, there = np.repeat(item_of[members], ties.degree[members]), item_of[ties.other[entries]]
        mine = (there >= 0) & (here <= there)
        if self.found.live is not None:
            mine &= self.found.live[ties.edge[entries]]
        edge, first = np.unique(ties.edge[entries[mine]], return_index=True)
        here, there, cost = here[mine][first], there[mine][first], ties.cost[entries[mine]][first]
        both = (here < self.apart) & (there < self.apart)
        strongest = np.argsort(cost[both], kind="stable")[:MOST_EDGES]
        lines = [self._line(each) for each in np.sort(edge[both][strongest]).tolist()]
        across = ~both & (here != there)
        pairs, counts = np.unique(np.stack([here[across], there[across]]), axis=1, return_counts=True)
        most = np.argsort(-counts, kind="stable")[:MOST_EDGES]
        top = int(counts.max(initial=1))
        for one, other, count in zip(*pairs[:, most].tolist(), counts[most].tolist(), strict=True):
            lines.append(Line(one, other, None, count, 1 + (count * 8 >= top) + (count * 2 >= top), -1))
        told = min(int(both.sum()), MOST_EDGES) + int(counts[most].sum()) + int((~both & (here == there)).sum())
        return [*lines, *self._belonging(lines)], edge, len(edge) - told

    def _line(self, edge: int) -> Line:
        tie = self.ties.tie(edge)
        source, target = (int(self.item_of[place_of(self.ties.projection, key)]) for key in (tie.source, tie.target))
        return Line(source, target, tie.type, 1, _strength(tie), edge)

    def _belonging(self, lines: list[Line]) -> Iterator[Line]:
        """Places within the one in the middle belong to it, though the register names only the next above."""
        if self.found.around is None or (middle := int(self.item_of[self.found.pinned[0]])) < 0:
            return
        joined = {frozenset((line.source, line.target)) for line in lines}
        for i in dict.fromkeys(self.item_of[self.found.around].tolist()):
            if 0 <= i != middle and frozenset((i, middle)) not in joined:
                yield Line(i, middle, EdgeType.PART_OF, 1, 1, -1)

    def _sizes(self, ties: IntArray, shown: IntArray) -> npt.NDArray[np.float64]:
        """From 0 to 1; areas go with the measure, those of groups with how many they hold."""
        if self.asked.size is Size.EVEN:
            return np.full(self.size, _EVEN)
        measure = ties if self.asked.size is Size.TIES else shown
        held = [len(group.nodes) for group in self.groups]
        root = np.sqrt(np.concatenate([measure[: self.apart], np.array(held, np.int64)]).astype(np.float64))
        for part in (slice(0, self.apart), slice(self.apart, None)):
            if len(root[part]) and (top := float(root[part].max())):
                root[part] /= top
        if held:
            # beside groups a single node must not look as large as one
            root[: self.apart] *= _BESIDE
        return root

    def _holders(self, held: Held) -> tuple[Holder, ...]:
        """Whoever keeps others from being cut off, the most first; the one in the middle is told apart."""
        middle, actors = set(self.found.pinned), self.snapshot.projection.spans[Label.ACTOR]
        found = [
            Holder(self.ties.key(node), self.ties.name(node), cut)
            for node, cut in zip(self.found.individuals.tolist(), held.cut, strict=True)
            if cut and node not in middle and node in actors
        ]
        return tuple(sorted(found, key=lambda each: (-each.cut, each.key)))


def _strength(tie: Tie) -> int:
    if tie.type in PLACE or tie.type not in WORK:
        return 1
    return _STRENGTHS.get(str(tie.properties.get("strength")), 2)
