"""Brings two offices together by mail: one asks, the other accepts or declines, and only then both know each other."""

from api.accounts.model import Account
from api.http.errors import Conflict, LinkEnded
from api.language import Words
from api.mail.contact import ANSWER_WITHIN, Contact, Contacts
from api.mail.letters import accepted_letter, asking_letter, declined_letter, partner_letter
from api.mail.signed import Signer
from api.services import Services
from api.snapshot import Snapshot
from api.words.places import called
from graph_service.keys import NodeKey

PURPOSE = "contact"


def contacts(services: Services) -> Contacts:
    """The mailboxes and messages of an installation; raises StoreError."""
    return Contacts(services.state, clock=services.accounts.clock)


def name_of(snapshot: Snapshot, key: NodeKey) -> str:
    """What a record is called; raises NotFound for what the snapshot does not show."""
    projection = snapshot.projection
    return projection.name(key.label, projection.position(key)) or key.local


def ask(services: Services, snapshot: Snapshot, account: Account, key: NodeKey, subject: str, text: str) -> Contact:
    """Send a message to a record's mailbox; neither side learns who the other is.

    Raises NotFound for what is not seen or has no mailbox, Conflict without a mail server or if asked before, TooMany.
    """
    if services.settings.mail is None:
        raise Conflict("a mail server (KOMPASS_SMTP)")
    name = name_of(snapshot, key)
    found = contacts(services)
    with services.state.write():
        asked = found.ask(account.id, key, subject, text)
        signed = Signer(services.state, PURPOSE).sign({"contact": asked.id})
        # the language of an office that has no account is not known: that of the installation
        letter = asking_letter(
            Words(services.settings.language),
            name,
            asked.subject,
            asked.text,
            f"{services.settings.url}/contact/{signed}",
            asked.asked_at + ANSWER_WITHIN,
        )
        services.mails.put(found.mailbox(key) or "", letter.subject, letter.body, account=account.id)
    return asked


def open_contact(services: Services, signed: str) -> Contact:
    """The message that a link is about, while it waits for an answer; raises NotFound."""
    said = Signer(services.state, PURPOSE).read(signed, ANSWER_WITHIN)
    return contacts(services).find(said["contact"])


def answer(services: Services, signed: str, *, accepted: bool) -> None:
    """Accept: both get the other's address by mail. Decline: whoever asked is told so, and no more. Raises NotFound."""
    waiting = open_contact(services, signed)
    found = contacts(services)
    mailbox = found.mailbox(waiting.key)
    with services.state.write():
        account = services.accounts.registry.get(waiting.account)
        if mailbox is None or account.disabled:
            raise LinkEnded("a message that waits for an answer")
        found.answer(waiting.id, accepted=accepted)
        name = _public_name(services, waiting.key, Words(account.language))
        if not accepted:
            letter = declined_letter(Words(account.language), name)
            services.mails.put(account.email, letter.subject, letter.body, account=account.id)
            return
        letter = accepted_letter(Words(account.language), name, mailbox, waiting.subject)
        services.mails.put(account.email, letter.subject, letter.body, reply_to=mailbox, account=account.id)
        words = Words(services.settings.language)
        place = _public_name(services, account.municipality, words) if account.municipality else ""
        letter = partner_letter(words, account.name, place, account.email, waiting.subject)
        services.mails.put(mailbox, letter.subject, letter.body, reply_to=account.email, account=account.id)


def _public_name(services: Services, key: NodeKey, words: Words) -> str:
    """What a record is called; its key where it has gone meanwhile. Both sides of a contact may see it."""
    projection = services.projection()
    known = projection.known(key)
    return called(projection, words, known) if known else key.local
