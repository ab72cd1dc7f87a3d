"""How near two places are, from what is known of them: the same area, one within the other, neighbours, kilometres."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType, Level
from graph_service.projection import LEVELS, Projection
from matching.nearness import above

EARTH_KM = 6371.0088
SAME, DISTRICT, NEIGHBOUR, STATE, ELSEWHERE = 1.0, 0.8, 0.6, 0.3, 0.1
SCALE_KM = 30.0
"""After so many kilometres nearness has fallen to exp(-1)."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near (0 to 1), why (an id), and the kilometres where they are known."""

    value: float
    why: str
    km: float | None = None


class Places:
    """Answers for one projection."""

    def __init__(self, projection: Projection) -> None:
        """Nothing is computed yet."""
        self._projection = projection

    @cached_property
    def _neighbours(self) -> dict[int, set[int]]:
        town = Label.MUNICIPALITY
        matrix = self._projection.adjacency(EdgeType.ADJACENT_TO, town, town)
        both = (matrix + matrix.T).tocoo()
        found: dict[int, set[int]] = {}
        for one, other in zip(both.coords[0].tolist(), both.coords[1].tolist(), strict=True):
            found.setdefault(one, set()).add(other)
        return found

    def nearness(self, one: NodeKey, other: NodeKey) -> Nearness:
        """How near one municipality is to another."""
        a, b = self._projection.position(one), self._projection.position(other)
        if a == b:
            return Nearness(SAME, "same-place")
        # a state or region around a place says little about being near it
        wide = LEVELS.index(Level.DISTRICT)
        levels = self._projection.municipalities.level
        if (b in above(self._projection, a) and levels[b] >= wide) or (
            a in above(self._projection, b) and levels[a] >= wide
        ):
            return Nearness(SAME, "same-area")
        km = self._km(a, b)
        district, state = self._projection.district, self._projection.state
        value, why = ELSEWHERE, "elsewhere"
        if state[a] >= 0 and state[a] == state[b]:
            value, why = STATE, "same-state"
        if b in self._neighbours.get(a, ()) or int(district[b]) in self._neighbours.get(int(district[a]), ()):
            value, why = NEIGHBOUR, "neighbour"
        if district[a] >= 0 and district[a] == district[b]:
            value, why = DISTRICT, "same-district"
        if km is not None and math.exp(-km / SCALE_KM) > value:
            value, why = math.exp(-km / SCALE_KM), "distance"
        return Nearness(value, why, km)

    def _km(self, a: int, b: int) -> float | None:
        """The great-circle distance, None where coordinates are unknown."""
        at = self._projection.municipalities
        lon, lat = np.radians([at.longitude[[a, b]], at.latitude[[a, b]]])
        if np.isnan([lon, lat]).any():
            return None
        part = math.sin((lat[1] - lat[0]) / 2) ** 2
        part += math.cos(lat[0]) * math.cos(lat[1]) * math.sin((lon[1] - lon[0]) / 2) ** 2
        return 2 * EARTH_KM * math.asin(math.sqrt(min(part, 1.0)))
