"""Peers of a special kind: similar but further, different yet solved, unfamiliar.

Each starts from the plain peers of a lens and adds what makes them special as facts beside the score, so that the score
stays the sum of the lens's contributions.
"""

from collections import defaultdict
from dataclasses import dataclass, fields, replace

import numpy as np

from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType
from graph_service.projection import Projection
from matching.peers.challenges import ratings
from matching.peers.matcher import PeerQuestion, PeerRanker, PeerSuggestion

FACED = 2
"""From this severity on a municipality faces a challenge."""
RUNNING = frozenset({"running", "embedded", "ended-successful", ""})
"""Status of an application that shows that somebody has come further; "" where none is said."""
CLEARLY = 0.15
"""How far on an indicator's scale (0 to 1) a value must be better to be clearly better."""
NEAR = 0.75
"""Of all pairs, the share that a near peer must be closer than."""


@dataclass(frozen=True, slots=True)
class Better:
    """An indicator in which the other one is clearly better."""

    indicator: str
    own: float
    other: float
    unit: str
    period: str


@dataclass(frozen=True, slots=True)
class FurtherPeer(PeerSuggestion):
    """A peer that has come further: practices that it applies, and indicators in which it is clearly better."""

    practices: tuple[NodeKey, ...] = ()
    better: tuple[Better, ...] = ()
    challenges: tuple[NodeKey, ...] = ()
    """Challenges that both face."""


def similar_but_further(
    ranker: PeerRanker, question: PeerQuestion, *, limit: int = 10, challenge: NodeKey | None = None
) -> list[FurtherPeer]:
    """Near in structure, facing the same challenge where that is known, and with practice or values ahead of ours."""
    return _further(ranker, question, limit, challenge, near=True)


def different_yet_solved(
    ranker: PeerRanker, question: PeerQuestion, *, limit: int = 10, challenge: NodeKey | None = None
) -> list[FurtherPeer]:
    """Not near in structure, yet with practice running against the challenge: ideas from elsewhere."""
    return _further(ranker, question, limit, challenge, near=False)


def unfamiliar(ranker: PeerRanker, question: PeerQuestion, *, limit: int = 10) -> list[PeerSuggestion]:
    """Peers outside the own state, not adjacent, and without an alliance, an exchange or a practice in common."""
    known = familiar(ranker.projection, question.key)
    return ranker.suggest(replace(question, exclude=question.exclude | known), limit=limit)


def familiar(projection: Projection, key: NodeKey) -> frozenset[NodeKey]:
    """Whom a municipality knows: its state, its neighbours, and partners in alliances, exchanges and practices."""
    own = projection.position(key)
    state, district = projection.state, projection.district
    near = np.zeros(len(state), bool)
    if state[own] >= 0:
        near |= state == state[own]
    if district[own] >= 0:
        near |= district == district[own]
    town = Label.MUNICIPALITY
    adjacent = projection.adjacency(EdgeType.ADJACENT_TO, town, town)
    near[(adjacent + adjacent.T)[[own]].indices] = True
    for type, label in (
        (EdgeType.ACTS_IN, Label.ALLIANCE),
        (EdgeType.INVOLVES, Label.EXCHANGE),
        (EdgeType.APPLIED_IN, Label.PRACTICE),
    ):
        shared = projection.adjacency(type, label, town)
        near[(shared[shared[:, [own]].nonzero()[0]]).indices] = True
    near[own] = False
    return frozenset(projection.key(town, place) for place in np.flatnonzero(near).tolist())


def _further(
    ranker: PeerRanker, question: PeerQuestion, limit: int, challenge: NodeKey | None, *, near: bool
) -> list[FurtherPeer]:
    projection = ranker.projection
    rated = ratings(projection)
    own = {key for key, severity in rated.get(question.key, {}).items() if severity >= FACED}
    wanted = {challenge} if challenge else own
    practices = _practices(projection, wanted)
    found: list[FurtherPeer] = []
    plain = ranker.suggest(question, limit=len(projection.spans[Label.MUNICIPALITY]))
    for peer in plain if near else reversed(plain):
        if (peer.closeness >= NEAR) != near:
            continue
        theirs = {key for key, severity in rated.get(peer.key, {}).items() if severity >= FACED}
        shared = tuple(sorted(wanted & theirs))
        if wanted and peer.key in rated and not shared and near:
            continue  # it is known not to face this
        running = practices.get(peer.key, ())
        better = _better(ranker, question, peer) if near else ()
        if running or better:
            values = {field.name: getattr(peer, field.name) for field in fields(peer)}
            found.append(FurtherPeer(**values, practices=running, better=better, challenges=shared))
        if len(found) == limit:
            break
    # practice counts before values: it can be asked about
    found.sort(key=lambda peer: (not peer.practices, peer.rank if near else -peer.rank))
    return [replace(peer, rank=rank) for rank, peer in enumerate(found, 1)]


def _better(ranker: PeerRanker, question: PeerQuestion, peer: PeerSuggestion) -> tuple[Better, ...]:
    table = ranker.table(ranker.level_of(question.key, question.filters))
    place = ranker.projection.position
    own, other = table.row(place(question.key)), table.row(place(peer.key))
    polarity = np.array([indicator.polarity or 0 for indicator in table.features.indicators])
    gain = polarity * (table.scaled[other] - table.scaled[own])
    order = np.argsort(-np.nan_to_num(gain, nan=-1), kind="stable")
    values = table.features.values
    return tuple(
        Better(table.ids[j], float(values[own, j]), float(values[other, j]), table.units[j], table.periods[j])
        for j in order.tolist()
        if gain[j] >= CLEARLY and table.weights[j] > 0
    )


def _practices(projection: Projection, challenges: set[NodeKey]) -> dict[NodeKey, tuple[NodeKey, ...]]:
    """For each municipality the practices that run there, against these challenges if any are given."""
    addresses, applied = projection.edges(EdgeType.ADDRESSES), projection.edges(EdgeType.APPLIED_IN)
    keys = projection.arrays.keys
    fitting: set[int] | None = None
    if challenges:
        places = {keys.place[key] for key in challenges if key in keys.place}
        pairs = zip(addresses.source.tolist(), addresses.target.tolist(), strict=True)
        fitting = {source for source, target in pairs if target in places}
    result: dict[NodeKey, set[NodeKey]] = defaultdict(set)
    for i, (source, target) in enumerate(zip(applied.source.tolist(), applied.target.tolist(), strict=True)):
        status = str(applied.property(i).get("status", ""))
        if (fitting is None or source in fitting) and status in RUNNING:
            result[NodeKey.trusted(keys[target])].add(NodeKey.trusted(keys[source]))
    return {key: tuple(sorted(found)) for key, found in result.items()}
