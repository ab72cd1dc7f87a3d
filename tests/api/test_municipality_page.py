"""The profile of a place with much in it: what is the same is said once, and every number has unit and day."""

import re
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from records import Made, filled

from api.app import create_app
from api.settings import Settings
from graph_service.keys import NodeKey, municipality_key
from graph_service.model import Actor, EdgeType, Level, Municipality
from graph_service.projection import UNINCORPORATED

KIND = "immigration-office"
LAW = "AufenthG § 71 Abs. 1"
DISTRICTS = {"10001": "Breisgau", "10002": "Böblingen"}


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """A state with two districts, thirty-two immigration offices with one law, and a practice of both districts."""
    made = Made()
    made.area("10", Level.STATE)
    for code, name in DISTRICTS.items():
        key = municipality_key(code)
        counted = date(2023, 12, 31)
        made.records.append(
            Municipality(key=key, name=name, level=Level.DISTRICT, population=1000, population_date=counted)
        )
        made.edge(EdgeType.PART_OF, key, municipality_key("10"))
    for code, name, kind in (("10001001", "Waldkirch", "stadt"), ("10001002", "Staatsforst", UNINCORPORATED)):
        made.records.append(Municipality(key=municipality_key(code), name=name, level=Level.MUNICIPALITY, kind=kind))
        made.edge(EdgeType.PART_OF, municipality_key(code), municipality_key("10001"))
    made.values = {"10001": 12.0, "10002": 17.69}
    for i in range(32):
        actor = Actor(key=NodeKey(f"actor:a{i}"), name=f"Ausländerbehörde {i}", legal_basis=LAW, kind=KIND)
        made.actor(actor, place="10001")
    made.practice("lotsen", name="Sprachlotsen", fields=["language"])
    for local, name in (("a", "Öffentliche Werkstatt"), ("z", "Ämterlotsen")):
        made.practice(local, name=name, fields=["language"])
        made.applied(local, "10001")
    for code in DISTRICTS:
        made.applied("lotsen", code)
    filled(made, tmp_path).close()
    return create_app(Settings(store=f"sqlite:///{tmp_path / 'made.db'}", cache=tmp_path)).test_client()


def shown(client: FlaskClient, code: str) -> str:
    return client.get(f"/municipalities/{code}?lang=de").text


def test_many_offices_of_one_kind_are_folded_and_their_law_is_said_once(client: FlaskClient) -> None:
    page = shown(client, "10")
    assert "Ausländerbehörde: 32" in page
    assert page.count("AufenthG") == 1
    assert "AufenthG\N{NO-BREAK SPACE}§\N{NO-BREAK SPACE}71 Abs.\N{NO-BREAK SPACE}1" in page, "a law is not broken"


def test_a_practice_of_several_places_is_listed_once_with_all_of_them(client: FlaskClient) -> None:
    page = shown(client, "10")
    assert page.count("Sprachlotsen") == 1
    assert "· Böblingen; Breisgau<" in page


def test_practices_are_listed_by_the_alphabet_whatever_their_keys(client: FlaskClient) -> None:
    page = shown(client, "10")
    assert re.findall(r"Öffentliche Werkstatt|Ämterlotsen|Sprachlotsen", page) == [
        "Ämterlotsen",
        "Öffentliche Werkstatt",
        "Sprachlotsen",
    ]


def test_forests_that_belong_to_no_municipality_are_not_counted_as_one(client: FlaskClient) -> None:
    page = shown(client, "10001")
    assert "· eine Gemeinde" in page
    assert "Waldkirch" in page
    assert "Staatsforst" not in page


def test_values_of_an_indicator_have_the_same_number_of_decimals_and_the_light_marks_a_name(
    client: FlaskClient,
) -> None:
    page = shown(client, "10001")
    assert "<strong>12,00</strong>" in page
    assert "alle anderen Kreise und kreisfreien Städte" in page
    assert "<strong>17,69</strong>" in shown(client, "10002")


def test_what_lies_within_is_in_alphabetical_order_and_says_what_its_numbers_are(client: FlaskClient) -> None:
    page = shown(client, "10")
    parts = page[page.index('id="parts"') :]
    assert parts.index("Böblingen") < parts.index("Breisgau")
    assert "2 Kreise und kreisfreie Städte" in parts
    assert "Einwohner am 31.12.2023" in parts
