"""What should be looked at again: the longest unconfirmed first, the own ones before, confirmed in one click."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from api.editing.editor import Editor
from api.http.caching import today
from api.http.current import services, snapshot, words
from api.http.errors import STATUS
from api.http.viewer import Role, require, viewer
from api.language import N_
from api.messages import describe_error
from api.pages.data_frame import HOME, age, done, name_of, part_of, tabs
from api.pages.frame import local_path, record_url, url_with
from api.pages.sign_in import refusal
from api.questions.confirmation import Aged, Watched, list_aged, place_of
from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey
from matching.naming.municipalities import plain

data_freshness = Blueprint("data_freshness", __name__, url_prefix=f"{HOME}/freshness")

KINDS = {
    Watched.ACTORS: N_("Actors"),
    Watched.OFFERS: N_("Offers"),
    Watched.REQUESTS: N_("Requests"),
    Watched.BODIES: N_("Bodies by law"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A record of the list."""

    key: NodeKey
    name: str
    url: str
    place: str
    said: str
    due: bool
    own: bool
    confirmable: bool


@data_freshness.get("")
def show_freshness() -> str:
    """The list."""
    return _page()


def _page(problem: str = "") -> str:
    here, speak, now = snapshot(), words(), today()
    lists = {what: list_aged(here, what, viewer().municipalities) for what in Watched}
    asked = request.args.get("what", "")
    first = next((what for what in Watched if lists[what]), Watched.ACTORS)
    what = Watched(asked) if asked in set(Watched) else first
    due = sum(each.due(now) for each in lists[what])
    shown = part_of(lists[what])
    return render_template(
        "data_freshness.html",
        tabs=tabs(),
        kinds=[
            (
                f"{speak(word)} ({speak.number(len(lists[each]))})",
                url_with(what=each, page=None, done=None, undone=None),
                each is what,
            )
            for each, word in KINDS.items()
        ],
        what=what.value,
        due=due,
        own=sum(each.own and each.due(now) for each in lists[what]),
        part=shown,
        items=[_shown(each) for each in shown.items],
        problem=problem,
        **done(),
    )


def _shown(each: Aged) -> Shown:
    place = place_of(snapshot(), each.key)
    editor = viewer().role.covers(Role.OFFICE) or (viewer().role.covers(Role.EDITOR) and each.own)
    return Shown(
        each.key,
        each.name,
        record_url(each.key),
        _beside(each.name, name_of(place)) if place else "",
        _said(each),
        each.due(today()),
        each.own,
        editor and each.key.label is not Label.REQUEST,
    )


def _beside(name: str, place: str) -> str:
    """A place as it stands beside a name; nothing where the name says it already."""
    return "" if plain(place.partition(" (")[0]) in plain(name) else place


def _said(each: Aged) -> str:
    speak = words()
    if each.key.label is Label.REQUEST:
        if each.since is None:
            return speak("open, not stated since when")
        return speak("open since {day} ({age})", day=speak.date(each.since), age=age(each.since))
    if each.since is None:
        return speak("never confirmed")
    return speak("confirmed on {day} ({age})", day=speak.date(each.since), age=age(each.since))


@data_freshness.post("")
def confirm() -> Response | tuple[str, int]:
    """Enter that a record is right today."""
    require(Role.EDITOR)
    here = snapshot()
    editor = Editor(services(), viewer(), here, "page")
    made: list[int] = []

    def enter() -> None:
        key = here.projection.known(request.form.get("key", ""))
        if key is None or key.label not in (Label.ACTOR, Label.OFFER):
            raise NotFound("a known node", request.form.get("key", ""))
        entered = editor.change(key, {"assured_on": today().isoformat()}, editor.read(key).version)
        made.append(entered.revision)

    error = refusal(enter)
    if error:
        return _page(describe_error(error, words())), STATUS[error.code]
    back = local_path(request.form.get("back"), f"{HOME}/freshness")
    return redirect(f"{back}{'&' if '?' in back else '?'}done={made[0]}", 303)
