"""Offers as an inventory sees them: what they are about, for whom, from whom, and for which areas."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from graph_service.keys import Label, NodeKey
from graph_service.model import Actor, EdgeType, Level, Offer
from graph_service.projection import LEVELS, Projection
from matching.about import concepts, day, fields_of, sources, targets, text
from matching.peers.nearness import above

AGES = {"age-0-5": (0, 5), "age-6-11": (6, 11), "age-12-15": (12, 15), "age-16-17": (16, 17), "age-18-26": (18, 26)}
"""Target groups that an offer's ages speak of, where it names none."""
EVERYBODY = ("", "newcomers-general")
"""Groups whose offers are for every group: those that name none, and newcomers in general."""
RUNNING = frozenset({"", "active", "full"})
"""Status of an offer that can be counted on; "" where none is said."""
ENDED = "ended"


@dataclass(frozen=True, slots=True)
class KnownOffer:
    """An offer; ``groups`` are those it names, else those of its ages."""

    offer: Offer
    fields: frozenset[str]
    groups: frozenset[str]
    challenges: frozenset[str]
    providers: tuple[NodeKey, ...]
    places: tuple[NodeKey, ...]

    @property
    def key(self) -> NodeKey:
        """The offer's key."""
        return self.offer.key

    @property
    def name(self) -> str:
        """The offer's name."""
        return self.offer.name or self.key.local

    @property
    def running(self) -> bool:
        """Whether people can use it."""
        return (self.offer.status or "") in RUNNING


@dataclass(frozen=True, slots=True)
class Rating:
    """The latest that a municipality said of a challenge."""

    challenge: str
    field: str
    severity: float
    rated_on: date | None
    rater_role: str


def read_offers(projection: Projection) -> list[KnownOffer]:
    """Every offer, in key order. One that names no place is where its provider is."""
    label = Label.OFFER
    fields = concepts(projection, EdgeType.IN_FIELD, label, "field")
    groups = concepts(projection, EdgeType.FOR_GROUP, label, "target_group")
    challenges = concepts(projection, EdgeType.ADDRESSES, label, "challenge")
    inside = fields_of(projection, {each for ids in challenges.values() for each in ids})
    serves, located = targets(projection, EdgeType.SERVES, label), targets(projection, EdgeType.LOCATED_IN, label)
    providers = sources(projection, EdgeType.OFFERS, label)
    homes = targets(projection, EdgeType.LOCATED_IN, Label.ACTOR)
    none: frozenset[str] = frozenset()
    found = []
    for node in projection.nodes(label):
        if isinstance(node, Offer):
            key = node.key
            by = providers.get(key, ())
            addressed = challenges.get(key, none)
            places = dict.fromkeys((*serves.get(key, ()), *located.get(key, ())))
            found.append(
                KnownOffer(
                    node,
                    fields.get(key, none) | {inside[each] for each in addressed if each in inside},
                    groups.get(key, none) or _of_ages(node),
                    addressed,
                    by,
                    tuple(places or dict.fromkeys(place for each in by for place in homes.get(each, ()))),
                )
            )
    return found


def _of_ages(offer: Offer) -> frozenset[str]:
    if offer.age_min is None and offer.age_max is None:
        return frozenset()
    low, high = offer.age_min or 0, 120 if offer.age_max is None else offer.age_max
    return frozenset(group for group, (first, last) in AGES.items() if low <= last and first <= high)


def latest_ratings(projection: Projection) -> dict[NodeKey, tuple[Rating, ...]]:
    """For each municipality its challenges, the hardest first; of several ratings of one the latest."""
    edges, keys = projection.edges(EdgeType.FACES), projection.arrays.keys
    latest: dict[tuple[int, str], tuple[str, float, str]] = {}
    for i, (source, target) in enumerate(zip(edges.source.tolist(), edges.target.tolist(), strict=True)):
        said, challenge = edges.property(i), keys[target].partition("challenge.")[2]
        if challenge and (severity := said.get("severity")) is not None:
            rating = (text(said, "rated_on"), float(severity), text(said, "rater_role"))
            latest[source, challenge] = max(latest.get((source, challenge), ("", -1.0, "")), rating)
    fields = fields_of(projection, {challenge for _, challenge in latest})
    found: dict[NodeKey, list[Rating]] = defaultdict(list)
    for (source, challenge), (rated_on, severity, role) in latest.items():
        rated = Rating(challenge, fields.get(challenge, ""), severity, day(rated_on), role)
        found[NodeKey.trusted(keys[source])].append(rated)
    return {key: tuple(sorted(each, key=lambda r: (-r.severity, r.challenge))) for key, each in found.items()}


def actors_named(projection: Projection, wanted: Iterable[NodeKey]) -> dict[NodeKey, Actor]:
    """These actors as records."""
    found = ((key, projection.node(key)) for key in wanted)
    return {key: node for key, node in found if isinstance(node, Actor)}


class Areas:
    """Which records belong to which municipality: those in it, in areas within it, and for areas around it."""

    def __init__(self, projection: Projection, places: Iterable[tuple[NodeKey, ...]]) -> None:
        """Sort records, numbered in order, by their places."""
        self._projection = projection
        self._inside: dict[int, set[int]] = defaultdict(set)
        self._direct: dict[int, set[int]] = defaultdict(set)
        for i, keys in enumerate(places):
            for key in keys:
                place = projection.position(key)
                self._direct[place].add(i)
                for area in (place, *above(projection, place)):
                    self._inside[area].add(i)

    def of(self, key: NodeKey) -> list[int]:
        """The records that somebody in this municipality can reach, in order."""
        place = self._projection.position(key)
        found = set(self._inside.get(place, ()))
        for area in above(self._projection, place):
            found |= self._direct.get(area, set())
        return sorted(found)

    def recorded(self, key: NodeKey) -> bool:
        """Whether anything is recorded there or in its district: what a whole state has says nothing of one place."""
        place = self._projection.position(key)
        wide, levels = LEVELS.index(Level.DISTRICT), self._projection.municipalities.level
        near = (each for each in above(self._projection, place) if levels[each] >= wide)
        return bool(self._inside.get(place)) or any(self._direct.get(each) for each in near)
