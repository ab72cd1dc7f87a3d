"""What forms that change records share: what is wrong, in words beside its field, and who was quicker."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from api.editing.editor import Editor
from api.editing.rows import Row, read_row
from api.http.current import services, snapshot, words
from api.http.errors import STATUS, PreconditionFailed
from api.http.viewer import viewer
from api.language import N_
from api.messages import describe_details, describe_difference
from api.pages.frame import term
from api.pages.names import name_of
from api.pages.record_words import PROPERTIES
from graph_service.errors import Ambiguous, GraphServiceError, Place
from graph_service.exchange import Table, vocabulary_of
from graph_service.keys import Label, NodeKey

MEANWHILE = N_("Somebody else has changed this meanwhile. What you entered is kept: look at it, and send it again.")
NO_LABELS: Mapping[str, str] = {}
_NAMED = {"provider": Label.ACTOR, "municipalities": Label.MUNICIPALITY, "practices": Label.PRACTICE}
"""Columns that hold keys of records."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a form was not taken: sentences, each about a field, or about all of it where that is ""."""

    problems: tuple[tuple[str, str], ...] = ()
    candidates: tuple[tuple[str, str], ...] = ()
    """Local key and name of what an ambiguous name may mean."""
    status: int = 200

    def of(self, *fields: str) -> list[str]:
        """What is wrong with these fields."""
        return [sentence for field, sentence in self.problems if field in fields]


RIGHT = Wrong()
"""Nothing is wrong."""


def editor() -> Editor:
    """The viewer at work on pages."""
    return Editor(services(), viewer(), snapshot(), "page")


def wrong_with(error: GraphServiceError, labels: Mapping[str, str] = NO_LABELS, otherwise: str = "") -> Wrong:
    """What an error says about a form; ``otherwise`` is the field that one is about which names no column."""
    several = describe_details(error, words()) if isinstance(error, Ambiguous) else ()
    lines = (line.partition("  ") for line in several)
    candidates = tuple((NodeKey(key).local, name) for key, _, name in lines)
    column = error.place.column or otherwise
    return Wrong(((column, said(error, labels, column)),), candidates, STATUS[error.code])


def said(error: GraphServiceError, labels: Mapping[str, str] = NO_LABELS, column: str = "") -> str:
    """What is wrong, as a sentence about the form; ``labels`` are what it calls its columns."""
    speak = words()
    if isinstance(error, Ambiguous):
        return speak("Several are called that. Enter the key of the one you mean.")
    if isinstance(error, PreconditionFailed):
        return speak(MEANWHILE)
    column = column or error.place.column
    text = (
        speak("missing: {what}", what=speak.phrase(error.expected))
        if error.found == "nothing"
        else describe_difference(error.expected, error.found, Place(), speak)
    )
    label = labels.get(column) or PROPERTIES.get(column, "")
    return f"{speak(label)}: {text}" if label else text


def meanwhile(table: Table, told: Mapping[str, object], row: Row, labels: Mapping[str, str]) -> Wrong:
    """What is recorded by now where a form says something else; nothing is wrong where it says the same."""
    speak, wanted = words(), read_row(table, told)
    different = tuple(
        (
            column,
            speak(
                "{label}: by now “{value}” is recorded.",
                label=speak(labels.get(column) or PROPERTIES.get(column, column)),
                value=", ".join(_values(table, column, row)) or speak("nothing"),
            ),
        )
        for column in told
        if _ordered(wanted.get(column)) != _ordered(row.get(column))
    )
    return Wrong((("", speak(MEANWHILE)), *different), (), STATUS[PreconditionFailed.code]) if different else RIGHT


def _ordered(value: object) -> object:
    """Lists of a row say the same in any order."""
    return sorted(map(str, value)) if isinstance(value, tuple) else value


def _values(table: Table, column: str, row: Row) -> Iterator[str]:
    value, kind = row.get(column), vocabulary_of(table, column)
    for each in value if isinstance(value, tuple) else () if value is None else (value,):
        if isinstance(each, date):
            yield words().date(each)
        elif column in _NAMED:
            yield name_of(NodeKey.of(_NAMED[column], str(each)))
        elif column == "topics":
            yield term(*str(each).partition(".")[::2])
        else:
            yield term(kind, str(each)) if kind else str(each)
