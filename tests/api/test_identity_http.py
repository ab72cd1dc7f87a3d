"""Deciding over HTTP which records of actors are the same, and asking where sources contradict one another."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import g
from flask.testing import FlaskClient

from api.app import create_app
from api.http.viewer import Role, Viewer
from api.services import Services
from api.settings import Settings
from graph_service.keys import Label, NodeKey, municipality_key
from graph_service.model import Actor, Dataset, Edge, EdgeType, Municipality, Visibility

BEARS = municipality_key("90001")
ONE, OTHER, SECRET = (NodeKey.of(Label.ACTOR, local) for local in ("lernbruecke", "lernbruecke2", "secret"))
OFFICE = Viewer("office", Role.OFFICE, frozenset(), "session")
EDITOR = Viewer("anna", Role.EDITOR, frozenset({BEARS}), "session")
DUPLICATES = "/api/v1/network/duplicates"
As = Callable[[Viewer | None], FlaskClient]


@pytest.fixture
def as_(kompass, store: str, package: Path, tmp_path: Path) -> As:
    """The service as one viewer, on two lists that both know an actor, and differ about it and about its town."""
    kompass("import", "package", str(package))
    services = Services(Settings(store=store, cache=tmp_path))
    url = "https://lernbruecke.example"
    first = [
        Actor(key=ONE, name="Lernbrücke gGmbH", url=url),
        Actor(key=OTHER, name="Lernbrücke gGmbH", url=url),
        Actor(key=SECRET, name="Schutzwohnung", visibility=Visibility.OFFICE),
    ]
    located = [Edge(EdgeType.LOCATED_IN, each.key, BEARS) for each in first]
    second = [
        Actor(key=ONE, name="Lernbrücke e.V.", url=url),
        Actor(key=OTHER, name=""),  # listed without a name, which contradicts nobody
        Actor(key=SECRET, name="Haus ohne Namen", visibility=Visibility.OFFICE),
        Municipality(key=BEARS, name="Bärenkreis, groß", population=400_000),
    ]
    services.store.write(lambda tx: tx.replace(Dataset(id="first", title="Eins", precedence=10), [*first, *located]))
    services.store.write(lambda tx: tx.replace(Dataset(id="second", title="Zwei", precedence=20), second))
    app = create_app(services.settings, services)
    who: list[Viewer | None] = [None]

    def be() -> None:
        if who[0] is not None:
            g.viewer = who[0]
            g.pop("snapshot", None)  # the cache has looked as nobody

    app.before_request_funcs[None].append(be)

    def client(viewer: Viewer | None) -> FlaskClient:
        who[0] = viewer
        return app.test_client()

    return client


def proposed(client: FlaskClient) -> int:
    return len(client.get(DUPLICATES).json["suggestions"])


def decide(client: FlaskClient, verdict: str = "same", one: str = OTHER, other: str = ONE, **more: str):
    return client.post(f"{DUPLICATES}/decisions", json={"verdict": verdict, "one": one, "other": other, **more})


def test_a_decision_takes_the_pair_from_the_list_and_puts_the_records_together(as_):
    assert proposed(as_(OFFICE)) == 1
    entered = decide(as_(OFFICE), reason="gleiche Anschrift")
    assert entered.status_code == 200
    assert proposed(as_(None)) == 0
    assert as_(None).get(f"/api/v1/actors/{OTHER.local}").json["key"] == ONE
    (told,) = as_(None).get(f"{DUPLICATES}/decisions").json["decisions"]
    assert (told["same"], told["one"], told["other"], told["reason"]) == (True, OTHER, ONE, "gleiche Anschrift")
    assert told["on"]
    line = as_(OFFICE).get("/api/v1/journal?limit=200").json["lines"][-1]
    assert (line["author"], line["type"], line["revision"]) == ("office", "SAME_AS", entered.json["revision"])


@pytest.mark.parametrize("verdict", ["same", "different"])
def test_a_decision_is_undone_like_any_edit_and_taken_back_by_its_pair(as_, verdict):
    revision = decide(as_(OFFICE), verdict).json["revision"]
    assert proposed(as_(OFFICE)) == 0
    assert as_(OFFICE).post(f"/api/v1/journal/{revision}/undo").status_code == 204
    assert proposed(as_(OFFICE)) == 1
    decide(as_(OFFICE), verdict)
    pair = {"one": ONE, "other": OTHER}
    assert as_(OFFICE).post(f"{DUPLICATES}/decisions/taken-back", json=pair).status_code == 200
    assert proposed(as_(OFFICE)) == 1
    assert as_(OFFICE).post(f"{DUPLICATES}/decisions/taken-back", json=pair).status_code == 404


def test_another_admin_undoes_what_the_office_decided(as_):
    revision = decide(as_(OFFICE)).json["revision"]
    chief = Viewer("chief", Role.ADMIN, frozenset(), "session")
    assert as_(chief).post(f"/api/v1/journal/{revision}/undo").status_code == 204


def test_entering_the_same_decision_again_makes_no_revision(as_):
    first, again = (decide(as_(OFFICE), on="2026-03-01").json["revision"] for _ in range(2))
    assert as_(None).get("/api/v1/changes").json["revision"] == again
    assert again >= first


def test_only_the_office_decides(as_):
    assert decide(as_(None)).status_code == 401
    assert decide(as_(EDITOR)).status_code == 403
    token = Viewer("office", Role.OFFICE, frozenset(), "token", frozenset({"read", "write"}))
    assert decide(as_(token)).status_code == 403


def test_what_cannot_be_decided_is_refused(as_):
    assert decide(as_(OFFICE), one="actor:nobody").status_code == 404
    assert decide(as_(OFFICE), one=ONE).status_code == 422
    assert decide(as_(OFFICE), verdict="perhaps").status_code == 422
    assert decide(as_(OFFICE), one=BEARS).status_code == 422
    assert decide(as_(OFFICE), reason="x" * 2_001).status_code == 422


def conflicts(client: FlaskClient, query: str = ""):
    return client.get(f"/api/v1/conflicts{query}").json


def test_where_sources_differ_is_told_with_what_is_believed_first(as_):
    found = conflicts(as_(None))
    told = {(each["key"], each["property"]): [s["dataset"] for s in each["sayings"]] for each in found["items"]}
    assert told == {(BEARS, "name"): ["second", "bears"], (ONE, "name"): ["first", "second"]}
    shown = as_(None).get("/api/v1/actors/lernbruecke").json["name"]
    assert found["items"][-1]["sayings"][0]["value"] == shown


def test_conflicts_about_hidden_records_are_told_to_those_who_see_them_alone(as_):
    assert SECRET not in {each["key"] for each in conflicts(as_(EDITOR))["items"]}
    # another address, for the answers of these clients are kept as if nobody had signed in
    assert SECRET in {each["key"] for each in conflicts(as_(OFFICE), "?limit=199")["items"]}


def test_pages_of_conflicts_are_the_whole_list(as_):
    client, found, cursor = as_(OFFICE), [], "0"
    while cursor:
        page = conflicts(client, f"?limit=1&cursor={cursor}")
        found += page["items"]
        cursor = page["next"]
    assert found == conflicts(client)["items"]
    assert len(found) == page["count"] == 3
