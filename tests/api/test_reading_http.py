"""Everything that can be read over HTTP: answers, pages of lists, problems, and that nothing hidden shows anywhere."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator
from reading_country import DAY, filled

from api.app import create_app
from api.http.openapi import description
from api.settings import Settings
from graph_service.keys import NodeKey
from graph_service.model import Actor
from graph_service.store.open import open_store

API = "/api/v1"
ROOT = Path(__file__).resolve().parents[2]
READING = {
    "municipalities", "actors", "alliances", "practices", "offers", "requests", "exchanges", "atlas", "network",
    "indicators", "vocabularies", "lenses", "datasets", "claims", "exports", "maps", "records", "reconcile", "search",
}  # fmt: skip
"""Tags of what is open to everybody."""
ON = f"on={DAY.isoformat()}"
PATHS = (
    "/municipalities", "/municipalities?level=district&state=90&q=ort", "/municipalities?parent=90001",
    "/municipalities/90001", "/municipalities/90001/observations",
    "/municipalities/90001/observations?indicators=share",
    "/municipalities/90001/peers?lens=all-indicators", "/municipalities/90001/peers/90002?lens=all-indicators",
    f"/municipalities/90001/practices?{ON}", f"/municipalities/90001/practices?{ON}&text=geheim",
    f"/municipalities/90001/coverage?{ON}", f"/municipalities/90002/coverage?{ON}",
    "/municipalities/90001/actors", "/municipalities/90001/alliances", "/municipalities/90001/offers",
    "/actors", "/actors?municipality=90001&field=school&target_group=age-12-15&kind=association&q=verein",
    f"/actors/youth?{ON}", "/actors/spy", f"/actors/far?{ON}", f"/actors/club/requests?{ON}",
    "/alliances", "/alliances/together", "/alliances/ring", f"/alliances/together/check?{ON}",
    f"/alliances/suggestions?need=Mentoren&municipality=90001&{ON}",
    f"/alliances/composition?fields_of_action=school&municipality=90001&{ON}",
    "/practices", "/practices?challenge=late-entrants", "/practices/class", "/practices/secret",
    "/offers", "/offers?challenge=late-entrants&status=active", f"/offers/mentors?{ON}",
    "/requests", "/requests?status=open", "/requests/rooms", f"/requests/rooms/matches?{ON}",
    "/exchanges", "/exchanges/visit", "/exchanges/visit/calendar",
    f"/atlas?area=90&{ON}", "/network/ego?node=actor:far&depth=3", "/network/ego?node=municipality:90001",
    "/network/paths?source=actor:far&target=actor:club", "/network/aggregate", "/network/aggregate?by=field",
    "/network/aggregate?by=community", "/network/aggregate?by=municipality", "/network/communities",
    "/network/communities/1", "/network/brokers", "/network/isolated", "/network/isolated?municipality=90001",
    "/network/fields", "/network/view", "/network/between?one=90001&other=90002", "/network/duplicates",
    "/network/duplicates?actor=club", "/indicators", "/indicators/share", "/indicators/share/values",
    "/indicators/share/values?level=state&period=2022", "/vocabularies", "/vocabularies/field", "/lenses",
    "/lenses/structure", "/datasets", "/datasets/made", "/datasets/secret", "/claims/actor:youth", "/claims/actor:spy",
    "/exports", "/exports/package", "/exports/graphml", "/exports/geojson", "/exports/hsds", "/exports/dcat",
    "/exports/skos", "/exports/neo4j-csv", "/municipalities.geojson", "/municipalities.geojson?indicator=share",
    "/records/actor:youth", "/records/actor:spy", "/reconcile", '/reconcile?queries={"q":{"query":"Verein geheim"}}',
    "/reconcile/suggest/entity?prefix=Verein", "/reconcile/suggest/type?prefix=k",
    "/reconcile/suggest/property?prefix=k", "/reconcile/properties", "/previews/actor:youth",
    "/previews/actor:spy", "/previews/municipality:90001", "/search?q=geheim", "/search?q=verein",
)  # fmt: skip


def opened(address: str, folder: Path) -> FlaskClient:
    return create_app(Settings(store=address, cache=folder)).test_client()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder = tmp_path_factory.mktemp("whole")
    return opened(filled(folder, secrets=True), folder)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder = tmp_path_factory.mktemp("plain")
    return opened(filled(folder, secrets=False), folder)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder = tmp_path_factory.mktemp("empty")
    return opened(f"sqlite:///{folder / 'empty.db'}", folder)


def told(client: FlaskClient, path: str) -> tuple[int, object]:
    """Status and content, without the moments at which the two stores were written."""
    answer = client.get(API + path)
    if answer.mimetype == "application/zip":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            return answer.status_code, {name: archive.read(name) for name in archive.namelist()}
    if answer.mimetype == "text/calendar":
        return answer.status_code, re.sub(r"(?m)^(DTSTAMP|LAST-MODIFIED|UID):.*$", "", answer.get_data(as_text=True))
    return answer.status_code, re.sub(r'"(updated_at|since)":"[^"]*T[^"]*"', "", answer.get_data(as_text=True))


@pytest.mark.parametrize("path", PATHS)
def test_no_answer_depends_on_a_hidden_record(client, plain, path):
    found = told(client, path)
    assert found[0] < 500
    assert found == told(plain, path)


def test_every_route_that_is_open_is_among_them(client):
    described = json.loads(description(client.application))["paths"]
    known = [path.partition("?")[0] for path in PATHS]
    for template, operations in described.items():
        if READING & set(operations.get("get", {}).get("tags", ())):
            pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", template.removeprefix(API)) + r"\Z")
            assert any(pattern.match(path) for path in known), template


def described_answer(document: dict[str, Any], path: str, status: int, media_type: str) -> dict[str, Any]:
    """The schema that the description gives for an answer, with everything that it refers to."""
    for template, operations in document["paths"].items():
        # of several that fit, the one without a parameter at that place is meant
        literal = re.sub(r"\{\w+\}", "[^/]+", template.removeprefix(API))
        if re.fullmatch(literal, path) and ("{" not in template or API + path not in document["paths"]):
            answer = operations["get"]["responses"][str(status)]
            while "$ref" in answer:
                answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
            return {**answer["content"][media_type]["schema"], "components": document["components"]}
    raise AssertionError(f"{path} is not described")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_as_it_is_described(client, path):
    document = json.loads(description(client.application))
    answer = client.get(API + path)
    if answer.is_json or "json" in answer.mimetype:
        schema = described_answer(document, path.partition("?")[0], answer.status_code, answer.mimetype)
        OAS31Validator(schema).validate(answer.json)


def test_without_any_data_every_answer_is_empty_or_says_what_to_do(empty):
    for path in PATHS:
        answer = empty.get(API + path)
        assert answer.status_code in (200, 303, 404), (path, answer.status_code, answer.get_data(as_text=True)[:300])


@pytest.mark.usefixtures("loaded")
def test_statistics_alone_give_answers_or_say_what_is_missing(store, tmp_path):
    client = opened(store, tmp_path)
    for path in PATHS:
        answer = client.get(API + path)
        assert answer.status_code in (200, 303, 404), (path, answer.status_code, answer.get_data(as_text=True)[:300])
    for part in ("", "/observations", "/peers", "/coverage", "/actors"):
        assert client.get(f"{API}/municipalities/90001{part}").status_code == 200


def pages(client: FlaskClient, path: str) -> Iterator[dict[str, Any]]:
    """Every page of a list, by the address that each names for the next."""
    while path:
        answer = client.get(path)
        assert answer.status_code == 200
        yield answer.json
        link = answer.headers.get("Link", "")
        assert bool(link) == (answer.json["next"] is not None)
        path = link.removeprefix("<").partition(">")[0]


@pytest.mark.parametrize("path", ["/municipalities?limit=2", "/actors?limit=1&field=school", "/vocabularies"])
def test_pages_together_are_the_whole_list(client, path):
    if path == "/vocabularies":
        assert client.get(API + path).json["items"]
        return
    found = list(pages(client, API + path))
    keys = [item["key"] for page in found for item in page["items"]]
    whole = client.get(f"{API}{path.replace('limit=2', 'limit=200').replace('limit=1', 'limit=200')}").json
    assert keys == [item["key"] for item in whole["items"]] == sorted(set(keys))
    assert {page["total"] for page in found} == {len(keys)}


def test_nothing_is_skipped_or_told_twice_when_somebody_writes_between_two_pages(tmp_path):
    address = filled(tmp_path, secrets=False)
    client = opened(address, tmp_path)
    first = client.get(f"{API}/actors?limit=2").json
    store = open_store(address)
    store.write(lambda tx: tx.put(Actor(key=NodeKey("actor:a-new-first"), name="Neu am Anfang")))
    store.write(lambda tx: tx.put(Actor(key=NodeKey("actor:z-new-last"), name="Neu am Ende")))
    store.close()
    client.application.extensions["kompass"].moved()
    second = client.get(f"{API}/actors?limit=200&cursor={first['next']}").json
    names = [item["key"] for page in (first, second) for item in page["items"]]
    assert names == ["actor:club", "actor:far", "actor:school", "actor:youth", "actor:z-new-last"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=VEREIN+Yóuth", ["youth"]),
        ("q=yo", ["youth"]),
        ("q=nothing-like-it", []),
        ("municipality=90001", ["club", "school", "youth"]),
        ("municipality=90001001", ["club"]),
        ("municipality=90", ["club", "far", "school", "youth"]),
        ("kind=school", ["school"]),
        ("kind=nothing", []),
        ("field=school&target_group=age-12-15&municipality=90002", ["far"]),
        ("field=housing", []),
    ],
)
def test_lists_are_filtered_by_all_conditions_together(client, query, found):
    answer = client.get(f"{API}/actors?{query}").json
    assert [item["key"] for item in answer["items"]] == [f"actor:{each}" for each in found]


def test_what_names_no_place_is_where_those_are_who_carry_it(client):
    asked = client.get(f"{API}/requests?municipality=90001").json["items"]
    assert [item["key"] for item in asked] == ["request:rooms"]
    assert [each["key"] for each in asked[0]["municipalities"]] == ["municipality:90001"]


def test_a_profile_says_what_is_there_and_where_more_is(client):
    profile = client.get(f"{API}/municipalities/90001").json
    assert [area["name"] for area in profile["areas"]] == ["Bärenland"]
    assert profile["counts"] == {
        "Actor": 3, "Alliance": 1, "Practice": 0, "Offer": 0, "Request": 1, "Exchange": 1,
    }  # fmt: skip
    assert [(c["challenge"], c["severity"], c["rated_on"]) for c in profile["challenges"]] == [
        ("late-entrants", 4.0, DAY.isoformat())
    ]
    assert [(k["indicator"], k["value"], k["period"]) for k in profile["observations"]] == [("share", 10.0, "2022")]
    for link in profile["links"].values():
        assert client.get(link).status_code in (200, 404)


def test_a_record_tells_the_names_of_those_it_is_related_to(client):
    relations = client.get(f"{API}/alliances/together").json["relations"]
    members = next(each for each in relations if each["type"] == "MEMBER_OF")
    assert (members["direction"], members["count"]) == ("in", 2)
    assert [(item["name"], item["properties"]) for item in members["items"]] == [
        ("Verein school", {"role": "member"}), ("Verein youth", {"role": "member"}),
    ]  # fmt: skip


def test_old_records_are_told_to_be_old(client):
    fresh = client.get(f"{API}/actors/youth?on=2026-06-01").json["freshness"]
    old = client.get(f"{API}/actors/youth?on=2027-06-01").json["freshness"]
    assert (fresh["days"], fresh["due"], old["due"]) == (151, False, True)


def test_practices_are_sought_against_the_hardest_challenge_where_none_is_named(client):
    usual = client.get(f"{API}/municipalities/90001/practices?{ON}").json
    named = client.get(f"{API}/municipalities/90001/practices?{ON}&challenge=late-entrants").json
    assert usual == named
    assert [each["key"] for each in named["suggestions"]] == ["practice:class"]
    assert client.get(f"{API}/municipalities/90003/practices").status_code == 404


def test_values_come_as_columns_of_equal_length(client):
    values = client.get(f"{API}/indicators/share/values").json
    assert values["municipality"] == ["90001", "90002", "90003"]
    assert values["values"] == [10.0, 11.0, 12.0]
    assert {len(values[name]) for name in ("municipality", "values", "periods", "flags")} == {3}


def test_groups_count_what_joins_them(client):
    groups = client.get(f"{API}/network/aggregate?by=municipality").json
    assert [(g["key"], g["actors"], g["alliances"], g["cooperations"]) for g in groups["groups"]] == [
        ("municipality:90001", 2, 1, 0), ("municipality:90001001", 1, 0, 0), ("municipality:90002", 1, 0, 0),
    ]  # fmt: skip
    assert [(j["one"], j["other"], j["cooperations"]) for j in groups["links"]] == [
        ("municipality:90001", "municipality:90001001", 1)
    ]


def test_boundaries_are_simplified_and_neighbours_still_fit(client):
    shapes = client.get(f"{API}/municipalities.geojson").json
    assert shapes["type"] == "FeatureCollection"
    assert [f["geometry"]["type"] for f in shapes["features"]] == ["Polygon"] * 3


def test_other_sites_may_ask_for_reconciliation_and_only_that(client):
    headers = {"Origin": "https://elsewhere.test", "Sec-Fetch-Site": "cross-site"}
    form = {"queries": '{"q0":{"query":"Verein club"}}'}
    answer = client.post(f"{API}/reconcile", data=form, headers=headers)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert answer.json["q0"]["result"][0]["id"] == "actor:club"
    assert client.post(f"{API}/reconcile", json={"queries": {"q0": {"query": "Verein club"}}}).json == answer.json
    assert "Access-Control-Allow-Origin" not in client.get(f"{API}/actors").headers


def test_reconciliation_extends_a_list_and_refuses_what_it_does_not_know(client):
    extend = {"ids": ["municipality:90001"], "properties": [{"id": "parent"}]}
    rows = client.post(f"{API}/reconcile", json={"extend": extend}).json["rows"]
    assert rows["municipality:90001"]["parent"][0]["id"] == "municipality:90"
    assert client.post(f"{API}/reconcile", data="x", content_type="text/plain").status_code == 415
    assert client.post(f"{API}/reconcile", data={"queries": "[]"}).status_code == 422


def test_a_preview_stands_in_pages_of_other_sites_and_can_do_nothing_there(client):
    address = client.get(f"{API}/reconcile").json["preview"]["url"].replace("{{id}}", "municipality:90001")
    shown = client.get(address)
    assert (shown.status_code, shown.mimetype) == (200, "text/html")
    assert "90001" in shown.text
    policy = shown.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert shown.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert client.get(f"{API}/previews/actor:spy").status_code == 404


def test_one_address_leads_to_every_record(client):
    for key in ("municipality:90001", "actor:club", "indicator:share", "concept:field.school", "exchange:visit"):
        answer = client.get(f"{API}/records/{key}")
        assert answer.status_code == 303
        assert client.get(answer.headers["Location"]).status_code == 200


def test_an_export_is_asked_for_again_only_when_something_has_changed(client):
    tag = client.get(f"{API}/exports/skos").headers["ETag"]
    assert client.get(f"{API}/exports/skos", headers={"If-None-Match": tag}).status_code == 304
    assert client.get(f"{API}/exports/nothing").status_code == 404


def test_who_asks_for_a_file_that_is_being_written_is_told_to_come_back(client, monkeypatch):
    fresh = create_app(client.application.extensions["kompass"].settings).test_client()
    with monkeypatch.context() as short:
        short.setattr("api.questions.exports.PATIENCE", 0.0)
        answer = fresh.get(f"{API}/exports/xlsx")
        assert (answer.status_code, answer.json["code"]) == (429, "too-many-requests")
        assert int(answer.headers["Retry-After"]) > 0
    assert fresh.get(f"{API}/exports/xlsx").status_code == 200


def test_what_stands_in_the_place_of_a_key_is_no_record(client):
    for name in ("suggestions", "composition"):
        allowed = client.options(f"{API}/alliances/{name}").headers["Allow"]
        assert set(allowed.split(", ")) == {"GET", "HEAD", "OPTIONS"}
        assert client.delete(f"{API}/alliances/{name}").status_code == 405


def test_the_office_sees_what_others_do_not(client):
    from api.services import Services
    from graph_service.visibility import OFFICE, PUBLIC

    services: Services = client.application.extensions["kompass"]
    from api.questions.sources import list_sources

    assert [s.id for s in list_sources(services, PUBLIC).items] == ["made"]
    assert [s.id for s in list_sources(services, OFFICE).items] == ["made", "secret"]


def test_the_committed_description_is_that_of_the_routes(client):
    committed = (ROOT / "api" / "openapi.json").read_bytes()
    assert committed == description(client.application), "`kompass openapi > api/openapi.json` brings it up to date"


def test_the_command_line_prints_the_description(kompass, client):
    assert kompass("openapi").stdout.encode() == description(client.application)


def test_every_operation_has_a_name_and_says_what_it_does(client):
    described = json.loads(description(client.application))
    operations = [o for path in described["paths"].values() for m, o in path.items() if m != "parameters"]
    names = [each["operationId"] for each in operations]
    assert len(names) == len(set(names))
    assert all(each.get("summary") and each["tags"] for each in operations)
    assert not [each["operationId"] for each in operations if "default" in each["responses"]]
