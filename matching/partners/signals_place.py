"""How near actors are to where something is needed: the same place, district, neighbour, state, and kilometres."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from graph_service.keys import Label
from graph_service.model import EdgeType
from graph_service.projection import Projection
from matching.partners.actors import Actors
from matching.partners.needs import Needs
from matching.partners.numbers import FloatArray

HERE, DISTRICT, NEIGHBOUR, STATE = 1.0, 0.6, 0.4, 0.15
"""How near the same place (or one that serves it), district, a neighbour and the same state are."""
HALFWAY = 25.0
"""Kilometres at which nearness by distance is 1/e."""
EARTH = 6371.0


@dataclass(frozen=True, eq=False)
class Places:
    """Municipalities as the places of actors and of needs."""

    projection: Projection
    actors: Actors
    neighbours: sparse.csr_array
    """municipalities × municipalities."""
    sphere: FloatArray
    """actors × 3: where each is on a sphere of radius one."""

    @classmethod
    def of(cls, projection: Projection, actors: Actors) -> "Places":
        """Prepare for one revision."""
        beside = projection.adjacency(EdgeType.ADJACENT_TO, Label.MUNICIPALITY, Label.MUNICIPALITY)
        sphere = on_sphere(actors.longitude, actors.latitude)
        return cls(projection, actors, sparse.csr_array(beside + beside.T), sphere)

    def of_needs(self, needs: Needs) -> sparse.csr_array:
        """needs × municipalities: the places of each need, or of its team where it names none."""
        named = np.asarray(needs.places.sum(axis=1)) > 0
        of_team = sparse.csr_array(needs.team @ self.actors.located)
        of_team.data = np.where(np.repeat(named, np.diff(of_team.indptr)), 0, 1)
        of_team.eliminate_zeros()
        return sparse.csr_array(needs.places + of_team)

    def nearness(self, needs: Needs) -> FloatArray:
        """needs × actors, 0 to 1."""
        wanted = self.of_needs(needs)
        near = np.zeros((wanted.shape[0], len(self.actors)), np.float32)
        for row in range(wanted.shape[0]):
            for place in wanted.indices[wanted.indptr[row] : wanted.indptr[row + 1]].tolist():
                np.maximum(near[row], self._nearness(place), out=near[row])
        return near

    def _nearness(self, place: int) -> FloatArray:
        by_town = np.append(self._towns(place), np.float32(0))
        near = by_town[self.actors.place]
        served = self.actors.serves[:, self._around(place)]
        near[np.unique(served.nonzero()[0])] = HERE
        return near

    def _towns(self, place: int) -> FloatArray:
        """How near each municipality is to one of them."""
        projection = self.projection
        near = np.zeros(len(projection.municipalities.level), np.float32)
        state, district = projection.state, projection.district
        if state[place] >= 0:
            near[state == state[place]] = STATE
        near[self.neighbours[[place]].indices] = NEIGHBOUR
        if district[place] >= 0:
            beside = self.neighbours[[int(district[place])]].indices
            near[np.isin(district, beside[district[beside] == beside])] = NEIGHBOUR
            near[district == district[place]] = DISTRICT
        parent = projection.municipalities.parent
        inside = np.zeros(len(near), bool)
        inside[place] = True
        for _ in range(4):  # towns within associations within districts within states
            inside |= (parent >= 0) & inside[parent]
        near[inside] = HERE
        return near

    def _around(self, place: int) -> list[int]:
        """A place and the areas it lies in, but for whole states: who serves a state serves nobody in particular."""
        found = [place]
        parent = self.projection.municipalities.parent
        # whoever lists areas as parts of one another leads round in a circle
        while (above := int(parent[found[-1]])) >= 0 and above not in found and self.projection.state[above] != above:
            found.append(above)
        return found

    def kilometres(self, needs: Needs) -> FloatArray:
        """needs × actors: the distance to the nearest place of the need; NaN where it is unknown."""
        wanted = self.of_needs(needs)
        table = self.projection.municipalities
        result = np.full((wanted.shape[0], len(self.actors)), np.nan, np.float32)
        for row in range(wanted.shape[0]):
            for place in wanted.indices[wanted.indptr[row] : wanted.indptr[row + 1]].tolist():
                x, y = self._coordinates(place, table.longitude, table.latitude)
                if np.isfinite(x):
                    result[row] = np.fmin(result[row], distances(on_sphere(x, y), self.sphere))
        return result

    def _coordinates(self, place: int, longitude: FloatArray, latitude: FloatArray) -> tuple[float, float]:
        """Of the municipality, else the middle of the actors there."""
        if np.isfinite(longitude[place]):
            return float(longitude[place]), float(latitude[place])
        there = (self.actors.place == place) & np.isfinite(self.actors.longitude)
        if not there.any():
            return np.nan, np.nan
        return float(self.actors.longitude[there].mean()), float(self.actors.latitude[there].mean())


def on_sphere(longitude: FloatArray | float, latitude: FloatArray | float) -> FloatArray:
    """Points on a sphere of radius one."""
    x, y = np.radians(longitude), np.radians(latitude)
    return np.stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)], axis=-1).astype(np.float32)


def distances(point: FloatArray, points: FloatArray) -> FloatArray:
    """Great-circle distances in kilometres, by the chord, which is exact for near points too."""
    chord = np.sqrt(((points - point) ** 2).sum(axis=-1))
    return np.asarray(2 * EARTH * np.arcsin(np.minimum(chord / 2, 1)))
