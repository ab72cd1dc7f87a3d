"""Geometry: areas in WGS84, the point that stands for each, and who borders on whom."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Geod, Transformer

from graph_service.errors import InvalidValue, Place, SourceError
from importers.boundaries.features import Layer, is_water, official_code
from importers.contract import Issues

DECIMALS = 5
"""Of a degree: about a metre."""
_SHORTEST_KM = 0.001
"""Of a border; where territories meet in points, nothing is left after rounding."""
_WGS84 = CRS.from_epsg(4326)

Geometries = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Areas:
    """Territories by official code, ascending, in WGS84."""

    keys: list[str]
    geometries: Geometries


def areas(layer: Layer, issues: Issues) -> Areas:
    """The territory of each code in a layer: parts joined, water left out, faults mended and reported."""
    parts = _parts(layer, issues)
    if not parts:
        return Areas([], np.array([], dtype=object))
    keys = sorted(parts)
    joined = [parts[key][0] if len(parts[key]) == 1 else shapely.union_all(parts[key]) for key in keys]
    return Areas(keys, _in_degrees(np.array(joined, dtype=object), layer))


def _parts(layer: Layer, issues: Issues) -> dict[str, list[shapely.Geometry]]:
    parts: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for feature in layer.features:
        try:
            key = official_code(feature.attributes)
        except InvalidValue as error:
            issues.add(error, feature.place, kind="no-code")
            continue
        if is_water(feature.attributes):
            issues.note("water", "territory on land", key, feature.place)
            continue
        geometry = _polygonal(feature.geometry, key, feature.place, issues)
        if geometry is not None:
            parts[key].append(geometry)
    return parts


def _polygonal(geometry: shapely.Geometry | None, key: str, place: Place, issues: Issues) -> shapely.Geometry | None:
    """A valid area; one with faults is mended, and what is no area at all is reported and left out."""
    if geometry is not None and not shapely.is_valid(geometry):
        issues.note("mended-geometry", "an area whose border does not cross itself", key, place)
        geometry = shapely.make_valid(geometry)
        if isinstance(geometry, shapely.GeometryCollection):
            geometry = shapely.union_all([g for g in shapely.get_parts(geometry) if g.area > 0])
    if not isinstance(geometry, shapely.Polygon | shapely.MultiPolygon) or geometry.is_empty:
        found = "nothing" if geometry is None else type(geometry).__name__
        issues.add(InvalidValue("an area (polygon)", f"{key}: {found}"), place, kind="no-area")
        return None
    return geometry


def _in_degrees(geometries: Geometries, layer: Layer) -> Geometries:
    flat = shapely.force_2d(geometries)
    if layer.crs != _WGS84:
        turn = Transformer.from_crs(layer.crs, _WGS84, always_xy=True)
        flat = shapely.transform(flat, lambda xy: np.column_stack(turn.transform(xy[:, 0], xy[:, 1])))
    bounds = shapely.total_bounds(flat)
    if not (np.isfinite(bounds).all() and abs(bounds[[0, 2]]).max() <= 180 and abs(bounds[[1, 3]]).max() <= 90):
        raise SourceError("coordinates that are degrees (WGS84)", [f"{edge:g}" for edge in bounds], layer.place)
    return shapely.transform(flat, lambda xy: xy.round(DECIMALS))


def points(territories: Areas) -> Iterator[tuple[str, float, float]]:
    """A point inside each territory: code, longitude, latitude."""
    found = shapely.get_coordinates(shapely.point_on_surface(territories.geometries)).round(DECIMALS)
    for key, (longitude, latitude) in zip(territories.keys, found.tolist(), strict=True):
        yield key, longitude, latitude


def borders(territories: Areas) -> Iterator[tuple[str, str, float]]:
    """Who borders on whom, each pair once: two codes, ascending, and the length of the border in km on the ellipsoid.

    Territories that meet in single points are not neighbours.
    """
    lines = shapely.boundary(territories.geometries)
    left, right = shapely.STRtree(lines).query(lines, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    shared = shapely.intersection(lines[left], lines[right])
    ellipsoid = Geod(ellps="WGS84")
    for n in np.lexsort((right, left)).tolist():
        km = round(ellipsoid.geometry_length(shared[n]) / 1000, 3)
        if km >= _SHORTEST_KM:
            yield territories.keys[left[n]], territories.keys[right[n]], km
