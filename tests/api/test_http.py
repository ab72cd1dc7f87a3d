"""The HTTP service as a whole: problems have one form, answers are not worked out twice, other sites cannot write."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from api.app import create_app
from api.settings import Settings

PEERS = "/api/v1/municipalities/90001/peers"
ALIKE = f"{PEERS}?lens=all-indicators"


@pytest.fixture
def client(kompass, store: str, package: Path, tmp_path: Path) -> FlaskClient:
    assert kompass("import", "package", str(package)).exit_code == 0
    return create_app(Settings(store=store, cache=tmp_path)).test_client()


def test_an_answer_is_the_same_as_on_the_command_line(client, kompass):
    import json

    told = json.loads(kompass("peers", "90001", "--lens", "all-indicators", "--format", "json").stdout)
    assert client.get(f"{PEERS}?lens=all-indicators").json == told


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "/api/v1/municipalities/99999/peers", 404, "not-found"),
        ("get", "/api/v1/municipalities/Mühlenkreis/peers", 409, "ambiguous"),
        ("get", f"{PEERS}?lens=nothing", 404, "not-found"),
        ("get", f"{PEERS}?lens=/etc/passwd.toml", 404, "not-found"),
        ("get", f"{PEERS}?limit=0", 422, "invalid-value"),
        ("get", f"{PEERS}?limti=3", 422, "invalid-value"),
        ("delete", PEERS, 405, "method-not-allowed"),
        ("get", "/api/v1/nowhere", 404, "not-found"),
    ],
)
def test_every_problem_has_the_same_form(client, method, path, status, code):
    answer = getattr(client, method)(path)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json["status"] == status
    assert answer.json["code"] == code
    assert answer.json["detail"]


def test_a_method_that_is_not_there_is_told_with_those_that_are(client):
    assert client.delete(PEERS).headers["Allow"] == "GET, HEAD, OPTIONS"


def test_problems_are_told_in_the_language_of_who_asks(client):
    german = client.get("/api/v1/municipalities/99999/peers", headers={"Accept-Language": "de"})
    english = client.get("/api/v1/municipalities/99999/peers", headers={"Accept-Language": "en-GB,en"})
    assert (german.headers["Content-Language"], english.headers["Content-Language"]) == ("de", "en")
    assert "erwartet" in german.json["detail"]
    assert "expected" in english.json["detail"]


def test_an_answer_that_is_known_is_not_sent_again_until_the_graph_changes(client, kompass, package):
    first = client.get(ALIKE)
    tag = first.headers["ETag"]
    assert client.get(ALIKE, headers={"If-None-Match": tag}).status_code == 304
    second = client.get(ALIKE)
    assert (second.data, second.headers["ETag"]) == (first.data, tag)
    towns = package / "municipalities.csv"
    towns.write_text(towns.read_text("utf-8").replace("Seenkreis", "Teichkreis"), "utf-8")
    assert kompass("import", "package", str(package)).exit_code == 0
    client.application.extensions["kompass"].moved()
    changed = client.get(ALIKE, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert b"Teichkreis" in changed.data


def test_a_kept_answer_is_kept_for_its_language_and_encoding_alone(client):
    plain = client.get(PEERS)
    packed = client.get(PEERS, headers={"Accept-Encoding": "gzip"})
    again = client.get(PEERS)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert again.data == plain.data


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://elsewhere.test"}]
)
def test_another_site_cannot_write_in_the_name_of_a_visitor(client, headers):
    assert client.post(PEERS, headers=headers).status_code == 403


def test_every_answer_protects_who_reads_it(client):
    for path in (PEERS, "/api/v1/nowhere", "/nowhere"):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy


def test_a_mistake_in_the_program_tells_nothing_of_it(client, monkeypatch):
    client.application.view_functions["municipalities.list_peers"] = lambda **_: 1 / 0
    answer = client.get(PEERS)
    assert answer.status_code == 500
    assert "division" not in answer.text


def test_the_description_is_valid_openapi(client):
    validate(client.get("/api/v1/openapi.json").json)
