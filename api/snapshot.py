"""One revision as one audience sees it, with the rankers fitted to it: what a single answer is made from."""

import time
from collections.abc import Callable, Hashable
from threading import Lock, RLock
from typing import Any, TypeVar

from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import Level
from graph_service.projection import Projection
from graph_service.seen import Sight
from graph_service.visibility import Audience
from matching.naming.municipalities import find_municipality
from matching.peers.lens import Lens
from matching.peers.matcher import PeerMatcher, PeerRanker

T = TypeVar("T")

MOST_RANKERS = 160
"""How much is kept, the least recently used dropped first: lenses and areas that people try out would pile up."""
MOST_AHEAD = 40
"""How much of it is made for the next revision before anybody asks."""


class Snapshot:
    """A projection and what was prepared on it. Threads share it; a new revision gets a new one."""

    def __init__(self, projection: Projection, audience: Audience, sight: Sight) -> None:
        """Start with nothing prepared; ``sight`` is for what must be read from the store itself."""
        self.projection = projection
        self.audience = audience
        self.sight = sight
        self._rankers: dict[Hashable, Any] = {}
        self._building: dict[Hashable, RLock] = {}
        self._ahead: dict[Hashable, tuple[Callable[[Projection], Any], float]] = {}
        self._lock = Lock()

    @property
    def revision(self) -> int:
        """The revision that answers are made from."""
        return self.projection.revision

    def prepared(self, name: Hashable, build: Callable[[Projection], T], *, ahead: bool = False) -> T:
        """What ``build`` makes of the projection (never None), made once under this name and kept with the snapshot.

        ``ahead``: what takes long; it is made for the next revision, too, before anybody waits for it, by the same
        ``build``, which must know nothing of this revision nor of a request.
        """
        if ahead:
            with self._lock:
                self._ahead.pop(name, None)
                self._ahead[name] = build, time.monotonic()
        return self._made(name, build)

    def in_use(self, since: float) -> list[tuple[Hashable, Callable[[Projection], Any], float]]:
        """What is made ahead and was asked for since a moment of the monotonic clock, the latest first, and when."""
        with self._lock:
            found = [(name, build, asked) for name, (build, asked) in self._ahead.items() if asked >= since]
        return found[::-1][:MOST_AHEAD]

    def follow(self, earlier: "Snapshot", since: float) -> None:
        """Make what an earlier revision's readers had in use."""
        for name, build, asked in earlier.in_use(since):
            self._made(name, build)
            with self._lock:
                self._ahead.setdefault(name, (build, asked))

    def _made(self, name: Hashable, build: Callable[[Projection], T]) -> T:
        with self._lock:
            found: T | None = self._rankers.get(name)
            if found is not None:
                # last in the order, so that what everybody uses outlives what one person tries out
                self._rankers[name] = self._rankers.pop(name)
                return found
            building = self._building.setdefault(name, RLock())
        # one thread builds, the others that want the same wait for it: on a start all of them want it at once
        with building:
            found = self._rankers.get(name)
            if found is None:
                found = build(self.projection)
                with self._lock:
                    while len(self._rankers) >= MOST_RANKERS:
                        dropped = next(iter(self._rankers))
                        del self._rankers[dropped]
                        self._building.pop(dropped, None)
                        self._ahead.pop(dropped, None)
                    self._rankers[name] = found
        return found

    def peers(self, lens: Lens) -> PeerRanker:
        """The ranker of a lens."""
        return self.prepared(("peers", lens), PeerMatcher(lens).fit, ahead=True)

    def municipality(self, text: str, level: Level | None = None) -> NodeKey:
        """The municipality that a code, key or name means, at this level if there are several; raises NotFound."""
        if not self.projection.spans[Label.MUNICIPALITY]:
            raise NotFound(
                "a store with municipalities: fill it with `kompass demo` or `kompass import`", "an empty store"
            )
        return find_municipality(self.projection, text, level)
