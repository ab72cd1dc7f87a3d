"""Neo4j down at the start, gone while people read and write, and back again: one clear answer, and no restart."""

import threading
from pathlib import Path

import pytest
from flask import Flask, g
from neo4j_server import Server, Start, free_port
from waiting import comes_true

from api.app import create_app
from api.http.viewer import Role, Viewer
from api.services import Services
from api.settings import Settings
from graph_service.keys import municipality_key
from graph_service.model import Level, Municipality
from graph_service.store.open import open_store

AACHEN = Municipality(key=municipality_key("05334002"), name="Aachen", level=Level.MUNICIPALITY)
ADDRESS = "/api/v1/municipalities/05334002"
CLUB = {"name": "Verein", "municipality": "05334002"}


def serving(port: int, folder: Path) -> Flask:
    """The service on a server, asked by an editor, with the patience of a real one."""
    settings = Settings(store=f"neo4j://127.0.0.1:{port}", cache=folder / "cache", state_folder=folder / "state")
    app = create_app(settings, Services(settings, patience=0.05))
    recognise = next(f for f in app.before_request_funcs[None] if f.__module__ == "api.http.auth")
    at = app.before_request_funcs[None].index(recognise)

    def be() -> None:
        g.viewer = Viewer("anna", Role.OFFICE, frozenset(), "session")

    app.before_request_funcs[None][at] = be
    return app


@pytest.fixture
def server(own_neo4j: Start) -> Server:
    found = own_neo4j()
    store = open_store(f"neo4j://127.0.0.1:{found.port}")
    store.write(lambda tx: tx.put(AACHEN))
    store.close()
    return found


def test_a_server_that_is_down_at_the_start_is_told_and_asked_again(tmp_path):
    client = serving(free_port(), tmp_path).test_client()
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer.json["code"]) == (503, "store-unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 503
    page = client.get("/")
    assert page.status_code in (200, 503)
    assert "Traceback" not in page.text


@pytest.mark.neo4j
def test_reading_goes_on_while_the_server_is_away_writing_says_so_and_both_recover(server, tmp_path):
    app = serving(server.port, tmp_path)
    client = app.test_client()
    assert client.get(ADDRESS).json["name"] == "Aachen"
    assert client.post("/api/v1/actors", json=CLUB).status_code == 201
    known = client.get(ADDRESS).json

    failures: list[int] = []
    stop = threading.Event()

    def read_on() -> None:
        reader = app.test_client()
        while not stop.is_set():
            status = reader.get(ADDRESS).status_code
            if status != 200:
                failures.append(status)

    readers = [threading.Thread(target=read_on) for _ in range(3)]
    for each in readers:
        each.start()
    server.crash()
    try:
        assert comes_true(lambda: client.get("/health/ready").json["store"] == "last-known")
        answer = client.get(ADDRESS)
        assert (answer.status_code, answer.json) == (200, known)
        assert answer.headers["Kompass-Data"] == "last-known"
        pages = [client.get(path, headers={"Accept": "text/html"}) for path in ("/data", "/about")]
        assert [page.status_code for page in pages] == [200, 200], "nobody had opened them before"
        refused = client.post("/api/v1/actors", json=CLUB | {"name": "Zweiter Verein"})
        assert (refused.status_code, refused.json["code"]) == (503, "store-unavailable")
        assert "Retry-After" in refused.headers
        server.start()
        assert comes_true(lambda: client.get("/health/ready").json["store"] == "present")
    finally:
        stop.set()
        for each in readers:
            each.join()
    assert failures == []
    written = client.post("/api/v1/actors", json=CLUB | {"name": "Dritter Verein"})
    assert written.status_code == 201
    assert "Kompass-Data" not in client.get(ADDRESS).headers
    names = {each["name"] for each in client.get("/api/v1/actors").json["items"]}
    assert names == {"Verein", "Dritter Verein"}, "nothing half-written"
