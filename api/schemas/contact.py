"""First contact over HTTP: what comes in and what goes out. An address of a mailbox only ever comes in."""

from dataclasses import dataclass
from datetime import datetime

import marshmallow as ma

from api.accounts.registry import LONGEST_EMAIL
from api.mail.contact import LONGEST_SUBJECT, LONGEST_TEXT, Contact

KEY = r"^[a-z]{4,20}:[A-Za-z0-9._-]{1,200}$"


class MailboxBody(ma.Schema):
    """Where an office is reached, and until when."""

    email = ma.fields.Email(required=True, validate=ma.validate.Length(max=LONGEST_EMAIL), load_only=True)
    until = ma.fields.Date(allow_none=True, load_default=None)


class ContactBody(ma.Schema):
    """A message to the mailbox of a record."""

    key = ma.fields.String(required=True, validate=ma.validate.Regexp(KEY))
    subject = ma.fields.String(required=True, validate=ma.validate.Length(1, LONGEST_SUBJECT))
    text = ma.fields.String(required=True, validate=ma.validate.Length(1, LONGEST_TEXT))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachable:
    """Whether a record has a mailbox that a message can go to."""

    key: str
    reachable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactShown:
    """A message, and what became of it: asked, accepted, declined."""

    id: str
    key: str
    state: str
    asked_at: datetime

    @classmethod
    def of(cls, contact: Contact) -> "ContactShown":
        """As it is shown to whoever asked."""
        return cls(id=contact.id, key=contact.key, state=contact.state, asked_at=contact.asked_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsShown:
    """The messages of an account, the newest first."""

    items: tuple[ContactShown, ...]
