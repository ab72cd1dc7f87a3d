"""What an account is, and the words its parts share: roles, scopes, the clock."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from api.http.viewer import Role
from graph_service.keys import NodeKey

Clock = Callable[[], datetime]
"""Tells the time, in UTC; given from outside so that nothing depends on the day it is tested."""


def utc_now() -> datetime:
    """The present time."""
    return datetime.now(UTC)


def moment(seconds: int) -> datetime:
    """The time that a number of seconds since 1970 stands for, as the tables keep it."""
    return datetime.fromtimestamp(seconds, UTC)


ROLES = tuple(role for role in Role if role is not Role.ANONYMOUS)
"""What an account can be."""


def is_line(text: str) -> bool:
    """Whether a text can stand in one line of any file or mail: no control characters, no half characters."""
    return all(unicodedata.category(c) not in ("Cc", "Cs") for c in text)


class Scope(StrEnum):
    """What a token may be used for; never more than its account may do."""

    READ = "read"
    WRITE = "write"
    IMPORT = "import"
    OFFICE = "office"


NEEDED_ROLE = {Scope.READ: Role.READER, Scope.WRITE: Role.EDITOR, Scope.IMPORT: Role.OFFICE, Scope.OFFICE: Role.OFFICE}
"""The least role that can give a token this scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who can sign in: an office or a person, named by an e-mail address.

    ``id`` is random: everything outside this package that remembers who did something remembers the id alone, which
    means nothing to anybody once the account is erased.
    """

    id: str
    email: str
    role: Role
    name: str = ""
    municipality: NodeKey | None = None
    language: str = "de"
    created_at: datetime
    last_used_on: date | None = None
    disabled: bool = False
    has_password: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A time of being signed in on one device; ``id`` is for showing and revoking, not for signing in."""

    id: str
    account: str
    via: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A key for programs, as it can be shown: the secret itself is known only to whoever made it."""

    id: str
    account: str
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime
    last_used_on: date | None = None
    revoked: bool = False
