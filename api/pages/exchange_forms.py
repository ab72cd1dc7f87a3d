"""Proposing an exchange, with what an address says filled in, and changing one."""

import secrets
from collections.abc import Iterator, Mapping, Sequence

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from api.http.current import snapshot, words
from api.http.errors import PreconditionFailed
from api.http.viewer import Role, require, viewer
from api.language import N_
from api.pages.exchange import exchange_done, exchange_of
from api.pages.forms import RIGHT, Wrong, editor, meanwhile, wrong_with
from api.pages.frame import term
from api.pages.names import name_of
from api.pages.sign_in import refusal
from api.questions.exchanges import ExchangeFound
from api.questions.inventory import practices
from api.words.suggestions import Explainer
from graph_service.errors import InvalidValue, Place
from graph_service.exchange import TABLES
from graph_service.keys import NodeKey
from graph_service.vocabulary import load_vocabulary
from matching.naming.municipalities import plain

exchange_forms = Blueprint("exchange_forms", __name__)

Page = Response | str | tuple[str, int]
Given = Mapping[str, object]
Options = list[tuple[str, list[tuple[str, str]]]]
TEXTS = ("title", "format", "planned_on", "description")
LABELS = {
    "title": N_("Title"),
    "municipalities": N_("Who learns from whom"),
    "topics": N_("Topic"),
    "practices": N_("Practice approach"),
    "description": N_("What it is about"),
}
"""What the form calls the columns of an exchange."""
MOST_TOWNS = 12


@exchange_forms.route("/exchanges/new", methods=("GET", "POST"))
def propose() -> Page:
    """The form for a new exchange, filled as far as the address says."""
    if request.method == "GET":
        return _form(_asked())
    require(Role.EDITOR)
    entered = []

    def work() -> None:
        told = _told() | {"state": "wish" if request.form.get("state") == "wish" else "proposed"}
        entered.append(editor().create("exchanges", told, request.form.get("idempotency", "")[:40]))

    error = refusal(work)
    if error:
        wrong = wrong_with(error, LABELS, otherwise="municipalities")
        return _form(_sent(), wrong), wrong.status
    return exchange_done(entered[0].key, "created", entered[0].revision)


@exchange_forms.route("/exchanges/<local:id>/edit", methods=("GET", "POST"))
def change_exchange(id: str) -> Page:
    """Title, sides, topic, format and date of an exchange."""
    require(Role.EDITOR)
    found = exchange_of(id)
    if request.method == "GET":
        return _form(_recorded(found), exchange=found)
    changed = []

    def work() -> None:
        changed.append(editor().change(found.key, _changed(found), request.form.get("version", "")[:64]))

    error = refusal(work)
    if isinstance(error, PreconditionFailed):
        wrong = meanwhile(TABLES["exchanges"], _changed(found), editor().read(found.key).row, LABELS)
        if wrong is RIGHT:
            return exchange_done(found.key, "changed", 0)
        return _form({**_sent(), "version": found.version}, wrong, found), wrong.status
    if error:
        wrong = wrong_with(error, LABELS, otherwise="municipalities")
        return _form(_sent(), wrong, found), wrong.status
    return exchange_done(found.key, "changed", changed[0].revision)


def _asked() -> Given:
    """What the address says of a new exchange."""
    given = {name: request.args.get(name, "")[:200] for name in ("practice", "topic", "format", "group")}
    known = {"with": _known(request.args.getlist("with")), "state": "proposed", "idempotency": secrets.token_hex(8)}
    return {**given, **known}


def _recorded(found: ExchangeFound) -> Given:
    """What is recorded of an exchange, as the form has it."""
    return {
        "title": found.record.name,
        "with": list(found.municipalities),
        "practice": found.practices[0].local if found.practices else "",
        "topic": found.topics[0] if found.topics else "",
        "format": found.record.format or "",
        "planned_on": found.record.planned_on or "",
        "description": found.record.description or "",
        "version": found.version,
    }


def _sent() -> Given:
    """What was sent, to be shown again."""
    fields = (*TEXTS, "practice", "topic", "state", "version", "idempotency")
    sent: dict[str, object] = {name: request.form.get(name, "") for name in fields}
    return sent | {"with": _known(request.form.getlist("with")), "add": request.form.getlist("add")}


def _form(given: Given, wrong: Wrong = RIGHT, exchange: ExchangeFound | None = None) -> str:
    speak = words()
    chosen = given.get("with", ())
    keys = [each for each in chosen if isinstance(each, NodeKey)] if isinstance(chosen, list) else []
    if not given.get("title") and wrong is RIGHT:
        given = {**given, "title": _title(keys, str(given.get("topic", "")), str(given.get("group", "")))}
    return render_template(
        "exchange_form.html",
        given=given,
        exchange=exchange,
        towns=[(each.local, name_of(each), Explainer(snapshot().projection, speak).place(each)) for each in keys],
        practices=list(_practice_options(keys)),
        topics=_topic_options(),
        formats=[("", speak("not settled yet")), *_options("exchange_format")],
        wrong=wrong,
        may_enter=viewer().role.covers(Role.EDITOR),
        back=request.full_path.rstrip("?"),
    )


def _title(keys: Sequence[NodeKey], topic: str, group: str) -> str:
    """A title to begin with."""
    kind, _, id = topic.partition(".")
    about = term(kind, id) if id else ""
    if load_vocabulary().find("target_group", group):
        about = ", ".join(filter(None, (about, term("target_group", group))))
    return ": ".join(filter(None, (about, words().list(map(name_of, keys)))))


def _options(kind: str) -> list[tuple[str, str]]:
    return [(each.id, term(kind, each.id)) for each in load_vocabulary().terms(kind) if not each.deprecated]


def _topic_options() -> Options:
    speak = words()
    found: Options = [("", [("", speak("not chosen"))])]
    for kind, label in (("field", speak("Fields of action")), ("challenge", speak("Challenges"))):
        found.append((label, [(f"{kind}.{id}", text) for id, text in _options(kind)]))
    return found


def _practice_options(keys: Sequence[NodeKey]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Practices that the sides have first, then all others."""
    speak = words()
    here: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for known in practices(snapshot()):
        applied = any(event.municipality in keys and not event.failed for event in known.events)
        (here if applied else others).append((known.key.local, known.name))
    yield "", [("", speak("not chosen"))]
    if here:
        yield speak("At work in one of them"), here
    yield speak("Others"), sorted(others, key=lambda each: plain(each[1]))


def _known(codes: Sequence[str]) -> list[NodeKey]:
    known = snapshot().projection.known
    found = (known(f"municipality:{code[:60]}") for code in codes[:MOST_TOWNS])
    return list(dict.fromkeys(each for each in found if each is not None))


def _told() -> dict[str, object]:
    """What the form says, as a row; raises NotFound, Ambiguous, InvalidValue."""
    keys = _known(request.form.getlist("with"))
    keys += [snapshot().municipality(text.strip()[:200]) for text in request.form.getlist("add") if text.strip()]
    keys = list(dict.fromkeys(keys))
    if len(keys) < 2:
        raise InvalidValue(N_("two municipalities or more"), f"{len(keys)}", Place(column="municipalities"))
    told: dict[str, object] = {"municipalities": [each.local for each in keys]}
    told |= {name: text for name in TEXTS if (text := request.form.get(name, "").strip())}
    if practice := request.form.get("practice", "").strip():
        told["practices"] = [practice]
    if topic := request.form.get("topic", "").strip():
        told["topics"] = [topic]
    if "practices" not in told and "topics" not in told:
        raise InvalidValue(N_("a practice or a topic"), "nothing", Place(column="topics"))
    return told


def _changed(found: ExchangeFound) -> dict[str, object]:
    """What the form says of an exchange that is there; further practices and topics, which it does not show, stay."""
    told: dict[str, object] = {**dict.fromkeys((*TEXTS, "practices", "topics")), **_told()}
    for name, sent, rest in (
        ("practices", request.form.get("practice", "").strip(), [each.local for each in found.practices[1:]]),
        ("topics", request.form.get("topic", "").strip(), list(found.topics[1:])),
    ):
        if rest:
            told[name] = [*([sent] if sent else []), *(each for each in rest if each != sent)]
    return told
