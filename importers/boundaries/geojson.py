"""Boundaries as GeoJSON: a FeatureCollection in WGS84, or in the coordinates that it names."""

from pathlib import Path

import orjson
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from graph_service.errors import Place, SourceError
from importers.boundaries.features import Feature, Layer

MOST_BYTES = 192 << 20


def read_geojson(path: Path) -> Layer:
    """Read a GeoJSON file; raises SourceError where it is none, or only half of one."""
    place = Place(file=path.name)
    try:
        document = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise SourceError("a whole JSON document", error.msg, Place(file=path.name, line=error.lineno)) from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection":
        raise SourceError("a GeoJSON FeatureCollection", "another JSON document", place)
    if not features:
        raise SourceError("at least one area", "none", place)
    return Layer(place, _crs(document, place), [_feature(item, n, place) for n, item in enumerate(features, 1)])


def _feature(item: object, number: int, place: Place) -> Feature:
    fields = item if isinstance(item, dict) else {}
    attributes, geometry = fields.get("properties"), fields.get("geometry")
    return Feature(
        place=Place(place.file, f"feature {number}"),
        attributes=attributes if isinstance(attributes, dict) else {},
        geometry=shapely.from_geojson(orjson.dumps(geometry), on_invalid="ignore") if geometry else None,
    )


def _crs(document: dict[str, object], place: Place) -> CRS:
    """Old GeoJSON may name its coordinates; the standard knows WGS84 alone."""
    named = document.get("crs")
    properties = named.get("properties") if isinstance(named, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if name is None:
        return CRS.from_epsg(4326)
    try:
        return CRS.from_user_input(str(name))
    except CRSError:
        raise SourceError("the name of known coordinates (EPSG)", name, place) from None
