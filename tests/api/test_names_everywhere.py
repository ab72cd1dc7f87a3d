"""No page and no file for people calls a place as the register writes it: Ort, Wappenstadt is Ort."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from reading_country import public
from records import DATASET
from werkzeug.test import TestResponse

from api.app import create_app
from api.services import Services
from api.settings import Settings
from graph_service.keys import NodeKey
from graph_service.model import Actor, Edge, EdgeType, Level, Municipality, Record
from graph_service.store.open import open_store

TITLE = "Wappenstadt"
ENTRANCES = (
    "/",
    "/search?q=Ort",
    "/search/suggestions?q=Ort",
    "/municipalities/90001/peers?lens=all-indicators&why=90003",
    "/municipalities/90001/compare?with=90002&with=90003",
    "/municipalities/90001/compare.xlsx?with=90002&with=90003",
    "/municipalities/90001/peers.docx?with=90002&with=90003&lens=all-indicators",
    "/alliances/candidates?municipality=90001&field=school",
    "/alliances/board?municipality=90001&field=school",
    "/practices?municipality=90003&challenge=late-entrants",
    "/atlas?field=school",
    "/exchanges/visit",
)
AS_ENTERED = ("/static", "/api/", "/data/journal", "/network/export")
"""What tells of the records themselves."""
VARIANTS = 3
"""How many addresses of one path are asked: sorted otherwise and filtered, it names places alike."""


def titled() -> Iterator[Record]:
    """The small country with places named as registers do."""
    for each in public().everything():
        place = isinstance(each, Municipality) and each.level is not Level.STATE
        yield replace(each, name=f"{each.name}, {TITLE}") if place else each
    yield Actor(key=(twin := NodeKey("actor:twin")), name="Verein youth", kind="association")
    yield Edge(EdgeType.LOCATED_IN, twin, NodeKey("municipality:90002"))
    yield Edge(EdgeType.INVOLVES, NodeKey("exchange:visit"), NodeKey("municipality:90002"))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder: Path = tmp_path_factory.mktemp("named")
    address = f"sqlite:///{folder / 'country.db'}"
    store = open_store(address)
    records = list(titled())
    store.write(lambda tx: tx.replace(DATASET, records))
    store.close()
    settings = Settings(store=address, cache=folder)
    return create_app(settings, Services(settings))


def written(answer: TestResponse) -> str:
    """What stands in a page or in a file."""
    if answer.data[:2] != b"PK":
        return unescape(answer.get_data(as_text=True))
    with ZipFile(BytesIO(answer.data)) as archive:
        return " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def links(answer: TestResponse) -> Iterator[str]:
    """The addresses that a page leads to, and those that it fetches parts from."""
    if answer.status_code == 200 and answer.mimetype == "text/html":
        for found in re.findall(r'(?:href|hx-get)="(/[^"#]*)', answer.get_data(as_text=True)):
            if not found.startswith(AS_ENTERED):
                yield unescape(found)


def test_no_page_calls_a_place_as_the_register_writes_it(app: Flask) -> None:
    client, left, seen = app.test_client(), list(ENTRANCES), set(ENTRANCES)
    asked, wrong = Counter[str](), {}
    while left:
        address = left.pop(0)
        answer = client.get(address, follow_redirects=True)
        if found := re.search(f".{{0,60}}{TITLE}.{{0,20}}", written(answer)):
            wrong[address] = found[0]
        for link in links(answer):
            path = link.partition("?")[0]
            if link not in seen and asked[path] < VARIANTS:
                asked[path] += 1
                seen.add(link)
                left.append(link)
    assert {"/municipalities/90001", "/exchanges/visit/preparation", "/practices/class", "/data/duplicates"} <= {*asked}
    assert wrong == {}
