"""The journal: who entered, changed or took back what and when, in words, with the way back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from api.editing.editor import Editor
from api.editing.history import EXCHANGED, Line, journal_before
from api.http.current import services, snapshot, words
from api.http.errors import STATUS
from api.http.viewer import Role, require, viewer
from api.language import N_
from api.messages import describe_error
from api.pages.data_conflicts import property_name, value_words
from api.pages.data_frame import HOME, tabs, title_of
from api.pages.frame import local_path, record_url, term, url_with
from api.pages.names import name_of
from api.pages.record_words import edge_words
from api.pages.sign_in import refusal
from api.questions.sources import list_sources
from graph_service.errors import NotFound
from graph_service.keys import NodeKey

data_journal = Blueprint("data_journal", __name__, url_prefix=f"{HOME}/journal")

EACH = 50
KINDS = {
    "new": N_("Entered"),
    "changed": N_("Changed"),
    "retired": N_("Taken back"),
    EXCHANGED: N_("Imported"),
}
ORIGINS = {
    "page": N_("on these pages"),
    "api": N_("by a program"),
    "link": N_("by a link in a mail"),
    "import": N_("by an import"),
    "contact": N_("on these pages"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One line in words: what was done to what, and each property before and after."""

    kind: str
    name: str
    url: str
    said: str
    differences: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What one person did at once."""

    revision: int
    at: datetime
    who: str
    through: str
    changes: tuple[Change, ...]
    more: int
    undoable: bool


@data_journal.get("")
def show_journal() -> str:
    """The latest steps."""
    require(Role.EDITOR)
    return _page()


def _page(problem: str = "") -> str:
    before = request.args.get("before", 0, type=int)
    key = request.args.get("key", "")[:300]
    if key and snapshot().projection.known(key) is None:
        raise NotFound("a known node", key)
    found = journal_before(_editor(), max(before, 0), EACH, key or None)
    steps = [_step(revision, list(lines)) for revision, lines in groupby(found.lines, lambda line: line.revision)]
    return render_template(
        "data_journal.html",
        tabs=tabs(),
        steps=steps,
        everything=viewer().role.covers(Role.OFFICE),
        older=url_with(before=found.before, undone=None) if found.before else "",
        newer=url_with(before=None, undone=None) if before else "",
        about=_name(key) if key else "",
        undone="undone" in request.args,
        back=url_with(undone=None),
        problem=problem,
    )


def _editor() -> Editor:
    return Editor(services(), viewer(), snapshot(), "page")


MOST_CHANGES = 10


def _step(revision: int, lines: list[Line]) -> Step:
    return Step(
        revision,
        lines[0].at,
        _who(lines[0].author or ""),
        words()(ORIGINS.get(lines[0].origin or "", N_("on the command line"))),
        tuple(_change(line) for line in lines[:MOST_CHANGES]),
        len(lines) - MOST_CHANGES,
        all(line.kind != EXCHANGED for line in lines),
    )


def _who(account: str) -> str:
    """Oneself; by name for the office; otherwise somebody."""
    speak = words()
    if not account:
        return speak("somebody who runs this installation")
    if account == viewer().account:
        return speak("You")
    if viewer().role.covers(Role.OFFICE):
        try:
            found = services().accounts.registry.get(account)
        except NotFound:
            return speak("an account that was erased")
        return found.name or found.email
    return speak("somebody")


def _change(line: Line) -> Change:
    speak = words()
    kind = speak(KINDS.get(line.kind, KINDS["changed"]))
    if line.kind == EXCHANGED:
        counts = [
            speak("{n} {what}", n=speak.number(count), what=speak(name))
            for name, count in line.changes.items()
            if count
        ]
        title = _titles().get(line.dataset, line.dataset)
        return Change(kind, speak("dataset {name}", name=title), "", speak.list(counts) if counts else "", ())
    before, after = line.before or {}, line.after or {}
    if line.type:
        sentence = f"{_name(line.source)} {term('edge_type', line.type)} {_name(line.target)}"
        return Change(kind, sentence, _url(line.source), edge_words(after or before), ())
    name = str(after.get("name") or before.get("name") or _name(line.source))
    return Change(kind, name, _url(line.source), "", tuple(_differences(NodeKey(line.source), before, after)))


def _titles() -> Mapping[str, str]:
    """What the datasets are called; one that is gone has only its id."""
    return {each.id: title_of(each.id, each.title) for each in list_sources(services(), snapshot().audience).items}


def _differences(
    key: NodeKey, before: Mapping[str, object], after: Mapping[str, object]
) -> Iterator[tuple[str, str, str]]:
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            old, new = (value_words(key.label, name, each.get(name)) for each in (before, after))
            yield property_name(name), old, new


def _name(key: str) -> str:
    """What a record or a term is called; its local key where it is gone."""
    node = NodeKey(key)
    projection = snapshot().projection
    known = projection.known(key)
    if known is None:
        return node.local
    return name_of(known)


def _url(key: str) -> str:
    return record_url(key) if snapshot().projection.known(key) else ""


@data_journal.post("/<revision:revision>/undo")
def undo(revision: int) -> Response | tuple[str, int]:
    """Take back what was done in one step."""
    require(Role.EDITOR)
    error = refusal(lambda: _editor().undo(revision))
    if error:
        return _page(describe_error(error, words())), STATUS[error.code]
    back = local_path(request.form.get("back"), f"{HOME}/journal")
    return redirect(f"{back}{'&' if '?' in back else '?'}undone=yes", 303)
