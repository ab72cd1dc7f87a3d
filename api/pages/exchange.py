"""One exchange: where it stands, what comes next, what to think of, and its entry for a calendar."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode

from flask import Blueprint, redirect, render_template, request
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from api.editing.exchanges import DECISIONS, NEXT
from api.editing.rights import Rights
from api.files.calendar import calendar
from api.http.caching import today
from api.http.current import services, snapshot, words
from api.http.errors import PreconditionFailed
from api.http.viewer import Role, require, viewer
from api.language import N_
from api.pages.forms import RIGHT, Wrong, editor, wrong_with
from api.pages.frame import record_url, term
from api.pages.names import name_of
from api.pages.sign_in import refusal
from api.questions.exchanges import ExchangeFound, calendar_entry, find_exchange
from api.questions.inventory import practices
from api.words.exchanges import PHASES, checklist, phase_of, steps, where_it_stands
from api.words.suggestions import Explainer
from graph_service.errors import InvalidValue, Place
from graph_service.keys import Label, NodeKey
from matching.practices.records import Event

one_exchange = Blueprint("one_exchange", __name__)

Page = Response | str | tuple[str, int]
AHEAD = ("wish", "proposed", "agreed", "cancelled")
"""States that say nothing of what was."""
Fact = tuple[str, str, str]
"""Label, text and address."""
DONE = {
    "created": N_("The exchange is entered."),
    "changed": N_("The exchange is changed."),
    "moved": N_("The exchange has moved on."),
    "undone": N_("It is taken back; everything is as before."),
}


@dataclass(frozen=True, slots=True)
class Decided:
    """What a municipality decided about a practice."""

    town: str
    practice: str
    url: str
    decision: str
    event: Event


@one_exchange.get("/exchanges/<local:id>")
def show_exchange(id: str) -> str:
    """One exchange: where it stands, what comes next, and what to think of."""
    return _page(exchange_of(id))


@one_exchange.route("/exchanges/<local:id>/state", methods=("GET", "POST"))
def move(id: str) -> Page:
    """The next state; whoever only looks is led to the exchange."""
    if request.method == "GET":
        return redirect(f"/exchanges/{quote(id)}", 303)
    require(Role.EDITOR)
    found = exchange_of(id)
    moved = []

    def work() -> None:
        state, reason = request.form.get("state", ""), request.form.get("reason", "").strip()
        place = request.form.get("municipality", "").strip()
        decided_by = NodeKey.of(Label.MUNICIPALITY, place) if place and state in DECISIONS else None
        day = _day(request.form.get("on", "")) or today()
        version = request.form.get("version", "")[:64]
        if day > today() and state not in AHEAD:
            raise InvalidValue(N_("a day that is not in the future"), day, Place(column="on"))
        moved.append(editor().move_exchange(found.key, state, day, version, reason=reason, decided_by=decided_by))

    error = refusal(work)
    if isinstance(error, PreconditionFailed) and _is_there(found):
        return exchange_done(found.key, "moved", 0)
    if error:
        wrong = wrong_with(error, {"reason": N_("Why"), "on": N_("On which day"), "state": N_("New state")})
        return _page(found, wrong), wrong.status
    return exchange_done(found.key, "moved", moved[0].revision)


@one_exchange.get("/exchanges/<local:id>/calendar.ics")
def export_calendar(id: str) -> FlaskResponse:
    """The exchange for a calendar."""
    found = exchange_of(id)
    url = f"{services().settings.url or request.host_url.rstrip('/')}/exchanges/{quote(found.key.local)}"
    entry = calendar_entry(found, [name_of(each) for each in found.municipalities], url)
    response = FlaskResponse(
        calendar([entry], services().store_identity, words()), content_type="text/calendar; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{found.key.local}.ics"'
    return response


def exchange_done(key: NodeKey, done: str, revision: int) -> Response:
    """To an exchange, which says what was done; 0 where nothing new was."""
    return redirect(f"/exchanges/{quote(key.local)}?{urlencode({'done': done, 'revision': revision})}", 303)


def exchange_of(id: str) -> ExchangeFound:
    """The exchange that an address names; raises NotFound."""
    return find_exchange(editor(), NodeKey.of(Label.EXCHANGE, id))


def _is_there(found: ExchangeFound) -> bool:
    """Whether the exchange is already where the form wants it: the form was sent twice."""
    reason = request.form.get("reason", "").strip()
    told = [found.record.description or "", *(each.event.said or "" for each in _decisions(found))]
    return found.record.state == request.form.get("state") and any(reason in each for each in told)


def _page(found: ExchangeFound, wrong: Wrong = RIGHT) -> str:
    speak = words()
    explainer = Explainer(snapshot().projection, speak)
    node = found.record
    day = node.held_on or node.planned_on
    phase = phase_of(node.state, today=day == today())
    following = NEXT.get(node.state or "", ())
    return render_template(
        "exchange.html",
        found=found,
        answer=where_it_stands(found, speak.list(map(name_of, found.municipalities)), explainer),
        facts=exchange_facts(found),
        steps=list(steps(found, explainer)),
        course=[(term("exchange_state", each.state), each.on) for each in found.stations],
        cancelled=node.state == "cancelled",
        decisions=_decisions(found),
        following=[(each, term("exchange_state", each)) for each in following],
        decides=bool(DECISIONS & set(following)),
        towns=[(each.local, name_of(each)) for each in found.municipalities],
        may_move=Rights(viewer(), snapshot()).covers(found.key) and bool(following),
        phases=[
            (speak(title), checklist(node.format, each, explainer), each is phase) for each, title in PHASES.items()
        ],
        dated=day is not None,
        day=today(),
        done=speak(DONE.get(request.args.get("done", ""), "")),
        undo=request.args.get("revision", 0, type=int),
        created=request.args.get("done") == "created",
        wrong=wrong,
        sent=request.form if wrong.problems else {},
        signed_in=viewer().account is not None,
    )


def _decisions(found: ExchangeFound) -> list[Decided]:
    return [
        Decided(name_of(event.municipality), known.name, record_url(known.key), term("decision", event.kind), event)
        for known in practices(snapshot())
        if known.key in found.practices
        for event in known.events
        if event.kind in DECISIONS and event.municipality in found.municipalities
    ]


def exchange_facts(found: ExchangeFound) -> list[Fact]:
    """Who is in it and what it is about, as far as it is settled."""
    speak, node = words(), found.record
    facts = [(speak("Municipality"), name_of(each), record_url(each)) for each in found.municipalities]
    facts += [(speak("Practice approach"), name_of(each), record_url(each)) for each in found.practices]
    facts += [(speak("Topic"), term(*each.partition(".")[::2]), record_url(f"concept:{each}")) for each in found.topics]
    if node.format:
        facts.append((speak("Format"), term("exchange_format", node.format), ""))
    for day, label in ((node.planned_on, "Planned on"), (node.held_on, "Held on")):
        if day:
            facts.append((speak(label), speak.date(day), ""))
    return facts


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidValue("a date such as 2024-12-31", text[:40], Place(column="on")) from None
