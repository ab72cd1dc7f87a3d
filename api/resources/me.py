"""/me: the own account, its sessions and tokens, everything that is kept about it, and its end."""

from typing import Any

from flask import Response

from api.accounts.model import Scope
from api.accounts.records import Exported
from api.http.access import requires
from api.http.auth import remote_address, require_session, session_secret, sign_out
from api.http.blueprint import Blueprint
from api.http.current import services, snapshot
from api.http.viewer import Role, require, viewer
from api.json import to_json
from api.mail.notice_mail import notices
from api.mail.notices import Kind
from api.schemas.accounts import (
    ConfirmedBody,
    Me,
    MeBody,
    NoticeBody,
    NoticeShown,
    NoticesShown,
    PasswordBody,
    SessionsShown,
    TokenBody,
    TokenMade,
    TokenShown,
    TokensShown,
)
from graph_service.errors import NotFound
from graph_service.keys import NodeKey

me = Blueprint("me", __name__, url_prefix="/me", description="The own account.")


def shown(account: str) -> Me:
    """The account of whoever asks."""
    found = viewer()
    return Me(
        account=services().accounts.registry.get(account), via=found.via or "", scopes=tuple(sorted(found.scopes))
    )


@me.route("")
@requires(Role.READER)
@me.answers(Me)
def get_me() -> Me:
    """Tell who is signed in, or whose token this is."""
    return shown(require(Role.READER).account or "")


@me.route("", methods=["PATCH"])
@requires(Role.READER)
@me.arguments(MeBody)
@me.answers(Me)
def change_me(body: dict[str, Any]) -> Me:
    """Change name and language of the own account."""
    account = require_session()
    services().accounts.registry.change(account, name=body.get("name"), language=body.get("language"), by=account)
    return shown(account)


@me.route("/password", methods=["PUT"])
@requires(Role.READER)
@me.arguments(PasswordBody)
@me.response(204)
def change_password(body: dict[str, Any]) -> Response:
    """Replace the password; every session ends, this one too."""
    account = require_session()
    services().accounts.sign_in.change_password(account, body["old"], body["new"], remote_address())
    return sign_out(Response(status=204))


@me.route("/sessions")
@requires(Role.READER)
@me.answers(SessionsShown)
def list_sessions() -> SessionsShown:
    """List where the own account is signed in."""
    return SessionsShown(items=tuple(services().accounts.sessions.of(require_session())))


@me.route("/sessions", methods=["DELETE"])
@requires(Role.READER)
@me.response(204)
def end_other_sessions() -> Response:
    """End all sessions but this one."""
    services().accounts.sessions.revoke_all(require_session(), but=session_secret())
    return Response(status=204)


@me.route("/sessions/<local:id>", methods=["DELETE"])
@requires(Role.READER)
@me.response(204)
def end_one_session(id: str) -> Response:
    """End one session."""
    services().accounts.sessions.revoke(require_session(), id)
    return Response(status=204)


@me.route("/tokens")
@requires(Role.READER)
@me.answers(TokensShown)
def list_tokens() -> TokensShown:
    """List the own tokens; their secrets are known only to whoever made them."""
    return TokensShown(items=tuple(map(TokenShown.of, services().accounts.tokens.of(require_session()))))


@me.route("/tokens", methods=["POST"])
@requires(Role.READER)
@me.arguments(TokenBody)
@me.answers(TokenMade, 201)
def make_token(body: dict[str, Any]) -> TokenMade:
    """Make a token for a program; its secret is shown in this answer alone."""
    account = require_session()
    made, secret = services().accounts.tokens.create(
        account, body["name"], map(Scope, body["scopes"]), days=body["days"]
    )
    return TokenMade(token=TokenShown.of(made), secret=secret)


@me.route("/tokens/<local:id>", methods=["DELETE"])
@requires(Role.READER)
@me.response(204)
def revoke_token(id: str) -> Response:
    """Take back one of the own tokens."""
    services().accounts.tokens.revoke(require_session(), id)
    return Response(status=204)


@me.route("/notices")
@requires(Role.READER)
@me.answers(NoticesShown)
def list_notices() -> NoticesShown:
    """List of what one is told by mail."""
    return NoticesShown(items=tuple(map(NoticeShown.of, notices(services()).of(require_session()))))


@me.route("/notices", methods=["POST"])
@requires(Role.READER)
@me.arguments(NoticeBody)
@me.answers(NoticeShown, 201)
def add_notice(body: dict[str, Any]) -> NoticeShown:
    """Ask to be told by mail: of arrivals that can support a request, or of own records that should be confirmed."""
    account = require_session()
    if "request" not in body:
        return NoticeShown.of(notices(services()).add(account, Kind.FRESHNESS))
    request = NodeKey(body["request"])
    snapshot().projection.position(request)  # only what one sees
    return NoticeShown.of(notices(services()).add(account, Kind.ARRIVALS, request))


@me.route("/notices/<local:id>", methods=["DELETE"])
@requires(Role.READER)
@me.response(204)
def remove_notice(id: str) -> Response:
    """Not to be told any more."""
    account = require_session()
    if notices(services()).get(id).account != account:
        raise NotFound("the id of a notice", id)
    notices(services()).remove(id)
    return Response(status=204)


@me.route("/export")
@requires(Role.READER)
@me.answers(Exported)
def export_me() -> Response:
    """Everything that is kept about the own account, as JSON, without secrets."""
    exported = services().accounts.records.export(require_session())
    response = Response(to_json(exported, indent=True), content_type="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="account.json"'
    return response


@me.route("/erasure", methods=["POST"])
@requires(Role.READER)
@me.arguments(ConfirmedBody)
@me.response(204)
def erase_me(body: dict[str, Any]) -> Response:
    """Erase the own account and everything that is kept about it."""
    account = require_session()
    services().accounts.confirm(account, body["password"], remote_address())
    services().accounts.records.erase(account, by=account)
    return sign_out(Response(status=204))
