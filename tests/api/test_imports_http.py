"""Imports over HTTP: brought by the office, rehearsed and written by the worker, looked at and confirmed here."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from web_server import answer, serving
from werkzeug.test import TestResponse

from api.accounts.model import Scope
from api.app import create_app
from api.http.viewer import Role
from api.jobs.work import make_worker
from api.services import Services
from api.settings import Settings
from graph_service.keys import NodeKey

IMPORTS = "/api/v1/imports"
ACTORS = b"Name;Art\nHaus der Jugend;youth-office\nVerein f\xc3\xbcr alle;association\n"


@pytest.fixture
def services(store: str, tmp_path: Path) -> Iterator[Services]:
    settings = Settings(store=store, cache=tmp_path, max_upload_mb=2, fetch_private=True)
    with closing(Services(settings)) as made:
        yield made


@pytest.fixture
def tokens(services: Services) -> dict[str, str]:
    """A token for each role, with all that the role can give."""
    found = {}
    for role in (Role.READER, Role.EDITOR, Role.OFFICE, Role.ADMIN):
        town = NodeKey("municipality:90001") if role is Role.EDITOR else None
        account = services.accounts.registry.add(f"{role}@example.org", role, municipality=town)
        scopes = {Role.READER: {Scope.READ}, Role.EDITOR: {Scope.READ, Scope.WRITE}}
        found[role.value] = services.accounts.tokens.create(account.id, "t", scopes.get(role, set(Scope)))[1]
    return found


class Office:
    """A person of the office at the service, and the worker beside it."""

    def __init__(self, services: Services, token: str) -> None:
        self.services = services
        self.http: FlaskClient = create_app(services.settings, services).test_client()
        self.headers = {"Authorization": f"Bearer {token}", "Accept-Language": "de"}

    def get(self, path: str = "", status: int = 200) -> Any:
        return self._json(self.http.get(IMPORTS + path, headers=self.headers), status)

    def post(self, path: str = "", status: int = 202, **form: Any) -> Any:
        return self._json(self.send(path, **form), status)

    def send(self, path: str = "", **form: Any) -> TestResponse:
        return self.http.post(
            IMPORTS + path,
            headers=self.headers,
            data=form or None,
            content_type="multipart/form-data" if form else None,
        )

    def work(self) -> None:
        make_worker(self.services).run(once=True)

    @staticmethod
    def _json(response: TestResponse, status: int) -> Any:
        assert response.status_code == status, response.get_data(as_text=True)
        return response.json


@pytest.fixture
def office(services: Services, tokens: dict[str, str]) -> Office:
    return Office(services, tokens["office"])


def file(content: bytes = ACTORS, name: str = "traeger.csv") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def zipped(folder: Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    return packed.getvalue()


# --- the way of an import


def test_files_are_brought_rehearsed_confirmed_and_written(office: Office, package: Path) -> None:
    answer = office.send(source="package", files=file(zipped(package), "bears.zip"))
    assert answer.status_code == 202
    assert answer.json is not None
    here = answer.headers["Location"].removeprefix(IMPORTS)
    assert here == f"/{answer.json['id']}"
    assert (answer.json["state"], answer.json["report"]) == ("queued", None)
    office.work()
    waiting = office.get(here)
    assert (waiting["state"], waiting["dataset"], waiting["title"]) == ("confirming", "bears", "Bären und Seen")
    assert waiting["report"]["new"] > 0
    assert office.http.get("/api/v1/datasets").json != waiting, "nothing was written yet"
    assert office.services.snapshot().revision == 0
    assert office.post(f"{here}/confirm")["state"] == "queued"
    office.work()
    done = office.get(here)
    assert (done["state"], done["report"]["dry_run"]) == ("done", False)
    assert done["asked_by"] == done["confirmed_by"] is not None
    office.services.moved()
    assert office.http.get("/api/v1/municipalities/90001").status_code == 200


def test_several_files_come_with_one_import(office: Office) -> None:
    mapping = (
        b'[dataset]\nid = "orte"\ntitle = "Orte"\n[[records]]\ntable = "actors"\n[records.columns]\nname = "Name"\n'
    )
    sent = office.post(source="table", files=[file(), file(mapping, "zuordnung.toml")])
    assert [each["name"] for each in sent["files"]] == ["traeger.csv", "zuordnung.toml"]
    assert sent["files"][0]["size"] == len(ACTORS)


def test_what_a_browser_leaves_empty_is_as_if_it_were_not_there(office: Office) -> None:
    sent = office.post(source="table", url="", dataset="", sha256="", every="", files=[file(), (io.BytesIO(), "")])
    assert [each["name"] for each in sent["files"]] == ["traeger.csv"]


def test_a_failed_import_says_why_in_the_readers_language_and_is_tried_again(office: Office) -> None:
    id = office.post(source="municipality-register", files=file())["id"]
    office.work()
    failed = office.get(f"/{id}")
    assert failed["state"] == "failed"
    assert failed["failure"]["code"] == "unreadable-source"
    assert "erwartet: " in failed["failure"]["detail"]
    office.headers["Accept-Language"] = "en"
    assert "expected: " in office.get(f"/{id}")["failure"]["detail"]
    assert office.post(f"/{id}/retry")["state"] == "queued"


def test_an_import_is_cancelled_and_what_does_not_fit_its_state_is_a_conflict(office: Office) -> None:
    id = office.post(source="table", files=file())["id"]
    problem = office.post(f"/{id}/confirm", status=409)
    assert (problem["code"], problem["found"]) == ("conflict", "queued")
    office.post(f"/{id}/retry", status=409)
    assert office.post(f"/{id}/cancel")["state"] == "cancelled"
    office.post(f"/{id}/cancel", status=409)


def test_what_an_import_noticed_is_listed_in_pages(office: Office, package: Path) -> None:
    table = package / "municipalities.csv"
    broken = "".join(f"9{n:04d},Ort {n},hamlet,,90,1\n" for n in range(100, 130))
    table.write_text(table.read_text("utf-8") + broken, "utf-8")
    id = office.post(source="package", files=file(zipped(package), "bears.zip"))["id"]
    office.work()
    first = office.get(f"/{id}/issues?limit=20")
    second = office.get(f"/{id}/issues?limit=20&cursor={first['next']}")
    assert [len(first["issues"]), len(second["issues"]), second["next"]] == [20, 10, None]
    assert first["issues"][0] | {"detail": "", "label": "", "expected": ""} == {
        "kind": "invalid-value", "label": "", "note": False, "detail": "", "file": "", "table": "municipalities.csv",
        "line": 10, "column": "level", "expected": "", "found": "hamlet", "suggestion": "",
            "row_kept": False, "nearest": "", "effect": "übersprungen",
    }  # fmt: skip
    assert "Zeile 10" in first["issues"][0]["detail"]
    office.get(f"/{id}/issues?cursor=x", status=422)


def test_imports_are_listed_newest_first_in_pages_and_by_state(office: Office) -> None:
    ids = [office.post(source="table", files=file())["id"] for _ in range(3)]
    office.post(f"/{ids[0]}/cancel")
    answer = office.http.get(f"{IMPORTS}?limit=2", headers=office.headers)
    assert answer.json is not None
    assert 'rel="next"' in answer.headers["Link"]
    rest = office.get(f"?limit=2&cursor={answer.json['next']}")
    assert [each["id"] for each in (*answer.json["imports"], *rest["imports"])] == ids[::-1]
    assert [each["id"] for each in office.get("?state=cancelled")["imports"]] == [ids[0]]


def test_an_import_that_is_none_is_not_found(office: Office) -> None:
    other = office.services.imports.jobs.enqueue("other", {})
    for id in ("unknown", other.id):
        office.get(f"/{id}", status=404)
        office.get(f"/{id}/issues", status=404)
        office.post(f"/{id}/confirm", status=404)


def test_everybody_may_ask_what_can_be_imported(office: Office) -> None:
    answer = office.http.get(f"{IMPORTS}/sources")
    assert answer.json is not None
    assert {"table", "package", "inkar"} <= set(answer.json["sources"])
    assert "actors" in answer.json["column_maps"]


# --- from the web


def test_what_lies_at_an_address_is_fetched_by_the_worker(office: Office) -> None:
    with serving({"/traeger.csv": answer(ACTORS)}) as site:
        sent = office.post(source="table", url=f"{site}/traeger.csv", dataset="traeger", licence="CC0-1.0")
        assert (sent["stage"], sent["files"]) == ("fetch", [])
        office.work()
    waiting = office.get(f"/{sent['id']}")
    assert (waiting["state"], waiting["files"][0]["name"]) == ("confirming", "traeger.csv")
    assert waiting["report"]["licence"] == "CC0-1.0"


def test_a_schedule_is_made_listed_and_removed(office: Office) -> None:
    url = "http://127.0.0.1:9/traeger.csv"
    sent = office.post(source="table", url=url, every="weekly")
    (schedule,) = office.get("/schedules")["schedules"]
    assert (schedule["every"], schedule["url"], schedule["last_import"]) == ("weekly", url, sent["id"])
    assert sent["schedule"] == schedule["id"]
    path = f"{IMPORTS}/schedules/{schedule['id']}"
    assert office.http.delete(path, headers=office.headers).status_code == 204
    assert office.get("/schedules") == {"schedules": []}
    assert office.http.delete(path, headers=office.headers).status_code == 404


# --- refused


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({}, 422, "invalid-value"),
        ({"source": "table"}, 422, "invalid-value"),
        ({"source": "table", "files": "text"}, 422, "invalid-value"),
        ({"source": "nonsense", "url": "http://example.org/a.csv"}, 404, "not-found"),
        ({"source": "table", "url": "file:///etc/passwd"}, 422, "invalid-value"),
        ({"source": "table", "url": "http://example.org/a.csv", "sha256": "1"}, 422, "invalid-value"),
        ({"source": "table", "url": "http://example.org/a.csv", "every": "hourly"}, 422, "invalid-value"),
        ({"source": "table", "url": "http://example.org/a.csv", "column_map": "../../x"}, 422, "invalid-value"),
        ({"source": "table", "url": "http://example.org/a.csv", "column_map": "unheard-of"}, 404, "not-found"),
        ({"source": "table", "url": "http://example.org/a.csv", "dataset": "curated"}, 422, "invalid-value"),
        ({"source": "table", "url": "http://example.org/a.csv", "fancy": "1"}, 422, "invalid-value"),
    ],
)
def test_an_order_that_cannot_be_right_is_refused_with_a_problem(
    office: Office, form: dict[str, str], status: int, code: str
) -> None:
    assert office.post(status=status, **form)["code"] == code
    assert office.get()["imports"] == []


def test_files_and_an_address_together_or_a_schedule_of_files_are_refused(office: Office) -> None:
    office.post(status=422, source="table", url="http://example.org/a.csv", files=file())
    office.post(status=422, source="table", every="daily", files=file())
    office.post(status=422, source="table", every="daily", url="http://example.org/a.csv", sha256="0" * 64)


@pytest.mark.parametrize(("name", "content"), [("a.exe", b"MZ"), ("a.csv", b"PK\x03\x04"), ("a.csv", b"")])
def test_what_no_importer_reads_is_refused_at_once(office: Office, name: str, content: bytes) -> None:
    assert office.post(status=422, source="table", files=file(content, name))["code"] == "unreadable-source"


def test_a_large_file_is_refused_and_leaves_nothing(office: Office) -> None:
    for size in (2_200_000, 20_000_000):
        office.post(status=413, source="table", files=file(b"a;b\n" * (size // 4)))
    kept = [
        path for path in office.services.settings.state.rglob("*") if path.is_file() and "state.db" not in path.name
    ]
    assert kept == []


def test_a_large_upload_is_never_held_in_memory(office: Office) -> None:
    body = b"a;b\n" * 500_000
    office.post(source="table", files=file())
    tracemalloc.start()
    try:
        boundary = b"x" * 20
        head = b'--%b\r\nContent-Disposition: form-data; name="source"\r\n\r\ntable\r\n--%b\r\n' % (boundary, boundary)
        head += b'Content-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n'
        whole = io.BytesIO(head + body + b"\r\n--%b--\r\n" % boundary)
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        answer = office.http.post(
            IMPORTS,
            headers=office.headers,
            input_stream=whole,
            content_length=len(whole.getbuffer()),
            content_type=f"multipart/form-data; boundary={boundary.decode()}",
        )
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert answer.status_code == 202, answer.get_data(as_text=True)
    assert peak < len(body) / 2, "a copy of the body is in memory"


# --- who may


@pytest.mark.parametrize(
    ("role", "status"), [("", 401), ("reader", 403), ("editor", 403), ("office", 202), ("admin", 202)]
)
def test_the_office_and_administrators_may_import_and_nobody_else_may_even_look(
    office: Office, tokens: dict[str, str], role: str, status: int
) -> None:
    id = office.post(source="table", files=file())["id"]
    office.headers = {"Authorization": f"Bearer {tokens[role]}"} if role else {}
    office.post(status=status, source="table", files=file())
    looking = 200 if status == 202 else status
    for path in ("", f"/{id}", f"/{id}/issues", "/schedules"):
        office.get(path, status=looking)
    if status != 202:
        for what in ("confirm", "cancel", "retry"):
            office.post(f"/{id}/{what}", status=status)


def test_a_token_without_the_scope_does_not_import(office: Office, services: Services) -> None:
    (account,) = [each for each in services.accounts.registry.all() if each.role is Role.OFFICE]
    token = services.accounts.tokens.create(account.id, "t", {Scope.OFFICE})[1]
    office.headers = {"Authorization": f"Bearer {token}"}
    assert office.post(status=403, source="table", files=file())["code"] == "forbidden"


def test_nobody_fills_the_disk_without_being_let_in(office: Office, services: Services) -> None:
    office.headers = {}
    read: list[int] = []

    class Body(io.BytesIO):
        def read(self, *given: Any) -> bytes:
            read.append(1)
            return super().read(*given)

    answer = office.http.post(
        IMPORTS, input_stream=Body(b"x" * 1000), content_length=1000, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 401
    assert not (services.settings.state / "incoming").exists()
