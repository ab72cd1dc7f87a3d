"""/contacts: write to an office without knowing its address, and say where one's own office is reached."""

from typing import Any

from flask import Response

from api.editing.rights import Rights
from api.http.access import requires
from api.http.auth import require_session
from api.http.blueprint import Blueprint
from api.http.current import services, snapshot
from api.http.viewer import Role, viewer
from api.mail.contact_mail import ask, contacts
from api.schemas.contact import ContactBody, ContactShown, ContactsShown, MailboxBody, Reachable
from graph_service.errors import NotFound
from graph_service.keys import NodeKey

contact = Blueprint(
    "contact",
    __name__,
    url_prefix="/contacts",
    description="First contact between offices that do not know each other.",
)


@contact.route("")
@requires(Role.READER)
@contact.answers(ContactsShown)
def list_contacts() -> ContactsShown:
    """List the messages that one has sent lately, and what became of them."""
    found = contacts(services()).of(require_session())
    return ContactsShown(items=tuple(map(ContactShown.of, found)))


@contact.route("", methods=["POST"])
@requires(Role.READER)
@contact.arguments(ContactBody)
@contact.answers(ContactShown, 201)
def send_message(body: dict[str, Any]) -> ContactShown:
    """Write to the mailbox of a record. Neither side learns who the other is until the other side accepts."""
    account = services().accounts.registry.get(require_session())
    key = seen(body["key"])
    return ContactShown.of(ask(services(), snapshot(), account, key, body["subject"], body["text"]))


@contact.route("/mailboxes/<key:key>")
@requires(Role.READER)
@contact.answers(Reachable)
def get_mailbox(key: str) -> Reachable:
    """Tell whether a record has a mailbox; its address is told to nobody."""
    return Reachable(key=key, reachable=contacts(services()).mailbox(seen(key)) is not None)


@contact.route("/mailboxes/<key:key>", methods=["PUT"])
@requires(Role.EDITOR)
@contact.arguments(MailboxBody)
@contact.response(204)
def set_mailbox(body: dict[str, Any], key: str) -> Response:
    """Say where the office of a record is reached: editors for their own municipality, the programme office for all."""
    by = require_session(Role.EDITOR)
    contacts(services()).set_mailbox(_may_change(key), body["email"], body["until"], by=by)
    return Response(status=204)


@contact.route("/mailboxes/<key:key>", methods=["DELETE"])
@requires(Role.EDITOR)
@contact.response(204)
def remove_mailbox(key: str) -> Response:
    """Forget where the office of a record is reached."""
    require_session(Role.EDITOR)
    contacts(services()).remove_mailbox(_may_change(key))
    return Response(status=204)


def seen(key: str) -> NodeKey:
    """The record that a key stands for, if the viewer sees it; raises NotFound."""
    known = snapshot().projection.known(key)
    if known is None:
        raise NotFound("a known node", key)
    return known


def _may_change(key: str) -> NodeKey:
    """The record, if the viewer may edit it; raises NotFound, Forbidden."""
    known = seen(key)
    services().store.read(lambda reader: Rights(viewer(), snapshot()).check_record(reader, known))
    return known
