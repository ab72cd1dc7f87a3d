"""Accounts, sessions and tokens as they come in and go out over HTTP."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import marshmallow as ma

from api.accounts.model import ROLES, Account, Scope, Session, Token
from api.accounts.registry import LONGEST_EMAIL, LONGEST_NAME
from api.accounts.sign_in import RESET_LIVES
from api.accounts.tokens import LONGEST_DAYS
from api.accounts.tokens import LONGEST_NAME as LONGEST_TOKEN_NAME
from api.mail.notices import Kind, Notice
from api.schemas.rows import Whole
from api.settings import LANGUAGES
from graph_service.keys import NodeKey

KEY = r"^municipality:[A-Za-z0-9._-]{1,200}$"
LONGEST_TEXT = 1000
"""Longer than any password or link that can be right."""


LINE = r"^[^\x00-\x1f\x7f-\x9f]*$"
"""No control characters."""


class Text(ma.fields.String):
    """A line of text that can be kept: no half characters, which only JSON can hold, and no line end."""

    def _deserialize(self, *args: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(*args, **kwargs)
        if isinstance(text, str) and any("\ud800" <= c <= "\udfff" or c == "\n" for c in text):
            raise ma.ValidationError("Not a line of text.")
        return text


def _text(most: int, *, least: int = 0, **options: Any) -> Text:
    return Text(validate=[ma.validate.Length(least, most), ma.validate.Regexp(LINE)], **options)


def _secret(**options: Any) -> Text:
    return _text(LONGEST_TEXT, load_only=True, metadata={"format": "password"}, **options)


class SignInBody(ma.Schema):
    """Who wants to sign in."""

    email = _text(LONGEST_EMAIL, required=True)
    password = _secret(required=True)


class ForgottenBody(ma.Schema):
    """Who forgot a password."""

    email = _text(LONGEST_EMAIL, required=True)


class LinkedPasswordBody(ma.Schema):
    """A new password, and the secret at the end of the link that was sent."""

    link = _secret(required=True)
    password = _secret(required=True)


class PasswordBody(ma.Schema):
    """A new password, and the one up to now."""

    old = _secret(required=True)
    new = _secret(required=True)


class ConfirmedBody(ma.Schema):
    """The password, to show that it is meant; empty where the account has none."""

    password = _secret(load_default="")


class MeBody(ma.Schema):
    """What everybody may change of the own account."""

    name = _text(LONGEST_NAME)
    language = ma.fields.String(validate=ma.validate.OneOf(LANGUAGES))


class TokenBody(ma.Schema):
    """What a token is for."""

    name = _text(LONGEST_TOKEN_NAME, least=1, required=True)
    scopes = ma.fields.List(
        ma.fields.String(validate=ma.validate.OneOf([scope.value for scope in Scope])),
        required=True,
        validate=ma.validate.Length(1, len(Scope)),
    )
    days = Whole(load_default=90, validate=ma.validate.Range(1, LONGEST_DAYS))


class NoticeBody(ma.Schema):
    """Of what one wants to be told: of later arrivals for a request, or, without one, of own records to confirm."""

    request = ma.fields.String(validate=ma.validate.Regexp(r"^request:[A-Za-z0-9._-]{1,200}$"))


class AccountChangeBody(MeBody):
    """What administrators may change of an account; an empty municipality takes it away."""

    role = ma.fields.String(validate=ma.validate.OneOf([role.value for role in ROLES]))
    municipality = ma.fields.String(validate=ma.validate.Regexp(KEY + "|^$"))
    disabled = ma.fields.Boolean(truthy={True}, falsy={False})


class AccountBody(MeBody):
    """An account to be made."""

    email = ma.fields.Email(required=True, validate=ma.validate.Length(max=LONGEST_EMAIL))
    role = ma.fields.String(required=True, validate=ma.validate.OneOf([role.value for role in ROLES]))
    municipality = ma.fields.String(validate=ma.validate.Regexp(KEY))


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who is signed in, how, and what that allows."""

    account: Account
    via: str
    scopes: tuple[str, ...]
    """Of a token; empty for a session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenShown:
    """A token without its secret."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_on: date | None
    revoked: bool

    @classmethod
    def of(cls, token: Token) -> "TokenShown":
        """As it is shown."""
        return cls(
            id=token.id,
            name=token.name,
            scopes=tuple(sorted(token.scopes)),
            created_at=token.created_at,
            expires_at=token.expires_at,
            last_used_on=token.last_used_on,
            revoked=token.revoked,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenMade:
    """A new token with its secret, shown this once."""

    token: TokenShown
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensShown:
    """The tokens of an account, the newest first."""

    items: tuple[TokenShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeShown:
    """Of what an account is told by mail."""

    id: str
    kind: Kind
    subject: str | None

    @classmethod
    def of(cls, notice: Notice) -> "NoticeShown":
        """As it is shown."""
        return cls(id=notice.id, kind=notice.kind, subject=notice.subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesShown:
    """Everything that an account is told by mail."""

    items: tuple[NoticeShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsShown:
    """Where an account is signed in, the newest first."""

    items: tuple[Session, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsShown:
    """Part of all accounts."""

    items: tuple[Account, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMade:
    """A new account; ``link`` sets its password, where no mail could be sent."""

    account: Account
    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMade:
    """A link that sets a new password, where no mail could be sent."""

    link: str | None
    good_for_seconds: int = int(RESET_LIVES.total_seconds())


def municipality_of(body: dict[str, Any]) -> NodeKey | str | None:
    """The municipality in a body: none given, none wanted (empty), or its key."""
    text = body.get("municipality")
    return NodeKey(text) if text else text
