"""What is on offer, what is missing and what is old: for one municipality, or for all of an area."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from api.snapshot import Snapshot
from graph_service.keys import NodeKey
from graph_service.model import Level, Municipality
from graph_service.projection import LEVELS, Projection
from matching.inventory.answers import AtlasAnswer, AtlasQuestion, AtlasRow, CoverageAnswer, CoverageQuestion
from matching.inventory.atlas import Tried, rows_of, serves, tried_within
from matching.inventory.matcher import Inventory
from matching.inventory.offers import KnownOffer
from matching.naming.municipalities import plain
from matching.peers.lens import Lens
from matching.peers.matcher import PeerQuestion, PeerSuggestion
from matching.peers.nearness import below, comparable, position_keys
from matching.practices.records import Known, read_practices

MOST_LOOKED_AT = 100
"""Among how many of the closest a full cell is looked for."""


@dataclass(frozen=True, slots=True)
class Haver:
    """A near municipality that has something in a field."""

    peer: PeerSuggestion
    offers: tuple[KnownOffer, ...]
    practices: tuple[Tried, ...]
    both: frozenset[NodeKey]
    """What of it the municipality that asks has, too; it stands behind what is new there."""

    @property
    def new(self) -> bool:
        """Whether anything of it is not had by the one that asks."""
        return len(self.both) < len(self.offers) + len(self.practices)

    @property
    def new_practice(self) -> Tried | None:
        """The first practice with evidence that the one that asks has not tried, and where it was."""
        new = (each for each in self.practices if each.practice.key not in self.both)
        return next((each for each in new if not each.practice.unproven), None)

    @property
    def partner(self) -> NodeKey:
        """Who is asked for an exchange: the town that tried what is new, where it is one, else the municipality."""
        places = self.new_practice.places if self.new_practice else ()
        return places[0] if len(places) == 1 else self.peer.key

    @property
    def hearsay(self) -> bool:
        """Whether all that is new is known without evidence, so that it would have to be asked what was done."""
        return self.new and self.new_practice is None and all(each.key in self.both for each in self.offers)


def inventory(snapshot: Snapshot, lens: Lens) -> Inventory:
    """The offers of a snapshot, with municipalities as a lens compares them."""
    return snapshot.prepared(("inventory", lens), lambda _: Inventory(snapshot.peers(lens)))


def find_coverage(snapshot: Snapshot, lens: Lens, question: CoverageQuestion) -> CoverageAnswer:
    """Take stock of one municipality; raises NotFound."""
    return inventory(snapshot, lens).coverage(question)


def find_atlas(snapshot: Snapshot, lens: Lens, question: AtlasQuestion) -> AtlasAnswer:
    """Take stock of an area; raises NotFound."""
    return inventory(snapshot, lens).atlas(question)


def atlas_rows(
    snapshot: Snapshot, lens: Lens, level: Level, area: NodeKey | None = None, group: str = ""
) -> tuple[AtlasRow, ...]:
    """Every municipality of a level, in an area or everywhere, in key order; kept as long as the snapshot."""
    stock = inventory(snapshot, lens).stock

    def build(projection: Projection) -> tuple[AtlasRow, ...]:
        return tuple(rows_of(stock, _present(projection, level, area), group))

    return snapshot.prepared(("atlas", lens, level, area, group), build)


def _present(projection: Projection, level: Level, area: NodeKey | None) -> Iterator[NodeKey]:
    levels = projection.municipalities.level
    everywhere = np.flatnonzero(levels == LEVELS.index(level)).tolist()
    places = everywhere if area is None else sorted({*everywhere} & {*below(projection, area)})
    for key in position_keys(projection, places):
        node = projection.node(key)
        if isinstance(node, Municipality) and node.valid_until is None:
            yield key


def practices(snapshot: Snapshot) -> list[Known]:
    """Every practice with what is recorded of it, read once."""
    return snapshot.prepared("practices-known", read_practices)


def practised(snapshot: Snapshot, group: str = "") -> Mapping[NodeKey, Sequence[Tried]]:
    """What was tried in each municipality or within it; kept as long as the snapshot."""
    return snapshot.prepared(
        ("practised", group), lambda projection: tried_within(projection, practices(snapshot), group)
    )


def without_field(
    snapshot: Snapshot, lens: Lens, keys: Sequence[NodeKey], group: str = ""
) -> dict[NodeKey, tuple[str, set[NodeKey]]]:
    """Running offers and practices of these municipalities that name no field: their names, and where they are."""
    stock, tried = inventory(snapshot, lens).stock, practised(snapshot, group)
    found: dict[NodeKey, tuple[str, set[NodeKey]]] = {}
    for key in keys:
        for offer in stock.of(key):
            if offer.running and not offer.fields and serves(offer.groups, group):
                found.setdefault(offer.key, (offer.name, set()))[1].add(key)
        for each in tried.get(key, ()):
            if not each.practice.fields:
                found.setdefault(each.practice.key, (each.practice.name, set()))[1].update(each.places)
    return found


def had(
    snapshot: Snapshot, lens: Lens, key: NodeKey, field: str, group: str = ""
) -> tuple[list[KnownOffer], list[Tried]]:
    """The running offers and the practices that a municipality has in a field, by the alphabet."""
    offers = [
        each
        for each in inventory(snapshot, lens).stock.of(key)
        if each.running and field in each.fields and serves(each.groups, group)
    ]
    tried = [each for each in practised(snapshot, group).get(key, ()) if field in each.practice.fields]
    by_name = sorted(offers, key=lambda each: plain(each.name))
    return by_name, sorted(tried, key=lambda each: plain(each.practice.name))


def find_havers(snapshot: Snapshot, lens: Lens, key: NodeKey, field: str, group: str = "") -> tuple[int, list[Haver]]:
    """Among how many of the nearest was looked, and which of them have offers or practice in a field, nearest first."""
    stock = inventory(snapshot, lens).stock
    if not comparable(stock.peers, key):
        return 0, []
    own_offers, own_tried = had(snapshot, lens, key, field, group)
    own = {each.key for each in own_offers} | {each.practice.key for each in own_tried}
    found, nearest = [], stock.peers.suggest(PeerQuestion(key), limit=MOST_LOOKED_AT)
    for peer in nearest:
        offers, tried = had(snapshot, lens, peer.key, field, group)
        offers.sort(key=lambda each: each.key in own)
        tried.sort(key=lambda each: (each.practice.key in own, each.practice.unproven))
        if offers or tried:
            both = own & ({each.key for each in offers} | {each.practice.key for each in tried})
            found.append(Haver(peer, tuple(offers), tuple(tried), frozenset(both)))
    return len(nearest), found


def untried(snapshot: Snapshot, key: NodeKey, field: str) -> list[Known]:
    """The practices of a field that a municipality has not tried, wherever they come from."""
    own = {each.practice.key for each in practised(snapshot).get(key, ())}
    return [each for each in practices(snapshot) if field in each.fields and each.key not in own]
