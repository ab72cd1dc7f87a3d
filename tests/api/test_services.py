"""Reading from the store itself: of the revision that the audience's projection has, or not at all."""

from pathlib import Path

import pytest
from reading_country import filled

from api.services import Services
from api.settings import Settings
from api.snapshot import Snapshot
from graph_service.errors import StoreBusy
from graph_service.keys import NodeKey
from graph_service.model import Actor, Visibility
from graph_service.store.contract import GraphStore, Reader
from graph_service.store.open import open_store
from graph_service.visibility import PUBLIC

FAR = NodeKey("actor:far")


@pytest.fixture
def services(tmp_path: Path) -> Services:
    # an hour's patience: only what is read itself can find out that the store has moved
    return Services(Settings(store=filled(tmp_path, secrets=True), cache=tmp_path), patience=3600)


def hide(store: GraphStore, name: str) -> None:
    store.write(lambda tx: tx.put(Actor(key=FAR, name=name, visibility=Visibility.OFFICE)))


def keys(reader: Reader, _: Snapshot) -> set[NodeKey]:
    return reader.keys() & {FAR}


def test_what_was_hidden_a_moment_ago_is_not_read_by_an_older_projection(services):
    assert services.read(PUBLIC, keys) == {FAR}
    other = open_store(services.store.url)
    hide(other, "jetzt geheim")
    other.close()
    assert services.read(PUBLIC, keys) == set()


def test_a_store_that_is_written_faster_than_it_can_be_read_is_busy(services):
    other = open_store(services.store.url)
    names = iter(map(str, range(100)))

    def read_while_somebody_writes(reader: Reader, snapshot: Snapshot) -> set[NodeKey]:
        raise AssertionError("this revision is old")

    snapshot = services.snapshot(PUBLIC)
    hide(other, next(names))
    services.snapshot = lambda audience, at_once: snapshot  # type: ignore[method-assign]  # always one behind
    with pytest.raises(StoreBusy):
        services.read(PUBLIC, read_while_somebody_writes)
    other.close()
