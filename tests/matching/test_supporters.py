"""Requests find actors and actors find requests, with reasons that add up and without guessing what is not known."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from records import Made, built

from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import Actor, Alliance, EdgeType, Request
from matching.languages import language_code, named_languages
from matching.supporters.answers import SupporterAnswer, SupporterQuestion
from matching.supporters.matcher import SupporterMatcher, SupporterRanker

ON = date(2025, 6, 1)


def actor(local: str, **said: object) -> Actor:
    return Actor(key=NodeKey.of(Label.ACTOR, local), name=str(said.pop("name", local)), **said)  # type: ignore[arg-type] # mixed fields


def request(local: str, **said: object) -> Request:
    return Request(key=NodeKey.of(Label.REQUEST, local), name=str(said.pop("name", local)), **said)  # type: ignore[arg-type] # mixed fields


def country() -> Made:
    made = Made()
    made.district("10001")
    made.district("10002")
    made.town("10001001", "10001", longitude=9.0, latitude=49.0)
    made.town("10001002", "10001", longitude=9.1, latitude=49.0)
    made.town("10002001", "10002", longitude=13.0, latitude=52.0)
    return made


def ranker(made: Made, folder: Path) -> SupporterRanker:
    return SupporterMatcher().fit(built(made, folder))


def ask(made: Made, folder: Path, key: str, on: date = ON) -> SupporterAnswer:
    return ranker(made, folder).answer(SupporterQuestion(NodeKey(key), on), limit=50)


def names(answer: SupporterAnswer) -> list[str]:
    return [each.key.local for each in answer.suggestions]


def test_a_request_finds_who_brings_what_it_looks_for_and_every_score_is_a_sum(tmp_path: Path) -> None:
    made = country()
    made.actor(actor("both", resources=("rooms", "interpreters"), assured_on=date(2025, 5, 1)), place="10001001")
    made.actor(actor("rooms", resources=("rooms",)), place="10001002")
    made.actor(actor("far", resources=("rooms", "interpreters")), place="10002001")
    made.actor(actor("money", resources=("money",)), place="10001001")
    made.request(request("r", resources=("rooms", "interpreters")), place="10001001")
    answer = ask(made, tmp_path, "request:r")
    assert names(answer) == ["both", "far", "rooms"]
    assert sum(answer.weights.values()) == pytest.approx(1)
    for each in answer.suggestions:
        assert each.score == pytest.approx(sum(c.amount for c in each.contributions))
        assert all(0 <= c.amount <= (c.possible or 0) + 1e-9 for c in each.contributions)
        assert 0 <= each.score <= 1


def test_what_is_unknown_of_an_actor_adds_nothing_and_is_named(tmp_path: Path) -> None:
    made = country()
    made.actor(actor("quiet", name="Raumvergabe der Stadt"))
    made.request(request("r", name="Raumvergabe gesucht", resources=("rooms",)), place="10001001")
    (found,) = ask(made, tmp_path, "request:r").suggestions
    told = {c.feature: c for c in found.contributions}
    assert (told["resources"].amount, told["resources"].own, told["resources"].other) == (0, "rooms", None)
    assert (told["place"].amount, told["place"].other) == (0, None)
    assert told["text"].amount > 0
    assert found.coverage == pytest.approx(told["text"].possible)
    assert found.fit == "text"


def test_an_actor_finds_open_requests_and_not_its_own_nor_closed_ones(tmp_path: Path) -> None:
    made = country()
    made.actor(actor("a", resources=("rooms",)), place="10001001")
    own = NodeKey("actor:a")
    made.request(request("open", resources=("rooms",), open_until=date(2025, 7, 1)), place="10001001")
    made.request(request("later", resources=("rooms",), open_from=date(2025, 9, 1)), place="10001002")
    made.request(request("past", resources=("rooms",), open_until=date(2025, 5, 31)), place="10001001")
    made.request(request("done", resources=("rooms",), status="fulfilled"), place="10001001")
    made.request(request("own", resources=("rooms",)), place="10001001", by=own)
    answer = ask(made, tmp_path, "actor:a")
    assert [(each.key.local, each.state) for each in answer.suggestions] == [("open", "open"), ("later", "later")]
    assert answer.suggestions[0].open_until == date(2025, 7, 1)


def test_both_directions_give_one_score(tmp_path: Path) -> None:
    made = country()
    made.actor(actor("a", resources=("rooms",), assured_on=ON), place="10001002", fields=["school"])
    made.request(request("r", resources=("rooms", "money")), place="10001001", fields=["school"])
    there = ask(made, tmp_path, "request:r").suggestions[0]
    back = ask(made, tmp_path / "back", "actor:a").suggestions[0]
    assert there.score == back.score
    assert there.contributions == back.contributions


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"place": "10001002"}, {"place": "10002001"}),
        ({"serves": "10001"}, {"place": "10002001"}),
        ({"fields": ["school"]}, {"fields": ["housing"]}),
        ({"groups": ["parents"]}, {}),
        ({"assured": date(2025, 1, 1)}, {"assured": date(2015, 1, 1)}),
        ({"languages": ("ar",)}, {"languages": ("fr",)}),
        ({"description": "Wir öffnen unsere Turnhalle"}, {"description": "Wir kochen"}),
    ],
)
def test_the_nearer_the_more_fitting_and_the_fresher_come_first(
    tmp_path: Path, better: dict[str, object], worse: dict[str, object]
) -> None:
    made = country()
    for key, said in (("b-better", better), ("a-worse", worse)):
        made.actor(
            actor(
                key,
                name="Verein",
                resources=("rooms",),
                assured_on=said.get("assured"),
                languages=said.get("languages"),
                description=said.get("description"),
            ),
            place=str(said.get("place", "")),
            serves=str(said.get("serves", "")),
            fields=said.get("fields", ()),  # type: ignore[arg-type] # mixed table
            groups=said.get("groups", ()),  # type: ignore[arg-type] # mixed table
        )
    made.request(
        request("r", name="Turnhalle für arabischsprachige Eltern", resources=("rooms",)),
        place="10001001",
        fields=["school"],
        groups=["parents"],
    )
    assert names(ask(made, tmp_path, "request:r")) == ["b-better", "a-worse"]


def test_members_of_the_alliance_that_asks_do_not_support_themselves(tmp_path: Path) -> None:
    made = country()
    alliance = NodeKey("alliance:x")
    made.records.append(Alliance(key=alliance, name="Bündnis"))
    for key in ("in", "out"):
        made.actor(actor(key, resources=("rooms",)), place="10001001")
    made.edge(EdgeType.MEMBER_OF, NodeKey("actor:in"), alliance)
    made.edge(EdgeType.ACTS_IN, alliance, NodeKey("municipality:10001001"))
    made.request(request("r", resources=("rooms",)), by=alliance)
    answer = ask(made, tmp_path, "request:r")
    assert names(answer) == ["out"]
    assert answer.suggestions[0].contributions[1].other == "same-place"  # the place of the alliance


def test_a_request_that_found_nothing_reports_who_came_later(tmp_path: Path) -> None:
    made = country()
    made.request(request("r", resources=("rooms",)), place="10001001")
    made.request(request("closed", resources=("rooms",), status="withdrawn"), place="10001001")
    made.actor(actor("early", resources=("money",)), place="10001001")
    assert names(ask(made, tmp_path, "request:r")) == []
    made.actor(actor("new", resources=("rooms",)), place="10002001")
    after = ranker(made, tmp_path / "after")
    assert after.news(ON, frozenset({NodeKey("actor:early")})) == []
    (answer,) = after.news(ON, frozenset({NodeKey("actor:new")}))
    assert (answer.key, names(answer), answer.earlier) == (NodeKey("request:r"), ["new"], 0)
    made.actor(actor("another", resources=("rooms",)))
    (again,) = ranker(made, tmp_path / "more").news(ON, frozenset({NodeKey("actor:another")}))
    assert (names(again), again.earlier) == (["another"], 1)


def test_languages_are_known_by_code_and_by_name() -> None:
    assert language_code("Arabisch") == language_code("ar") == language_code("Arabic") == "ar"
    assert language_code("de-CH") == "de"
    assert language_code("Hausdialekt") == "hausdialekt"
    assert named_languages("Wer spricht Dari oder arabischsprachig?", ["ar", "dari", "fr"]) == {"ar", "dari"}
    assert named_languages("Der Garten ist groß", ["ar", "de"]) == frozenset()


def test_an_unknown_key_is_refused_and_empty_stores_answer(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        ask(country(), tmp_path, "request:none")
    assert ranker(Made(records=[]), tmp_path / "empty").news(ON, frozenset()) == []
    made = Made(records=[])
    made.request(request("r"))
    assert ask(made, tmp_path / "alone", "request:r").suggestions == ()


def test_many_are_ranked_as_each_is_explained(tmp_path: Path) -> None:
    chance = np.random.default_rng(5)
    made = country()
    towns = ["10001", "10001001", "10001002", "10002001", ""]
    words = ["Turnhalle", "Sprachcafé", "Nachhilfe", "Fahrdienst", "Kochen"]
    for i in range(300):
        made.actor(
            actor(
                f"a{i:03}",
                name=" ".join(chance.choice(words, 2)),
                resources=tuple(chance.choice(["rooms", "money", "training"], int(chance.integers(3)), replace=False)),
                languages=tuple(chance.choice(["ar", "fr", "prs"], int(chance.integers(3)), replace=False)),
                assured_on=date(int(chance.integers(2010, 2025)), 1, 1) if i % 3 else None,
            ),
            place=towns[i % 5],
            serves=towns[int(chance.integers(5))],
            fields=["school"] if i % 2 else [],
        )
    made.request(
        request("r", name="Turnhalle, auch arabisch oder französisch", resources=("rooms", "money")),
        place="10001001",
        fields=["school", "housing"],
    )
    fitted = ranker(made, tmp_path)
    answer = fitted.answer(SupporterQuestion(NodeKey("request:r"), ON), limit=1000)
    order = [(-round(each.score, 12), each.key) for each in answer.suggestions]
    assert len(order) > 100
    assert order == sorted(order)
    assert {each.fit for each in answer.suggestions} == {"resources", "field"}
    few = fitted.answer(SupporterQuestion(NodeKey("request:r"), ON), limit=3)
    assert few.suggestions == answer.suggestions[:3]
