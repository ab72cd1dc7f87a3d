"""Entering offers: one in a short form, many from a spreadsheet; confirming, noting what could be better, undoing."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import Blueprint, redirect, render_template, request
from rapidfuzz import process
from werkzeug.wrappers import Response

from api.editing.editor import Editor
from api.editing.pasted import MOST_ROWS, Pasted, read_pasted
from api.http.caching import today
from api.http.current import services, snapshot, words
from api.http.errors import STATUS
from api.http.viewer import Role, require, viewer
from api.language import N_
from api.messages import describe_difference
from api.pages.frame import local_path, record_url, term
from api.pages.record_words import PROPERTIES
from api.pages.sign_in import refusal
from api.questions.directory import directory
from graph_service.errors import Ambiguous, GraphServiceError, NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import Level
from graph_service.projection import LEVELS
from graph_service.vocabulary import load_vocabulary
from matching.naming.municipalities import plain
from matching.peers.nearness import above, position_keys

offer_forms = Blueprint("offer_forms", __name__)

Page = Response | str | tuple[str, int]
TEXTS = ("name", "kind", "department", "status", "funded_until", "age_min", "age_max", "improvement_note")
LISTS = ("fields", "target_groups")
COLUMNS = {
    "name": N_("Offer"),
    "kind": N_("Kind"),
    "fields": N_("Fields of action"),
    "target_groups": N_("Target groups"),
    "provider": N_("Provider"),
    "department": N_("Department"),
    "languages": N_("Languages"),
    "age_min": N_("From age"),
    "age_max": N_("Up to age"),
    "status": N_("Status"),
    "funded_until": N_("Funded until"),
    "assured_on": N_("Last confirmed"),
    "improvement_note": N_("What could be better"),
}
"""What the columns of a pasted table are called on the page."""
MOST_TEXT = 400_000
NEAR_ENOUGH = 75


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a form: the field it is about, if it is about one, and a sentence."""

    field: str
    sentence: str


@offer_forms.route("/municipalities/<string:code>/offers/new", methods=("GET", "POST"))
def enter_offer(code: str) -> Page:
    """The short form for one offer."""
    if request.method == "GET" and not viewer().role.covers(Role.EDITOR):
        return _who_may(code)
    require(Role.EDITOR)
    key = snapshot().municipality(code)
    if request.method == "GET":
        return _form(key, {"status": "active", "idempotency": secrets.token_hex(8)})
    entered = []

    def work() -> None:
        told = _told(key) | {"municipalities": [key.local], "assured_on": today()}
        entered.append(_editor().create("offers", told, request.form.get("idempotency", "")[:40]))

    error = refusal(work)
    if error:
        return _form(key, _sent(), error), STATUS[error.code]
    return _back(key, "created", entered[0].revision)


@offer_forms.route("/offers/<string(maxlength=200):id>/edit", methods=("GET", "POST"))
def change_offer(id: str) -> Page:
    """The same form for an offer that is there."""
    require(Role.EDITOR)
    offer = NodeKey.of(Label.OFFER, id)
    found = _editor().read(offer)
    places = [str(each) for each in _strings(found.row.get("municipalities", ()))]
    code = request.values.get("municipality", places[0] if places else "")
    key = snapshot().municipality(code)
    if request.method == "GET":
        given = {name: value for name, value in found.row.items() if name in (*TEXTS, *LISTS)}
        given["languages"] = ", ".join(_strings(found.row.get("languages", ())))
        if found.row.get("provider"):
            given["provider"] = _name(NodeKey.of(Label.ACTOR, str(found.row["provider"])))
        return _form(key, {**given, "version": found.version}, offer=offer)
    changed = []

    def work() -> None:
        told = dict.fromkeys((*TEXTS, *LISTS, "languages", "provider")) | _told(key)
        changed.append(_editor().change(offer, told, request.form.get("version", "")[:64]))

    error = refusal(work)
    if error:
        return _form(key, _sent(), error, offer), STATUS[error.code]
    return _back(key, "changed", changed[0].revision)


@offer_forms.post("/offers/<string(maxlength=200):id>/confirm")
def confirm_offer(id: str) -> Response:
    """It still holds: confirmed as of today."""
    require(Role.EDITOR)
    offer = NodeKey.of(Label.OFFER, id)
    found = _editor().read(offer)
    if found.row.get("assured_on") == today():
        return _on("confirmed", 0)
    return _on("confirmed", _editor().change(offer, {"assured_on": today()}, found.version).revision)


@offer_forms.post("/offers/<string(maxlength=200):id>/improvement")
def note_improvement(id: str) -> Response:
    """Keep, or take away, what could be better."""
    require(Role.EDITOR)
    offer = NodeKey.of(Label.OFFER, id)
    found = _editor().read(offer)
    note = request.form.get("note", "").strip()[:2000]
    if note == (found.row.get("improvement_note") or ""):
        return _on("noted", 0)
    return _on("noted", _editor().change(offer, {"improvement_note": note or None}, found.version).revision)


@offer_forms.post("/undo")
def undo() -> Response:
    """Take back what was just entered, and lead back."""
    require(Role.EDITOR)
    _editor().undo(request.form.get("revision", 0, type=int))
    return _on("undone", 0)


@offer_forms.route("/municipalities/<string:code>/offers/paste", methods=("GET", "POST"))
def paste_offers(code: str) -> Page:
    """Rows from a spreadsheet: paste, look at what was understood, confirm."""
    if request.method == "GET" and not viewer().role.covers(Role.EDITOR):
        return _who_may(code)
    require(Role.EDITOR)
    key = snapshot().municipality(code)
    text = request.form.get("rows", "")[:MOST_TEXT]
    if request.method == "GET" or not text.strip():
        return _paste_page(key, text, None)
    pasted = read_pasted("offers", text, {"municipalities": [key.local]}, lambda cell: _provider(key, cell))
    if request.form.get("step") != "confirm" or not pasted.good:
        return _paste_page(key, text, pasted)
    entered = []

    def work() -> None:
        rows = [{"assured_on": today(), **each.row} for each in pasted.rows]
        entered.extend(_editor().create_all("offers", rows, request.form.get("idempotency", "")[:40]))

    error = refusal(work)
    if error:
        return _paste_page(key, text, pasted, _said(error)), STATUS[error.code]
    return _back(key, "pasted", entered[0].revision)


def _paste_page(key: NodeKey, text: str, pasted: Pasted | None, problem: str = "") -> str:
    speak = words()
    known = {plain(directory_name) for directory_name in _offer_names(key)}
    return render_template(
        "offers_paste.html",
        key=key,
        name=_name(key),
        text=text,
        pasted=pasted,
        problem=problem or (_said(pasted.problem) if pasted and pasted.problem else ""),
        labels={column: speak(label) for column, label in COLUMNS.items()},
        example="\t".join(speak(COLUMNS[each]) for each in ("name", "kind", "fields", "target_groups", "department")),
        problems={each.line: [_said(error) for error in each.problems] for each in pasted.rows} if pasted else {},
        wrong={each.line: {e.place.column for e in each.problems} for each in pasted.rows} if pasted else {},
        known={each.line for each in pasted.rows if plain(str(each.row.get("name", ""))) in known} if pasted else set(),
        bad=sum(bool(each.problems) for each in pasted.rows) if pasted else 0,
        most=MOST_ROWS,
        idempotency=secrets.token_hex(8),
        kinds=[each.label(speak.language) for each in load_vocabulary().terms("offer_kind")],
        fields=[each.label(speak.language) for each in load_vocabulary().terms("field")],
        groups=[each.label(speak.language) for each in load_vocabulary().terms("target_group")],
    )


def _form(
    key: NodeKey, given: Mapping[str, object], error: GraphServiceError | None = None, offer: NodeKey | None = None
) -> str:
    speak = words()
    wrong = Wrong(error.place.column or "", _said(error)) if error else None
    return render_template(
        "offer_form.html",
        key=key,
        name=_name(key),
        offer=offer,
        offer_url=record_url(offer) if offer else "",
        given=given,
        wrong=wrong,
        kinds=[("", speak("not said")), *_terms("offer_kind")],
        statuses=[("", speak("not said")), *_terms("offer_status")],
        fields=_terms("field"),
        groups=_terms("target_group"),
        providers=sorted(_providers(key)),
    )


def _terms(kind: str) -> list[tuple[str, str]]:
    return [(each.id, term(kind, each.id)) for each in load_vocabulary().terms(kind) if not each.deprecated]


def _sent() -> dict[str, object]:
    """The form as it was sent, to be shown again."""
    sent: dict[str, object] = {
        name: request.form.get(name, "") for name in (*TEXTS, "languages", "provider", "version", "idempotency")
    }
    return sent | {name: request.form.getlist(name) for name in LISTS}


def _told(key: NodeKey) -> dict[str, object]:
    """What the form says, as a row; what is left empty is not said. Raises NotFound, Ambiguous for the provider."""
    told: dict[str, object] = {name: text for name in TEXTS if (text := request.form.get(name, "").strip())}
    for name in LISTS:
        if chosen := request.form.getlist(name):
            told[name] = chosen
    if languages := [part.strip() for part in request.form.get("languages", "").split(",") if part.strip()]:
        told["languages"] = languages
    if provider := request.form.get("provider", "").strip():
        told["provider"] = _provider(key, provider)
    return told


def _providers(key: NodeKey) -> dict[str, NodeKey]:
    """The actors in a municipality, in what lies in it and in what it lies in, by name."""
    here = snapshot()
    known = directory(here, Label.ACTOR)
    mask = known.within(key)
    for area in position_keys(here.projection, above(here.projection, here.projection.position(key))):
        if here.projection.municipalities.level[here.projection.position(area)] >= LEVELS.index(Level.DISTRICT):
            mask = mask | known.within(area)
    found = {}
    for position in mask.nonzero()[0].tolist():
        found[here.projection.name(Label.ACTOR, position)] = here.projection.key(Label.ACTOR, position)
    return found


def _provider(key: NodeKey, text: str) -> str:
    """The key of the actor that a name or key means; raises NotFound."""
    projection = snapshot().projection
    known = projection.known(f"actor:{text}")
    if known is not None:
        return known.local
    names = _providers(key)
    for name, actor in names.items():
        if plain(name) == plain(text):
            return actor.local
    nearest = process.extractOne(text, names, score_cutoff=NEAR_ENOUGH)
    raise NotFound(N_("an actor that is recorded here; otherwise use the column Department"),
                   f"{text} ({nearest[2]}?)" if nearest else text)  # fmt: skip


def _offer_names(key: NodeKey) -> list[str]:
    here = snapshot()
    known = directory(here, Label.OFFER)
    return [here.projection.name(Label.OFFER, position) for position in known.within(key).nonzero()[0].tolist()]


def _said(error: GraphServiceError) -> str:
    """What is wrong, as a sentence about the form."""
    if isinstance(error, Ambiguous):
        return words()("Several are called that. Which one do you mean?")
    speak = words()
    column = error.place.column
    text = (
        speak("missing: {what}", what=speak.phrase(error.expected))
        if error.found == "nothing"
        else describe_difference(error.expected, error.found, type(error.place)(), speak)
    )
    label = COLUMNS.get(column) or PROPERTIES.get(column, "")
    return f"{speak(label)}: {text}" if label else text


def _name(key: NodeKey) -> str:
    projection = snapshot().projection
    return projection.name(key.label, projection.position(key)) if projection.known(key) else key.local


def _strings(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple | list) else ()


def _editor() -> Editor:
    return Editor(services(), viewer(), snapshot(), "page")


def _who_may(code: str) -> str:
    """Instead of a form, for whoever may not enter anything."""
    key = snapshot().municipality(code)
    return render_template("offers_who.html", key=key, name=_name(key), back=request.path)


def _back(key: NodeKey, done: str, revision: int) -> Response:
    query = urlencode({"done": done, "revision": revision})
    return redirect(f"/municipalities/{quote(key.local)}/offers?{query}", 303)


def _on(done: str, revision: int) -> Response:
    """Back to the page that the form was on, with what was done."""
    path = local_path(request.form.get("next"), "/offers").partition("#")[0].partition("?")[0]
    query = {"done": done} | ({"revision": str(revision)} if revision else {})
    return redirect(f"{path}?{urlencode(query)}", 303)
