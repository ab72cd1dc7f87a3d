"""What is done about an offer in one click: it still holds, a note what could be better, and taking back."""

from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from api.http.caching import today
from api.http.viewer import Role, require
from api.pages.forms import editor
from api.pages.frame import local_path
from graph_service.keys import Label, NodeKey

offer_actions = Blueprint("offer_actions", __name__)


@offer_actions.post("/offers/<string(maxlength=200):id>/confirm")
def confirm_offer(id: str) -> Response:
    """It still holds: confirmed as of today."""
    require(Role.EDITOR)
    offer = NodeKey.of(Label.OFFER, id)
    found = editor().read(offer)
    if found.row.get("assured_on") == today():
        return _on("confirmed", 0)
    return _on("confirmed", editor().change(offer, {"assured_on": today()}, found.version).revision)


@offer_actions.post("/offers/<string(maxlength=200):id>/improvement")
def note_improvement(id: str) -> Response:
    """Keep, or take away, what could be better."""
    require(Role.EDITOR)
    offer = NodeKey.of(Label.OFFER, id)
    found = editor().read(offer)
    note = request.form.get("note", "").strip()[:2000]
    if note == (found.row.get("improvement_note") or ""):
        return _on("noted", 0)
    return _on("noted", editor().change(offer, {"improvement_note": note or None}, found.version).revision)


@offer_actions.post("/undo")
def undo() -> Response:
    """Take back what was just entered, and lead back."""
    require(Role.EDITOR)
    editor().undo(request.form.get("revision", 0, type=int))
    return _on("undone", 0)


def _on(done: str, revision: int) -> Response:
    """Back to the page that the form was on, with what was done."""
    path = local_path(request.form.get("next"), "/offers").partition("#")[0].partition("?")[0]
    query = {"done": done} | ({"revision": str(revision)} if revision else {})
    return redirect(f"{path}?{urlencode(query)}", 303)
