"""While the store is away, pages tell what was last known, and what they cannot tell they say in a sentence."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from reading_country import filled
from werkzeug.test import Client

from api.app import create_app
from api.services import Services
from api.settings import Settings
from graph_service.errors import StoreUnavailable
from graph_service.store.contract import GraphStore

NOTICE = "Diese Seiten zeigen den zuletzt bekannten Stand"
UNKNOWN = "Welche Datensätze das sind, weiß nur die Datenbank"
TITLE = "Made by hand"
GERMAN = {"Accept-Language": "de"}


@dataclass
class Leaving:
    """A store that goes away and comes back, and counts how often it is asked."""

    store: GraphStore
    away: bool = False
    silent: str = ""
    """What it does not tell, as if it were away for this one question."""
    asked: list[Callable[[Any], Any]] = field(default_factory=list)

    def read(self, work: Callable[[Any], Any]) -> Any:
        self.asked.append(work)
        if self.away or self.silent in work.__code__.co_names:
            raise StoreUnavailable("a store that answers")
        return self.store.read(work)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


@pytest.fixture
def served(tmp_path: Path) -> tuple[Client, Leaving]:
    settings = Settings(store=filled(tmp_path, secrets=False), cache=tmp_path)
    services = Services(settings)
    store = Leaving(services.store)
    services.__dict__["_store"] = store  # where the property keeps what it opened
    return create_app(settings, services).test_client(), store


@pytest.mark.parametrize("before", ["/", "/municipalities/90001", "/accessibility"])
@pytest.mark.parametrize("path", ["/data", "/about"])
def test_datasets_are_told_from_what_any_page_has_read_before(
    served: tuple[Client, Leaving], before: str, path: str
) -> None:
    client, store = served
    assert client.get(before).status_code == 200
    store.away = True
    page = client.get(path, headers=GERMAN)
    assert page.status_code == 200
    assert TITLE in page.text
    assert NOTICE in page.text
    assert page.headers["Kompass-Data"] == "last-known"


@pytest.mark.parametrize("path", ["/data", "/about"])
def test_where_only_the_graph_is_known_the_page_says_what_it_cannot_tell(
    served: tuple[Client, Leaving], path: str
) -> None:
    client, store = served
    assert client.get("/health/ready").status_code == 200
    store.away = True
    page = client.get(path, headers=GERMAN)
    assert page.status_code == 200
    assert UNKNOWN in page.text
    assert NOTICE in page.text
    assert TITLE not in page.text
    assert "noch nichts übernommen" not in page.text
    if path == "/data":
        assert "3\N{NO-BREAK SPACE}Kreise" in page.text or "3 Kreise" in page.text
        assert 'href="/indicators"' in page.text
        assert " download>" not in page.text, "files are written from the store"
    store.away = False
    again = client.get(path, headers=GERMAN)
    assert TITLE in again.text
    assert UNKNOWN not in again.text
    assert NOTICE not in again.text
    assert (" download>" in again.text) == (path == "/data")


def test_a_store_that_is_known_to_be_away_is_not_waited_for_by_every_part_of_a_page(
    served: tuple[Client, Leaving],
) -> None:
    client, store = served
    client.get("/health/ready")
    store.away = True
    store.asked.clear()
    client.get("/data")
    assert {work.__code__.co_names for work in store.asked} == {("revision",)}, "whether it is back, and no more"


@pytest.mark.parametrize("path", ["/data", "/about"])
def test_where_nothing_is_known_yet_there_is_no_page(served: tuple[Client, Leaving], path: str) -> None:
    client, store = served
    store.away = True
    assert client.get(path, headers={"Accept": "text/html"}).status_code == 503


def test_what_was_left_out_in_a_bad_moment_is_not_kept_for_others(served: tuple[Client, Leaving]) -> None:
    client, store = served
    client.get("/health/ready")
    store.silent = "datasets"
    page = client.get("/about", headers=GERMAN)
    assert UNKNOWN in page.text
    assert NOTICE not in page.text
    store.silent = ""
    assert TITLE in client.get("/about", headers=GERMAN).text
