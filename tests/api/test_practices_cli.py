"""Practices read like advice from a colleague, come whole for programs, and nothing is promised where nothing fits."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from records import Made, filled

Run = Callable[..., Result]
ON = ("--on", "2025-06-01", "--lens", "all-indicators")


@pytest.fixture
def told(kompass: Run, tmp_path: Path) -> Run:
    """A store with one practice that works, one that failed, and one that was decided against."""
    made = Made()
    for i, share in enumerate([10, 11, 20, 60], 1):
        made.district(f"1000{i}", share)
    made.practice("lotsen", name="Bildungslotsen", challenges=["school-seats"], evidence="evaluated")
    made.applied("lotsen", "10002", status="embedded", since=date(2018, 1, 1))
    made.decided("10003", "lotsen", "adapted", on=date(2020, 1, 1))
    made.practice("bus", name="Schulbus", challenges=["school-seats"])
    made.applied("bus", "10004", status="ended-failed", outcome="zu weite Wege")
    made.decided("10003", "bus", "rejected", reason="kein Geld")
    filled(made, tmp_path).close()

    def run(*args: object, **extra: object) -> Result:
        return kompass("--store", f"sqlite:///{tmp_path / 'made.db'}", *args, **extra)

    return run


def test_the_answer_says_what_where_why_who_followed_and_what_to_watch_out_for(told: Run) -> None:
    said = " ".join(told("practices", "10001", "--challenge", "school-seats", *ON).stdout.split())
    assert "Ort 10001: ein Praxisansatz kann bei „Schulplatzmangel, Wartezeiten“ helfen: Bildungslotsen." in said
    assert "Erfasst für Ort 10002 (Regelangebot, seit 01.01.2018, ähnlicher als" in said
    assert "Beleg der Wirkung (evaluiert)" in said
    assert "Wer kam nach wem: Ort 10002" in said
    assert "angepasst übernommen" in said
    assert "„Schulbus“ wurde in Ort 10004 ohne Erfolg beendet; weil: zu weite Wege" in said
    assert "Ort 10003 hat sich gegen „Schulbus“ entschieden; weil: kein Geld" in said


def test_json_has_every_reason_and_they_sum_to_the_score(told: Run) -> None:
    answer = json.loads(told("practices", "10001", "--challenge", "school-seats", *ON, "--format", "json").stdout)
    assert {"revision", "coverage", "suggestions", "cautions", "weights", "lens", "on", "dated"} <= answer.keys()
    assert answer["dated"] == ["2018-01-01", "2020-01-01"]
    (found,) = answer["suggestions"]
    assert found["score"] == pytest.approx(sum(c["amount"] for c in found["contributions"]))
    assert found["key"] == "practice:lotsen"
    assert len(answer["cautions"]) == 2


def test_csv_has_a_row_for_each_practice(told: Run) -> None:
    out = told("practices", "10001", "--challenge", "school-seats", *ON, "--format", "csv").stdout
    (row,) = csv.DictReader(io.StringIO(out))
    assert (row["practice"], row["municipality"], row["status"]) == ("lotsen", "10002", "embedded")


def test_it_says_when_nothing_fits_and_what_there_is_instead(told: Run) -> None:
    said = " ".join(told("practices", "10001", "--challenge", "kita-places", *ON).stdout.split())
    assert "kein erfasster Praxisansatz passt zu „Fehlende Kitaplätze“" in said
    assert "Schulplatzmangel, Wartezeiten (2)" in said


def test_wrong_use_and_unknown_challenges_are_said(told: Run) -> None:
    assert "--challenge" in told("practices", "10001", code=2).stderr
    assert "die Kennung einer Herausforderung" in told("practices", "10001", "--challenge", "x", code=1).stderr


def test_a_store_without_practices_figures_or_anything_gets_a_helpful_answer(
    loaded: Run, kompass: Run, tmp_path: Path
) -> None:
    said = loaded("practices", "90001", "--challenge", "school-seats").stdout
    assert "Noch sind keine Praxisansätze erfasst" in said
    empty = kompass("--store", f"sqlite:///{tmp_path / 'e.db'}", "practices", "X", "--challenge", "overview", code=1)
    assert "kompass demo" in empty.stderr


def test_the_bundled_sample_answers(kompass: Run) -> None:
    kompass("demo")
    answer = json.loads(kompass("practices", "08119", "--challenge", "overview", "--format", "json").stdout)
    assert len(answer["suggestions"]) == 5
    assert answer["suggestions"][0]["fit"] == "challenge"
    assert answer["undated"] > 0
