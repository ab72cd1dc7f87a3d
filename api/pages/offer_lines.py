"""An offer as a line of a list, with what may be done about it."""

from dataclasses import dataclass

from api.editing.rights import Rights
from api.http.current import snapshot, words
from api.pages.frame import record_url, term
from matching.inventory.offers import KnownOffer, actors_named


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """An offer in a list, with what may be done about it."""

    id: str
    name: str
    url: str
    about: str
    by: str
    """Who provides it, for lists of things to do, which need no more."""
    note: str
    day: str
    may_change: bool


def about_offer(offer: KnownOffer) -> str:
    """What an offer is, in a line: kind, fields, for whom, by whom, state."""
    parts = [
        term("offer_kind", offer.offer.kind) if offer.offer.kind else "",
        ", ".join(term("field", each) for each in sorted(offer.fields)),
        ", ".join(term("target_group", each) for each in sorted(offer.groups)),
        provided_by(offer),
        offer.offer.department or "",
        term("offer_status", offer.offer.status) if offer.offer.status not in (None, "active") else "",
    ]
    return " · ".join(filter(None, parts))


def provided_by(offer: KnownOffer) -> str:
    """The names of those who provide an offer."""
    return ", ".join(actor.name or "" for actor in actors_named(snapshot().projection, offer.providers).values())


def shown_offer(offer: KnownOffer, rights: Rights) -> ShownOffer:
    """An offer as its line says it; ``rights`` tell whether it may be changed."""
    day = offer.offer.assured_on
    return ShownOffer(
        offer.key.local,
        offer.name,
        record_url(offer.key),
        about_offer(offer),
        provided_by(offer),
        offer.offer.improvement_note or "",
        words()("last confirmed on {day}", day=words().date(day)) if day else words()("never confirmed"),
        rights.covers(offer.key),
    )
