"""First contact: the form to write to an office, and the page on which that office answers without signing in."""

from collections.abc import Mapping

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from api.http.auth import require_session
from api.http.current import services, snapshot
from api.http.errors import STATUS
from api.mail.contact import LONGEST_SUBJECT, LONGEST_TEXT, Contact
from api.mail.contact_mail import answer, ask, contacts, name_of, open_contact
from api.pages.forms import RIGHT, Wrong
from api.pages.frame import local_path, record_url
from api.pages.names import name_of as called_here
from api.pages.sign_in import refusal, sentence
from api.resources.contact import seen
from graph_service.keys import NodeKey

first_contact = Blueprint("first_contact", __name__)

Page = str | Response | tuple[str, int]
LONGEST_BACK = 4000


@first_contact.get("/contact")
def show_form() -> Page:
    """The form for a message to the mailbox of a record (`to`, its key), begun with what the address says."""
    require_session()
    key = seen(request.args.get("to", ""))
    given = {
        "subject": request.args.get("subject", "")[:LONGEST_SUBJECT],
        "text": request.args.get("text", "")[:LONGEST_TEXT],
        "back": request.args.get("back", "")[:LONGEST_BACK],
    }
    return _page(key, given)


@first_contact.post("/contact")
def send_message() -> Page:
    """Send the message."""
    account = services().accounts.registry.get(require_session())
    key = seen(request.form.get("to", ""))
    given = {name: request.form.get(name, "") for name in ("subject", "text", "back")}
    error = refusal(lambda: ask(services(), snapshot(), account, key, given["subject"], given["text"]))
    if error and not _waits(account.id, key, given):
        wrong = Wrong(((error.place.column, sentence(error)),), (), STATUS[error.code])
        return _page(key, given, wrong), wrong.status
    return _page(key, given, sent=True)


def _waits(account: str, key: NodeKey, given: Mapping[str, str]) -> bool:
    """Whether this very message waits for an answer already: the form was sent twice."""
    said = (" ".join(given["subject"].split()), given["text"].strip())
    return any(each.key == key and (each.subject, each.text) == said for each in contacts(services()).of(account))


def _page(key: NodeKey, given: Mapping[str, str], wrong: Wrong = RIGHT, *, sent: bool = False) -> str:
    back = local_path(given["back"], record_url(key) or "/")
    return render_template(
        "contact.html", key=key, name=name_of(snapshot(), key), sent=sent, given=given, wrong=wrong, back=back
    )


@first_contact.get("/contact/<string(maxlength=400):signed>")
def show_message(signed: str) -> Page:
    """The message, for the office that it went to. Looking at it answers nothing: mail programs look at links, too."""
    return _message(open_contact(services(), signed))


@first_contact.post("/contact/<string(maxlength=400):signed>")
def answer_message(signed: str) -> Page:
    """Accept or decline."""
    asked = open_contact(services(), signed)
    said = request.form.get("answer")
    if said not in ("accept", "decline"):
        return _message(asked), 422
    answer(services(), signed, accepted=said == "accept")
    return _message(asked, done=said)


def _message(asked: Contact, *, done: str = "") -> str:
    known = snapshot().projection.known(asked.key)
    return render_template("contact_answer.html", asked=asked, done=done, name=called_here(asked.key) if known else "")
