"""The page of practice approaches: a list with filters, or an answer for a municipality and its question."""

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.app import create_app
from api.settings import Settings


@pytest.fixture
def client(loaded, package: Path, store: str, tmp_path: Path) -> FlaskClient:
    rows = [f"lotsen-{n},Sprachlotsen {n},Ehrenamtliche begleiten,language" for n in range(25)]
    rows += ["cafe,Lerncafé für Mütter,Offener Treff,family-parents"]
    tables = {
        "practices": "\n".join(["key,title,description,fields", *rows, ""]),
        "applications": "practice,municipality,status,started_on,outcome\n"
        "lotsen-1,90002,running,2021-01-01,\ncafe,90003,ended-failed,2019-01-01,Räume fehlten\n",
    }
    folder = package.with_name("practices")
    folder.mkdir()
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    resources = [{"name": name, "path": f"{name}.csv"} for name in tables]
    (folder / "datapackage.json").write_text(json.dumps({"name": "practices", "resources": resources}), "utf-8")
    loaded("import", "package", folder)
    return create_app(Settings(store=store, cache=tmp_path, language="en")).test_client()


def test_everything_recorded_is_listed_in_pages(client):
    first, second = (client.get(f"/practices?lang=en&page={n}").text for n in (1, 2))
    assert "26 practice approaches are recorded" in first
    assert "Lerncafé für Mütter" in first
    assert "Sprachlotsen 9" in second
    assert "Sprachlotsen 9" not in first


def test_filters_narrow_the_list_and_say_so(client):
    assert "One of 26 practice approaches fits" in client.get("/practices?lang=en&text=lerncafe").text
    assert "Sprachlotsen" not in client.get("/practices?lang=en&field=family-parents").text
    assert "No practice approach fits these filters" in client.get("/practices?lang=en&text=nirgends").text


def test_for_a_municipality_and_words_the_answer_has_reasons_and_warnings(client):
    page = client.get("/practices?lang=en&municipality=90001&text=Sprachlotsen").text
    assert "Großbärenkreis" in page
    assert "fits by its words alone" in page


def test_an_unclear_or_unknown_name_is_said_and_the_list_is_still_there(client):
    unclear = client.get("/practices?lang=en&municipality=Mühlenkreis").text
    assert "Which one do you mean" in unclear
    assert "Mühlenkreis (Süd)" in unclear
    assert "No municipality is known as “Nirgendwo”" in client.get("/practices?lang=en&municipality=Nirgendwo").text
    assert "not known" in client.get("/practices?lang=en&challenge=nothing").text


def test_a_municipality_leads_to_its_practices(client):
    answer = client.get("/municipalities/90001/practices")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/practices?municipality=90001")
