"""Where sources contradict one another: which dataset says what of the same record, and which one is believed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.services import Services
from api.snapshot import Snapshot
from graph_service.keys import Label, NodeKey
from graph_service.model import Claim
from graph_service.store.contract import Reader
from graph_service.visibility import Audience
from matching.naming.municipalities import plain

NEAR_DEGREES = 0.02
"""Two points of the same area this close (2 km) are no contradiction: publishers choose their points differently."""
_POINTS = frozenset({"longitude", "latitude"})


@dataclass(frozen=True, slots=True)
class Saying:
    """What one dataset says, since when."""

    dataset: str
    value: object
    since: datetime


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A property of a record of which datasets say different things; the first of them is believed."""

    key: NodeKey
    name: str
    property: str
    sayings: tuple[Saying, ...]


@dataclass(frozen=True, slots=True)
class Disagreements:
    """All of them that the audience may know of, by kind of record, name and property."""

    revision: int
    items: tuple[Disagreement, ...]


def list_disagreements(services: Services, audience: Audience) -> Disagreements:
    """Where datasets disagree, worked out once for a snapshot; raises StoreError."""
    snapshot = services.snapshot(audience)
    return snapshot.prepared("disagreements", lambda _: services.read(audience, _disagreements), ahead=True)


def _disagreements(reader: Reader, snapshot: Snapshot) -> Disagreements:
    seen = snapshot.sight.seen
    found = []
    for key, claims in reader.contested():
        if snapshot.sight.shows(key):  # several may say something of what none of them names
            found += _of_record(key, seen.name(key.label, seen.position(key)), claims)
    order = list(Label)
    found.sort(key=lambda each: (order.index(each.key.label), plain(each.name), each.key, each.property))
    return Disagreements(snapshot.revision, tuple(found))


def _of_record(key: NodeKey, name: str, claims: Sequence[Claim]) -> list[Disagreement]:
    found = []
    for property in dict.fromkeys(name for claim in claims for name in claim.properties):
        sayings = [
            Saying(claim.dataset, claim.properties[property], claim.since)
            for claim in claims
            if claim.properties.get(property) not in (None, "")  # an empty name leaves it to the others
        ]
        if any(_differs(property, sayings[0].value, each.value) for each in sayings[1:]):
            found.append(Disagreement(key, name, property, tuple(sayings)))
    return found


def _differs(property: str, one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        near = NEAR_DEGREES if property in _POINTS else 0.0
        return not math.isclose(one, other, rel_tol=1e-6, abs_tol=near)
    return one != other
