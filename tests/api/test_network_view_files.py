"""A view of the network as it leaves: over HTTP, as files, and what whoever asks is told while it takes long."""

from html import escape
from pathlib import Path
from pkgutil import resolve_name
from threading import Event
from xml.etree import ElementTree as ET

import networkx as nx
import pytest
from flask.testing import FlaskClient
from network_graphs import a, b
from network_views import TOWN, client_of, keys, seen, small, text

from api.questions import network_export, network_view
from api.questions.network_shown import ViewAsked
from api.questions.network_view import Views, find_view_within
from graph_service.errors import NotFound


@pytest.fixture
def client(kompass, store: str, package: Path, tmp_path: Path) -> FlaskClient:
    return client_of(kompass, store, package, tmp_path)


def test_the_same_view_is_told_over_http(client):
    told = client.get("/api/v1/network/view?start=actor:one").json
    assert {node["key"] for node in told["nodes"]} == {"actor:one", "actor:two", "alliance:all", "municipality:90001"}
    assert escape(told["sentence"]) in text(client, "/network?start=actor:one")
    assert all(0 <= line[end] < len(told["nodes"]) for line in told["lines"] for end in ("source", "target"))


def test_the_picture_leaves_as_a_file_of_its_own(client):
    answer = client.get("/network/export/svg?start=actor:one")
    root = ET.fromstring(answer.data)
    assert answer.mimetype == "image/svg+xml"
    assert not [each for each in root.iter() if "class" in each.attrib or each.tag.endswith("style")]
    assert "Bündnis für alle" in "".join(root.itertext())


@pytest.mark.parametrize("form", ["gexf", "graphml", "package"])
def test_a_part_leaves_with_what_is_shown_alone(client, form, kompass, tmp_path):
    answer = client.get(f"/network/export/{form}?start=actor:one&types=MEMBER_OF&depth=1")
    assert answer.status_code == 200
    if form == "package":
        (tmp_path / "part.zip").write_bytes(answer.data)
        other = ["--store", f"sqlite:///{tmp_path / 'other.db'}"]
        kompass(*other, "import", "package", tmp_path / "part.zip")
        assert "Bündnis für alle" in kompass(*other, "network", "ego", "actor:one").stdout
        assert "Drei" not in kompass(*other, "network", "ego", "actor:one", "--depth", "3").stdout
    else:
        found = answer.get_data(as_text=True)
        assert "alliance:all" in found
        assert "actor:two" not in found


@pytest.mark.parametrize("few", [0, 3000])
def test_a_file_for_other_programs_holds_the_relations_that_are_shown_alone(client, few, monkeypatch):
    monkeypatch.setattr(network_export, "FEW", few)
    shown = view_types(client, "/network/export/graphml?start=actor:one&depth=3")
    assert {"MEMBER_OF", "COOPERATES_WITH", "LOCATED_IN"} <= shown
    assert view_types(client, "/network/export/graphml?start=actor:one&depth=3&types=MEMBER_OF") == {"MEMBER_OF"}


def view_types(client: FlaskClient, path: str) -> set[str]:
    graph = nx.parse_graphml(client.get(path).get_data(as_text=True))
    return {said["type"] for _, _, said in graph.edges(data=True)}


def test_a_form_that_does_not_exist_is_not_found(client):
    assert client.get("/network/export/docx").status_code == 404


def test_nobody_waits_for_a_view_that_takes_long(monkeypatch):
    here, asked, go = seen(small()), ViewAsked(start=a(0)), Event()
    slow = network_view._Builder.view

    def view(self):
        assert go.wait(60)
        return slow(self)

    monkeypatch.setattr(network_view._Builder, "view", view)
    assert find_view_within(here, asked, 0.01) is None
    go.set()
    found = find_view_within(here, asked, 5)
    assert found is not None
    assert keys(found) == {a(0), a(1), a(2), b(0), TOWN}
    assert find_view_within(here, asked, 0) is found


def test_what_goes_wrong_meanwhile_is_told_to_whoever_waits():
    with pytest.raises(NotFound):
        find_view_within(seen(small()), ViewAsked(start=a(99)), 5)


def test_the_page_of_a_view_that_takes_long_says_so_and_looks_again(client, monkeypatch):
    monkeypatch.setattr(Views, "find_within", lambda *_: None)
    answer = client.get("/network?lang=de")
    assert (answer.status_code, answer.headers["Refresh"]) == (202, "3")
    assert "ETag" not in answer.headers
    assert "wird gerade ausgerechnet" in answer.text


PREPARED = {
    "/network/view": "api.questions.network_view._Builder.view",
    "/network/view?entry=brokers": "api.questions.network.find_brokers",
    "/network/communities": "api.questions.network.find_communities",
    "/network/communities/1": "api.questions.network.find_communities",
    "/network/aggregate?by=community": "api.questions.network.aggregate",
    "/network/brokers": "api.questions.network.find_brokers",
    "/network/fields": "api.questions.network.find_fields",
    "/network/duplicates": "api.questions.network.DuplicateMatcher.fit",
}


@pytest.mark.parametrize("path", PREPARED)
def test_a_program_that_asks_for_what_takes_long_is_told_when_to_ask_again_and_then_gets_it(client, path, monkeypatch):
    go = Event()
    where, _, name = PREPARED[path].rpartition(".")
    kind = resolve_name(where)
    usual = getattr(kind, name)

    def slow(*args, **options):
        assert go.wait(60)
        return usual(*args, **options)

    monkeypatch.setattr(kind, name, slow)
    monkeypatch.setattr("api.questions.underway.PATIENCE", 0.01)
    early = client.get(f"/api/v1{path}")
    assert (early.status_code, early.json["code"]) == (429, "too-many-requests")
    assert int(early.headers["Retry-After"]) > 0
    assert "ETag" not in early.headers
    go.set()
    monkeypatch.setattr("api.questions.underway.PATIENCE", 60)
    assert client.get(f"/api/v1{path}").status_code == 200


def test_a_file_of_a_view_that_takes_long_is_not_waited_for(client, monkeypatch):
    monkeypatch.setattr(Views, "find_within", lambda *_: None)
    answer = client.get("/network/export/svg")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")
