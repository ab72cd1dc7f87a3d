"""What is prepared for a revision is prepared once, and what everybody uses is not dropped for what one tries out."""

from threading import Thread

import pytest
from network_graphs import actors, projection_of

from api import snapshot as module
from api.snapshot import Snapshot
from graph_service.seen import Sight
from graph_service.visibility import PUBLIC


@pytest.fixture
def snapshot() -> Snapshot:
    projection = projection_of(*actors(1))
    return Snapshot(projection, PUBLIC, Sight.of(projection, PUBLIC))


def test_it_is_built_once_however_many_ask(snapshot):
    built = []
    threads = [Thread(target=lambda: snapshot.prepared("x", lambda p: built.append(p) or object())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1


def test_what_is_used_stays_and_what_was_tried_out_goes(snapshot, monkeypatch):
    monkeypatch.setattr(module, "MOST_RANKERS", 3)
    used = snapshot.prepared("used", lambda _: object())
    tried = snapshot.prepared("tried", lambda _: object())
    for i in range(5):
        snapshot.prepared(i, lambda _: object())
        assert snapshot.prepared("used", lambda _: object()) is used
    assert snapshot.prepared("tried", lambda _: object()) is not tried
