"""Municipalities for a map: with simplified boundaries where there are any, else as points."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np
import orjson

from api.language import Words
from api.questions.directory import directory
from api.questions.indicators import find_values
from api.questions.municipalities import TownsAsked, chosen_towns
from api.services import Services
from api.snapshot import Snapshot
from graph_service.keys import Label, NodeKey
from graph_service.model import Level
from graph_service.projection import LEVELS
from graph_service.store.contract import Reader
from graph_service.visibility import Audience

TOLERANCE: Mapping[Level, float] = MappingProxyType(
    {Level.STATE: 0.02, Level.REGION: 0.01, Level.DISTRICT: 0.008, Level.ASSOCIATION: 0.004}
)
"""How far, in degrees, a simplified boundary may be off; a smaller area needs a closer one."""
_CLOSEST = 0.003
_GRID = 1e-4
"""Coordinates are told to some ten metres."""


def feature_collection(
    services: Services, audience: Audience, asked: TownsAsked, words: Words, indicator: str = ""
) -> bytes:
    """Municipalities as GeoJSON in WGS84, with the latest value of an indicator; raises NotFound, StoreError."""
    snapshot = services.snapshot(audience)
    level = asked.level or Level.DISTRICT
    shapes = boundaries_of(services, audience, level)
    known = _values(snapshot, words, level, indicator) if indicator else {}
    features = _features(snapshot, asked, level, shapes, known)
    head = orjson.dumps({"name": level.value, "revision": snapshot.revision})[1:-1]
    return b'{"type":"FeatureCollection",' + head + b',"features":[' + b",".join(features) + b"]}"


def boundaries_of(services: Services, audience: Audience, level: Level) -> Mapping[str, bytes]:
    """Simplified boundaries as GeoJSON geometries by code, read once; raises StoreError."""
    snapshot = services.snapshot(audience)
    return snapshot.prepared(("shapes", level), lambda _: services.read(audience, _Shapes(level)))


def _features(
    snapshot: Snapshot,
    asked: TownsAsked,
    level: Level,
    shapes: Mapping[str, bytes],
    known: Mapping[str, Mapping[str, object]],
) -> Iterator[bytes]:
    projection = snapshot.projection
    table, towns = projection.municipalities, directory(snapshot, Label.MUNICIPALITY)
    for i in np.flatnonzero(chosen_towns(snapshot, asked, level)).tolist():
        key = towns.keys[i]
        population, x, y = table.population[i], table.longitude[i], table.latitude[i]
        said = {
            "key": key,
            "name": projection.name(Label.MUNICIPALITY, i),
            "level": level.value,
            "population": None if np.isnan(population) else int(population),
            **known.get(key, {}),
        }
        point = (
            b"null"
            if np.isnan(x) or np.isnan(y)
            else orjson.dumps({"type": "Point", "coordinates": [float(x), float(y)]})
        )
        head = orjson.dumps({"type": "Feature", "id": key, "properties": said})[:-1]
        yield head + b',"geometry":' + shapes.get(key, point) + b"}"


def _values(snapshot: Snapshot, words: Words, level: Level, indicator: str) -> dict[str, dict[str, object]]:
    found = find_values(snapshot, indicator, words, level)
    rows = zip(found.municipality, found.values, found.periods, found.flags, strict=True)
    return {code: {"value": value, "period": period, "flag": flag} for code, value, period, flag in rows}


class _Shapes:
    """Reads the boundaries of a level and simplifies them together, so that neighbours still fit."""

    def __init__(self, level: Level) -> None:
        self._level = level

    def __call__(self, reader: Reader, snapshot: Snapshot) -> Mapping[str, bytes]:
        import shapely  # takes long to import, and most answers never need it

        projection = snapshot.projection
        levels, wanted = projection.municipalities.level, LEVELS.index(self._level)
        found: dict[NodeKey, str] = {
            each.municipality: each.geometry
            for each in reader.boundaries()
            if levels[projection.position(each.municipality)] == wanted
        }
        if not found:
            return {}
        shapes = shapely.from_geojson(list(found.values()))
        # other shapes, such as points, are told as they are
        areas = np.isin(shapely.get_type_id(shapes), (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
        shapes[areas] = shapely.coverage_simplify(shapes[areas], TOLERANCE.get(self._level, _CLOSEST))
        texts = shapely.to_geojson(shapely.set_precision(shapes, _GRID))
        return {key.local: text.encode() for key, text in zip(found, texts.tolist(), strict=True)}
