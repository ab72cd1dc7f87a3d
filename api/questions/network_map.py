"""Where nodes of the network stand on the map of the country."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import orjson

from api.questions.network_groups import home_of
from api.questions.network_scene import FEW, SPACE, FloatArray, Scene, pushed_apart
from api.questions.silhouette import silhouette
from api.snapshot import Snapshot
from graph_service.keys import Label
from graph_service.model import EdgeType, Level
from graph_service.projection import LEVELS, Projection

WIDE = 900.0
"""How far apart the outermost are."""
MOST_OF_IT = 0.5
"""Whoever lies over so much of the country is shown on all of it."""
SEVERAL = (Label.ALLIANCE, Label.PRACTICE, Label.EXCHANGE)
"""What may be at home in several places, and then stands in their middle."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies under a map: its districts, and the outline of the country."""

    districts: FloatArray
    land: tuple[FloatArray, ...] = ()

    def moved(self, by: FloatArray) -> "Ground":
        """The same, further to the right and down."""
        return Ground(self.districts + by, tuple(ring + by for ring in self.land))


NO_GROUND = Ground(np.zeros((0, 2)))


def on_map(snapshot: Snapshot, scene: Scene) -> tuple[FloatArray, Ground]:
    """Where things are, plate carrée around the middle; what shares a place stands around it, what has none below."""
    where = _where(snapshot, scene.nodes)
    known = np.isfinite(where).all(axis=1)
    if not known.any():
        return in_rows(scene.size, WIDE), NO_GROUND
    districts, land = snapshot.prepared("network-ground", _ground, ahead=True)
    low, high = where[known].min(axis=0), where[known].max(axis=0)
    if len(districts) and ((high - low) >= MOST_OF_IT * np.ptp(districts, axis=0)).all():
        low, high = np.minimum(low, districts.min(axis=0)), np.maximum(high, districts.max(axis=0))
    middle = (low + high) / 2
    squeeze = np.array([math.cos(math.radians(float(middle[1]))), -1.0])
    scale = WIDE / max(float(np.abs((high - low) * squeeze).max()), 0.4)
    at = np.zeros((scene.size, 2))
    at[known] = _fanned((where[known] - middle) * squeeze * scale)
    at[known] = pushed_apart(at[known], scene.sizes[known], 8.0 if scene.size <= FEW else 2.0)
    margin = (high - low) * 0.15 + 0.1
    districts = districts[((districts >= low - margin) & (districts <= high + margin)).all(axis=1)]
    across = at[known][:, 0]
    corner = np.array([across.min(), at[known][:, 1].max() + 2 * SPACE])
    at[~known] = in_rows(int((~known).sum()), max(float(np.ptp(across)), WIDE / 2)) + corner
    rings = tuple((ring - middle) * squeeze * scale for ring in land)
    return at, Ground((districts - middle) * squeeze * scale, rings)


def _ground(projection: Projection) -> tuple[FloatArray, list[FloatArray]]:
    """The longitude and latitude of all districts, and the outline of all places."""
    table = projection.municipalities
    longitude, latitude = np.asarray(table.longitude), np.asarray(table.latitude)
    placed = np.isfinite(longitude) & np.isfinite(latitude)
    districts = placed & (table.level == LEVELS.index(Level.DISTRICT))
    return (
        np.stack([longitude[districts], latitude[districts]], axis=1),
        silhouette(longitude[placed], latitude[placed]),
    )


def _where(snapshot: Snapshot, items: Sequence[list[int]]) -> FloatArray:
    """The longitude and latitude of each item; of several places their middle, nan where none is known."""
    projection = snapshot.projection
    table, home = projection.municipalities, home_of(snapshot)
    several = _places_of_several(projection, [nodes[0] for nodes in items if len(nodes) == 1])
    where = np.full((len(items), 2), np.nan)
    for i, nodes in enumerate(items):
        towns = home[nodes][home[nodes] >= 0]
        if len(nodes) == 1:
            if (own := _own_place(projection, nodes[0])) is not None:
                where[i] = own
                continue
            towns = np.array(several.get(nodes[0], towns), np.int64)
        if len(towns):
            places = np.stack([table.longitude[towns], table.latitude[towns]], axis=1)
            where[i] = np.nanmean(places, axis=0) if np.isfinite(places).any() else np.nan
    return where


def _places_of_several(projection: Projection, nodes: Sequence[int]) -> dict[int, list[int]]:
    """In which municipalities each of these is at home, where it may be in several."""
    towns = projection.spans[Label.MUNICIPALITY]
    asked = [node for node in nodes if any(node in projection.spans[label] for label in SEVERAL)]
    found: dict[int, list[int]] = {}
    for type in (EdgeType.ACTS_IN, EdgeType.APPLIED_IN, EdgeType.INVOLVES):
        edges = projection.edges(type)
        for j in np.flatnonzero(np.isin(edges.source, asked)).tolist():
            if (target := int(edges.target[j])) in towns:
                found.setdefault(int(edges.source[j]), []).append(target - towns.start)
    return found


def _own_place(projection: Projection, node: int) -> tuple[float, float] | None:
    if node not in projection.spans[Label.ACTOR]:
        return None
    said = orjson.loads(projection.arrays.properties[node])
    x, y = said.get("longitude"), said.get("latitude")
    return (x, y) if x is not None and y is not None else None


def _fanned(at: FloatArray) -> FloatArray:
    """Those in the same place in a spiral around it."""
    found = at.copy()
    _, same = np.unique(np.round(at, 2), axis=0, return_inverse=True)
    order = np.argsort(same, kind="stable")
    number = np.arange(len(at)) - np.searchsorted(same[order], same[order])
    angle, radius = number * 2.39996, 11.0 * np.sqrt(number)
    found[order] += np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return found


def in_rows(count: int, width: float) -> FloatArray:
    """So many side by side, and below one another where they are wider together."""
    columns = max(1, int(width // SPACE))
    i = np.arange(count)
    return np.stack([(i % columns) * SPACE, (i // columns) * SPACE], axis=1).astype(np.float64)
