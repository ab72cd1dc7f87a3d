"""Finds out who is asking: a session's cookie from a browser, or a token from a program."""

from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from api.accounts.keys import TOKEN_PREFIX
from api.accounts.model import Account, Scope, Token
from api.http.current import services
from api.http.errors import Forbidden, Unauthorised
from api.http.viewer import ANONYMOUS, Role, Viewer, require, viewer
from api.service_settings import LOOPBACK

COOKIE: Final = "kompass_session"


def install_auth(app: Flask) -> None:
    """Have each request's viewer known before anything else looks at it."""
    app.before_request(_recognise)
    app.after_request(_forget_ended_session)


def _recognise() -> None:
    """A wrong token is refused; a session that has ended is nobody's, as if there were none."""
    g.viewer = ANONYMOUS
    said = request.headers.get("Authorization")
    if said is not None:
        g.viewer = _by_token(said)
        return
    secret = request.cookies.get(COOKIE)
    # who asks for a stylesheet makes no difference
    if secret and request.endpoint != "static":
        account = services().accounts.sessions.account(secret)
        g.session_ended = account is None
        if account is not None:
            g.viewer = viewer_of(account)


def _by_token(header: str) -> Viewer:
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip().startswith(TOKEN_PREFIX):
        raise Unauthorised("a token in the form Authorization: Bearer bk_…")
    found = services().accounts.tokens.find(secret.strip())
    if found is None:
        raise Unauthorised("a token that is neither expired nor revoked")
    return token_viewer(*found)


def viewer_of(account: Account) -> Viewer:
    """What an account may, signed in."""
    municipalities = frozenset([account.municipality] if account.municipality else [])
    return Viewer(account=account.id, role=account.role, municipalities=municipalities, via="session")


def token_viewer(account: Account, token: Token) -> Viewer:
    """What a token may: no more than its account now may, no more than it was made for, and never administer."""
    if {Scope.OFFICE, Scope.IMPORT} & token.scopes:
        most = Role.OFFICE
    else:
        most = Role.EDITOR if Scope.WRITE in token.scopes else Role.READER
    seen = viewer_of(account)
    return Viewer(
        account=seen.account,
        role=most if account.role.covers(most) else account.role,
        municipalities=seen.municipalities,
        via="token",
        scopes=frozenset(scope.value for scope in token.scopes),
    )


def require_session(role: Role = Role.READER) -> str:
    """The id of the account that is signed in; a token does not do. Raises Unauthorised, Forbidden."""
    found = require(role)
    if found.via != "session" or found.account is None:
        raise Forbidden("a session: tokens change neither accounts nor tokens", "token")
    return found.account


def sign_in(response: Response, account: Account, via: str) -> Response:
    """Begin a session in this browser, under a new secret; an earlier one ends."""
    secret = services().accounts.sessions.open(account.id, via, instead_of=request.cookies.get(COOKIE))
    # no max-age: the browser forgets it when it closes, and the service ends the session anyway
    response.set_cookie(COOKIE, secret, httponly=True, samesite="Lax", secure=must_be_secure())
    g.viewer = viewer_of(account)
    g.session_ended = False
    return response


def sign_out(response: Response) -> Response:
    """End this browser's session."""
    secret = request.cookies.get(COOKIE)
    if secret:
        services().accounts.sessions.close(secret)
    _drop_cookie(response)
    g.viewer = ANONYMOUS
    return response


def session_secret() -> str:
    """The secret of the session at hand, or nothing."""
    return request.cookies.get(COOKIE, "") if viewer().via == "session" else ""


def remote_address() -> str:
    """From where the request comes; behind a proxy what the proxy says, where that is set up."""
    return request.remote_addr or ""


def _forget_ended_session(response: Response) -> Response:
    if g.get("session_ended"):
        _drop_cookie(response)
    if viewer().account is not None or "Set-Cookie" in response.headers:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _drop_cookie(response: Response) -> None:
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=must_be_secure())


def must_be_secure() -> bool:
    """Whether the cookie travels over TLS alone: always, but for trying things out on the same machine."""
    return request.is_secure or urlsplit(f"//{request.host}").hostname not in LOOPBACK
