"""How near in structure a municipality is to any others, of whatever level."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from graph_service.keys import Label, NodeKey
from graph_service.projection import LEVELS, Projection
from matching.peers.bulk import exact
from matching.peers.matcher import PeerRanker
from matching.peers.table import Table


def nearness(ranker: PeerRanker, key: NodeKey, others: Iterable[NodeKey]) -> dict[NodeKey, float]:
    """For each other one the share of all pairs that are less alike (0 to 1); whom nothing is known of is left out.

    Areas of different levels are compared at the wider one: a town stands for the district it lies in.
    """
    projection = ranker.projection
    own = projection.position(key)
    pairs: dict[tuple[int, int], dict[int, list[NodeKey]]] = defaultdict(lambda: defaultdict(list))
    for other in others:
        lifted = _lifted(projection, own, projection.position(other))
        if lifted is not None:
            level, mine, theirs = lifted
            pairs[level, mine][theirs].append(other)
    found: dict[NodeKey, float] = {}
    for (level, mine), wanted in pairs.items():
        for place, near in _near(ranker, level, mine, list(wanted)).items():
            found |= dict.fromkeys(wanted[place], near)
    return found


def comparable(ranker: PeerRanker, key: NodeKey) -> bool:
    """Whether anything is known by which a municipality could be compared with others of its level."""
    projection = ranker.projection
    position = projection.position(key)
    if int(projection.municipalities.level[position]) < 0:
        return False
    return _row(ranker.table(ranker.level_of(key)), position) is not None


def within(projection: Projection, one: NodeKey, other: NodeKey) -> bool:
    """Whether one area is, contains, or lies in the other."""
    first, second = projection.position(one), projection.position(other)
    return second in (first, *above(projection, first)) or first in above(projection, second)


def above(projection: Projection, position: int) -> list[int]:
    """The positions of the areas that a municipality lies in, the nearest first."""
    parent = projection.municipalities.parent
    found: list[int] = []
    while (position := int(parent[position])) >= 0 and len(found) < len(LEVELS):
        found.append(position)
    return found


def below(projection: Projection, key: NodeKey) -> list[int]:
    """The positions of the areas that lie in a municipality, at any depth, in key order."""
    parent = projection.municipalities.parent
    inside = np.zeros(len(parent), bool)
    layer = parent == projection.position(key)
    while (layer & ~inside).any():
        inside |= layer
        layer = np.isin(parent, np.flatnonzero(layer))
    return [int(each) for each in np.flatnonzero(inside)]


def _lifted(projection: Projection, own: int, other: int) -> tuple[int, int, int] | None:
    """The level at which two areas can be compared, and the areas at that level; None where there is none."""
    levels = projection.municipalities.level
    level = min(int(levels[own]), int(levels[other]))
    if level < 0:
        return None
    areas = []
    for place in (own, other):
        chain = [each for each in (place, *above(projection, place)) if int(levels[each]) == level]
        if not chain:
            return None
        areas.append(chain[0])
    return None if areas[0] == areas[1] else (level, areas[0], areas[1])


def _near(ranker: PeerRanker, level: int, own: int, others: list[int]) -> dict[int, float]:
    table = ranker.table(LEVELS[level])
    row = _row(table, own)
    if row is None:
        return {}
    rows = np.array([int(table.features.row_of[each]) for each in others])
    at = [i for i in np.flatnonzero(rows >= 0).tolist() if table.candidates[rows[i]]]
    if not at:
        return {}
    amounts, known, _ = exact(table, row, rows[at])
    # hub control changes scores, not how alike two are
    plain = np.nansum(amounts[:, : len(table.ids)], axis=1) / (1 - table.lens.hub_control)
    enough = known >= table.lens.filters.min_coverage - 1e-9
    near = table.closeness(plain)
    return {others[i]: share for i, share, known_enough in zip(at, near, enough.tolist(), strict=True) if known_enough}


def _row(table: Table, position: int) -> int | None:
    """The row of a municipality with enough values; None where there is none."""
    row = int(table.features.row_of[position])
    return row if row >= 0 and len(table.ids) and table.candidates[row] else None


def position_keys(projection: Projection, positions: Iterable[int]) -> list[NodeKey]:
    """The keys of municipalities by position."""
    return [projection.key(Label.MUNICIPALITY, position) for position in positions]
