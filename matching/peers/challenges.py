"""Challenges alike: a second score beside structure, from what municipalities say they face."""

from collections import defaultdict
from dataclasses import replace

from graph_service.errors import InvalidValue
from graph_service.keys import NodeKey
from graph_service.model import EdgeType
from graph_service.projection import Projection
from matching.contract import Contribution
from matching.peers.matcher import PeerSuggestion

SEVERITY = 4
"""The highest severity of a challenge; 0 is none."""


def challenge_similarity(projection: Projection, key: NodeKey, other: NodeKey) -> tuple[Contribution, ...]:
    """How alike two municipalities rate their challenges: contributions that sum to a score of 0 to 1; none if unknown.

    Each challenge that both have rated counts the same, 1 where the severity is equal, 0 where it is as far apart as
    can be.
    """
    rated = ratings(projection)
    own, theirs = rated.get(key, {}), rated.get(other, {})
    both = sorted(own.keys() & theirs.keys())
    found = [
        Contribution(
            str(each), (1 - abs(own[each] - theirs[each]) / SEVERITY) / len(both), own[each], theirs[each],
            possible=1 / len(both),
        )
        for each in both
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda c: (-c.amount, c.feature)))


def blended(structure: PeerSuggestion, challenges: tuple[Contribution, ...], share: float) -> PeerSuggestion:
    """Structure and challenges mixed as a user asks: ``share`` (0 to 1) goes to the challenges."""
    if not 0 <= share <= 1:
        raise InvalidValue("a share from 0 to 1", share)
    if not challenges:
        return structure
    parts = [(c, 1 - share) for c in structure.contributions] + [(c, share) for c in challenges]
    scaled = [
        replace(c, amount=c.amount * part, possible=None if c.possible is None else c.possible * part)
        for c, part in parts
        if part > 0
    ]
    reasons = tuple(sorted(scaled, key=lambda c: (-c.amount, c.feature)))
    return replace(structure, score=sum(c.amount for c in reasons), contributions=reasons)


def ratings(projection: Projection) -> dict[NodeKey, dict[NodeKey, float]]:
    """For each municipality its challenges with their severity, of several ratings the latest."""
    edges = projection.edges(EdgeType.FACES)
    keys = projection.arrays.keys
    latest: dict[tuple[int, int], tuple[str, float]] = {}
    for i, (source, target) in enumerate(zip(edges.source.tolist(), edges.target.tolist(), strict=True)):
        said = edges.property(i)
        if (severity := said.get("severity")) is not None:
            rating = (str(said.get("rated_on", "")), float(severity))
            latest[source, target] = max(latest.get((source, target), ("", -1.0)), rating)
    result: dict[NodeKey, dict[NodeKey, float]] = defaultdict(dict)
    for (source, target), (_, severity) in latest.items():
        result[NodeKey.trusted(keys[source])][NodeKey.trusted(keys[target])] = severity
    return dict(result)
