"""How one revision follows another: which one answers, and what is made ready of the next before anybody waits for it.

It knows when to ask for the store's revision and whom an earlier one may answer; it never knows what is asked.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, Lock, Thread

from api.memory import give_back
from api.snapshot import Snapshot
from graph_service.errors import StoreError
from graph_service.projection import Projection
from graph_service.seen import Sight
from graph_service.united import united
from graph_service.visibility import Audience

Clock = Callable[[], float]

RETRY = 5
"""After how many times the patience a store is asked again that could not be reached at the start."""
MOST_AUDIENCES = 16
"""How many audiences' snapshots are kept; where nothing is hidden they all share one projection."""
MOST_BEHIND = 5.0
"""For how many seconds the earlier revision answers at most while the next one is made ready."""
GRACE = 0.5
"""For how many seconds whoever writes waits for that, so that in small graphs nobody meets an earlier revision."""
ANSWER = 2.0
"""How many seconds the store may take to tell its revision; then what is known answers."""
USED = 900.0
"""What was asked for within so many seconds is in use."""

log = logging.getLogger(__name__)


class Generation:
    """One revision: its whole projection, and what each audience sees of it. Threads share it."""

    def __init__(self, whole: Projection) -> None:
        """Start without audiences."""
        self.whole = whole
        self.followed: float | None = None
        """When a newer one was there."""
        self._snapshots: dict[Audience, Snapshot] = {}
        self._lock = Lock()

    def snapshot(self, audience: Audience) -> Snapshot:
        """What an audience sees."""
        found = self._snapshots.get(audience)
        if found is None:
            sight = Sight.of(self.whole, audience)
            made = Snapshot(united(sight.seen), audience, sight)
            with self._lock:
                found = self._snapshots.setdefault(audience, made)
                while len(self._snapshots) > MOST_AUDIENCES:
                    del self._snapshots[next(iter(self._snapshots))]
        return found

    def follow(self, earlier: "Generation", used_since: float) -> None:
        """Make ready what audiences of an earlier revision had in use."""
        with earlier._lock:
            known = list(earlier._snapshots.items())
        for audience, before in known:
            if before.in_use(used_since):
                self.snapshot(audience).follow(before, used_since)


class Revisions:
    """The newest revision, and the newest that is ready. Threads share it."""

    def __init__(
        self, revision: Callable[[], int], project: Callable[[], Projection], patience: float, clock: Clock
    ) -> None:
        """Ask a store by these two; with ``patience`` in the background, and nobody waits."""
        self._revision, self._project = revision, project
        self._patience, self._clock = patience, clock
        self._newest: Generation | None = None
        self._ready: Generation | None = None
        self._asked = float("-inf")
        self._failed: tuple[float, StoreError] | None = None
        self._refreshing, self._queueing = Lock(), Lock()
        self._asker = ThreadPoolExecutor(1, thread_name_prefix="revision")
        self._queued: Future[None] | None = None
        self._settler: Thread | None = None
        self._settled = Event()
        self.stale = False
        """Whether answers come from the last known revision because the store cannot be asked."""

    def newest(self, *, at_once: bool = False) -> Generation:
        """The newest revision that is known; ``at_once``: as the store has it at this moment, if it answers.

        Raises StoreError where there is none yet.
        """
        kept = self._newest
        if kept is None:
            return self._first()
        if not self._patience:
            self._refresh()
        elif at_once and not self.stale:
            self._wait(self._ask())
        elif self._clock() - self._asked >= self._patience:
            self._ask()
        return self._newest or kept

    def ready(self) -> Generation:
        """The newest revision of which all is ready that was in use, after a while the newest; raises StoreError."""
        newest, ready = self.newest(), self._ready
        if ready is None or ready is newest or self._clock() - (ready.followed or 0) > MOST_BEHIND:
            return newest
        self._settle_aside()
        return ready

    def is_earlier(self, snapshot: Snapshot) -> bool:
        """Whether a newer revision than this is known."""
        return self._newest is not None and snapshot.revision != self._newest.whole.revision

    def moved(self) -> None:
        """Say that this process has just written: the next question finds it; raises StoreError."""
        if not self._patience:
            self._refresh()
            return
        self._ask().result()
        if self._ready is not self._newest:
            self._settled.wait(GRACE)

    def close(self) -> None:
        """Ask no more."""
        self._asker.shutdown(wait=True, cancel_futures=True)

    def _first(self) -> Generation:
        """The first one, for which everybody waits; a store that just failed is not asked again at once."""
        with self._queueing:
            if self._newest is None:
                if self._failed is not None and self._clock() - self._failed[0] < self._patience * RETRY:
                    raise self._failed[1]
                self._refresh()
            if self._newest is None:
                raise RuntimeError("nothing was projected")
            return self._newest

    def _ask(self) -> "Future[None]":
        """Have the store asked by a thread of its own; whoever comes before it begins shares the answer."""
        with self._queueing:
            self._asked = self._clock()
            if self._queued is None:
                self._queued = self._asker.submit(self._begin)
            return self._queued

    def _begin(self) -> None:
        with self._queueing:
            self._queued = None
        self._refresh()

    def _wait(self, asked: "Future[None]") -> None:
        try:
            asked.result(ANSWER)
        except TimeoutError:
            log.info("the store takes long to tell its revision")

    def _refresh(self) -> None:
        with self._refreshing:
            kept = self._newest
            try:
                if kept is None or kept.whole.revision != self._revision():
                    self._take(Generation(self._project()), kept)
            except StoreError as error:
                if kept is None:
                    self._failed = (self._clock(), error)
                    raise
                if not self.stale:
                    known = kept.whole.revision
                    log.warning("the store cannot be asked (%s); answering from revision %d", error.code, known)
                self.stale = True
            else:
                self.stale = False
            self._asked = self._clock()

    def _take(self, fresh: Generation, kept: Generation | None) -> None:
        self._newest = fresh
        if kept is not None:
            kept.followed = self._clock()
        if self._ready is None or not self._patience:
            self._ready = fresh
        else:
            self._settled.clear()
            self._settle_aside()

    def _settle_aside(self) -> None:
        """Make the newest revision ready in a thread of its own, one at a time."""
        with self._queueing:
            if self._settler is None or not self._settler.is_alive():
                self._settler = Thread(target=self._settle, name="ready", daemon=True)
                self._settler.start()

    def _settle(self) -> None:
        while (fresh := self._newest) is not (before := self._ready) and fresh is not None and before is not None:
            began = self._clock()
            try:
                fresh.follow(before, time.monotonic() - USED)
            except StoreError as error:  # written too fast, or away: whoever asks has it made
                log.info("what was in use could not be made ready (%s)", error.code)
            except Exception:
                log.exception("what was in use could not be made ready")
            self._ready = fresh
            self._settled.set()
            del before  # the last that refers to it while this thread rests
            give_back()
            # where somebody writes all the time, half of a processor at most goes into this
            time.sleep(min(self._clock() - began, MOST_BEHIND))
