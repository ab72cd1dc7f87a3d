"""/accounts: all accounts, for administrators; not for tokens."""

from typing import Any

from flask import Response

from api.accounts.model import Account
from api.accounts.records import Exported
from api.http.access import requires
from api.http.auth import require_session
from api.http.blueprint import Blueprint
from api.http.current import services
from api.http.viewer import Role
from api.json import to_json
from api.mail.account_links import invite, reset
from api.schemas.accounts import (
    AccountBody,
    AccountChangeBody,
    AccountMade,
    AccountsShown,
    LinkMade,
    municipality_of,
)
from api.schemas.paging import PageQuery, link_next
from graph_service.keys import NodeKey

accounts = Blueprint("accounts", __name__, url_prefix="/accounts", description="All accounts, for administrators.")


@accounts.route("")
@requires(Role.ADMIN)
@accounts.arguments(PageQuery, location="query")
@accounts.answers(AccountsShown)
def list_accounts(query: dict[str, Any]) -> AccountsShown:
    """List accounts in the order of their ids."""
    require_session(Role.ADMIN)
    found = services().accounts.registry.all(after=query.get("cursor", ""), limit=query["limit"] + 1)
    page = found[: query["limit"]]
    following = page[-1].id if len(found) > len(page) else None
    link_next(following)
    return AccountsShown(items=tuple(page), next=following)


@accounts.route("", methods=["POST"])
@requires(Role.ADMIN)
@accounts.arguments(AccountBody)
@accounts.answers(AccountMade, 201)
def make_account(body: dict[str, Any]) -> AccountMade:
    """Make an account; a link for its first password goes out by mail, or, without a mail server, in the answer."""
    by = require_session(Role.ADMIN)
    municipality = municipality_of(body)
    with services().state.write():
        made = services().accounts.registry.add(
            body["email"],
            Role(body["role"]),
            name=body.get("name", ""),
            municipality=NodeKey(municipality) if municipality else None,
            language=body.get("language", services().settings.language),
            by=by,
        )
        return AccountMade(account=made, link=invite(services(), made, by=by))


@accounts.route("/<local:id>")
@requires(Role.ADMIN)
@accounts.answers(Account)
def get_account(id: str) -> Account:
    """Tell of one account."""
    require_session(Role.ADMIN)
    return services().accounts.registry.get(id)


@accounts.route("/<local:id>", methods=["PATCH"])
@requires(Role.ADMIN)
@accounts.arguments(AccountChangeBody)
@accounts.answers(Account)
def change_account(body: dict[str, Any], id: str) -> Account:
    """Change role, municipality, name or language of an account, or disable it."""
    by = require_session(Role.ADMIN)
    return services().accounts.registry.change(
        id,
        role=Role(body["role"]) if "role" in body else None,
        name=body.get("name"),
        municipality=municipality_of(body),
        language=body.get("language"),
        disabled=body.get("disabled"),
        by=by,
    )


@accounts.route("/<local:id>", methods=["DELETE"])
@requires(Role.ADMIN)
@accounts.response(204)
def erase_account(id: str) -> Response:
    """Erase an account and everything that is kept about it."""
    by = require_session(Role.ADMIN)
    services().accounts.records.erase(id, by=by)
    return Response(status=204)


@accounts.route("/<local:id>/password/links", methods=["POST"])
@requires(Role.ADMIN)
@accounts.answers(LinkMade, 201)
def make_password_link(id: str) -> LinkMade:
    """End an account's sessions and send it a link for a new password, or, without a mail server, answer with it."""
    by = require_session(Role.ADMIN)
    return LinkMade(link=reset(services(), services().accounts.registry.get(id), by=by))


@accounts.route("/<local:id>/export")
@requires(Role.ADMIN)
@accounts.answers(Exported)
def export_account(id: str) -> Response:
    """Everything that is kept about an account, as JSON, without secrets."""
    require_session(Role.ADMIN)
    return Response(to_json(services().accounts.records.export(id), indent=True), content_type="application/json")
