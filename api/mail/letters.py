"""What mails say, in the language of whoever gets them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from api.accounts.model import is_line
from api.language import Words


@dataclass(frozen=True, slots=True)
class Letter:
    """A subject, in one line whatever names it holds, and a text."""

    subject: str
    body: str

    def __post_init__(self) -> None:
        line = " ".join(self.subject.split())
        object.__setattr__(self, "subject", "".join(filter(is_line, line)))


def password_letter(words: Words, link: str, until: datetime) -> Letter:
    """For somebody who asked for a new password."""
    return Letter(
        words("New password for Bündniskompass"),
        _paragraphs(
            words("Hello,"),
            words("somebody, probably you, asked for a new password for this e-mail address. You set it here:"),
            link,
            words(
                "The link works once, until {time}. If it was not you, there is nothing to do: your password"
                " stays as it is.",
                time=words.moment(until),
            ),
        ),
    )


def invitation_letter(words: Words, link: str, until: datetime) -> Letter:
    """For somebody for whom an account was made."""
    return Letter(
        words("Your account for Bündniskompass"),
        _paragraphs(
            words("Hello,"),
            words("an account was made for this e-mail address. Choose a password here:"),
            link,
            words("The link works once, until {time}.", time=words.moment(until)),
        ),
    )


def asking_letter(words: Words, name: str, subject: str, text: str, link: str, until: datetime) -> Letter:
    """For a role mailbox to which somebody writes who does not know its address."""
    return Letter(
        words("A message for {name}: {subject}", name=name, subject=subject),
        _paragraphs(
            words("Hello,"),
            words(
                "an office that uses Bündniskompass would like to get in touch with you ({name}). It does not know your"
                " address, and you do not see its. It writes:",
                name=name,
            ),
            f"{subject}\n\n{text}",
            words("Here you accept or decline, until {day}:", day=words.date(until)),
            link,
            words(
                "If you accept, both sides get the other's e-mail address. If you do nothing, nobody learns anything."
            ),
        ),
    )


def accepted_letter(words: Words, name: str, mailbox: str, subject: str) -> Letter:
    """For somebody whose message was accepted."""
    return Letter(
        words("{name} has accepted your message", name=name),
        _paragraphs(
            words("Hello,"),
            words("{name} has accepted your message “{subject}”.", name=name, subject=subject),
            words("You reach them at {email}; an answer to this mail goes there.", email=mailbox),
        ),
    )


def partner_letter(words: Words, who: str, place: str, email: str, subject: str) -> Letter:
    """For a role mailbox that accepted a message: who wrote it."""
    said = ", ".join(part for part in (who, place, email) if part)
    return Letter(
        words("Your contact: {subject}", subject=subject),
        _paragraphs(
            words("Hello,"),
            words("you accepted a message. It came from: {who}.", who=said),
            words("An answer to this mail goes there."),
        ),
    )


def declined_letter(words: Words, name: str) -> Letter:
    """For somebody whose message was declined."""
    return Letter(
        words("Your message to {name}", name=name),
        _paragraphs(
            words("Hello,"),
            words("{name} does not wish to get in touch at present. Your address was not passed on.", name=name),
        ),
    )


def arrivals_letter(words: Words, request: str, names: Sequence[str], end: str) -> Letter:
    """For somebody who wants to know who can support a request."""
    return Letter(
        words("New for your request: {name}", name=request),
        _paragraphs(
            words("Hello,"),
            words("these have been entered since, and could support “{name}”:", name=request),
            "\n".join(f"- {name}" for name in names),
            _end(words, end),
        ),
    )


def freshness_letter(words: Words, lines: Sequence[tuple[str, date | None, str]], most: int, end: str) -> Letter:
    """For somebody who looks after records: (name, when it was last confirmed, link that confirms it)."""
    said = []
    for name, on, link in lines:
        when = words("last confirmed on {day}", day=words.date(on)) if on else words("never confirmed")
        said.append(f"- {name} ({when})\n  {link}")
    return Letter(
        words("Are these entries still right?"),
        _paragraphs(
            words("Hello,"),
            words("nobody has confirmed these entries of your municipality for more than a year. A link is enough:"),
            "\n".join(said),
            words("{n} entries wait in all; these come first.", n=words.number(most)) if most > len(lines) else "",
            _end(words, end),
        ),
    )


def _end(words: Words, link: str) -> str:
    return f"{words('You asked for this mail. Here you end it:')}\n{link}"


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(filter(None, parts)) + "\n"
