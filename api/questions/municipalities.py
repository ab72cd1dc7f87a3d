"""Lists of municipalities: by level, state, what they lie in, and name."""

from dataclasses import dataclass, field

import numpy as np

from api.questions.directory import Mask, Named, directory, named_town, page_of
from api.snapshot import Snapshot
from graph_service.keys import Label, NodeKey
from graph_service.model import Level
from graph_service.projection import LEVELS, Projection


@dataclass(frozen=True, slots=True, kw_only=True)
class TownsAsked:
    """Which municipalities: every condition that is given must hold."""

    level: Level | None = None
    state: NodeKey | None = None
    parent: NodeKey | None = None
    """What they lie in directly."""
    q: str = ""
    """Part of the name, or the beginning of the code."""
    limit: int = 50
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Town:
    """A municipality as lists show it; None is not known."""

    key: NodeKey
    name: str
    level: Level | None
    kind: str
    state: Named | None
    parent: Named | None
    population: int | None
    longitude: float | None
    latitude: float | None


@dataclass(frozen=True, slots=True)
class Towns:
    """A page of the list. ``next`` is where the following page begins, none on the last one."""

    items: tuple[Town, ...]
    total: int
    next: str | None
    revision: int = field(kw_only=True)


def find_towns(snapshot: Snapshot, asked: TownsAsked) -> Towns:
    """A page of the municipalities that were asked for; raises NotFound for an unknown state or parent."""
    projection, known = snapshot.projection, directory(snapshot, Label.MUNICIPALITY)
    mask = chosen_towns(snapshot, asked, asked.level)
    places, following = page_of(known, mask, asked.cursor, asked.limit)
    items = tuple(_town(projection, i) for i in places)
    return Towns(items, int(mask.sum()), following, revision=snapshot.revision)


def chosen_towns(snapshot: Snapshot, asked: TownsAsked, level: Level | None) -> Mask:
    """Which municipalities of a level (None: of any) fulfil the conditions; raises NotFound."""
    projection = snapshot.projection
    table, known = projection.municipalities, directory(snapshot, Label.MUNICIPALITY)
    mask = np.ones(len(known), np.bool_)
    if level is not None:
        mask &= table.level == LEVELS.index(level)
    if asked.state is not None:
        mask &= projection.state == projection.position(asked.state)
    if asked.parent is not None:
        mask &= table.parent == projection.position(asked.parent)
    if asked.q:
        mask &= known.named(asked.q)
    return mask


def _town(projection: Projection, i: int) -> Town:
    table, named = projection.municipalities, named_town(projection, i)
    level, kind, state, parent = (
        int(column[i]) for column in (table.level, table.kind, projection.state, table.parent)
    )
    population = table.population[i]
    return Town(
        named.key,
        named.name,
        LEVELS[level] if level >= 0 else None,
        table.kinds[kind] if kind >= 0 else "",
        named_town(projection, state) if state >= 0 else None,
        named_town(projection, parent) if parent >= 0 else None,
        None if np.isnan(population) else int(population),
        _known(table.longitude[i]),
        _known(table.latitude[i]),
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
