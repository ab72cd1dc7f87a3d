"""Tells people by mail what they asked for: who arrived for a request, and which records should be confirmed.

Every mail ends with a link that ends such mails, and a record is confirmed by a link, both without signing in.
"""

import logging
from dataclasses import dataclass
from datetime import date, timedelta

from api.accounts.model import Account
from api.editing.editor import Editor
from api.http.auth import viewer_of
from api.http.errors import LinkEnded
from api.http.viewer import Role
from api.language import Words, day_of
from api.mail.arrivals import arrived_since
from api.mail.letters import Letter, arrivals_letter, freshness_letter
from api.mail.notices import Kind, Notice, Notices
from api.mail.signed import Signer
from api.questions.supporters import find_supporters
from api.services import Services
from api.snapshot import Snapshot
from graph_service.errors import GraphServiceError, StoreError
from graph_service.keys import Label, NodeKey
from graph_service.model import Actor, Offer
from graph_service.visibility import own_records
from matching.about import DAYS
from matching.inventory.matcher import CONFIRM_AFTER

CONFIRM, END = "confirm", "end-notice"
CONFIRM_WITHIN = timedelta(days=60)
END_WITHIN = timedelta(days=366)
MOST_RECORDS = 20
MOST_ARRIVALS = 10

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """A record that should be confirmed: what it is, and when it last was."""

    key: NodeKey
    name: str
    assured_on: date | None


def notices(services: Services) -> Notices:
    """Who wants to be told of what; raises StoreError."""
    return Notices(services.state, clock=services.accounts.clock)


def tell_all(services: Services) -> int:
    """Put everything that can be told today into the mail queue; return how many mails. Raises StoreError."""
    if services.settings.mail is None:
        return 0
    told = 0
    for notice in notices(services).due():
        try:
            told += _tell(services, notice)
        except StoreError:
            raise  # nobody can be told anything now; the next round goes on here
        except GraphServiceError as error:
            log.warning("notice %s could not be told (%s)", notice.id, error.code)
    return told


def _tell(services: Services, notice: Notice) -> bool:
    account = services.accounts.registry.get(notice.account)
    if account.disabled:
        return False
    snapshot = services.snapshot(viewer_of(account).audience)
    letter = _arrivals(services, snapshot, account, notice) if notice.kind is Kind.ARRIVALS else None
    if notice.kind is Kind.FRESHNESS:
        letter = _freshness(services, snapshot, account, notice)
    with services.state.write():
        if not notices(services).told(notice) or letter is None:
            return False
        services.mails.put(account.email, letter.subject, letter.body, account=account.id)
    return True


def _arrivals(services: Services, snapshot: Snapshot, account: Account, notice: Notice) -> Letter | None:
    """What arrived from the day of the last mail up to yesterday, so that nothing is told twice or never."""
    today = day_of(services.accounts.clock())
    if notice.subject is None or snapshot.projection.known(notice.subject) is None:
        return None
    arrived = services.store.read(
        lambda reader: arrived_since(reader, notice.told_until) - arrived_since(reader, today)
    )
    found = find_supporters(snapshot, notice.subject, today, limit=MOST_ARRIVALS, arrived=arrived)
    if not found.suggestions:
        return None
    names = [each.name for each in found.suggestions]
    return arrivals_letter(Words(account.language), found.name, names, _end_link(services, notice))


def _freshness(services: Services, snapshot: Snapshot, account: Account, notice: Notice) -> Letter | None:
    found = to_confirm(services, snapshot, account)
    if not found:
        return None
    signer = Signer(services.state, CONFIRM)
    lines = [
        (each.name, each.assured_on, _link(services, "confirm", signer.sign({"key": each.key, "account": account.id})))
        for each in found[:MOST_RECORDS]
    ]
    return freshness_letter(Words(account.language), lines, len(found), _end_link(services, notice))


def to_confirm(services: Services, snapshot: Snapshot, account: Account) -> list[ToConfirm]:
    """Actors and offers of the own municipality that nobody confirmed for long; first those that never were."""
    viewer = viewer_of(account)
    if not viewer.role.covers(Role.EDITOR) or not viewer.municipalities:
        return []
    projection = snapshot.projection
    own = snapshot.prepared(("own-records", viewer.audience), lambda whole: own_records(whole, viewer.audience))
    today = day_of(services.accounts.clock())
    found = []
    for label in (Label.ACTOR, Label.OFFER):
        span = projection.spans[label]
        for position in own[span.start : span.stop].nonzero()[0]:
            node = projection.node(projection.key(label, int(position)))
            if isinstance(node, Actor | Offer) and _is_old(node.assured_on, today):
                found.append(ToConfirm(node.key, node.name or node.key.local, node.assured_on))
    return sorted(found, key=lambda each: (each.assured_on or date.min, each.key))


def _is_old(assured_on: date | None, today: date) -> bool:
    return assured_on is None or (today - assured_on).days > CONFIRM_AFTER * DAYS


def record_of_link(services: Services, signed: str) -> tuple[ToConfirm, Account]:
    """What a link for confirming is about, and whose it is; raises NotFound."""
    said = Signer(services.state, CONFIRM).read(signed, CONFIRM_WITHIN)
    account = services.accounts.registry.get(said["account"])
    if account.disabled:
        raise LinkEnded("a link that is still good")
    snapshot = services.snapshot(viewer_of(account).audience)
    node = snapshot.projection.node(NodeKey(said["key"]))
    if not isinstance(node, Actor | Offer):
        raise LinkEnded("a link that is still good")
    return ToConfirm(node.key, node.name or node.key.local, node.assured_on), account


def confirm(services: Services, signed: str) -> None:
    """Enter that a record was right today, as the account whose link it is and with its rights of today.

    Raises NotFound, Forbidden.
    """
    record, account = record_of_link(services, signed)
    today = day_of(services.accounts.clock())
    if record.assured_on == today:
        return
    viewer = viewer_of(account)
    editor = Editor(services, viewer, services.snapshot(viewer.audience), "link")
    editor.change(record.key, {"assured_on": today.isoformat()}, editor.read(record.key).version)


def notice_of_link(services: Services, signed: str) -> Notice:
    """Which mails a link ends; raises NotFound."""
    return notices(services).get(Signer(services.state, END).read(signed, END_WITHIN)["notice"])


def _end_link(services: Services, notice: Notice) -> str:
    return _link(services, "notices", Signer(services.state, END).sign({"notice": notice.id}))


def _link(services: Services, page: str, signed: str) -> str:
    return f"{services.settings.url}/{page}/{signed}"
