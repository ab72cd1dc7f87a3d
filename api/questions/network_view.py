"""The network as it is looked at: from where, how far, filtered by what, in individuals or in groups.

One view is the same for the picture, the lists and the sentence.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np

from api.questions.network import brokers, communities, find_paths, ties_of
from api.questions.network_drawn import Drawer, Found
from api.questions.network_groups import AreaBy, Sorted, choose_grouping, sort_into
from api.questions.network_reach import Filters, Reached, live_edges, passing, reach
from api.questions.network_shown import AREA, Act, Entry, View, ViewAsked
from api.questions.underway import Underway
from api.snapshot import Snapshot
from graph_service.arrays import IntArray
from graph_service.keys import Label, NodeKey
from graph_service.network.brokers import Brokers
from graph_service.network.communities import Communities
from graph_service.network.places import inside
from graph_service.network.ties import Mask, place_of

MOST_OPENED = 60
"""How many neighbours a step of expanding adds, the nearest first."""
BROKERS = 12
WAYS = 3
FEW = 3
"""An actor that so few are around is shown with those of its place, too."""
_KEPT = 48


class Views:
    """The last views of a revision, the least recently asked dropped first. Threads share it."""

    def __init__(self) -> None:
        """Start empty."""
        self._kept: OrderedDict[ViewAsked, View] = OrderedDict()
        self._underway = Underway()
        self._lock = Lock()

    def find(self, asked: ViewAsked, build: Callable[[], View]) -> View:
        """The view that was asked for, made once."""
        with self._lock:
            if found := self._kept.get(asked):
                self._kept.move_to_end(asked)
                return found
        found = build()
        with self._lock:
            self._kept[asked] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found

    def find_within(self, seconds: float, asked: ViewAsked, build: Callable[[], View]) -> View | None:
        """The same, but None if it is not there in time; it is made all the same, for the next who asks."""
        with self._lock:
            if found := self._kept.get(asked):
                self._kept.move_to_end(asked)
                return found
        return self._underway.within(seconds, asked, lambda: self.find(asked, build))


def find_view_within(snapshot: Snapshot, asked: ViewAsked, seconds: float) -> View | None:
    """The view, or None while it is still being made; raises NotFound."""
    views = snapshot.prepared("network-views", lambda _: Views())
    return views.find_within(seconds, asked, lambda: _Builder(snapshot, asked).view())


def count_reached(snapshot: Snapshot, asked: ViewAsked) -> int:
    """How many a view shows, in groups too, without drawing it."""
    return _Builder(snapshot, asked).count()


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a view begins. ``pinned`` are never put into groups."""

    sources: IntArray
    pinned: tuple[int, ...]
    depth: int


class _Builder:
    def __init__(self, snapshot: Snapshot, asked: ViewAsked) -> None:
        self.snapshot, self.asked, self.projection = snapshot, asked, snapshot.projection
        self.ties = ties_of(snapshot, asked.relations, ())
        hidden = [place for step in asked.steps if step.act is Act.HIDE and (place := self._node(step.key)) >= 0]
        self.filters = Filters(
            passing(snapshot, asked.labels, asked.field, asked.year), live_edges(self.ties, asked.year), tuple(hidden)
        )
        self.complete, self.ways = True, 0
        self.brokers: Brokers | None = None
        self.opened: list[int] = []

    def _node(self, key: str) -> int:
        """A node's position among all nodes; -1 for a group, or for what is there no more."""
        known = None if key.startswith("group:") else self.projection.known(key)
        return -1 if known is None else place_of(self.projection, known)

    def view(self) -> View:
        """The whole view."""
        start = self._start()
        reached = self._opened(self._reached(start))
        apart = np.isin(reached.nodes, [*start.pinned, *self.opened]) | reached.pinned
        individuals, groups = self._grouped(reached, apart)
        found = Found(
            self.ties, self.filters.live, reached, individuals, groups, start.pinned,
            start.sources if len(start.pinned) == 1 and len(start.sources) > 1 else None,
            frozenset(self.opened), self.complete, self.ways, self.brokers, self._communities(),
        )  # fmt: skip
        return Drawer(self.snapshot, self.asked, found).view()

    def count(self) -> int:
        """How many belong to the view."""
        return len(self._opened(self._reached(self._start())).nodes)

    def _start(self) -> _Start:
        asked, projection = self.asked, self.projection
        if asked.start is None:
            return self._entry()
        at = place_of(projection, asked.start)
        if asked.target is not None:
            return self._between(asked.start, asked.target)
        if asked.start.label is Label.MUNICIPALITY and not asked.types & AREA:
            around = inside(projection, asked.start) + projection.spans[Label.MUNICIPALITY].start
            return _Start(around, (at,), asked.steps_deep)
        return _Start(np.array([at]), (at,), asked.steps_deep)

    def _entry(self) -> _Start:
        match self.asked.entry:
            case Entry.BROKERS:
                self.brokers = brokers(self.snapshot, limit=BROKERS)
                at = np.array([place_of(self.projection, each.key) for each in self.brokers.brokers], np.int64)
                return _Start(at, tuple(at.tolist()), 1)
            case Entry.ISOLATED:
                span = self.projection.spans[Label.ACTOR]
                alone = span.start + np.flatnonzero(self.ties.degree[span.start : span.stop] == 0)
                return _Start(self._passed(alone), (), 0)
        return _Start(self._passed(np.flatnonzero(self.ties.degree)), (), 0)

    def _communities(self) -> Communities | None:
        """Who works together, where that was asked."""
        asked = self.asked
        return communities(self.snapshot) if asked.entry is Entry.COMMUNITIES and asked.start is None else None

    def _passed(self, nodes: IntArray) -> IntArray:
        """Of many beginnings those that the filter lets pass, and of these whoever is still joined to somebody."""
        if self.filters.nodes is None:
            return nodes
        passed = nodes[self.filters.nodes[nodes]]
        if self.asked.entry is Entry.ISOLATED:
            return passed
        inside = np.zeros(self.ties.count, np.bool_)
        inside[passed] = True
        entries = self.ties.entries(passed)
        row = np.repeat(np.arange(len(passed)), self.ties.degree[passed])
        joined = inside[self.ties.other[entries]]
        if self.filters.live is not None:
            joined &= self.filters.live[self.ties.edge[entries]]
        return passed[np.bincount(row[joined], minlength=len(passed)) > 0]

    def _between(self, source: NodeKey, target: NodeKey) -> _Start:
        asked, projection = self.asked, self.projection
        found = find_paths(self.snapshot, source, target, types=asked.types, labels=asked.labels, limit=WAYS)
        self.complete, self.ways = found.complete, len(found.paths)
        ends = place_of(projection, source), place_of(projection, target)
        on = {place_of(projection, key) for path in found.paths for key, _ in path.nodes} | set(ends)
        return _Start(np.array(sorted(on)), ends, 0)

    def _reached(self, start: _Start) -> Reached:
        asked = self.asked
        found = reach(self.ties, start.sources, start.depth, self.filters)
        if asked.start is None or asked.target is not None:
            return found
        if asked.start.label is Label.ACTOR and self._is_lonely(start):
            found = reach(self.ties, start.sources, start.depth, self.filters, through_places=True)
        return found.without_idle(self.ties, start.pinned) if len(start.sources) > 1 else found

    def _is_lonely(self, start: _Start) -> bool:
        """Whether few are around, whatever was hidden since."""
        nothing_hidden = replace(self.filters, hidden=())
        return len(reach(self.ties, start.sources, start.depth, nothing_hidden).nodes) <= FEW

    def _opened(self, reached: Reached) -> Reached:
        """With the neighbours of what was opened, step by step."""
        for step in self.asked.steps:
            node = self._node(step.key) if step.act is Act.OPEN else -1
            if node < 0 or node in self.filters.hidden:
                continue
            self.opened.append(node)
            reached = reached.joined(reach(self.ties, np.array([node]), 1, self.filters), MOST_OPENED + 1)
        return reached

    def _grouped(self, reached: Reached, apart: Mask) -> tuple[IntArray, Sorted | None]:
        asked = self.asked
        if len(reached.nodes) <= asked.most:
            return reached.nodes, None
        many = reached.nodes[~apart]
        whole = asked.entry is Entry.COMMUNITIES and asked.start is None
        by = asked.by or (AreaBy.COMMUNITY if whole else choose_grouping(self.snapshot, many))
        opened, hidden = ({s.key for s in asked.steps if s.act is act} for act in (Act.OPEN, Act.HIDE))
        found = sort_into(self.snapshot, by, many, opened, hidden, asked.most)
        return np.concatenate([reached.nodes[apart], found.individuals]), found
