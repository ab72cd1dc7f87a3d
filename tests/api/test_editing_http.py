"""Editing over HTTP: who may, which version, once or twice, and back again."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import g
from flask.testing import FlaskClient

from api.app import create_app
from api.http.viewer import Role, Viewer
from api.settings import Settings
from graph_service.keys import municipality_key

NEW = {"name": "Haus der Jugend", "municipality": "90001", "fields": ["language"]}
EDITOR = Viewer("anna", Role.EDITOR, frozenset({municipality_key("90001")}), "session")


@pytest.fixture
def as_(kompass, store: str, package: Path, tmp_path: Path) -> Callable[[Viewer | None], FlaskClient]:
    """The service as one viewer; who that is, is what `api.http.auth` finds out elsewhere."""
    kompass("import", "package", str(package))
    app = create_app(Settings(store=store, cache=tmp_path))
    who: list[Viewer | None] = [None]

    def be() -> None:
        if who[0] is not None:
            g.viewer = who[0]

    app.before_request_funcs[None].append(be)

    def client(viewer: Viewer | None) -> FlaskClient:
        who[0] = viewer
        return app.test_client()

    return client


def create(client: FlaskClient, row: dict[str, Any] = NEW, **headers: str) -> Any:
    return client.post("/api/v1/actors", json=row, headers=headers)


def test_a_record_is_entered_read_changed_and_taken_back(as_):
    client = as_(EDITOR)
    made = create(client)
    assert made.status_code == 201
    assert made.json["record"]["fields"] == ["language"]
    place, tag = made.headers["Location"], made.headers["ETag"]
    assert client.get(place).headers["ETag"] == tag
    address = place.removesuffix("/row")
    changed = client.patch(address, json={"url": "https://haus.test"}, headers={"If-Match": tag})
    assert changed.json["record"]["url"] == "https://haus.test"
    assert client.patch(address, json={"url": None}, headers={"If-Match": tag}).status_code == 412
    assert client.patch(address, json={"url": None}).status_code == 428
    assert client.delete(address, headers={"If-Match": changed.headers["ETag"]}).status_code == 204
    assert client.get(place).status_code == 404


def test_nobody_writes_without_the_right_to(as_):
    assert create(as_(None)).status_code == 401
    assert "Bearer" in create(as_(None)).headers["WWW-Authenticate"]
    assert create(as_(Viewer("r", Role.READER, frozenset(), "session"))).status_code == 403
    assert create(as_(EDITOR), NEW | {"municipality": "91001"}).status_code == 403
    token = Viewer("anna", Role.EDITOR, EDITOR.municipalities, "token", frozenset({"read"}))
    assert create(as_(token)).status_code == 403


def test_who_may_not_write_is_told_so_before_anything_else(as_):
    assert create(as_(None), {"nonsense": 1}).status_code == 401


@pytest.mark.parametrize(
    "row",
    [{}, {"name": ""}, {"name": "X", "colour": "red"}, {"name": "X", "fields": ["langage"]}, {"name": 3}, ["name"]],
)
def test_what_cannot_be_is_refused_with_its_column(as_, row):
    answer = as_(EDITOR).post("/api/v1/actors", json=row)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("language", ["", " ", "de;uk"])
def test_an_entry_of_a_list_is_something_and_one_thing(as_, language):
    answer = as_(EDITOR).post("/api/v1/actors", json=NEW | {"languages": ["de", language]})
    assert answer.status_code == 422
    assert "languages" in answer.json["errors"]["json"]


def test_an_idempotency_key_enters_once(as_):
    client = as_(EDITOR)
    first, second = (create(client, **{"Idempotency-Key": "a"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["key"] == second.json["key"]
    assert create(client, NEW | {"name": "Anderes"}, **{"Idempotency-Key": "a"}).json["key"] != first.json["key"]


def test_changes_are_told_to_everybody_and_who_made_them_to_those_who_may_know(as_):
    made = create(as_(EDITOR)).json
    public = as_(None).get("/api/v1/changes?since=1").json
    assert next((line["kind"], line["source"]) for line in public["lines"]) == ("new", made["key"])
    assert public["revision"] == made["revision"]
    assert all(line["author"] is None and line["after"] is None for line in public["lines"])
    assert as_(None).get("/api/v1/journal").status_code == 401
    known = as_(EDITOR).get("/api/v1/journal?since=1").json["lines"]
    assert {line["author"] for line in known} == {"anna"}
    assert known[0]["after"]["name"] == "Haus der Jugend"


def test_pages_of_changes_miss_nothing_and_tear_no_revision_apart(as_):
    client = as_(EDITOR)
    for number in range(5):
        create(client, NEW | {"name": f"Haus {number}"})
    whole = client.get("/api/v1/changes?limit=200").json["lines"]
    found, since, more = [], 0, True
    while more:
        page = client.get(f"/api/v1/changes?since={since}&limit=2").json
        found += page["lines"]
        since, more = page["revision"], page["more"]
    assert found == whole


def test_an_edit_is_undone_by_its_revision(as_):
    made = create(as_(EDITOR)).json
    assert as_(None).post(f"/api/v1/journal/{made['revision']}/undo").status_code == 401
    assert as_(EDITOR).post(f"/api/v1/journal/{made['revision']}/undo").status_code == 204
    assert as_(EDITOR).post(f"/api/v1/journal/{made['revision']}/undo").status_code == 409
    assert as_(EDITOR).get(f"/api/v1/actors/{made['key'].partition(':')[2]}/row").status_code == 404


@pytest.mark.parametrize("revision", [2**53, 2**63, 116501472036976099328])
@pytest.mark.parametrize(
    "path",
    ["/api/v1/journal/{}/undo", "/data/journal/{}/undo", "/alliances/drafts/{}/undo", "/requests/undo/{}"],
)
def test_a_revision_that_no_store_can_count_is_unknown(as_, path, revision):
    assert as_(EDITOR).post(path.format(revision)).status_code == 404


def test_a_whole_number_may_be_written_with_a_point(as_):
    rating = {"municipality": "90001", "challenge": "early-help", "rated_on": "2026-01-01"}
    for severity, status in ((3.0, 200), (2, 200), (2.5, 422), ("2", 422), (True, 422), (9.0, 422)):
        answer = as_(EDITOR).post("/api/v1/ratings", json=rating | {"severity": severity})
        assert answer.status_code == status, (severity, answer.json)


def test_relations_are_entered_and_taken_back(as_):
    client = as_(EDITOR)
    actor = create(client).json["key"].partition(":")[2]
    team = client.post("/api/v1/alliances", json={"name": "Bündnis", "municipalities": ["90001"]}).json["key"]
    member = {"actor": actor, "alliance": team.partition(":")[2], "role": "coordination"}
    assert client.post("/api/v1/memberships", json=member).json["type"] == "MEMBER_OF"
    assert client.post("/api/v1/memberships/taken-back", json=member).status_code == 200
    assert client.post("/api/v1/memberships/taken-back", json=member).status_code == 404


def test_an_exchange_moves_on_by_its_states(as_):
    client = as_(EDITOR)
    made = client.post(
        "/api/v1/exchanges", json={"title": "Hospitation", "state": "wish", "municipalities": ["90001", "91001"]}
    )
    address = made.headers["Location"].removesuffix("/row")
    step = {"state": "proposed", "on": "2026-11-23"}
    moved = client.post(f"{address}/state", json=step, headers={"If-Match": made.headers["ETag"]})
    assert moved.json["record"]["state"] == "proposed"
    again = client.post(f"{address}/state", json=step, headers={"If-Match": moved.headers["ETag"]})
    assert (again.status_code, again.json["code"]) == (409, "conflict")


def test_of_editors_at_the_same_time_none_loses_what_another_wrote(as_):
    client = as_(EDITOR)
    made = create(client)
    address = made.headers["Location"].removesuffix("/row")
    kept: list[str] = []
    turned_away: list[int] = []

    def edit(number: int) -> None:
        own = client.application.test_client()
        for step in range(5):
            read = own.get(f"{address}/row")
            resources = read.json["record"].get("languages", [])
            word = f"x{number}{step}"
            answer = own.patch(
                address, json={"languages": [*resources, word]}, headers={"If-Match": read.headers["ETag"]}
            )
            (kept.append(word) if answer.status_code == 200 else turned_away.append(answer.status_code))

    editors = [threading.Thread(target=edit, args=(number,)) for number in range(6)]
    for each in editors:
        each.start()
    for each in editors:
        each.join()
    assert set(turned_away) <= {412}
    assert len(kept) + len(turned_away) == 30
    assert sorted(client.get(f"{address}/row").json["record"]["languages"]) == sorted(kept)
