"""Every question is answered alike by every store, whatever it holds, and never with a traceback."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from neo4j_server import Address
from records import DATASET, Made

from api.cli.main import program
from graph_service.identity import merge, undo
from graph_service.keys import Label, NodeKey, municipality_key
from graph_service.model import Actor, Alliance, Edge, EdgeType, Exchange, Level, Offer, Record, Request
from graph_service.store.contract import GraphStore
from graph_service.store.open import open_store

DAY = ("--on", "2025-06-01")
ALIKE = ("--lens", "all-indicators")
TWIN = NodeKey.of(Label.ACTOR, "amt-2")

QUESTIONS: dict[str, tuple[str, ...]] = {
    "show": ("show", "10001"),
    "indicators": ("indicators",),
    "peers": ("peers", "10001", *ALIKE),
    "peers further": ("peers", "10001", *ALIKE, "--further", "--challenge", "school-seats"),
    "peers different": ("peers", "10001", *ALIKE, "--different"),
    "peers unfamiliar": ("peers", "10001", *ALIKE, "--unfamiliar"),
    "peers why": ("peers", "10001", *ALIKE, "--why", "10002"),
    "practices": ("practices", "10001", *ALIKE, *DAY, "--challenge", "school-seats"),
    "practices by text": ("practices", "10001", *ALIKE, *DAY, "--text", "Lotsen für Familien"),
    "partners here": ("partners", "--municipality", "10001", "--field", "school", *DAY),
    "partners for words": ("partners", "--need", "Späte Schuleinsteiger", *DAY),
    "partners with a member": ("partners", "--field", "school", "--member", "amt", "--role", "delivery", *DAY),
    "alliance here": ("alliance", "--municipality", "10001", "--field", "school", "--need", "Lesen", *DAY),
    "alliance with": ("alliance", "--field", "school", "--size", "4", "--with", "amt", *DAY),
    "alliance check": ("alliance", "--check", "schule", *DAY),
    "supporters": ("supporters", "raum", *DAY),
    "supporters of an actor": ("supporters", "--actor", "verein", *DAY),
    "supporters that are new": ("supporters", "--new-since", "2020-01-01", *DAY),
    "coverage": ("coverage", "10001", *ALIKE, *DAY),
    "atlas": ("atlas", "--state", "10", *DAY),
    "ego": ("network", "ego", "amt", "--depth", "3"),
    "ego of a place": ("network", "ego", "10001"),
    "paths": ("network", "paths", "amt", "schule-nord"),
    "communities": ("network", "communities"),
    "brokers": ("network", "brokers"),
    "isolated": ("network", "isolated"),
    "isolated here": ("network", "isolated", "--municipality", "10001"),
    "fields": ("network", "fields"),
    "between": ("network", "between", "10001", "10002"),
    "duplicates": ("network", "duplicates"),
    "evaluate partners": ("evaluate", "partners", "--after", "2021-01-01"),
    "evaluate teams": ("evaluate", "teams", "--after", "2021-01-01"),
}
TIMED = ("seconds", "learning_seconds")
"""What differs from one run to the next."""


def actor(local: str) -> NodeKey:
    return NodeKey.of(Label.ACTOR, local)


def nothing() -> Made:
    made = Made()
    made.records.clear()
    return made


def statistics() -> Made:
    """A state with districts and the values of an indicator."""
    made = Made()
    made.area("10", Level.STATE)
    for i, share in enumerate((10, 11, 12, 13, 60), 1):
        made.district(f"1000{i}", share, parent="10", longitude=9 + i / 10, latitude=48)
    made.town("10001001", parent="10001")
    made.edge(EdgeType.ADJACENT_TO, municipality_key("10001"), municipality_key("10002"))
    return made


def actors() -> Made:
    """Actors, alliances and ties without any place."""
    return _with_actors(Made(), placed=False)


def whole() -> Made:
    """Everything that can be asked for."""
    made = _with_actors(statistics(), placed=True)
    office = actor("amt")
    patrons = Offer(key=NodeKey("offer:paten"), name="Lernpaten", kind="mentoring", funded_until=date(2025, 8, 1))
    made.offer(patrons, "10002", "10003", "10004", provider=office, fields=["school"], groups=["parents"])
    made.offer(Offer(key=NodeKey("offer:cafe"), name="Café"), "10001", fields=["leisure-encounter"])
    made.faces("10001", "school-seats", 4, date(2025, 1, 1))
    made.practice("lotsen", name="Bildungslotsen", challenges=["school-seats"], evidence="evaluated")
    made.applied("lotsen", "10002", status="embedded", since=date(2018, 1, 1))
    made.edge(EdgeType.APPLIED_IN, NodeKey("practice:lotsen"), municipality_key("10003"), actor="amt", status="pilot")
    made.edge(EdgeType.CARRIED_BY, NodeKey("practice:lotsen"), office)
    made.decided("10004", "lotsen", "rejected", reason="kein Geld")
    room = Request(key=NodeKey("request:raum"), name="Raum für arabischsprachige Eltern", resources=("rooms",))
    made.request(room, place="10001", by=office, fields=["school"])
    made.records.append(Exchange(key=NodeKey("exchange:besuch"), name="Besuch"))
    for place in ("10001", "10002"):
        made.edge(EdgeType.INVOLVES, NodeKey("exchange:besuch"), municipality_key(place))
    return made


def _with_actors(made: Made, *, placed: bool) -> Made:
    people = [
        ("amt", "Schulverwaltung Nord", "school-authority", "10001", {"assured_on": date(2020, 1, 1)}),
        ("spitze", "Landrätin Nord", "political-lead", "10001", {}),
        ("jmd", "Jugendmigrationsdienst Nord", "youth-migration-service", "10001", {"description": "Schule, Sprache"}),
        ("schule-nord", "Schule Nord", "school", "10001", {}),
        ("verein", "Verein Brücke", "migrant-organisation", "10002", {"resources": ("rooms",), "languages": ("ar",)}),
        ("verein2", "Verein Brücke e. V.", "migrant-organisation", "10002", {}),
        ("allein", "Stiftung Süd", "foundation", "10003", {}),
    ]
    for local, name, kind, place, said in people:
        record = Actor(key=actor(local), name=name, kind=kind, **said)  # type: ignore[arg-type]  # of each field
        made.actor(record, place=place if placed else "", fields=["school"])
    made.edge(EdgeType.COOPERATES_WITH, actor("amt"), actor("jmd"), strength="coordinates")
    for year in range(2015, 2024):
        key = NodeKey.of(Label.ALLIANCE, f"b{year}")
        made.records.append(
            Alliance(key=key, name=f"Lesen {year}", description="Lesen in der Schule", started_on=date(year, 1, 1))
        )
        for local, role in (("amt", "lead"), ("jmd", "member"), ("verein", "member"), ("spitze", "member")):
            made.edge(EdgeType.MEMBER_OF, actor(local), key, role=role)
    school = NodeKey.of(Label.ALLIANCE, "schule")
    made.records.append(Alliance(key=school, name="Bündnis Schule"))
    made.about(school, field=["school"])
    for local, role in (("amt", "coordination"), ("schule-nord", "delivery")):
        made.edge(EdgeType.MEMBER_OF, actor(local), school, role=role)
    return made


CONTENTS: dict[str, Callable[[], Made]] = {
    "empty": nothing,
    "statistics only": statistics,
    "actors only": actors,
    "everything": whole,
}


def torn(made: Made) -> list[Record]:
    """The same graph, in which every second edge of one actor, and some of its words, are another record's."""
    found: list[Record] = []
    for i, record in enumerate(made.everything()):
        if isinstance(record, Actor) and record.key == actor("amt"):
            found += [replace(record, kind=None, assured_on=None), replace(record, key=TWIN)]
        elif isinstance(record, Edge) and actor("amt") in (record.source, record.target) and i % 2:
            ends = (TWIN if end == actor("amt") else end for end in (record.source, record.target))
            found.append(Edge(record.type, *ends, record.properties))  # type: ignore[arg-type]  # two ends
        elif isinstance(record, Edge) and record.properties.get("actor") == "amt":
            found.append(Edge(record.type, record.source, record.target, {**record.properties, "actor": "amt-2"}))
        else:
            found.append(record)
    return found


@dataclass(frozen=True)
class Asker:
    """Runs the program as a newcomer would."""

    cache: Path

    def ask(self, address: Address, *question: str) -> tuple[int, str, str]:
        """The exit code, what was answered, and what was said of a failure."""
        environment = {"KOMPASS_CACHE": str(self.cache), "KOMPASS_LANG": "en"}
        if address.password:
            environment["KOMPASS_NEO4J_PASSWORD"] = address.password
        result = CliRunner().invoke(program, ["--store", address.url, *question], env=environment)
        assert "--debug" not in result.stderr, f"{question}: {result.stderr}"
        return result.exit_code, result.stdout, result.stderr

    def answer(self, address: Address, question: tuple[str, ...]) -> Any:
        """The whole answer, or what was said instead."""
        code, told, said = self.ask(address, *question, "--format", "json")
        return said if code else plain(json.loads(told))

    def all(self, address: Address) -> dict[str, Any]:
        """The answers to all questions."""
        return {name: self.answer(address, question) for name, question in QUESTIONS.items()}


def plain(answer: Any) -> Any:
    """Without the store's own counter and what the clock says."""
    if isinstance(answer, dict):
        return {name: plain(value) for name, value in answer.items() if name not in ("revision", *TIMED)}
    return [plain(each) for each in answer] if isinstance(answer, list) else answer


@pytest.fixture
def asker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asker:
    for name in list(os.environ):
        if name.startswith("KOMPASS_") and not name.startswith("KOMPASS_TEST_"):
            monkeypatch.delenv(name)
    return Asker(tmp_path / "cache")


def fill(store: GraphStore, records: list[Record]) -> None:
    if records:
        store.write(lambda tx: tx.replace(DATASET, records))


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Callable[[list[Record]], Address]]:
    """Fills SQLite stores with records."""
    stores: list[GraphStore] = []

    def fill_another(records: list[Record]) -> Address:
        address = Address(f"sqlite:///{tmp_path / f'{len(stores)}.db'}")
        stores.append(open_store(address.url))
        fill(stores[-1], records)
        return address

    yield fill_another
    for store in stores:
        store.close()


@pytest.mark.parametrize("content", list(CONTENTS))
def test_every_question_gets_an_answer_or_a_line_that_helps(
    filled: Callable[[list[Record]], Address], asker: Asker, content: str
) -> None:
    address = filled(CONTENTS[content]().everything())
    for name, question in QUESTIONS.items():
        code, told, said = asker.ask(address, *question)
        if code:
            assert content != "everything", name
            assert (code, told, said.count("\n")) == (1, "", 1), name
            assert said.startswith("Error: "), name
        else:
            assert told.strip(), name
            assert not isinstance(asker.answer(address, question), str), name


@pytest.mark.neo4j
@pytest.mark.parametrize("content", list(CONTENTS))
def test_sqlite_and_neo4j_answer_every_question_alike(
    filled: Callable[[list[Record]], Address], empty_neo4j: Address, asker: Asker, content: str
) -> None:
    records = CONTENTS[content]().everything()
    store = open_store(empty_neo4j.url, password=empty_neo4j.password)
    try:
        fill(store, records)
    finally:
        store.close()
    assert asker.all(empty_neo4j) == asker.all(filled(records))


def test_an_actor_in_two_records_is_answered_like_one(
    store: GraphStore, address: Address, filled: Callable[[list[Record]], Address], asker: Asker
) -> None:
    made = whole()
    one = filled(made.everything())
    fill(store, torn(made))
    apart = asker.all(address)
    store.write(lambda tx: merge(tx, TWIN, actor("amt"), date(2025, 1, 1)))
    assert asker.all(address) == asker.all(one)
    by_twin = {name: tuple("amt-2" if each == "amt" else each for each in q) for name, q in QUESTIONS.items()}
    for name in ("partners with a member", "alliance with", "ego", "paths"):
        answers = [asker.answer(where, q[name]) for where, q in ((address, by_twin), (one, QUESTIONS))]
        for answer in answers:
            answer.pop("question", None)
        assert answers[0] == answers[1], name
    store.write(lambda tx: undo(tx, TWIN, actor("amt")))
    assert asker.all(address) == apart
