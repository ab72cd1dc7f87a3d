"""All accounts, for administrators: invite, give a role and a municipality, disable, send a new link."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from api.accounts.model import ROLES, Account
from api.http.auth import require_session
from api.http.current import services, snapshot, words
from api.http.errors import STATUS
from api.http.viewer import Role
from api.mail.account_links import invite, reset
from api.messages import describe_error
from api.pages.account import ROLE_WORDS
from api.pages.data_frame import HOME, age, name_of, part_of, tabs
from api.pages.sign_in import refusal
from api.settings import LANGUAGES
from graph_service.errors import InvalidValue, Place
from graph_service.keys import NodeKey

data_accounts = Blueprint("data_accounts", __name__, url_prefix=f"{HOME}/accounts")


@data_accounts.get("")
def show_accounts() -> str:
    """The list, and the form that invites."""
    require_session(Role.ADMIN)
    return _list()


def _list(problem: str = "") -> str:
    known = sorted(services().accounts.registry.all(), key=lambda each: (each.disabled, each.email.casefold()))
    part = part_of(known)
    return render_template(
        "data_accounts.html",
        tabs=tabs(),
        part=part,
        accounts=[(each, words()(ROLE_WORDS[each.role]), _place(each), age(each.last_used_on)) for each in part.items],
        roles=_roles(),
        languages=LANGUAGES,
        given=request.form,
        problem=problem,
        mail=services().settings.mail is not None,
    )


def _roles() -> list[tuple[str, str]]:
    return [(role.value, words()(ROLE_WORDS[role])) for role in ROLES]


def _place(account: Account) -> str:
    return name_of(account.municipality) if account.municipality else ""


@data_accounts.post("")
def invite_somebody() -> str | Response | tuple[str, int]:
    """Make an account; its link goes out by mail, or stands on the page that answers."""
    by = require_session(Role.ADMIN)
    made: list[tuple[Account, str | None]] = []

    def make() -> None:
        with services().state.write():
            account = services().accounts.registry.add(
                request.form.get("email", ""),
                _role(),
                name=request.form.get("name", ""),
                municipality=_municipality() or None,
                language=_language(),
                by=by,
            )
            made.append((account, invite(services(), account, by=by)))

    error = refusal(make)
    if error:
        return _list(describe_error(error, words())), STATUS[error.code]
    account, link = made[0]
    return _page(account, link) if link else redirect(f"{HOME}/accounts/{account.id}?done=invited", 303)


def _role() -> Role:
    asked = request.form.get("role", "")
    if asked not in {role.value for role in ROLES}:
        raise InvalidValue(f"one of {', '.join(ROLES)}", asked, Place(column="role"))
    return Role(asked)


def _language() -> str:
    asked = request.form.get("language", services().settings.language)
    if asked not in LANGUAGES:
        raise InvalidValue(f"one of {', '.join(LANGUAGES)}", asked, Place(column="language"))
    return asked


def _municipality() -> NodeKey | None:
    """The municipality that a code, key or name means."""
    text = request.form.get("municipality", "").strip()
    return snapshot().municipality(text) if text else None


@data_accounts.get("/<local:id>")
def show_account(id: str) -> str:
    """One account with what may be changed of it."""
    require_session(Role.ADMIN)
    return _page(services().accounts.registry.get(id))


def _page(account: Account, link: str | None = None, problem: str = "") -> str:
    return render_template(
        "data_account.html",
        tabs=tabs(),
        one=account,
        role_word=words()(ROLE_WORDS[account.role]),
        place=_place(account),
        last_used=age(account.last_used_on),
        roles=_roles(),
        link=link,
        problem=problem,
        done=request.args.get("done", ""),
        mail=services().settings.mail is not None,
    )


@data_accounts.post("/<local:id>")
def change_account(id: str) -> Response | tuple[str, int]:
    """Change role and municipality."""
    by = require_session(Role.ADMIN)

    def change() -> None:
        services().accounts.registry.change(
            id, role=_role(), name=request.form.get("name", ""), municipality=_municipality() or "", by=by
        )

    return _changed(id, change, "changed")


@data_accounts.post("/<local:id>/disabled")
def disable_account(id: str) -> Response | tuple[str, int]:
    """Disable an account, or let it in again."""
    by = require_session(Role.ADMIN)
    disabled = request.form.get("disabled") == "yes"

    def change() -> None:
        services().accounts.registry.change(id, disabled=disabled, by=by)

    return _changed(id, change, "disabled" if disabled else "enabled")


def _changed(id: str, change: Callable[[], object], done: str) -> Response | tuple[str, int]:
    account = services().accounts.registry.get(id)
    error = refusal(change)
    if error:
        return _page(account, problem=describe_error(error, words())), STATUS[error.code]
    return redirect(f"{HOME}/accounts/{id}?done={done}", 303)


@data_accounts.post("/<local:id>/link")
def send_link(id: str) -> str | Response | tuple[str, int]:
    """End an account's sessions, and send it a link for a new password."""
    by = require_session(Role.ADMIN)
    account = services().accounts.registry.get(id)
    link = reset(services(), account, by=by)
    return _page(account, link) if link else redirect(f"{HOME}/accounts/{id}?done=sent", 303)
