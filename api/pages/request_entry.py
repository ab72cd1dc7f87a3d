"""A request: entering it, taking it back, who could support it, and being told by mail who comes later."""

import hashlib
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from api.http.caching import today
from api.http.current import services, snapshot, words
from api.http.viewer import Role, require, viewer
from api.language import N_
from api.mail.contact_mail import contacts
from api.mail.notice_mail import notices
from api.pages.forms import RIGHT, Wrong, editor, wrong_with
from api.pages.frame import SIGN_IN, has_page, record_url
from api.pages.names import name_of
from api.pages.request_filters import terms_of
from api.pages.requests import LIST, MOST_MATCHES, matches
from api.pages.sign_in import refusal
from api.questions.records import known_key
from api.questions.supporters import find_supporters
from api.words.suggestions import Explainer
from api.words.supporters import cut_headline, scope
from graph_service.keys import Label, NodeKey
from graph_service.model import Visibility
from matching.naming.nodes import find_node

entry = Blueprint("request_entry", __name__)

LABELS = {
    "title": N_("What is looked for?"),
    "municipality": N_("Municipality"),
    "requester": N_("Who is looking"),
    "fields": N_("Field of action"),
    "target_groups": N_("Target group"),
}
"""What the form calls the columns of a request."""
TEXTS = ("title", "description", "municipality", "requester", "open_from", "open_until", "field", "group", "visibility")


@entry.get(f"{LIST}/<local:id>/supporters")
def show_supporters(id: str) -> str:
    """Who could support a request, with reasons."""
    here, speak = snapshot(), words()
    key = known_key(here, Label.REQUEST, id)
    answer = find_supporters(here, key, today(), limit=MOST_MATCHES)
    explainer = Explainer(here.projection, speak)
    account = viewer().account
    told = account is not None and any(each.subject == key for each in notices(services()).of(account))
    found = matches(answer, explainer)
    mailboxes = contacts(services()) if account is not None and services().settings.mail is not None else None
    return render_template(
        "requests_matches.html",
        key=key,
        name=answer.name,
        url=record_url(key),
        heading=speak("Who could support “{name}”?", name=answer.name),
        answer=cut_headline(answer, MOST_MATCHES, speak),
        scope=list(scope(answer, explainer, counted=len(answer.suggestions) < MOST_MATCHES)),
        matches=found,
        write={
            each.key: f"/contact?{urlencode({'to': each.key, 'back': request.path})}"
            for each in found
            if mailboxes is not None and mailboxes.mailbox(each.key) is not None
        },
        for_actor=False,
        state=answer.state,
        told=told,
        mail=services().settings.mail is not None,
        saved=request.args.get("saved", 0, type=int) if viewer().role.covers(Role.EDITOR) else 0,
        sign_in=f"{SIGN_IN}?{urlencode({'next': request.path})}" if account is None and has_page(SIGN_IN) else "",
    )


@entry.get(f"{LIST}/new")
def show_form() -> str:
    """The form for a new request."""
    require(Role.EDITOR)
    own = sorted(viewer().municipalities)
    given = {name: request.args.get(name, "").strip()[:2000] for name in TEXTS}
    if not given["municipality"] and own:
        given["municipality"] = name_of(own[0])
    return _form(
        given | {"visibility": given["visibility"] or Visibility.PUBLIC.value}, request.args.getlist("resource")
    )


@entry.post(f"{LIST}/new")
def enter() -> Response | tuple[str, int]:
    """Enter the request, and go on to who could support it."""
    require(Role.EDITOR)
    given = {name: request.form.get(name, "").strip() for name in TEXTS}
    resources = request.form.getlist("resource")
    ends, wrong = _ends(given)
    saved: list[tuple[NodeKey, int]] = []

    def save() -> None:
        same = hashlib.sha256(repr((sorted(given.items()), resources)).encode()).hexdigest()
        entered = editor().create("requests", _row(given, resources) | ends, same)
        saved.append((entered.key, entered.revision))

    error = None if wrong.problems else refusal(save)
    if error:
        wrong = wrong_with(error, LABELS)
    if wrong.problems:
        return _form(given, resources, wrong), wrong.status
    key, revision = saved[0]
    # sent once more it is there already, and nothing new is to be undone
    return redirect(f"{LIST}/{key.local}/supporters" + (f"?saved={revision}" if revision else ""), 303)


@entry.post(f"{LIST}/undo/<revision:revision>")
def undo(revision: int) -> Response:
    """Take a request back that was just entered."""
    require(Role.EDITOR)
    editor().undo(revision)
    return redirect(f"{LIST}?undone=yes", 303)


def _form(given: dict[str, str], resources: list[str], wrong: Wrong = RIGHT) -> str:
    return render_template(
        "requests_new.html",
        given=given,
        chosen=resources,
        resources=terms_of("resource"),
        fields=terms_of("field"),
        groups=terms_of("target_group"),
        wrong=wrong,
    )


def _ends(given: dict[str, str]) -> tuple[dict[str, object], Wrong]:
    """Where and who, as typed, for a row; and what of it is not clear."""
    here = snapshot()
    found: dict[str, object] = {}

    def find_place() -> None:
        found["municipality"] = here.municipality(given["municipality"]).local

    def find_requester() -> None:
        found["requester"] = find_node(here.projection, given["requester"], (Label.ALLIANCE, Label.ACTOR))

    wrong = RIGHT if given["title"] else Wrong((("title", words()("Say in a few words what is looked for.")),), (), 422)
    for name, find in (("municipality", find_place), ("requester", find_requester)):
        error = refusal(find) if given[name] else None
        if error:
            told = wrong_with(error, LABELS, otherwise=name)
            wrong = Wrong((*wrong.problems, *told.problems), (*wrong.candidates, *told.candidates), told.status)
    return found, wrong


def _row(given: dict[str, str], resources: list[str]) -> dict[str, object]:
    """What the form says besides where and who."""
    return {
        "title": given["title"],
        "description": given["description"],
        "resources": resources,
        "fields": [given["field"]] if given["field"] else [],
        "target_groups": [given["group"]] if given["group"] else [],
        "open_from": given["open_from"] or None,
        "open_until": given["open_until"] or None,
        "status": "open",
        "visibility": given["visibility"] or Visibility.PUBLIC.value,
    }
