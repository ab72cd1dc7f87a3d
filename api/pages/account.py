"""The own account: what is kept, where one is signed in, tokens for programs, and the way out."""

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from api.accounts.model import NEEDED_ROLE, Scope
from api.accounts.tokens import LONGEST_DAYS
from api.http.auth import remote_address, require_session, session_secret, sign_out
from api.http.current import services, snapshot, words
from api.http.errors import STATUS
from api.http.viewer import Role
from api.json import to_json
from api.language import N_
from api.mail.notice_mail import notices
from api.mail.notices import Kind
from api.pages.names import name_of
from api.pages.sign_in import refusal, sentence
from api.resources.contact import seen
from api.settings import LANGUAGES
from graph_service.errors import GraphServiceError, InvalidValue, Place
from graph_service.keys import NodeKey

account = Blueprint("account", __name__)

ROLE_WORDS = {
    "reader": N_("Reading"),
    "editor": N_("Editing the own municipality"),
    "office": N_("Programme office"),
    "admin": N_("Administration"),
}
SCOPE_WORDS = {
    Scope.READ: N_("read what the account may read"),
    Scope.WRITE: N_("change records of the own municipality"),
    Scope.IMPORT: N_("import"),
    Scope.OFFICE: N_("everything the programme office may"),
}
HOME = "/account"
DONE = {
    "about": N_("Name and language are saved."),
    "sessions": N_("That device is signed out."),
    "tokens": N_("The token no longer works."),
    "notices": N_("Your choice of e-mails is saved."),
}
"""What a part of the page says when it has done what was asked."""


@account.get(HOME)
def show_account() -> str:
    """Everything about the own account on one page."""
    return _page(require_session())


def _page(id: str, *, part: str = "", error: GraphServiceError | None = None, secret: str = "") -> str:
    """The page; ``part`` is the form that ``error`` belongs to, ``secret`` a token just made."""
    accounts = services().accounts
    mine = accounts.registry.get(id)
    now, done = accounts.clock(), request.args.get("done")
    current = accounts.sessions.current(session_secret())
    tokens = [each for each in accounts.tokens.of(id) if not each.revoked and each.expires_at > now]
    return render_template(
        "account.html",
        mine=mine,
        role_word=words()(ROLE_WORDS[mine.role]),
        municipality=_name(mine.municipality),
        languages=LANGUAGES,
        sessions=[(each, each.id == current) for each in accounts.sessions.of(id)],
        tokens=tokens,
        scopes=[(scope, words()(text)) for scope, text in SCOPE_WORDS.items() if mine.role.covers(NEEDED_ROLE[scope])],
        scope_words={scope.value: words()(text) for scope, text in SCOPE_WORDS.items()},
        most_days=LONGEST_DAYS,
        secret=secret,
        notices=[(each, _name(each.subject)) for each in notices(services()).of(id)],
        mail=services().settings.mail is not None,
        may_edit=mine.role.covers(Role.EDITOR) and mine.municipality is not None,
        problem=(part, sentence(error)),
        done="" if part else words()(DONE[done]) if done in DONE else "",
    )


def _name(key: NodeKey | None) -> str | None:
    """What a record is called; its key where it is not seen."""
    if key is None:
        return None
    projection = snapshot().projection
    known = projection.known(key)
    if known is None:
        return str(key)
    return name_of(known)


def _answer(id: str, part: str, error: GraphServiceError | None) -> AnyResponse | tuple[str, int]:
    """Back to the page, or the page with what was wrong."""
    return (_page(id, part=part, error=error), STATUS[error.code]) if error else _done(part)


def _done(part: str) -> AnyResponse:
    return redirect(f"{HOME}?done={part}", 303)


@account.post(HOME)
def change_account() -> AnyResponse | tuple[str, int]:
    """Change name and language."""
    id = require_session()
    language = request.form.get("language", "")
    name = request.form.get("name", "")

    def change() -> None:
        if language not in LANGUAGES:
            raise InvalidValue(f"one of {', '.join(LANGUAGES)}", language, Place(column="language"))
        services().accounts.registry.change(id, name=name, language=language, by=id)

    return _answer(id, "about", refusal(change))


@account.post(f"{HOME}/password")
def change_password() -> AnyResponse | tuple[str, int]:
    """Replace the password; everybody, this browser too, signs in anew."""
    id = require_session()
    old, new = request.form.get("old", ""), request.form.get("new", "")
    error = refusal(lambda: services().accounts.sign_in.change_password(id, old, new, remote_address()))
    if error:
        return _answer(id, "password", error)
    return sign_out(make_response(redirect("/sign-in?done=password", 303)))


@account.post(f"{HOME}/sessions/<local:session>")
def end_session(session: str) -> AnyResponse:
    """End one session."""
    services().accounts.sessions.revoke(require_session(), session)
    return _done("sessions")


@account.post(f"{HOME}/tokens")
def make_token() -> str | AnyResponse | tuple[str, int]:
    """Make a token, and show its secret on the page that answers, nowhere else."""
    id = require_session()
    made: list[str] = []
    chosen = [scope for scope in Scope if scope.value in request.form.getlist("scopes")]
    days = request.form.get("days", "")

    def make() -> None:
        if not (days.isascii() and days.isdigit() and len(days) < 5):
            raise InvalidValue(f"a value from 1 to {LONGEST_DAYS}", days, Place(column="days"))
        made.append(services().accounts.tokens.create(id, request.form.get("name", ""), chosen, days=int(days))[1])

    error = refusal(make)
    return _answer(id, "tokens", error) if error else _page(id, secret=made[0])


@account.post(f"{HOME}/tokens/<local:token>")
def revoke_token(token: str) -> AnyResponse:
    """Take back a token."""
    services().accounts.tokens.revoke(require_session(), token)
    return _done("tokens")


@account.post(f"{HOME}/notices")
def add_notice() -> AnyResponse | tuple[str, int]:
    """Ask to be told by mail; a request's page sends its key."""
    id = require_session()
    key = request.form.get("subject", "")

    def add() -> None:
        subject = seen(key) if key else None
        notices(services()).add(id, Kind.ARRIVALS if subject else Kind.FRESHNESS, subject)

    return _answer(id, "notices", refusal(add))


@account.post(f"{HOME}/notices/<local:notice>")
def end_notice(notice: str) -> AnyResponse:
    """Not to be told any more."""
    id = require_session()
    if any(each.id == notice for each in notices(services()).of(id)):
        notices(services()).remove(notice)
    return _done("notices")


@account.get(f"{HOME}/export")
def export_account() -> Response:
    """Everything that is kept about the account, as a file."""
    response = Response(
        to_json(services().accounts.records.export(require_session()), indent=True), content_type="application/json"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="account.json"'
    return response


@account.post(f"{HOME}/erasure")
def erase_account() -> AnyResponse | tuple[str, int]:
    """Erase the account."""
    id = require_session()

    def erase() -> None:
        services().accounts.confirm(id, request.form.get("password", ""), remote_address())
        services().accounts.records.erase(id, by=id)

    error = refusal(erase)
    if error:
        return _answer(id, "erasure", error)
    return sign_out(make_response(redirect("/", 303)))
