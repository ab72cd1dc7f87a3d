"""One record with everything that is known of it and everything that it is related to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from api.questions.relations import Relation, place_of, relations
from api.snapshot import Snapshot
from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import Actor, Alliance, Exchange, Offer, Practice, Request
from matching.teams.health import FRESH


@dataclass(frozen=True, slots=True)
class Freshness:
    """When a record was last confirmed, how many days that is ago, and whether it needs a look."""

    assured_on: date | None
    days: int | None
    due: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFound:
    """A record as it is shown, with its relations by type."""

    revision: int
    key: NodeKey
    name: str
    relations: tuple[Relation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorFound(RecordFound):
    """An actor."""

    record: Actor
    freshness: Freshness


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFound(RecordFound):
    """An offer."""

    record: Offer
    freshness: Freshness


@dataclass(frozen=True, slots=True, kw_only=True)
class AllianceFound(RecordFound):
    """An alliance, project, network or steering group."""

    record: Alliance


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeFound(RecordFound):
    """A practice."""

    record: Practice


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFound(RecordFound):
    """A request."""

    record: Request


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeFound(RecordFound):
    """An exchange between municipalities."""

    record: Exchange


def known_key(snapshot: Snapshot, label: Label, local: str) -> NodeKey:
    """The record that a local key is the key of, or the key of another record of; raises NotFound."""
    key = NodeKey.trusted(f"{label.value.lower()}:{local}")
    known = snapshot.projection.known(key)
    if known is None:
        raise NotFound("a known node", key)
    return known


def freshness(assured_on: date | None, on: date) -> Freshness:
    """How old a confirmation is on a day; what was never confirmed needs a look."""
    if assured_on is None:
        return Freshness(None, None, due=True)
    return Freshness(assured_on, max((on - assured_on).days, 0), due=on - assured_on > FRESH)


FOUND: Mapping[Label, type[RecordFound]] = MappingProxyType(
    {
        Label.ACTOR: ActorFound,
        Label.ALLIANCE: AllianceFound,
        Label.PRACTICE: PracticeFound,
        Label.OFFER: OfferFound,
        Label.REQUEST: RequestFound,
        Label.EXCHANGE: ExchangeFound,
    }
)
"""What is answered for a record of each kind."""


def find_record(snapshot: Snapshot, label: Label, local: str, on: date) -> RecordFound:
    """A record by its local key, as FOUND says for its label, with ages as of a day; raises NotFound."""
    key = known_key(snapshot, label, local)
    place, node = place_of(snapshot, key), snapshot.projection.node(key)
    told: dict[str, Any] = {"record": node}
    if isinstance(node, Actor | Offer):
        told["freshness"] = freshness(node.assured_on, on)
    return FOUND[label](
        revision=snapshot.revision,
        key=key,
        name=snapshot.projection.arrays.names[place],
        relations=tuple(relations(snapshot).of(place)),
        **told,
    )


PLURALS: Mapping[Label, str] = MappingProxyType(
    {label: f"{label.value.lower()}s" for label in FOUND}
    | {Label.MUNICIPALITY: "municipalities", Label.INDICATOR: "indicators", Label.CONCEPT: "vocabularies"}
)
"""What the resources of each kind of record are called."""


def address_of(snapshot: Snapshot, key: str) -> str:
    """Where a record is told, relative to the service; a term's address is that of its vocabulary. Raises NotFound."""
    known = snapshot.projection.known(key)
    if known is None:
        raise NotFound("a known node", key)
    local = known.local.partition(".")[0] if known.label is Label.CONCEPT else known.local
    return f"{PLURALS[known.label]}/{local}"
