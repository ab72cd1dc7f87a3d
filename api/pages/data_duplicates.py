"""Actors that are probably recorded twice: reasons for and against, and a decision of the office that can be undone."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from api.editing.editor import MOST_REASON, Editor
from api.editing.identity import Verdict, decide, take_back
from api.http.caching import today
from api.http.current import services, snapshot, words
from api.http.errors import STATUS
from api.http.viewer import Role, require, viewer
from api.messages import describe_error
from api.pages.data_frame import HOME, done, part_of, tabs
from api.pages.frame import local_path, record_url
from api.pages.sign_in import refusal
from api.questions.decisions import list_decisions
from api.questions.network import find_duplicates
from api.words.duplicates import ground, named_places
from api.words.network import Speaker
from graph_service.errors import InvalidValue
from graph_service.keys import NodeKey
from matching.duplicates.matcher import Duplicate

data_duplicates = Blueprint("data_duplicates", __name__, url_prefix=f"{HOME}/duplicates")

MOST = 2_000
EACH = 10
LIKELY = 0.8
"""From this score on a pair is called very likely one."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one, with what speaks for it and against."""

    one: NodeKey
    one_name: str
    one_url: str
    other: NodeKey
    other_name: str
    other_url: str
    likely: str
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]


@data_duplicates.get("")
def show_duplicates() -> str:
    """The pairs that nobody has decided about, and what was decided."""
    return _page()


def _page(problem: str = "") -> str:
    here = snapshot()
    found = part_of(find_duplicates(here, limit=MOST).suggestions, EACH)
    speaker = Speaker(here.projection, words())
    return render_template(
        "data_duplicates.html",
        tabs=tabs(),
        part=found,
        pairs=[_pair(each, speaker) for each in found.items],
        decisions=list_decisions(services(), here.audience).decisions,
        decides=viewer().role.covers(Role.OFFICE),
        problem=problem,
        most_reason=MOST_REASON,
        **done(),
    )


def _pair(each: Duplicate, speaker: Speaker) -> Pair:
    each = named_places(each, speaker)
    told = [reason for reason in each.contributions if round(reason.amount, 2)]
    speak = words()
    return Pair(
        each.twin,
        each.twin_name,
        record_url(each.twin),
        each.key,
        each.name,
        record_url(each.key),
        speak("very likely the same") if each.score >= LIKELY else speak("possibly the same"),
        tuple(ground(reason, speaker) for reason in told if reason.amount > 0),
        tuple(ground(reason, speaker) for reason in told if reason.amount < 0),
    )


@data_duplicates.post("")
def decide_pair() -> Response | tuple[str, int]:
    """Enter what two records are to each other."""

    def enter(editor: Editor) -> int:
        one, other = _sent("one"), _sent("other")
        verdict = request.form.get("verdict", "")
        if verdict not in set(Verdict):
            raise InvalidValue(f"one of {', '.join(Verdict)}", verdict)
        if request.form.get("kept") == one:
            one, other = other, one
        return decide(editor, Verdict(verdict), one, other, today(), request.form.get("reason", ""))

    return _entered(enter)


@data_duplicates.post("/taken-back")
def take_decision_back() -> Response | tuple[str, int]:
    """Take a decision back, so that the pair is proposed again."""
    return _entered(lambda editor: take_back(editor, _sent("one"), _sent("other")))


def _sent(name: str) -> NodeKey:
    return NodeKey(request.form.get(name, ""))


def _entered(enter: Callable[[Editor], int]) -> Response | tuple[str, int]:
    require(Role.OFFICE)
    made: list[int] = []
    error = refusal(lambda: made.append(enter(Editor(services(), viewer(), snapshot(), "page"))))
    if error:
        return _page(describe_error(error, words())), STATUS[error.code]
    back = local_path(request.form.get("back"), f"{HOME}/duplicates")
    return redirect(f"{back}{'&' if '?' in back else '?'}done={made[0]}", 303)
