"""/session, /password: sign in and out, and set a forgotten password."""

from typing import Any

from flask import Response

from api.http.access import requires
from api.http.auth import remote_address, require_session, sign_in, sign_out
from api.http.blueprint import Blueprint
from api.http.current import services
from api.http.viewer import Role
from api.json import to_json
from api.mail.account_links import send_forgotten
from api.resources.me import shown
from api.schemas.accounts import ForgottenBody, LinkedPasswordBody, Me, SignInBody

session = Blueprint("session", __name__, description="Signing in and out.")


@session.route("/session", methods=["POST"])
@session.arguments(SignInBody)
@session.answers(Me, 201)
def begin_session(body: dict[str, Any]) -> Response:
    """Sign in with e-mail address and password; the answer sets the session's cookie."""
    account = services().accounts.sign_in.with_password(body["email"], body["password"], remote_address())
    response = Response(status=201, content_type="application/json")
    sign_in(response, account, "password")
    response.set_data(to_json(shown(account.id)))
    return response


@session.route("/session", methods=["DELETE"])
@requires(Role.READER)
@session.response(204)
def end_session() -> Response:
    """Sign out."""
    require_session()
    return sign_out(Response(status=204))


@session.route("/password/links", methods=["POST"])
@session.arguments(ForgottenBody)
@session.response(202)
def send_password_link(body: dict[str, Any]) -> Response:
    """Send a link for a new password by mail. The answer is the same whether there is such an account or not."""
    send_forgotten(services(), body["email"], remote_address())
    return Response(status=202)


@session.route("/password", methods=["PUT"])
@session.arguments(LinkedPasswordBody)
@session.response(204)
def set_linked_password(body: dict[str, Any]) -> Response:
    """Set a new password with the secret of a link; all sessions of the account end."""
    services().accounts.sign_in.password_by_link(body["link"], body["password"])
    return Response(status=204)
