"""What mails say, in the language of whoever gets them."""

from dataclasses import dataclass
from datetime import datetime

from api.language import Words


@dataclass(frozen=True, slots=True)
class Letter:
    """A subject and a text."""

    subject: str
    body: str


def password_letter(words: Words, link: str, until: datetime) -> Letter:
    """For somebody who asked for a new password."""
    return Letter(
        words("New password for Bündniskompass"),
        _paragraphs(
            words("Hello,"),
            words("somebody, probably you, asked for a new password for this e-mail address. You set it here:"),
            link,
            words(
                "The link works once, until {time} (UTC). If it was not you, there is nothing to do: your password"
                " stays as it is.",
                time=_time(words, until),
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
            words("The link works once, until {time} (UTC).", time=_time(words, until)),
        ),
    )


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(parts) + "\n"


def _time(words: Words, time: datetime) -> str:
    return f"{words.date(time.date())}, {time:%H:%M}"
