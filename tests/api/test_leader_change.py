"""Another server of a cluster leads: the driver finds it; what was under way says so, and nothing is half-written.

The cluster is a stand-in before one real server (bolt_cluster.py), for the Community edition cannot be a cluster.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from bolt_cluster import Cluster
from flask import Flask, g
from neo4j_server import Address

from api.app import create_app
from api.http.viewer import Role, Viewer
from api.services import Services
from api.settings import Settings
from graph_service.errors import StoreUnavailable
from graph_service.keys import Label, NodeKey, municipality_key
from graph_service.model import Actor, Level, Municipality
from graph_service.store import neo4j_store
from graph_service.store.contract import GraphStore
from graph_service.store.open import open_store

pytestmark = pytest.mark.neo4j
AACHEN = Municipality(key=municipality_key("05334002"), name="Aachen", level=Level.MUNICIPALITY)
CLUB = NodeKey.of(Label.ACTOR, "club")
ADDRESS = "/api/v1/municipalities/05334002"


@pytest.fixture
def cluster(empty_neo4j: Address, monkeypatch) -> Iterator[Cluster]:
    parts = urlsplit(empty_neo4j.url)
    if empty_neo4j.password or parts.scheme not in ("neo4j", "bolt"):
        pytest.skip("the stand-in speaks neither passwords nor TLS")
    monkeypatch.setattr(neo4j_store, "RETRY_SECONDS", 2.0)
    found = Cluster(parts.hostname or "", parts.port or 7687)
    yield found
    found.close()


@pytest.fixture
def store(cluster: Cluster) -> Iterator[GraphStore]:
    found = open_store(f"neo4j://127.0.0.1:{cluster.ports[0]}")
    found.write(lambda tx: tx.put(AACHEN))
    yield found
    found.close()


def put(name: str):
    return lambda tx: tx.put(Actor(key=CLUB, name=name))


def name_of(store: GraphStore) -> str | None:
    return store.read(lambda reader: next((each.name for each in reader.nodes(Label.ACTOR)), None))


def test_the_next_write_goes_to_the_new_leader_and_nobody_notices(cluster, store):
    assert set(cluster.written) == {0}
    cluster.leader = 1
    store.write(put("nach dem Wechsel"))
    assert cluster.written[-1] == 1
    assert name_of(store) == "nach dem Wechsel"


def test_a_write_that_the_change_meets_is_taken_back_whole_and_works_the_next_time(cluster, store):
    def meets_it(tx) -> None:
        tx.put(Actor(key=CLUB, name="halb"))
        tx.keys()  # what was gathered is sent
        cluster.leader = 1

    with pytest.raises(StoreUnavailable):
        store.write(meets_it)
    assert name_of(store) is None
    store.write(put("ganz"))
    assert name_of(store) == "ganz"


def test_a_connection_that_is_cut_while_committing_is_an_error_and_the_store_is_whole(cluster, store):
    cluster.cut_after_commit = True
    with pytest.raises(StoreUnavailable):
        store.write(put("geschrieben, ohne dass es jemand erfuhr"))
    store.write(put("danach"))
    assert name_of(store) == "danach"


def served(cluster: Cluster, folder) -> Flask:
    settings = Settings(store=f"neo4j://127.0.0.1:{cluster.ports[0]}", cache=folder / "cache", state_folder=folder)
    app = create_app(settings, Services(settings, patience=0.05))
    recognise = next(f for f in app.before_request_funcs[None] if f.__module__ == "api.http.auth")
    at = app.before_request_funcs[None].index(recognise)

    def be() -> None:
        g.viewer = Viewer("anna", Role.OFFICE, frozenset(), "session")

    app.before_request_funcs[None][at] = be
    return app


def test_while_nobody_leads_writing_is_503_with_retry_after_and_reading_goes_on(cluster, store, tmp_path):
    client = served(cluster, tmp_path).test_client()
    assert client.get(ADDRESS).status_code == 200
    club = {"name": "Verein", "municipality": "05334002"}
    first = client.post("/api/v1/actors", json=club, headers={"Idempotency-Key": "one"})
    assert first.status_code == 201, first.json
    cluster.leader = None
    cluster.drop()
    refused = client.post("/api/v1/actors", json=club, headers={"Idempotency-Key": "two"})
    assert (refused.status_code, refused.json["code"]) == (503, "store-unavailable")
    assert refused.content_type == "application/problem+json"
    assert int(refused.headers["Retry-After"]) > 0
    assert client.get(ADDRESS).status_code == 200
    assert client.get("/health/ready").status_code == 200
    cluster.leader = 1
    again = client.post("/api/v1/actors", json=club, headers={"Idempotency-Key": "two"})
    assert again.status_code == 201
    assert cluster.written[-1] == 1
    assert client.get("/api/v1/actors").json["total"] == 2
