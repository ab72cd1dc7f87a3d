"""A municipality side by side with up to five others: every figure, what they face, and what they have tried."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from api.questions.peers import PeerExplained, PeersAsked, explain_pair
from api.questions.profile import ratings
from api.questions.relations import place_of, relations
from api.questions.standing import APART, Among, Standing, among, level_of, standings
from api.snapshot import Snapshot
from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType, Indicator
from graph_service.network.places import inside
from matching.about import text
from matching.inventory.offers import Rating
from matching.naming.municipalities import plain
from matching.peers.features import years
from matching.practices.records import is_unproven

MOST = 5
"""With how many others a municipality is compared at once."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One indicator for all of them; ``orders`` says which share of the first one's level has a lower value."""

    column: int
    indicator: Indicator
    values: tuple[Standing | None, ...]
    orders: tuple[float | None, ...]

    @property
    def apart(self) -> tuple[int, ...]:
        """For each other one 1 or -1 if its value is clearly higher or lower than the first one's, else 0."""
        own = self.orders[0]
        return tuple(
            0 if own is None or each is None or abs(each - own) < APART else (1 if each > own else -1)
            for each in self.orders[1:]
        )

    @property
    def differs(self) -> bool:
        """Whether anybody's value is clearly another."""
        return any(self.apart)


@dataclass(frozen=True, slots=True)
class Tried:
    """A practice in one of the municipalities, or in what lies within it."""

    key: NodeKey
    name: str
    status: str
    outcome: str
    unproven: bool = False
    """An award or a programme is known, but not what was done."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The municipality asked for comes first everywhere, the others in the order in which they were named."""

    revision: int
    keys: tuple[NodeKey, ...]
    names: tuple[str, ...]
    rows: tuple[Compared, ...]
    pairs: tuple[PeerExplained | None, ...]
    """How alike each of the others is; None where that cannot be said."""
    challenges: tuple[tuple[str, tuple[Rating | None, ...]], ...]
    """Each challenge that any of them rated; the hardest for the first one first."""
    tried: tuple[tuple[Tried, ...], ...]


def compare(snapshot: Snapshot, asked: PeersAsked, others: Sequence[NodeKey]) -> Comparison:
    """Put them side by side; raises NotFound."""
    keys = (asked.municipality, *others)
    projection = snapshot.projection
    told = [{each.column: each for each in standings(snapshot, key)} for key in keys]
    level = level_of(projection, keys[0])
    all = among(snapshot, level) if level is not None else None
    columns = sorted({j for each in told for j, standing in each.items() if standing.value is not None})
    rows = []
    for j in columns:
        values = tuple(each.get(j) for each in told)
        rows.append(Compared(j, projection.indicators[j], values, tuple(_order(all, j, each) for each in values)))
    return Comparison(
        snapshot.revision,
        keys,
        tuple(projection.name(Label.MUNICIPALITY, projection.position(key)) for key in keys),
        tuple(rows),
        tuple(_pair(snapshot, asked, other) for other in others),
        _challenges(snapshot, keys),
        tuple(practices_tried(snapshot, key) for key in keys),
    )


def _order(all: Among | None, column: int, standing: Standing | None) -> float | None:
    if all is None or standing is None or standing.value is None or not all.known[column]:
        return None
    values = all.features.values[:, column]
    lower, same = int((values < standing.value).sum()), int((values == standing.value).sum())
    return (lower + same / 2) / int(all.known[column])


def _pair(snapshot: Snapshot, asked: PeersAsked, other: NodeKey) -> PeerExplained | None:
    try:
        pair = explain_pair(snapshot, asked, other)
    except NotFound:  # of another level, or nothing is known of it
        return None
    return pair if pair.contributions else None


def _challenges(snapshot: Snapshot, keys: Sequence[NodeKey]) -> tuple[tuple[str, tuple[Rating | None, ...]], ...]:
    rated = ratings(snapshot)
    by_key = [{each.challenge: each for each in rated.get(key, ())} for key in keys]
    found = [(id, tuple(each.get(id) for each in by_key)) for id in {id for each in by_key for id in each}]

    def order(row: tuple[str, tuple[Rating | None, ...]]) -> tuple[float, float, str]:
        own, rest = row[1][0], [each.severity for each in row[1] if each]
        return (-(own.severity if own else -1.0), -max(rest), row[0])

    return tuple(sorted(found, key=order))


def practices_tried(snapshot: Snapshot, key: NodeKey) -> tuple[Tried, ...]:
    """The practices applied in a municipality or within it, by name; each once, with what is said of it last."""
    projection = snapshot.projection
    start = projection.spans[Label.MUNICIPALITY].start
    index, edges, arrays = relations(snapshot), projection.edges(EdgeType.APPLIED_IN), projection.arrays
    found: dict[int, Tried] = {}
    own = place_of(snapshot, key)
    for town in dict.fromkeys([own, *(int(i) + start for i in inside(projection, key))]):
        for i in index.numbers(EdgeType.APPLIED_IN, "in", town):
            practice, said = int(edges.source[i]), edges.property(i)
            if practice not in found:
                its = NodeKey.trusted(arrays.keys[practice])
                found[practice] = Tried(
                    its,
                    arrays.names[practice],
                    text(said, "status"),
                    text(said, "outcome"),
                    is_unproven(projection, its),
                )
    return tuple(sorted(found.values(), key=lambda each: (plain(each.name), each.key)))


def spread(rows: Sequence[Standing | None]) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """The values and the years that small lines of one row share; None where nothing is known over time."""
    values = [value for each in rows if each for value in each.series.values() if np.isfinite(value)]
    periods = [period for each in rows if each for period in each.series]
    if not values:
        return None
    when = years(periods)
    return (min(values), max(values)), (float(when.min()), float(when.max()))
