"""Which records should be looked at again: when each was last confirmed, the longest ago first, the own ones before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import orjson

from api.questions.relations import relations
from api.snapshot import Snapshot
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType, Visibility
from graph_service.projection import Projection
from graph_service.visibility import Audience, own_records
from matching.about import DAYS, day
from matching.inventory.matcher import CONFIRM_AFTER
from matching.naming.municipalities import plain

_FIRST = 0


class Watched(StrEnum):
    """What ages; bodies that exist by law stand apart, for there are thousands and nobody enters them."""

    ACTORS = "actors"
    OFFERS = "offers"
    REQUESTS = "requests"
    BODIES = "bodies"


LABELS = {
    Watched.ACTORS: Label.ACTOR,
    Watched.OFFERS: Label.OFFER,
    Watched.REQUESTS: Label.REQUEST,
    Watched.BODIES: Label.ACTOR,
}


@dataclass(frozen=True, slots=True)
class Aged:
    """A record with the day on which it was last confirmed (a request: from which on it is open)."""

    key: NodeKey
    name: str
    since: date | None
    until: date | None
    own: bool

    def due(self, on: date) -> bool:
        """Whether somebody should look: never confirmed, or more than a year ago; a request that is over."""
        if self.key.label is Label.REQUEST:
            return self.until is not None and self.until < on
        return self.since is None or (on - self.since).days > CONFIRM_AFTER * DAYS


def list_aged(snapshot: Snapshot, what: Watched, municipalities: frozenset[NodeKey]) -> tuple[Aged, ...]:
    """Everything of a kind: what belongs to these municipalities first, then what was confirmed the longest ago."""

    def build(projection: Projection) -> tuple[Aged, ...]:
        return _aged(projection, what, _belongs(projection, municipalities))

    return snapshot.prepared(("aged", what, municipalities), build)


def place_of(snapshot: Snapshot, key: NodeKey) -> NodeKey | None:
    """The municipality that a record lies in or is there for, if there is one."""
    projection, index = snapshot.projection, relations(snapshot)
    at = projection.arrays.keys.place[key]
    for type in (EdgeType.LOCATED_IN, EdgeType.SERVES):
        for other in index.others(type, "out", at):
            return NodeKey.trusted(projection.arrays.keys[other])
    return None


def _belongs(projection: Projection, municipalities: frozenset[NodeKey]) -> Callable[[int], bool]:
    if not municipalities:
        return lambda _: False
    own = own_records(projection, Audience(Visibility.OWN, municipalities))
    return lambda place: bool(own[place])


def _aged(projection: Projection, what: Watched, own: Callable[[int], bool]) -> tuple[Aged, ...]:
    found = []
    arrays = projection.arrays
    for place in projection.spans[LABELS[what]]:
        said = orjson.loads(arrays.properties[place])
        if what in (Watched.ACTORS, Watched.BODIES):
            by_law = bool(said.get("legal_basis")) and not said.get("assured_on")
            if by_law != (what is Watched.BODIES):
                continue
        since, until = said.get("open_from" if what is Watched.REQUESTS else "assured_on"), said.get("open_until")
        key = NodeKey.trusted(arrays.keys[place])
        found.append(Aged(key, arrays.names[place], day(since), day(until), own(place)))
    return tuple(sorted(found, key=_longest_ago))


def _longest_ago(each: Aged) -> tuple[bool, int, str, str]:
    return (not each.own, each.since.toordinal() if each.since else _FIRST, plain(each.name), each.key)
