"""The outline of a country as its recorded places draw it, where no boundaries are imported."""

import math

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

FEWEST = 200
"""Below that many places a rim around them says nothing about a country."""
FINENESS = 0.05
"""In degrees: places nearer to one another than this draw the same outline."""


def silhouette(longitude: FloatArray, latitude: FloatArray) -> list[FloatArray]:
    """Rings of longitude and latitude around all places; what is nearer than a few usual distances grows together.

    Holes are filled: a forest without a village is no sea. Empty where there are too few places.
    """
    import shapely  # takes long to import, and most answers never need it

    if len(longitude) < FEWEST:
        return []
    east, north = float(np.ptp(longitude)), float(np.ptp(latitude))
    if not east * north:
        return []
    squeeze = math.cos(math.radians(float(latitude.mean())))
    reach = 2 * math.sqrt(east * squeeze * north / len(longitude))
    places = np.unique(np.round(np.column_stack([longitude, latitude]) / FINENESS), axis=0) * FINENESS
    grown = shapely.union_all(shapely.buffer(shapely.points(places * (squeeze, 1.0)), reach, quad_segs=2))
    land = shapely.simplify(shapely.buffer(grown, -reach / 2), reach / 6)
    parts = [part for part in shapely.get_parts(land) if isinstance(part, shapely.Polygon) and not part.is_empty]
    return [shapely.get_coordinates(part.exterior) / (squeeze, 1.0) for part in parts]
