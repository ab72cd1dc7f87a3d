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


def find_havers(snapshot: Snapshot, lens: Lens, key: NodeKey, field: str, group: str = "") -> tuple[int, list[Haver]]:
    """Among how many of the nearest was looked, and which of them have offers or practice in a field, nearest first."""
    stock = inventory(snapshot, lens).stock
    if not comparable(stock.peers, key):
        return 0, []
    tried, found = practised(snapshot, group), []
    nearest = stock.peers.suggest(PeerQuestion(key), limit=MOST_LOOKED_AT)
    for peer in nearest:
        offers = tuple(
            each for each in stock.of(peer.key) if each.running and field in each.fields and serves(each.groups, group)
        )
        here = tuple(each for each in tried.get(peer.key, ()) if field in each.practice.fields)
        if offers or here:
            found.append(Haver(peer, offers, here))
    return len(nearest), found
