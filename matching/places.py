"""How near two places are, from what is known of them: the same area, one within the other, neighbours, kilometres."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from graph_service.arrays import IntArray
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType, Level
from graph_service.projection import LEVELS, FloatArray, Projection
from matching.peers.nearness import above, below

Mask = npt.NDArray[np.bool_]
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


WHY = ("elsewhere", "same-state", "neighbour", "same-district", "distance", "same-area", "same-place")
"""Reasons for being near, the stronger later."""


@dataclass(frozen=True, eq=False)
class Around:
    """How near every municipality is to one of them, by position."""

    value: FloatArray
    why: IntArray
    """Position in WHY."""
    km: FloatArray

    def of(self, position: int) -> Nearness:
        """One of them."""
        km = float(self.km[position])
        return Nearness(float(self.value[position]), WHY[self.why[position]], None if math.isnan(km) else km)


class Places:
    """Answers for one projection; what is around a place is computed when it is first asked for."""

    def __init__(self, projection: Projection) -> None:
        """Nothing is computed yet."""
        self._projection = projection
        self._around: dict[int, Around] = {}

    @cached_property
    def _neighbours(self) -> sparse.csr_array:
        town = Label.MUNICIPALITY
        matrix = self._projection.adjacency(EdgeType.ADJACENT_TO, town, town)
        return sparse.csr_array(matrix + matrix.T)

    def nearness(self, one: NodeKey, other: NodeKey) -> Nearness:
        """How near one municipality is to another."""
        return self.around(self._projection.position(one)).of(self._projection.position(other))

    def around(self, place: int) -> Around:
        """How near everybody is to a place."""
        found = self._around.get(place)
        if found is None:
            # two threads may both compute it; it is the same
            found = self._around[place] = self._compute(place)
        return found

    def _compute(self, place: int) -> Around:
        projection = self._projection
        district, state = projection.district, projection.state
        value = np.full(len(district), ELSEWHERE)
        why = np.zeros(len(district), np.int64)

        def mark(where: Mask, amount: float | FloatArray, reason: str) -> None:
            value[where] = amount
            why[where] = WHY.index(reason)

        if state[place] >= 0:
            mark(state == state[place], STATE, "same-state")
        mark(self._adjacent(place), NEIGHBOUR, "neighbour")
        if district[place] >= 0:
            mark(district == district[place], DISTRICT, "same-district")
        km = self._km(place)
        by_distance = np.exp(-km / SCALE_KM)
        nearer = by_distance > value
        mark(nearer, by_distance[nearer], "distance")
        mark(self._nested(place), SAME, "same-area")
        mark(np.arange(len(value)) == place, SAME, "same-place")
        return Around(value, why, km)

    def _adjacent(self, place: int) -> Mask:
        """Neighbours, and what lies in the districts beside the own one."""
        district = self._projection.district
        near = np.zeros(len(district), bool)
        near[self._neighbours[[place]].indices] = True
        if district[place] >= 0:
            near |= np.isin(district, self._neighbours[[int(district[place])]].indices)
        return near

    def _nested(self, place: int) -> Mask:
        """Areas around it up to its district, and those within it; a whole state says little about being near."""
        wide, levels = LEVELS.index(Level.DISTRICT), self._projection.municipalities.level
        near = np.zeros(len(levels), bool)
        near[[each for each in above(self._projection, place) if levels[each] >= wide]] = True
        if levels[place] >= wide:
            near[below(self._projection, self._projection.key(Label.MUNICIPALITY, place))] = True
        return near

    def _km(self, place: int) -> FloatArray:
        """Great-circle distances; NaN where coordinates are unknown."""
        at = self._projection.municipalities
        lon, lat = np.radians(at.longitude), np.radians(at.latitude)
        part = np.sin((lat - lat[place]) / 2) ** 2
        part = part + np.cos(lat) * np.cos(lat[place]) * np.sin((lon - lon[place]) / 2) ** 2
        distance: FloatArray = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(part, 1.0)))
        return distance
