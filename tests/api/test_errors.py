"""Every error is one line on standard error that says what was expected, found, where, and what helps."""

import re
import subprocess
import sys
from inspect import signature
from pathlib import Path

import pytest

from api.cli.base import LazyGroup
from api.language import Words
from api.messages import ADVICE, ADVICE_ONLINE, describe_difference, describe_error
from graph_service import errors
from graph_service.errors import Ambiguous, GraphServiceError, InvalidPackage, Place

ROOT = Path(__file__).resolve().parents[2]


def classes(root: type[GraphServiceError] = GraphServiceError) -> list[type[GraphServiceError]]:
    return [root, *(found for child in root.__subclasses__() for found in classes(child))]


def example(kind: type[GraphServiceError]) -> GraphServiceError:
    if kind is Ambiguous:
        return Ambiguous("one municipality", "Mühlenkreis", (("municipality:1", "Mühlenkreis"),))
    if kind is InvalidPackage:
        return InvalidPackage(
            (errors.InvalidValue("a known key", "x", Place(line=3, column="key")),), Place(file="a.zip")
        )
    if kind.__init__ is not GraphServiceError.__init__:  # it finds its own words
        return kind(1) if len(signature(kind).parameters) == 1 else kind("x", ())
    return kind("a known key", "x\ny", Place(file="a.csv", line=3, column="key"))


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.code)
@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("advice", [ADVICE, ADVICE_ONLINE], ids=["terminal", "online"])
def test_every_error_is_one_line_with_advice(kind, language, advice):
    line = describe_error(example(kind), Words(language), advice)
    assert "\n" not in line
    assert kind.code in advice
    assert Words(language)(advice[kind.code]) in line


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.code)
def test_who_asks_over_the_network_is_not_sent_to_a_terminal(kind):
    line = describe_error(example(kind), Words("en"))
    assert not re.search(r"--[a-z]|`|KOMPASS_|\bkompass\b", line)


def test_what_was_noticed_is_counted_in_words():
    error = errors.SourceError("at least one record that can be imported", "ignored-file: 1, unknown-key: 12")
    assert "nicht gelesene Dateien: 1; unbekannte Schlüssel: 12" in describe_error(error, Words("de"))
    assert "Straße: 12" in describe_difference("a number", "Straße: 12", Place(), Words("de"))


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.code)
def test_every_error_code_is_documented(kind):
    assert f"`{kind.code}`" in (ROOT / "docs" / "errors.md").read_text("utf-8")


def test_an_error_says_where_and_what_in_german():
    error = errors.InvalidValue("a known key", "08118", Place(file="liste.csv", line=12, column="AGS"))
    assert describe_difference(error.expected, error.found, error.place, Words("de")) == (
        "liste.csv, Zeile 12, Spalte AGS: erwartet: ein bekannter Schlüssel; gefunden: 08118"
    )


def test_what_was_found_cannot_disturb_the_terminal():
    line = describe_difference("a number", "\x1b[31mred\x00\u202e", Place(), Words("en"))
    assert line.isprintable()


def test_a_mistake_says_how_to_see_more_and_debug_shows_it(kompass, monkeypatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(LazyGroup, "get_command", broken)
    assert "--debug" in kompass("datasets", code=1).stderr


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (MemoryError(), "The memory is used up."),
        (RecursionError(), "nested too deeply"),
        (PermissionError(13, "Permission denied", "secret.csv"), "secret.csv: Permission denied"),
        (KeyboardInterrupt(), "Interrupted"),
    ],
)
def test_limits_of_the_machine_are_a_line_too(kompass, monkeypatch, raised, said):
    def broken(*_: object) -> None:
        raise raised

    monkeypatch.setattr(LazyGroup, "get_command", broken)
    code = 130 if isinstance(raised, KeyboardInterrupt) else 1
    result = kompass("--lang", "en", "datasets", code=code)
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_wrong_use_is_2_and_says_what_helps(kompass):
    assert "kompass --help" in kompass("impotr", code=2).stderr
    assert "--farbe" in kompass("datasets", "--farbe", code=2).stderr
    assert "kompass import --help" in kompass("import", code=2).stderr


def test_wrong_use_speaks_german(kompass):
    assert kompass("impotr", code=2).stderr.startswith("Fehler: Es gibt keinen Befehl 'impotr'")


def test_a_wrong_setting_is_said_before_anything_is_done(kompass):
    assert "KOMPASS_LANG" in kompass("datasets", code=1, KOMPASS_LANG="fr").stderr


def test_a_reader_that_goes_away_early_is_no_error(loaded, store):
    command = [sys.executable, "-m", "api.cli.main", "--store", store, "show", "90001", "--format", "csv"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert not re.search("Traceback|Error|Fehler|Broken", said), said
