"""Supporters on the command line: both directions, and later arrivals for requests that found nothing."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from records import DATASET, Made, filled

from api.language import day_of
from api.mail.arrivals import arrived_since
from graph_service.keys import NodeKey, municipality_key
from graph_service.model import Actor, Dataset, Edge, EdgeType, Record, Request
from graph_service.store.contract import Claimed, GraphStore, Writer
from graph_service.store.open import open_store

Run = Callable[..., Result]
TODAY = day_of(datetime.now(UTC))


def country() -> Made:
    made = Made()
    made.district("10001")
    rooms = Actor(key=NodeKey("actor:verein"), name="Verein Nord", resources=("rooms",), contact_role="Vorstand",
                  languages=("Arabisch",))  # fmt: skip
    made.actor(rooms, place="10001")
    wanted = Request(key=NodeKey("request:raum"), name="Raum für arabischsprachige Eltern", resources=("rooms",))
    made.request(wanted, place="10001")
    made.request(Request(key=NodeKey("request:bus"), name="Fahrdienst", resources=("transport",)), place="10001")
    return made


@pytest.fixture
def told(kompass: Run, tmp_path: Path) -> Run:
    filled(country(), tmp_path).close()

    def run(*args: object, **extra: object) -> Result:
        return kompass("--store", f"sqlite:///{tmp_path / 'made.db'}", *args, **extra)

    return run


def test_a_request_by_title_or_key_finds_whom_to_ask_and_why(told: Run) -> None:
    said = " ".join(told("supporters", "raum für arabischsprachige Eltern").stdout.split())
    assert "Ein Akteur kann „Raum für arabischsprachige Eltern“ unterstützen: Verein Nord." in said
    assert "Ressourcen (gesucht: Räume – vorhanden: Räume)" in said
    assert "Sprachen (gesucht: Arabisch – vorhanden: Arabisch)" in said
    assert "Nicht bekannt und deshalb nicht gezählt: zuletzt bestätigt." in said
    assert "Ansprechstelle: Vorstand." in said
    (row,) = csv.DictReader(io.StringIO(told("supporters", "request:raum", "--format", "csv").stdout))
    assert (row["asked"], row["candidate"], row["fit"]) == ("raum", "verein", "resources")


def test_json_is_the_whole_answer_and_scores_are_sums(told: Run) -> None:
    answer = json.loads(told("supporters", "raum", "--format", "json").stdout)
    assert {"revision", "coverage", "weights", "suggestions", "state", "assured"} <= answer.keys()
    (found,) = answer["suggestions"]
    assert found["score"] == pytest.approx(sum(c["amount"] for c in found["contributions"]))


def test_an_actor_finds_requests(told: Run) -> None:
    said = told("supporters", "--actor", "verein nord").stdout
    assert "Verein Nord kann ein Gesuch unterstützen: Raum für arabischsprachige Eltern." in " ".join(said.split())


def test_a_request_that_finds_nobody_is_kept_and_reports_who_comes_later(told: Run, tmp_path: Path) -> None:
    said = " ".join(told("supporters", "bus").stdout.split())
    assert "Es ist niemand erfasst" in said
    assert "kompass supporters --new-since" in said
    store = open_store(f"sqlite:///{tmp_path / 'made.db'}")
    aged(store, days=30)
    since = ("--new-since", (TODAY - timedelta(days=7)).isoformat())
    assert "passt niemand Neues" in told("supporters", *since).stdout
    later: list[Record] = [
        Actor(key=NodeKey("actor:fahr"), name="Fahrdienst Süd", resources=("transport",)),
        Edge(EdgeType.LOCATED_IN, NodeKey("actor:fahr"), municipality_key("10001")),
    ]
    store.write(lambda writer: writer.replace(Dataset(id="later", title="Later"), later))
    store.close()
    said = " ".join(told("supporters", *since).stdout.split())
    assert "Seit dem" in said
    assert "Fahrdienst Süd" in said
    assert "Verein Nord" not in said
    assert "Es hatte bisher niemanden gefunden." in said
    answer = json.loads(told("supporters", *since, "--format", "json").stdout)
    assert [each["key"] for each in answer["answers"]] == ["request:bus"]


def aged(store: GraphStore, days: int) -> None:
    """Make everything in the store older, as a copy keeps times."""

    def work(writer: Writer) -> None:
        before = [Claimed(each.record, each.since - timedelta(days=days)) for each in writer.claimed(DATASET.id)]
        writer.drop(DATASET.id)
        writer.adopt(DATASET, before)

    store.write(work)


def test_something_new_about_an_old_actor_is_an_arrival_and_something_about_others_is_not(tmp_path: Path) -> None:
    store = filled(country(), tmp_path)
    aged(store, days=30)
    week = TODAY - timedelta(days=7)
    assert store.read(lambda reader: arrived_since(reader, week)) == frozenset()
    assert store.read(lambda reader: arrived_since(reader, date(2000, 1, 1))) == {NodeKey("actor:verein")}
    more: list[Record] = [Actor(key=NodeKey("actor:verein"), resources=("rooms", "transport"))]
    store.write(lambda writer: writer.replace(Dataset(id="more", title="More", precedence=1), more))
    assert store.read(lambda reader: arrived_since(reader, week)) == {NodeKey("actor:verein")}
    store.close()


def test_wrong_use_and_unknown_names_are_said(told: Run, kompass: Run, tmp_path: Path) -> None:
    assert "--actor" in told("supporters", code=2).stderr
    assert "der Schlüssel oder Titel eines Gesuchs" in told("supporters", "nichts", code=1).stderr
    assert "der Schlüssel oder Name eines Akteurs" in told("supporters", "--actor", "nichts", code=1).stderr
    empty = f"sqlite:///{tmp_path / 'empty.db'}"
    assert "0 Gesuche" in kompass("--store", empty, "supporters", "--new-since", "2020-01-01").stdout
