"""Opens an empty store of each kind, so that one suite runs on all."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from neo4j_server import Address

from graph_service.store.contract import GraphStore
from graph_service.store.open import open_store

KINDS = ["sqlite", pytest.param("neo4j", marks=pytest.mark.neo4j)]


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Address:
    """Where an empty store is, or will be."""
    if request.param == "sqlite":
        return Address(f"sqlite:///{tmp_path / 'graph.db'}")
    found: Address = request.getfixturevalue("empty_neo4j")
    return found


@pytest.fixture
def opened(address: Address) -> Iterator[Callable[[], GraphStore]]:
    """Opens the same store as often as a test wants."""
    stores: list[GraphStore] = []

    def open_again() -> GraphStore:
        stores.append(open_store(address.url, password=address.password))
        return stores[-1]

    yield open_again
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[[], GraphStore]) -> GraphStore:
    """An empty store."""
    return opened()
