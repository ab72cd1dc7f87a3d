"""The stock that inventories are taken of: offers, their areas, ratings, and the fields and groups that are used."""

from collections.abc import Iterable
from datetime import date
from functools import cached_property

from graph_service.keys import NodeKey
from graph_service.vocabulary import load_vocabulary
from matching.inventory.offers import Areas, KnownOffer, latest_ratings, read_offers
from matching.peers.matcher import PeerRanker

HARD = 3
"""From this severity (0 to 4) on a challenge without an offer is a white spot."""


class Stock:
    """What is recorded in one revision; immutable once read."""

    def __init__(self, peers: PeerRanker) -> None:
        """Read what is recorded; ``peers`` says who is comparable."""
        self.peers = peers
        self.projection = peers.projection
        self.offers = read_offers(self.projection)
        self.areas = Areas(self.projection, (each.places for each in self.offers))
        self.ratings = latest_ratings(self.projection)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The fields of the vocabulary in order, then others that are used."""
        used = {id for each in self.offers for id in each.fields}
        used |= {rating.field for ratings in self.ratings.values() for rating in ratings} - {""}
        return _ordered("field", used)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The target groups of the vocabulary in order, then others that are used."""
        return _ordered("target_group", {id for each in self.offers for id in each.groups})

    def of(self, key: NodeKey) -> list[KnownOffer]:
        """The offers that somebody in this municipality can reach."""
        return [self.offers[i] for i in self.areas.of(key)]

    def severity(self, key: NodeKey) -> dict[str, float]:
        """The hardest rated challenge of each field."""
        found: dict[str, float] = {}
        for rating in self.ratings.get(key, ()):
            found[rating.field] = max(found.get(rating.field, 0.0), rating.severity)
        return found


def _ordered(kind: str, used: Iterable[str]) -> tuple[str, ...]:
    known = [term.id for term in load_vocabulary().terms(kind)]
    return (*known, *sorted(set(used) - set(known)))


def span(days: Iterable[date | None]) -> tuple[date, date] | None:
    """The first and the last of the days that are known."""
    known = sorted(each for each in days if each is not None)
    return (known[0], known[-1]) if known else None
