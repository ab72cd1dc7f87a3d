"""Links with which a password is set: what they look like, and how they reach whoever they are for."""

from datetime import datetime, timedelta

from api.accounts.model import Account
from api.accounts.sign_in import INVITATION_LIVES, RESET_LIVES
from api.http.errors import Conflict
from api.language import Words
from api.mail.letters import invitation_letter, password_letter
from api.services import Services
from api.settings import Settings

LOCAL = "http://127.0.0.1:8000"
"""Where `kompass serve` answers when nothing is said."""


def password_url(settings: Settings, secret: str) -> str:
    """The address under which a password is set."""
    return f"{settings.url or LOCAL}/password/{secret}"


def send_forgotten(services: Services, email: str, address: str) -> None:
    """Send a link to whoever forgot a password, if there is such an account; raises TooMany, Conflict without mail."""
    if services.settings.mail is None:
        raise Conflict("a mail server; an administrator can make a link for a new password")

    def deliver(account: Account, secret: str, until: datetime) -> None:
        letter = password_letter(Words(account.language), password_url(services.settings, secret), until)
        services.mails.put(account.email, letter.subject, letter.body, account=account.id)

    services.accounts.sign_in.forgot_password(email, address, deliver)


def invite(services: Services, account: Account, *, by: str) -> str | None:
    """Send a new account a link for its first password; without mail return it, for whoever made the account."""
    with services.state.write():
        secret, until = services.accounts.sign_in.link(account.id, INVITATION_LIVES, by=by)
        link = password_url(services.settings, secret)
        if services.settings.mail is None:
            return link
        letter = invitation_letter(Words(account.language), link, until)
        services.mails.put(account.email, letter.subject, letter.body, account=account.id)
    return None


def reset(services: Services, account: Account, *, by: str, lives: timedelta = RESET_LIVES) -> str | None:
    """End an account's sessions and send it a link for a new password; without mail return it."""
    with services.state.write():
        services.accounts.sessions.revoke_all(account.id)
        secret, until = services.accounts.sign_in.link(account.id, lives, by=by)
        link = password_url(services.settings, secret)
        if services.settings.mail is None:
            return link
        letter = password_letter(Words(account.language), link, until)
        services.mails.put(account.email, letter.subject, letter.body, account=account.id)
    return None
