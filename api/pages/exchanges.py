"""Exchanges between municipalities: proposed, prepared, held, followed up, and what became of them."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode

from flask import Blueprint, redirect, render_template, request
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from api.editing.editor import Editor
from api.editing.exchanges import DECISIONS, NEXT
from api.editing.rights import Rights
from api.files.calendar import calendar
from api.http.caching import today
from api.http.current import services, snapshot, words
from api.http.errors import STATUS
from api.http.viewer import Role, require, viewer
from api.language import N_
from api.messages import describe_difference
from api.pages.frame import record_url, term
from api.pages.record_words import PROPERTIES
from api.pages.sign_in import refusal
from api.questions.exchanges import ExchangeFound, Preparation, calendar_entry, fields_about, find_exchange, prepare
from api.questions.inventory import practices
from api.words.exchanges import PHASES, Phase, alike, checklist, phase_of, questions, unlike
from api.words.suggestions import Explainer
from graph_service.errors import Ambiguous, GraphServiceError, InvalidValue, Place
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType, Exchange
from graph_service.vocabulary import load_vocabulary
from matching.about import targets
from matching.naming.municipalities import plain
from matching.peers.challenges import SEVERITY
from matching.practices.records import FAILED

exchanges = Blueprint("exchange_pages", __name__)

Page = Response | str | tuple[str, int]
WAY = ("wish", "proposed", "agreed", "held", "follow-up-3", "follow-up-12")
"""The stations of every exchange; a decision follows."""
DONE = {
    "created": N_("The exchange is entered."),
    "changed": N_("The exchange is changed."),
    "moved": N_("The exchange has moved on."),
    "undone": N_("It is taken back; everything is as before."),
}
MOST_PAIRS = 4


@dataclass(frozen=True, slots=True)
class Step:
    """A station on the way: its name, when it was reached, and whether it is the present one."""

    name: str
    day: str
    reached: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """An exchange in the list."""

    key: NodeKey
    name: str
    state: str
    day: date | None
    towns: tuple[tuple[str, str], ...]
    about: str


@dataclass(frozen=True, slots=True)
class Pair:
    """The preparation of two sides in words."""

    own: str
    other: str
    closeness: str
    alike: list[str]
    unlike: list[str]
    sides: tuple[tuple[str, list[tuple[str, str, str]], list[tuple[str, str]]], ...]
    """For each side its name, its practices with their state, and its offers."""
    challenges: list[tuple[str, str, str]]
    questions: list[str]


@exchanges.get("/exchanges")
def list_exchanges() -> str:
    """Every exchange that may be seen, by state."""
    found = list(_all())
    state = request.args.get("state", "").strip()[:40]
    state = state if load_vocabulary().find("exchange_state", state) else ""
    shown = [each for each in found if not state or each.state == state]
    order = {id: i for i, id in enumerate(each.id for each in load_vocabulary().terms("exchange_state"))}
    shown.sort(key=lambda each: (order.get(each.state, -1), each.day or date.max, plain(each.name)))
    upcoming = sorted(
        (each for each in found if each.day and each.day >= today() and each.state in ("proposed", "agreed")),
        key=lambda each: each.day or date.max,
    )
    return render_template(
        "exchanges.html",
        total=len(found),
        shown=shown,
        state=state,
        states=[(id, sum(each.state == id for each in found)) for id in order if any(e.state == id for e in found)],
        upcoming=upcoming[0] if upcoming else None,
        may_enter=viewer().role.covers(Role.EDITOR),
    )


@exchanges.route("/exchanges/new", methods=("GET", "POST"))
def propose() -> Page:
    """The form for a new exchange, filled as far as the address says."""
    if request.method == "GET":
        given: dict[str, object] = {
            "with": _known(request.args.getlist("with")),
            "practice": request.args.get("practice", "")[:200],
            "topic": request.args.get("topic", "")[:100],
            "format": request.args.get("format", "")[:60],
            "state": "proposed",
            "idempotency": secrets.token_hex(8),
        }
        return _form(given)
    require(Role.EDITOR)
    entered = []

    def work() -> None:
        told = _told() | {"state": "wish" if request.form.get("state") == "wish" else "proposed"}
        entered.append(_editor().create("exchanges", told, request.form.get("idempotency", "")[:40]))

    error = refusal(work)
    if error:
        return _form(_sent(), error), STATUS[error.code]
    return _to(entered[0].key, "created", entered[0].revision)


@exchanges.get("/exchanges/<local:id>")
def show_exchange(id: str) -> str:
    """One exchange: where it stands, what comes next, and what to think of."""
    return _page(find_exchange(_editor(), NodeKey.of(Label.EXCHANGE, id)))


@exchanges.route("/exchanges/<local:id>/edit", methods=("GET", "POST"))
def change_exchange(id: str) -> Page:
    """Title, sides, topic, format and date of an exchange."""
    require(Role.EDITOR)
    found = find_exchange(_editor(), NodeKey.of(Label.EXCHANGE, id))
    if request.method == "GET":
        given: dict[str, object] = {
            "title": found.record.name,
            "with": list(found.municipalities),
            "practice": found.practices[0].local if found.practices else "",
            "topic": found.topics[0] if found.topics else "",
            "format": found.record.format or "",
            "planned_on": found.record.planned_on or "",
            "description": found.record.description or "",
            "version": found.version,
        }
        return _form(given, exchange=found)
    changed = []

    def work() -> None:
        blank = dict.fromkeys(("title", "format", "planned_on", "description", "practices", "topics"))
        told = blank | _told() | _others(found)
        changed.append(_editor().change(found.key, told, request.form.get("version", "")[:64]))

    error = refusal(work)
    if error:
        return _form(_sent(), error, found), STATUS[error.code]
    return _to(found.key, "changed", changed[0].revision)


@exchanges.route("/exchanges/<local:id>/state", methods=("GET", "POST"))
def move(id: str) -> Page:
    """The next state; whoever only looks is led to the exchange."""
    if request.method == "GET":
        return redirect(f"/exchanges/{quote(id)}", 303)
    require(Role.EDITOR)
    found = find_exchange(_editor(), NodeKey.of(Label.EXCHANGE, id))
    moved = []

    def work() -> None:
        state = request.form.get("state", "")
        place = request.form.get("municipality", "").strip()
        decided_by = NodeKey.of(Label.MUNICIPALITY, place) if place and state in DECISIONS else None
        moved.append(
            _editor().move_exchange(
                found.key,
                state,
                _day(request.form.get("on", "")) or today(),
                request.form.get("version", "")[:64],
                reason=request.form.get("reason", "").strip(),
                decided_by=decided_by,
            )
        )

    error = refusal(work)
    if error:
        return _page(found, error), STATUS[error.code]
    return _to(found.key, "moved", moved[0].revision)


@exchanges.get("/exchanges/<local:id>/preparation")
def show_preparation(id: str) -> str:
    """A sheet to send ahead: what both sides share, where one is further, and what is worth asking."""
    found = find_exchange(_editor(), NodeKey.of(Label.EXCHANGE, id))
    explainer = Explainer(snapshot().projection, words())
    fields = fields_about(snapshot(), found)
    first, *others = found.municipalities or (None,)
    told = [prepare(snapshot(), first, other, fields) for other in others[:MOST_PAIRS]] if first else []
    return render_template(
        "exchange_preparation.html",
        found=found,
        facts=_facts(found),
        fields=[term("field", each) for each in sorted(fields)],
        pairs=[_pair(each, explainer) for each in told],
        checks=checklist(found.record.format, Phase.DURING, explainer),
        most=SEVERITY,
        sources=explainer.sources(
            dict.fromkeys(c.feature for each in told if each.pair for c in each.pair.contributions)
        ),
    )


@exchanges.get("/exchanges/<local:id>/calendar.ics")
def export_calendar(id: str) -> FlaskResponse:
    """The exchange for a calendar."""
    found = find_exchange(_editor(), NodeKey.of(Label.EXCHANGE, id))
    url = f"{services().settings.url or request.host_url.rstrip('/')}/exchanges/{quote(found.key.local)}"
    entry = calendar_entry(found, snapshot().projection, url)
    response = FlaskResponse(
        calendar([entry], services().store_identity, words()), content_type="text/calendar; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{found.key.local}.ics"'
    return response


def _all() -> Iterator[Listed]:
    projection = snapshot().projection
    involved = targets(projection, EdgeType.INVOLVES, Label.EXCHANGE)
    about = targets(projection, EdgeType.ABOUT, Label.EXCHANGE)
    for node in projection.nodes(Label.EXCHANGE):
        if isinstance(node, Exchange):
            yield Listed(
                node.key,
                node.name or node.key.local,
                node.state or "",
                node.held_on or node.planned_on,
                tuple((_name(each), record_url(each)) for each in involved.get(node.key, ())),
                ", ".join(_name(each) for each in about.get(node.key, ())),
            )


def _page(found: ExchangeFound, error: GraphServiceError | None = None) -> str:
    speak = words()
    explainer = Explainer(snapshot().projection, speak)
    node = found.record
    day = node.held_on or node.planned_on
    phase = phase_of(node.state, today=day == today())
    following = NEXT.get(node.state or "", ())
    return render_template(
        "exchange.html",
        found=found,
        answer=_answer(found),
        facts=_facts(found),
        steps=list(_steps(found)),
        course=[(term("exchange_state", each.state), each.on) for each in found.stations],
        cancelled=node.state == "cancelled",
        decisions=[
            (_name(event.municipality), known.name, record_url(known.key), term("decision", event.kind), event)
            for known in practices(snapshot())
            if known.key in found.practices
            for event in known.events
            if event.kind in DECISIONS and event.municipality in found.municipalities
        ],
        following=[(each, term("exchange_state", each)) for each in following],
        decides=bool(DECISIONS & set(following)),
        towns=[(each.local, _name(each)) for each in found.municipalities],
        may_move=Rights(viewer(), snapshot()).covers(found.key) and bool(following),
        phases=[
            (speak(title), checklist(node.format, each, explainer), each is phase) for each, title in PHASES.items()
        ],
        dated=day is not None,
        day=today(),
        done=speak(DONE.get(request.args.get("done", ""), "")),
        undo=request.args.get("revision", 0, type=int),
        problem=_said(error) if error else "",
        sent=request.form if error else {},
        signed_in=viewer().account is not None,
    )


def _answer(found: ExchangeFound) -> str:
    """Who, about what, and where it stands."""
    speak, node = words(), found.record
    towns = speak.list(_name(each) for each in found.municipalities) or speak("Nobody yet")
    state = term("exchange_state", node.state) if node.state else speak("not said")
    if node.held_on:
        return speak("{towns}: held on {day}; now: {state}.", towns=towns, day=speak.date(node.held_on), state=state)
    if node.planned_on:
        return speak(
            "{towns}: planned for {day}; now: {state}.", towns=towns, day=speak.date(node.planned_on), state=state
        )
    return speak("{towns}: no date yet; now: {state}.", towns=towns, state=state)


def _facts(found: ExchangeFound) -> list[tuple[str, str, str]]:
    """Label, text and address."""
    speak, node = words(), found.record
    facts = [(speak("Municipality"), _name(each), record_url(each)) for each in found.municipalities]
    facts += [(speak("Practice approach"), _name(each), record_url(each)) for each in found.practices]
    facts += [(speak("Topic"), term(*each.partition(".")[::2]), record_url(f"concept:{each}")) for each in found.topics]
    if node.format:
        facts.append((speak("Format"), term("exchange_format", node.format), ""))
    for day, label in ((node.planned_on, "Planned on"), (node.held_on, "Held on")):
        if day:
            facts.append((speak(label), speak.date(day), ""))
    return facts


def _steps(found: ExchangeFound) -> Iterator[Step]:
    """The stations on the way; those that the journal does not know are told without a day."""
    speak, node = words(), found.record
    days = {each.state: speak.date(each.on) for each in found.stations}
    if node.held_on:
        days["held"] = speak.date(node.held_on)
    present = node.state or ""
    at = WAY.index(present) if present in WAY else len(WAY) if present in DECISIONS else -1
    for i, state in enumerate(WAY):
        passed = i < at and (state in days or i <= WAY.index("held"))
        told = days.get(state) or (speak("left out") if i < at and found.stations else "")
        yield Step(term("exchange_state", state), told, passed, state == present)
    decided = present if present in DECISIONS else ""
    name = term("exchange_state", decided) if decided else speak("decision: practice adopted, adapted or not adopted")
    yield Step(name, days.get(decided, ""), False, bool(decided))


def _pair(told: Preparation, explainer: Explainer) -> Pair:
    speak = explainer.words

    def rated(value: float | None) -> str:
        return speak("not rated") if value is None else speak.number(value)

    return Pair(
        told.own.name,
        told.other.name,
        explainer.closeness(told.pair) if told.pair else "",
        alike(told, explainer),
        unlike(told, explainer),
        tuple(
            (
                side.name,
                [
                    (known.name, record_url(known.key), _status(event.status, failed=event.failed))
                    for known, event in side.practices
                ],
                [(each.name, record_url(each.key)) for each in side.offers],
            )
            for side in (told.own, told.other)
        ),
        [(explainer.term("challenge", id), rated(mine), rated(theirs)) for id, mine, theirs in told.challenges],
        list(questions(told, explainer)),
    )


def _status(status: str, *, failed: bool) -> str:
    return term("practice_status", status or (FAILED if failed else "")) if status or failed else ""


def _form(
    given: dict[str, object], error: GraphServiceError | None = None, exchange: ExchangeFound | None = None
) -> str:
    speak = words()
    chosen = given.get("with", ())
    keys = [each for each in chosen if isinstance(each, NodeKey)] if isinstance(chosen, list) else []
    if not given.get("title"):
        given["title"] = _title(keys, str(given.get("topic", "")))
    return render_template(
        "exchange_form.html",
        given=given,
        exchange=exchange,
        towns=[(each.local, _name(each), Explainer(snapshot().projection, speak).place(each)) for each in keys],
        practices=_practice_options(keys),
        topics=_topic_options(),
        formats=[("", speak("not settled yet")), *_options("exchange_format")],
        problem=_said(error) if error else "",
        candidates=error.candidates if isinstance(error, Ambiguous) else (),
        wrong=(error.place.column or "") if error else "",
        may_enter=viewer().role.covers(Role.EDITOR),
        back=request.full_path.rstrip("?"),
    )


def _title(keys: Sequence[NodeKey], topic: str) -> str:
    """A title to begin with."""
    names = words().list(_name(each) for each in keys)
    kind, _, id = topic.partition(".")
    return ": ".join(filter(None, (term(kind, id) if id else "", names)))


def _options(kind: str) -> list[tuple[str, str]]:
    return [(each.id, term(kind, each.id)) for each in load_vocabulary().terms(kind) if not each.deprecated]


def _topic_options() -> list[tuple[str, list[tuple[str, str]]]]:
    speak = words()
    found = [("", [("", speak("none"))])]
    for kind, label in (("field", speak("Fields of action")), ("challenge", speak("Challenges"))):
        found.append((label, [(f"{kind}.{id}", text) for id, text in _options(kind)]))
    return found


def _practice_options(keys: Sequence[NodeKey]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Practices that the sides have first, then all others."""
    speak = words()
    here: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for known in practices(snapshot()):
        applied = any(event.municipality in keys and not event.failed for event in known.events)
        (here if applied else others).append((known.key.local, known.name))
    groups = [("", [("", speak("none"))])]
    if here:
        groups.append((speak("At work in one of them"), here))
    return [*groups, (speak("Others"), sorted(others, key=lambda each: plain(each[1])))]


def _known(codes: Sequence[str]) -> list[NodeKey]:
    known = snapshot().projection.known
    found = (known(f"municipality:{code[:60]}") for code in codes[:12])
    return list(dict.fromkeys(each for each in found if each is not None))


def _told() -> dict[str, object]:
    """What the form says, as a row; raises NotFound, Ambiguous, InvalidValue."""
    keys = _known(request.form.getlist("with"))
    for text in request.form.getlist("add"):
        if text.strip():
            keys.append(snapshot().municipality(text.strip()[:200]))
    keys = list(dict.fromkeys(keys))
    if len(keys) < 2:
        raise InvalidValue(N_("two municipalities or more"), f"{len(keys)}", Place(column="municipalities"))
    told: dict[str, object] = {"municipalities": [each.local for each in keys]}
    for name in ("title", "format", "planned_on", "description"):
        if text := request.form.get(name, "").strip():
            told[name] = text
    if practice := request.form.get("practice", "").strip():
        told["practices"] = [practice]
    if topic := request.form.get("topic", "").strip():
        told["topics"] = [topic]
    if "practices" not in told and "topics" not in told:
        raise InvalidValue(N_("a practice or a topic"), "nothing", Place(column="topics"))
    return told


def _others(found: ExchangeFound) -> dict[str, object]:
    """Further practices and topics, which the form does not show, stay."""
    kept: dict[str, object] = {}
    for name, sent, rest in (
        ("practices", request.form.get("practice", "").strip(), [each.local for each in found.practices[1:]]),
        ("topics", request.form.get("topic", "").strip(), list(found.topics[1:])),
    ):
        if rest:
            kept[name] = [*([sent] if sent else []), *(each for each in rest if each != sent)]
    return kept


def _sent() -> dict[str, object]:
    fields = ("title", "practice", "topic", "format", "planned_on", "description", "state", "version", "idempotency")
    sent: dict[str, object] = {name: request.form.get(name, "") for name in fields}
    return sent | {"with": _known(request.form.getlist("with")), "add": request.form.getlist("add")}


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidValue("a date such as 2024-12-31", text[:40], Place(column="on")) from None


def _said(error: GraphServiceError) -> str:
    if isinstance(error, Ambiguous):
        return words()("Several are called that. Which one do you mean?")
    speak = words()
    label = PROPERTIES.get(error.place.column or "", "")
    text = (
        speak("missing: {what}", what=speak.phrase(error.expected))
        if error.found == "nothing"
        else describe_difference(error.expected, error.found, Place(), speak)
    )
    return f"{speak(label)}: {text}" if label else text


def _name(key: NodeKey) -> str:
    projection = snapshot().projection
    if key.label is Label.CONCEPT:
        return term(*key.local.partition(".")[::2])
    return projection.name(key.label, projection.position(key)) if projection.known(key) else key.local


def _editor() -> Editor:
    return Editor(services(), viewer(), snapshot(), "page")


def _to(key: NodeKey, done: str, revision: int) -> Response:
    return redirect(f"/exchanges/{quote(key.local)}?{urlencode({'done': done, 'revision': revision})}", 303)
