"""What whoever runs the service relies on: health, figures, log lines, limits, several workers, an orderly end."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from limits.storage import MemoryStorage, storage_from_string
from waiting import comes_true

from api.app import create_app
from api.http.serving import LAST_ANSWERS
from api.http.viewer import Role, Viewer
from api.logs import JsonLines, TextLines
from api.settings import Metrics, Settings
from graph_service.errors import InvalidValue

ROUTE = "/api/v1/municipalities/<place:code>/peers"
PEERS = "/api/v1/municipalities/90001/peers?lens=all-indicators"


@pytest.fixture
def settings(loaded, store: str, tmp_path: Path) -> Settings:
    return Settings(store=store, cache=tmp_path, metrics=Metrics.LOCAL)


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()


def test_health_tells_life_and_readiness(client):
    assert client.get("/health/live").json == {"status": "live"}
    assert client.get("/health/ready").json == {"status": "ready", "store": "present", "revision": 1}


def test_a_service_whose_store_is_away_is_alive_but_not_ready(tmp_path):
    away = create_app(Settings(store="neo4j://127.0.0.1:1/x", cache=tmp_path, state_folder=tmp_path)).test_client()
    assert away.get("/health/live").status_code == 200
    answer = away.get("/health/ready")
    assert (answer.status_code, answer.json["store"]) == (503, "store-unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_the_last_known_revision_answers_while_the_store_is_away_and_says_so(client, settings, monkeypatch):
    known = client.get(PEERS).json
    here = client.application.extensions["kompass"]
    Path(settings.store.removeprefix("sqlite:///")).rename(Path(settings.store.removeprefix("sqlite:///") + ".away"))
    from graph_service.errors import StoreUnavailable

    def gone(_work):
        raise StoreUnavailable("a store that answers")

    monkeypatch.setattr(here.store, "read", gone)
    here.snapshot(at_once=True)  # asks
    answer = client.get(PEERS)
    assert (answer.status_code, answer.json) == (200, known)
    assert client.get("/health/ready").json["store"] == "last-known"
    assert client.get(PEERS + "&limit=2").headers["Kompass-Data"] == "last-known"
    assert "zuletzt bekannten Stand" in client.get("/practices?lang=de").get_data(as_text=True)


def test_figures_are_for_the_same_machine_unless_set_otherwise(settings):
    def status(allowed: Metrics, **environ: str) -> int:
        from dataclasses import replace

        app = create_app(replace(settings, metrics=allowed))
        return app.test_client().get("/metrics", environ_overrides=environ).status_code

    assert status(Metrics.LOCAL) == 200
    assert status(Metrics.LOCAL, REMOTE_ADDR="10.0.0.9") == 404
    assert status(Metrics.LOCAL, HTTP_X_FORWARDED_FOR="10.0.0.9") == 404
    assert status(Metrics.ALL, REMOTE_ADDR="10.0.0.9") == 200
    assert status(Metrics.OFF) == 404


def test_figures_count_by_route_and_never_by_what_was_asked(client):
    client.get(PEERS)
    client.get("/api/v1/geheim/kennwort")
    told = client.get("/metrics").text
    assert f'route="{ROUTE}"' in told
    assert "kompass_revision 1.0" in told
    assert "geheim" not in told


def test_a_request_is_one_log_line_without_what_was_asked(client, caplog):
    with caplog.at_level(logging.INFO, "api.requests"):
        client.get(PEERS + "&limit=3")
    (record,) = (r for r in caplog.records if r.name == "api.requests")
    line = json.loads(JsonLines().format(record))
    assert (line["route"], line["status"]) == (ROUTE, 200)
    for text in (JsonLines().format(record), TextLines("%(message)s").format(record)):
        assert "90001" not in text
        assert "limit" not in text
        assert "127.0.0.1" not in text


def test_writing_is_limited_by_account(settings, monkeypatch):
    app = create_app(settings)

    anna = Viewer("anna", Role.READER, frozenset(), "token", frozenset({"write"}))
    monkeypatch.setattr("api.http.limits.viewer", lambda: anna)
    app.view_functions["editing.create_actor"] = lambda: "done"
    client = app.test_client()
    answers = [client.post("/api/v1/actors").status_code for _ in range(130)]
    assert answers.count(429) == 10
    assert client.post("/api/v1/actors").json["code"] == "too-many-requests"


def test_those_who_write_at_once_are_counted_one_after_the_other(monkeypatch):
    counts, counting, together = storage_from_string("kompass-memory://"), [], []
    usual = MemoryStorage.incr

    def slow(*args):
        counting.append(1)
        together.append(len(counting))
        time.sleep(0.001)
        counting.pop()
        return usual(*args)

    monkeypatch.setattr(MemoryStorage, "incr", slow)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: counts.incr("anna", 600), range(40)))
    assert (counts.get("anna"), max(together)) == (40, 1)


def test_reading_is_limited_where_the_installation_says_so(settings):
    from dataclasses import replace

    client = create_app(replace(settings, rate_limit="3 per minute")).test_client()
    assert [client.get("/api/v1/indicators").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_other_sites_read_only_where_the_installation_lets_them(settings):
    from dataclasses import replace

    app = create_app(replace(settings, cors=("https://map.test",)))
    asked = {"Origin": "https://map.test"}
    assert app.test_client().get(PEERS, headers=asked).headers["Access-Control-Allow-Origin"] == "https://map.test"
    strange = app.test_client().get(PEERS, headers={"Origin": "https://other.test"})
    assert "Access-Control-Allow-Origin" not in strange.headers
    assert "Access-Control-Allow-Credentials" not in app.test_client().get(PEERS, headers=asked).headers


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KOMPASS_METRICS", "some"),
        ("KOMPASS_PROXIES", "x"),
        ("KOMPASS_RATE_LIMIT", "many"),
        ("KOMPASS_CORS", "map.example.org"),
        ("KOMPASS_LOG_FORMAT", "xml"),
    ],
)
def test_a_wrong_setting_is_refused_at_the_start(name, value):
    with pytest.raises(InvalidValue) as caught:
        Settings.from_environment({name: value})
    assert caught.value.place.column == name


@pytest.fixture
def served(loaded, store: str, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The service with two workers as it is started by hand."""
    command = [sys.executable, "-m", "api.cli.main", "--lang", "en", "--store", store, "serve", "--port", "0"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KOMPASS_")}
    process = subprocess.Popen([*command, "--workers", "2"], stdout=subprocess.PIPE, text=True, env=environment)
    try:
        line = process.stdout.readline()
        yield line.split()[1].rstrip("/"), process
    finally:
        process.kill()
        process.wait()


def children(pid: int) -> set[int]:
    return {int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def fetch(url: str) -> int:
    answers: list[int] = []

    def answered() -> bool:
        with suppress(OSError), urllib.request.urlopen(url, timeout=20) as answer:
            answers.append(answer.status)
        return bool(answers)

    return answers[0] if comes_true(answered) else 0


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")
def test_a_worker_that_dies_is_replaced_and_an_end_is_orderly(served):
    base, process = served
    assert fetch(base + PEERS) == 200
    before = children(process.pid)
    assert len(before) == 2
    os.kill(min(before), signal.SIGKILL)
    # between the end of the one and the start of the other there is only the survivor
    assert comes_true(lambda: len(children(process.pid) - before) == 1)
    assert fetch(base + PEERS) == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


def test_a_service_does_not_end_later_for_files_that_are_still_being_written(loaded, store: str, tmp_path: Path):
    program = (
        "import sys, time; from api.questions import exports; from api.cli.main import main;"
        "exports.PATIENCE = 0.1; exports.exporter = lambda format: lambda *_, **__: time.sleep(3600);"
        f"sys.argv = ['kompass', '--lang', 'en', '--store', {store!r}, 'serve', '--port', '0']; main()"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KOMPASS_")} | {"TMPDIR": str(tmp_path)}
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=environment)
    try:
        base = process.stdout.readline().split()[1].rstrip("/")
        for format in ("xlsx", "gexf", "package"):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(f"{base}/api/v1/exports/{format}", timeout=60)
            refused.value.close()
            assert refused.value.code == 429
        assert list(tmp_path.glob("kompass-export-*"))
        process.terminate()
        assert process.wait(60) == 0
        assert not list(tmp_path.glob("kompass-export-*"))
    finally:
        process.kill()
        process.communicate()


@contextmanager
def by_granian(store: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    pytest.importorskip("granian")
    from neo4j_server import free_port

    port = free_port()
    command = [sys.executable, "-m", "api.cli.main", "--store", store, "serve", "--port", str(port)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KOMPASS_")}
    process = subprocess.Popen(
        [*command, "--server", "granian"], stdout=subprocess.DEVNULL, env=environment, start_new_session=True
    )
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_granian_serves_the_same_and_its_end_is_orderly(loaded, store: str):
    with by_granian(store) as (base, process):
        assert fetch(base + PEERS) == 200
        with urllib.request.urlopen(base + "/metrics", timeout=20) as answer:
            assert b"kompass_requests_total" in answer.read()
        process.terminate()
        assert process.wait(60) == 0


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")
def test_granian_ends_when_told_to_while_its_processes_are_still_starting(loaded, store: str):
    with by_granian(store) as (_, process):
        assert comes_true(lambda: children(process.pid))
        process.terminate()
        # sooner than what does not listen is killed
        assert process.wait(LAST_ANSWERS - 5) in (0, -signal.SIGTERM)


def test_what_the_page_says_of_backups_works(loaded, kompass, store: str, tmp_path: Path, monkeypatch):
    page = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text("utf-8")
    lines = [line.strip().split("  ")[0] for line in page.splitlines() if line.startswith("    kompass ")]
    backup = next(line for line in lines if line.startswith("kompass backup"))
    restore = next(line for line in lines if line.startswith("kompass restore"))
    file = tmp_path / "kompass-2026-11-23.db"
    before = kompass("export", "package", tmp_path / "before").stdout
    kompass(*backup.replace("/backup/kompass-$(date +%F).db", str(file)).split()[1:])
    kompass("datasets", "--remove", "bears")
    kompass(*restore.replace("/backup/kompass-2026-11-23.db", str(file)).split()[1:])
    after = kompass("export", "package", tmp_path / "after").stdout
    assert before.replace("before", "x") == after.replace("after", "x")
