"""The short form for an offer: entering one, and changing one that is there."""

import secrets
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from api.http.caching import today
from api.http.current import snapshot, words
from api.http.errors import PreconditionFailed
from api.http.viewer import Role, require, viewer
from api.language import N_
from api.pages.forms import RIGHT, Wrong, editor, meanwhile, wrong_with
from api.pages.frame import record_url, term
from api.pages.names import name_of
from api.pages.sign_in import refusal
from api.questions.providers import EXPECTED, find_provider, providers_for
from graph_service.errors import GraphServiceError
from graph_service.exchange import TABLES
from graph_service.keys import Label, NodeKey
from graph_service.vocabulary import load_vocabulary

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
    "status": N_("Offer status"),
    "funded_until": N_("Funded until"),
    "assured_on": N_("Last confirmed"),
    "improvement_note": N_("What could be better"),
}
"""What the columns of an offer are called in forms and pasted tables."""


@offer_forms.route("/municipalities/<string:code>/offers/new", methods=("GET", "POST"))
def enter_offer(code: str) -> Page:
    """The short form for one offer."""
    if request.method == "GET" and not viewer().role.covers(Role.EDITOR):
        return who_may_enter(code)
    require(Role.EDITOR)
    key = snapshot().municipality(code)
    if request.method == "GET":
        return _form(key, {"status": "active", "idempotency": secrets.token_hex(8)})
    entered = []

    def work() -> None:
        told = _told(key) | {"municipalities": [key.local], "assured_on": today()}
        entered.append(editor().create("offers", told, request.form.get("idempotency", "")[:40]))

    error = refusal(work)
    if error:
        wrong = _wrong(error)
        return _form(key, _sent(), wrong), wrong.status
    return back_to_inventory(key, "created", entered[0].revision)


@offer_forms.route("/offers/<string(maxlength=200):id>/edit", methods=("GET", "POST"))
def change_offer(id: str) -> Page:
    """The same form for an offer that is there."""
    require(Role.EDITOR)
    offer = NodeKey.of(Label.OFFER, id)
    found = editor().read(offer)
    places = _strings(found.row.get("municipalities", ()))
    key = snapshot().municipality(request.values.get("municipality", places[0] if places else ""))
    if request.method == "GET":
        return _form(key, _recorded(found.row) | {"version": found.version}, offer=offer)
    changed = []

    def told() -> dict[str, object]:
        return dict.fromkeys((*TEXTS, *LISTS, "languages", "provider")) | _told(key)

    error = refusal(lambda: changed.append(editor().change(offer, told(), request.form.get("version", "")[:64])))
    if isinstance(error, PreconditionFailed):
        wrong = meanwhile(TABLES["offers"], told(), found.row, COLUMNS)
        if wrong is RIGHT:
            return back_to_inventory(key, "changed", 0)
        return _form(key, _sent() | {"version": found.version}, wrong, offer), wrong.status
    if error:
        wrong = _wrong(error)
        return _form(key, _sent(), wrong, offer), wrong.status
    return back_to_inventory(key, "changed", changed[0].revision)


def who_may_enter(code: str) -> str:
    """Instead of a form, for whoever may not enter anything."""
    key = snapshot().municipality(code)
    return render_template("offers_who.html", key=key, name=name_of(key), back=request.path)


def back_to_inventory(key: NodeKey, done: str, revision: int) -> Response:
    """To the inventory, which says what was done; 0 where nothing new was."""
    query = urlencode({"done": done, "revision": revision})
    return redirect(f"/municipalities/{quote(key.local)}/offers?{query}", 303)


def _wrong(error: GraphServiceError) -> Wrong:
    return wrong_with(error, COLUMNS, otherwise="provider" if error.expected == EXPECTED else "")


def _form(key: NodeKey, given: Mapping[str, object], wrong: Wrong = RIGHT, offer: NodeKey | None = None) -> str:
    speak = words()
    return render_template(
        "offer_form.html",
        key=key,
        name=name_of(key),
        offer=offer,
        offer_url=record_url(offer) if offer else "",
        given=given,
        wrong=wrong,
        kinds=[("", speak("not stated")), *_terms("offer_kind")],
        statuses=[("", speak("not stated")), *_terms("offer_status")],
        fields=_terms("field"),
        groups=_terms("target_group"),
        providers=sorted(providers_for(snapshot(), key)),
    )


def _terms(kind: str) -> list[tuple[str, str]]:
    return [(each.id, term(kind, each.id)) for each in load_vocabulary().terms(kind) if not each.deprecated]


def _recorded(row: Mapping[str, object]) -> dict[str, object]:
    """What is recorded of an offer, as the form has it."""
    given = {name: value for name, value in row.items() if name in (*TEXTS, *LISTS)}
    given["languages"] = ", ".join(_strings(row.get("languages", ())))
    if row.get("provider"):
        given["provider"] = name_of(NodeKey.of(Label.ACTOR, str(row["provider"])))
    return given


def _sent() -> dict[str, object]:
    """The form as it was sent, to be shown again."""
    fields = (*TEXTS, "languages", "provider", "version", "idempotency")
    sent: dict[str, object] = {name: request.form.get(name, "") for name in fields}
    return sent | {name: request.form.getlist(name) for name in LISTS}


def _told(key: NodeKey) -> dict[str, object]:
    """What the form says, as a row; what is left empty is not said. Raises NotFound for the provider."""
    told: dict[str, object] = {name: text for name in TEXTS if (text := request.form.get(name, "").strip())}
    for name in LISTS:
        if chosen := request.form.getlist(name):
            told[name] = chosen
    if languages := [part.strip() for part in request.form.get("languages", "").split(",") if part.strip()]:
        told["languages"] = languages
    if provider := request.form.get("provider", "").strip():
        told["provider"] = find_provider(snapshot(), providers_for(snapshot(), key), provider).local
    return told


def _strings(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple | list) else ()
