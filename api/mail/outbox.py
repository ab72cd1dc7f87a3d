"""Mail: put into a queue by whoever has something to say, sent by the worker, so that no request waits for a server."""

import logging
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from secrets import token_hex

from api.accounts.model import Clock, is_line, moment, utc_now
from api.accounts.registry import email_of
from api.service_settings import MailSettings
from api.state import StateDatabase
from graph_service.errors import InvalidValue, Place

PART = "mail"
STEPS = (
    """
CREATE TABLE mails (
    id TEXT PRIMARY KEY,
    account TEXT,
    recipient TEXT NOT NULL,
    reply_to TEXT,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    tries INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX mails_next ON mails (next_at);
""",
)
LEASE = timedelta(minutes=10)
"""For so long a mail belongs to whoever is sending it; after that the sender is thought to have died."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=2)
PATIENCE = 30.0
"""Seconds that a mail server may take to answer."""
LONGEST_BODY = 20_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail that waits; once it is sent nothing is kept of it."""

    id: str
    recipient: str
    reply_to: str | None
    subject: str
    body: str
    created_at: datetime
    tries: int


class MailQueue:
    """Keeps mails until a mail server has taken them."""

    def __init__(self, state: StateDatabase, *, clock: Clock = utc_now) -> None:
        """Keep mails in this database, whose tables are brought up to date."""
        state.migrate(PART, STEPS)
        self._state = state
        self._clock = clock

    def put(
        self, recipient: str, subject: str, body: str, *, reply_to: str | None = None, account: str | None = None
    ) -> None:
        """Have a mail sent, in the transaction at hand if there is one; raises InvalidValue.

        ``account``: whose mail it is, so that it goes with the account.
        """
        if not is_line(subject):
            raise InvalidValue("a subject in one line", subject, Place(column="subject"))
        if len(body) > LONGEST_BODY:
            raise InvalidValue(f"a text of at most {LONGEST_BODY} characters", len(body), Place(column="body"))
        now = int(self._clock().timestamp())
        row = (
            token_hex(8),
            account,
            email_of(recipient),
            email_of(reply_to) if reply_to else None,
            subject,
            body,
            now,
            now,
        )
        with self._state.write() as connection:
            connection.execute("INSERT INTO mails VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)", row)

    def waiting(self) -> int:
        """How many mails have not been taken yet."""
        with self._state.read() as connection:
            return int(connection.execute("SELECT count(*) FROM mails").fetchone()[0])

    def claim(self) -> Mail | None:
        """The mail that is due for the longest time, for us alone for a while."""
        now = self._clock()
        with self._state.write() as connection:
            row = connection.execute(
                "UPDATE mails SET next_at = ?, tries = tries + 1 WHERE id = "
                "(SELECT id FROM mails WHERE next_at <= ? ORDER BY next_at, id LIMIT 1) RETURNING *",
                (int((now + LEASE).timestamp()), int(now.timestamp())),
            ).fetchone()
        if row is None:
            return None
        return Mail(
            id=row["id"],
            recipient=row["recipient"],
            reply_to=row["reply_to"],
            subject=row["subject"],
            body=row["body"],
            created_at=moment(row["created_at"]),
            tries=row["tries"],
        )

    def done(self, mail: Mail) -> None:
        """Forget a mail that was taken, or that never will be."""
        with self._state.write() as connection:
            connection.execute("DELETE FROM mails WHERE id = ?", (mail.id,))

    def later(self, mail: Mail) -> bool:
        """Try again after a pause that grows; False where it has been tried for long enough and is forgotten."""
        now = self._clock()
        if now - mail.created_at >= GIVE_UP_AFTER:
            self.done(mail)
            return False
        pause = min(FIRST_PAUSE * 2 ** min(mail.tries - 1, 16), LONGEST_PAUSE)
        with self._state.write() as connection:
            connection.execute("UPDATE mails SET next_at = ? WHERE id = ?", (int((now + pause).timestamp()), mail.id))
        return True


class Postman:
    """Takes mails from the queue to the mail server."""

    def __init__(self, queue: MailQueue, settings: MailSettings, *, tls: ssl.SSLContext | None = None) -> None:
        """Use this server; ``tls`` says whose certificates are trusted, by default those that the system trusts."""
        self._queue = queue
        self._settings = settings
        self._tls = tls or ssl.create_default_context()

    def round(self) -> int:
        """Send what is due, over one connection; return how many the server took. A failure is tried again later."""
        sent = 0
        mail = self._queue.claim()
        if mail is None:
            return sent
        at_hand = mail
        try:
            with self._connected() as server:
                while mail is not None:
                    at_hand = mail
                    sent += self._send(server, mail)
                    mail = self._queue.claim()
        except (OSError, smtplib.SMTPException) as error:
            # the server cannot be used now: this mail and the others wait
            self._failed(at_hand, error)
        return sent

    def _send(self, server: smtplib.SMTP, mail: Mail) -> bool:
        """Hand over one mail; a mail that the server refuses for good is forgotten, what fails otherwise waits."""
        message = compose(mail, self._settings.sender)
        try:
            server.send_message(message)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            if _code(error) >= 500:
                log.warning("mail %s was refused: status %d", mail.id, _code(error))
                self._queue.done(mail)
            else:
                self._failed(mail, error)
            return False
        self._queue.done(mail)
        return True

    def _failed(self, mail: Mail, error: Exception) -> None:
        waits = self._queue.later(mail)
        # what a server answers may quote the address, so only its kind is logged
        log.warning(
            "mail %s was not sent (%s, try %d): %s",
            mail.id,
            type(error).__name__,
            mail.tries,
            "it is tried again" if waits else "given up",
        )

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        settings = self._settings
        # who we are is said without asking the name service, which may take long
        name = socket.gethostname()
        if settings.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, name, timeout=PATIENCE, context=self._tls
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, name, timeout=PATIENCE)
        try:
            if settings.scheme == "smtp":
                server.starttls(context=self._tls)
            if settings.user:
                server.login(settings.user, settings.password)
            yield server
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()


def compose(mail: Mail, sender: str) -> EmailMessage:
    """The message as it is sent; the same mail has the same id, so that one sent twice can be recognised."""
    plain = (mail.recipient + (mail.reply_to or "")).isascii()
    message = EmailMessage(policy=SMTP if plain else SMTPUTF8)
    message["From"] = sender
    message["To"] = mail.recipient
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at.astimezone(UTC))
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2].rstrip('>')}>"
    # RFC 3834: no machine answers a machine
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


def _code(error: smtplib.SMTPException) -> int:
    """The status that a server refused with; of several recipients the first (there is one)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return int(next(iter(error.recipients.values()))[0])
    return int(getattr(error, "smtp_code", 0) or 0)
