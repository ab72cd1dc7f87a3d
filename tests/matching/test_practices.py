"""Practices against a challenge: scores are products that add up, failures warn, and nothing is made up."""

import math
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import Made, built

from graph_service.keys import NodeKey, municipality_key
from matching.peers.lens import EVERYTHING
from matching.practices.answers import PracticeAnswer, PracticeQuestion
from matching.practices.matcher import PracticeMatcher
from matching.product import BASE, Factor, as_sum

ON = date(2025, 6, 1)
HERE = "10001"


def asked(
    made: Made, folder: Path, limit: int = 10, among: set[NodeKey] | None = None, **question: str
) -> PracticeAnswer:
    """The answer for the first district, compared through all indicators of its level."""
    from dataclasses import replace

    from matching.peers.lens import Filters

    lens = replace(EVERYTHING, filters=Filters())
    ranker = PracticeMatcher(lens).fit(built(made, folder))
    question = question or {"challenge": "school-seats"}
    return ranker.answer(PracticeQuestion(municipality_key(HERE), ON, **question), limit=limit, among=among)


def country() -> Made:
    """Six districts; 10002 is nearest to 10001, 10006 farthest."""
    made = Made()
    for i, share in enumerate([10, 11, 13, 20, 30, 60], 1):
        made.district(f"1000{i}", share)
    return made


def names(answer: PracticeAnswer) -> list[str]:
    return [each.key.local for each in answer.suggestions]


@given(st.lists(st.tuples(st.floats(0.02, 1), st.floats(0.02, 0.99), st.floats(0.1, 3)), min_size=1, max_size=8))
def test_a_product_is_the_sum_of_its_reasons_and_what_is_unknown_adds_nothing(
    triples: list[tuple[float, float, float]],
) -> None:
    factors = [Factor(f"f{i}", *each) for i, each in enumerate(triples)]
    score, reasons = as_sum([*factors, Factor("unknown", 0.5, 0.5, known=False)])
    total = 1 + sum(weight for _, _, weight in triples)
    mean = math.prod(value ** (weight / total) for value, _, weight in triples) * 0.5 ** (1 / total)
    assert score == pytest.approx(mean, rel=1e-9)
    assert score == pytest.approx(sum(reason.amount for reason in reasons), abs=1e-12)
    by_feature = {reason.feature: reason for reason in reasons}
    assert by_feature["unknown"].amount == 0
    for factor in factors:  # better than unknown adds, worse takes away
        if abs(factor.value - factor.unknown) > 1e-12:
            assert np.sign(by_feature[factor.feature].amount) == np.sign(factor.value - factor.unknown)
    assert [r.amount for r in reasons] == sorted((r.amount for r in reasons), reverse=True)


def test_every_score_is_the_sum_of_its_reasons_and_the_mean_of_its_factors(tmp_path: Path) -> None:
    made = country()
    made.practice("a", challenges=["school-seats"], evidence="evaluated")
    made.practice("b", fields=["school"])
    made.applied("a", "10002", status="running", since=date(2020, 1, 1))
    made.applied("b", "10006", status="pilot")
    answer = asked(made, tmp_path)
    assert len(answer.suggestions) == 2
    for each in answer.suggestions:
        assert each.score == pytest.approx(sum(c.amount for c in each.contributions), abs=1e-12)
        assert each.score == pytest.approx(math.prod(f ** answer.weights[name] for name, f in each.factors.items()))
        assert BASE in {c.feature for c in each.contributions}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"place": "10002"}, {"place": "10006"}),
        ({"status": "embedded"}, {"status": "idea"}),
        ({"evidence": "evaluated"}, {"evidence": "none"}),
        ({"since": date(2024, 1, 1)}, {"since": date(2005, 1, 1)}),
        ({"challenges": ["school-seats"]}, {"challenges": ["late-entrants"]}),
        ({"challenges": ["late-entrants"]}, {"fields": ["school"]}),
    ],
)
def test_nearer_further_better_proven_fresher_and_more_fitting_practice_comes_first(
    tmp_path: Path, better: dict[str, object], worse: dict[str, object]
) -> None:
    made = country()
    for key, said in (("b-better", better), ("a-worse", worse)):
        about: dict[str, Sequence[str]] = {name: said[name] for name in ("challenges", "fields") if name in said}  # type: ignore[misc] # mixed table
        made.practice(key, **(about or {"challenges": ["school-seats"]}), evidence=str(said.get("evidence", "")))
        since = said.get("since", date(2020, 1, 1))
        assert isinstance(since, date)
        made.applied(key, str(said.get("place", "10003")), status=str(said.get("status", "running")), since=since)
    assert names(asked(made, tmp_path)) == ["b-better", "a-worse"]


def test_what_failed_is_a_warning_with_its_outcome_and_never_a_suggestion(tmp_path: Path) -> None:
    made = country()
    made.practice("kurs", challenges=["school-seats"])
    made.applied("kurs", "10002", status="ended-failed", outcome="Kein Raum gefunden")
    made.practice("bus", challenges=["school-seats"])
    made.applied("bus", "10003", status="running")
    made.decided("10002", "bus", "rejected", reason="zu weite Wege", on=date(2021, 5, 1))
    answer = asked(made, tmp_path)
    assert names(answer) == ["bus"]
    said = {(c.key.local, c.step.municipality.local, c.step.event.said) for c in answer.cautions}
    assert said == {("kurs", "10002", "Kein Raum gefunden"), ("bus", "10002", "zu weite Wege")}
    success = answer.suggestions[0].factors["success"]
    assert success == pytest.approx(2 / 4)  # one runs, one decided against


def test_a_failure_elsewhere_lowers_what_works_here(tmp_path: Path) -> None:
    made = country()
    for key in ("a", "b"):
        made.practice(key, challenges=["school-seats"])
        made.applied(key, "10002", status="running")
    made.applied("a", "10005", status="ended-failed")
    answer = asked(made, tmp_path)
    assert names(answer) == ["b", "a"]


def test_the_trail_is_ordered_by_date_and_says_how_near_each_is(tmp_path: Path) -> None:
    made = country()
    made.practice("a", challenges=["school-seats"])
    made.applied("a", "10006", status="running", since=date(2016, 1, 1))
    made.decided("10002", "a", "adapted", on=date(2018, 3, 1), reason="kleiner")
    made.applied("a", "10004")
    trail = asked(made, tmp_path).suggestions[0].trail
    assert [step.municipality.local for step in trail] == ["10006", "10002", "10004"]
    assert [step.event.kind for step in trail] == ["applied", "adapted", "applied"]
    near = [step.nearness for step in trail]
    assert near[1] is not None
    assert near[0] is not None
    assert near[1] > near[0]


def test_variants_of_one_practice_do_not_fill_the_list(tmp_path: Path) -> None:
    made = country()
    for i in range(6):
        made.practice(f"lotse{i}", challenges=["school-seats"], name=f"Bildungslotsen an Schulen {i}")
        made.applied(f"lotse{i}", "10002", status="embedded")
    made.practice("bus", challenges=["school-seats"], name="Fahrdienst zum Unterricht")
    made.applied("bus", "10005", status="idea")
    answer = asked(made, tmp_path, limit=3)
    assert names(answer) == ["lotse0", "bus"]
    assert {key.local for key in answer.suggestions[0].variants} == {f"lotse{i}" for i in range(1, 6)}


def test_among_chosen_practices_one_is_told_that_stands_behind_another_otherwise(tmp_path: Path) -> None:
    made = country()
    for i in range(3):
        made.practice(f"lotse{i}", challenges=["school-seats"], name=f"Bildungslotsen an Schulen {i}")
        made.applied(f"lotse{i}", "10002", status="embedded")
    made.practice("bus", challenges=["school-seats"], name="Fahrdienst zum Unterricht")
    made.applied("bus", "10005", status="ended-failed")
    everything = asked(made, tmp_path / "all")
    assert "lotse2" not in names(everything)
    assert [each.name for each in everything.cautions] == ["Fahrdienst zum Unterricht"]
    chosen = asked(made, tmp_path / "chosen", among={NodeKey("practice:lotse2")})
    assert [(each.rank, each.key.local, each.variants) for each in chosen.suggestions] == [(1, "lotse2", ())]
    assert chosen.cautions == ()


def test_what_runs_here_or_in_a_town_of_ours_is_said_and_not_suggested(tmp_path: Path) -> None:
    made = country()
    made.town("10001001", "10001")
    for key, place in (("a", "10001"), ("b", "10001001"), ("c", "10002")):
        made.practice(key, challenges=["school-seats"])
        made.applied(key, place, status="running")
    answer = asked(made, tmp_path)
    assert names(answer) == ["c"]
    assert [key.local for key, _ in answer.here] == ["a", "b"]


def test_a_practice_of_a_town_counts_by_its_district(tmp_path: Path) -> None:
    made = country()
    made.town("10002001", "10002")
    made.practice("a", challenges=["school-seats"])
    made.applied("a", "10002001", status="running")
    answer = asked(made, tmp_path)
    witness = answer.suggestions[0].witness
    assert witness is not None
    assert witness.municipality.local == "10002001"
    assert witness.nearness is not None
    assert answer.coverage == 1


def test_what_nobody_knows_neither_helps_nor_harms(tmp_path: Path) -> None:
    made = country()
    made.practice("a", challenges=["school-seats"])
    answer = asked(made, tmp_path)
    amounts = {c.feature: c.amount for c in answer.suggestions[0].contributions}
    assert amounts["peer"] == amounts["status"] == amounts["evidence"] == amounts["freshness"] == 0
    assert amounts["challenge"] > 0
    assert answer.suggestions[0].coverage < 0.5
    assert answer.coverage == 0


def test_text_finds_and_reorders(tmp_path: Path) -> None:
    made = country()
    made.practice("a", challenges=["school-seats"], name="Elternabende in der Kita")
    made.practice("b", challenges=["school-seats"], name="Mobile Klassen in Containern")
    made.practice("c", name="Schulcontainer")
    for key in "abc":
        made.applied(key, "10002", status="running")
    answer = asked(made, tmp_path, challenge="school-seats", text="Container als Klassenzimmer")
    assert names(answer)[0] == "b"
    assert "c" in names(answer)
    alone = asked(made, tmp_path / "again", text="Container")
    assert set(names(alone)) == {"b", "c"}


def test_it_says_honestly_when_nothing_fits(tmp_path: Path) -> None:
    made = country()
    made.practice("a", challenges=["interpreters"], name="Dolmetscherpool")
    answer = asked(made, tmp_path, challenge="kita-places")
    assert answer.suggestions == ()
    assert (answer.practices, answer.candidates) == (1, 0)
    assert answer.elsewhere == (("interpreters", 1),)
    assert asked(country(), tmp_path / "none").practices == 0


def test_thousands_of_applications_are_ranked(tmp_path: Path) -> None:
    made = Made()
    chance = np.random.default_rng(3)
    for i in range(60):
        made.district(f"{10001 + i}", float(chance.uniform(5, 40)))
    challenges = ["school-seats", "late-entrants", "interpreters", "kita-places"]
    for i in range(400):
        made.practice(f"p{i:03}", challenges=[challenges[i % 4]], name=f"Ansatz {chance.integers(1000)} Variante {i}")
        for place in chance.choice(60, 8, replace=False):
            year = date(int(chance.integers(2005, 2025)), 1, 1)
            made.applied(f"p{i:03}", f"{10001 + place}", status=["running", "pilot", "ended-failed"][i % 3], since=year)
    answer = asked(made, tmp_path)
    assert answer.candidates > 50
    assert len(answer.suggestions) == 10
    scores = [each.score for each in answer.suggestions]
    assert scores == sorted(scores, reverse=True)
    assert all(each.score == pytest.approx(sum(c.amount for c in each.contributions)) for each in answer.suggestions)


def test_an_unknown_challenge_and_an_empty_question_are_refused(tmp_path: Path) -> None:
    from graph_service.errors import InvalidValue, NotFound

    with pytest.raises(NotFound):
        asked(country(), tmp_path, challenge="no-such")
    with pytest.raises(InvalidValue):
        PracticeQuestion(NodeKey("municipality:1"), ON, text="  ")
