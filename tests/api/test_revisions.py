"""How one revision follows another: nobody waits for what was in use, and who has written reads what was written."""

import threading
import time
from collections.abc import Iterator

import pytest
from network_graphs import actors, projection_of
from waiting import comes_true

from api import revisions as module
from api.revisions import Revisions
from api.snapshot import Snapshot
from graph_service.errors import StoreUnavailable
from graph_service.projection import Projection
from graph_service.visibility import OFFICE, PUBLIC


class Store:
    """A store whose revision goes up by one with each write."""

    def __init__(self) -> None:
        self.revision = 1
        self.away = False

    def ask(self) -> int:
        if self.away:
            raise StoreUnavailable("a store that answers")
        return self.revision

    def project(self) -> Projection:
        projection = projection_of(*actors(self.revision))
        projection.revision = self.ask()
        return projection


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def revisions(store: Store, monkeypatch) -> Iterator[Revisions]:
    """Asked in the background, as by a service; only who writes finds out."""
    monkeypatch.setattr(module, "GRACE", 0.0)
    found = Revisions(store.ask, store.project, 3600, time.monotonic)
    yield found
    found.close()


class Slow:
    """What takes as long as the test wants."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()
        self.built: list[int] = []

    def __call__(self, projection: Projection) -> object:
        self.go.wait(60)
        self.built.append(projection.revision)
        return object()


def ask(snapshot: Snapshot, slow: Slow) -> object:
    return snapshot.prepared("slow", slow, ahead=True)


def test_readers_get_the_earlier_revision_until_what_was_in_use_is_ready_for_the_next(store, revisions):
    slow = Slow()
    ask(revisions.ready().snapshot(PUBLIC), slow)
    slow.go.clear()
    store.revision = 2
    revisions.moved()
    assert revisions.newest().snapshot(PUBLIC).revision == 2, "who writes reads what was written"
    earlier = revisions.ready().snapshot(PUBLIC)
    assert earlier.revision == 1
    assert revisions.is_earlier(earlier)
    ask(earlier, slow)  # waits for nothing
    slow.go.set()
    assert comes_true(lambda: revisions.ready().snapshot(PUBLIC).revision == 2)
    ask(revisions.ready().snapshot(PUBLIC), slow)
    assert slow.built == [1, 2], "made once, before anybody asked"


def test_what_takes_too_long_keeps_nobody_from_the_newest_revision(store, revisions, monkeypatch):
    slow = Slow()
    ask(revisions.ready().snapshot(PUBLIC), slow)
    slow.go.clear()
    monkeypatch.setattr(module, "MOST_BEHIND", 0.0)
    store.revision = 2
    revisions.moved()
    assert comes_true(lambda: revisions.ready().snapshot(PUBLIC).revision == 2)
    assert slow.built == [1]
    slow.go.set()


def test_what_nobody_used_lately_is_not_made_again(store, revisions, monkeypatch):
    slow = Slow()
    ask(revisions.ready().snapshot(PUBLIC), slow)
    monkeypatch.setattr(module, "USED", -1.0)
    store.revision = 2
    revisions.moved()
    assert comes_true(lambda: revisions.ready().snapshot(PUBLIC).revision == 2)
    assert slow.built == [1]


def test_it_is_made_for_each_audience_that_used_it(store, revisions):
    slow = Slow()
    ask(revisions.ready().snapshot(OFFICE), slow)
    revisions.ready().snapshot(PUBLIC)
    store.revision = 2
    revisions.moved()
    assert comes_true(lambda: revisions.ready().whole.revision == 2)
    assert slow.built == [1, 2]


def test_what_cannot_be_made_ready_is_left_to_whoever_asks(store, revisions):
    def fails_later(projection: Projection) -> object:
        if projection.revision > 1:
            raise ValueError("not this one")
        return object()

    revisions.ready().snapshot(PUBLIC).prepared("fails", fails_later, ahead=True)
    store.revision = 2
    revisions.moved()
    assert comes_true(lambda: revisions.ready().snapshot(PUBLIC).revision == 2)


def test_what_another_process_has_written_is_seen_by_who_asks_at_once(store, revisions):
    assert revisions.newest().whole.revision == 1
    store.revision = 2
    assert revisions.newest().whole.revision == 1
    assert revisions.newest(at_once=True).whole.revision == 2


def test_while_the_store_is_away_the_last_known_revision_answers_also_at_once(store, revisions):
    revisions.newest()
    store.away = True
    for _ in range(3):
        assert revisions.newest(at_once=True).whole.revision == 1
    assert revisions.stale
    store.away, store.revision = False, 2
    revisions.moved()
    assert (revisions.stale, revisions.newest().whole.revision) == (False, 2)


def test_a_store_that_answers_slowly_keeps_nobody_waiting(store, revisions, monkeypatch):
    revisions.newest()
    monkeypatch.setattr(module, "ANSWER", 0.0)
    go = threading.Event()
    monkeypatch.setattr(revisions, "_revision", lambda: go.wait(60) and 1)
    assert revisions.newest(at_once=True).whole.revision == 1
    go.set()
