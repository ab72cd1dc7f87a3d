"""Who is asking in this request, and what that allows; how it was found out is for `api.http.auth` to know."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from flask import g

from api.http.errors import Forbidden, Unauthorised
from graph_service.keys import NodeKey
from graph_service.model import Visibility
from graph_service.visibility import Audience


class Role(StrEnum):
    """What an account may do, least first; each may do what those before it may."""

    ANONYMOUS = "anonymous"
    READER = "reader"
    EDITOR = "editor"
    OFFICE = "office"
    ADMIN = "admin"

    def covers(self, other: "Role") -> bool:
        """Whether this role may do what the other may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is asking. ``municipalities`` are the own ones; what lies in them is covered, too."""

    account: str | None = None
    role: Role = Role.ANONYMOUS
    municipalities: frozenset[NodeKey] = field(default_factory=frozenset)
    via: Literal["session", "token"] | None = None
    scopes: frozenset[str] = frozenset()
    """What a token was made for; empty for a session, which may do all that the role may."""

    @property
    def audience(self) -> Audience:
        """What may be seen."""
        if self.role.covers(Role.OFFICE):
            return Audience(Visibility.OFFICE)
        if self.role is Role.ANONYMOUS:
            return Audience()
        return Audience(Visibility.OWN, self.municipalities)


ANONYMOUS = Viewer()


def viewer() -> Viewer:
    """Who is asking."""
    found = g.get("viewer", ANONYMOUS)
    return found if isinstance(found, Viewer) else ANONYMOUS


def require(role: Role, scope: str = "") -> Viewer:
    """The viewer, if the role (and a token's scope) suffices; raises Unauthorised or Forbidden."""
    found = viewer()
    if found.role is Role.ANONYMOUS and role is not Role.ANONYMOUS:
        raise Unauthorised("a session or a token")
    if not found.role.covers(role):
        raise Forbidden(f"the role {role.value}", found.role.value)
    if scope and found.via == "token" and scope not in found.scopes:
        raise Forbidden(f"a token with the scope {scope}", ", ".join(sorted(found.scopes)))
    return found
