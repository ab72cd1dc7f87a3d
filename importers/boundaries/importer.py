"""Boundaries: territories, the point that stands for each, and neighbourhood."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import shapely

from graph_service.errors import Place, SourceError
from graph_service.keys import AGS_LEVELS, municipality_key
from graph_service.model import Boundary, Dataset, Edge, EdgeType, Municipality, Record
from importers.archives import check_file, kind_of
from importers.boundaries.areas import Areas, areas, borders, points
from importers.boundaries.features import Layer
from importers.boundaries.geojson import MOST_BYTES, read_geojson
from importers.boundaries.shapes import read_shapefiles
from importers.contract import Issues, Progress, Reading, silent
from importers.datasets import load_dataset

_TITLES = {
    "state": "Länder",
    "region": "Regierungsbezirke",
    "district": "Kreise",
    "association": "Gemeindeverbände",
    "municipality": "Gemeinden",
}


class BoundariesImporter:
    """Reads GeoJSON and zipped shapefiles with German official codes, in any coordinates that the file names."""

    id = "boundaries"

    def read(self, paths: Sequence[Path], issues: Issues, progress: Progress = silent) -> Reading:
        """Recognise the form by content; the dataset depends on the level of what is described."""
        if len(paths) != 1:
            raise SourceError("one file", f"{len(paths)} files")
        path = paths[0]
        found = [territories for layer in _layers(path) for territories in _by_level(areas(layer, issues))]
        total = sum(len(territories.keys) for territories in found)
        if not total:
            raise SourceError("areas with official codes (AGS or ARS)", "none", Place(file=path.name))
        status = _territory_date(path, issues)
        dataset = _dataset({_level(territories) for territories in found}, status)
        return Reading(dataset, _records(found, status, progress, total), read=lambda: total)


def _layers(path: Path) -> list[Layer]:
    head = check_file(path)
    if head.startswith(b"PK"):
        return read_shapefiles(path)
    if kind_of(head) == "a JSON document":
        check_file(path, MOST_BYTES)
        return [read_geojson(path)]
    raise SourceError("boundaries (GeoJSON or a zipped shapefile)", kind_of(head), Place(file=path.name))


def _by_level(territories: Areas) -> list[Areas]:
    """Only equals are neighbours: a layer that mixes levels is several."""
    groups: dict[int, list[int]] = {}
    for i, key in enumerate(territories.keys):
        groups.setdefault(len(key), []).append(i)
    return [Areas([territories.keys[i] for i in rows], territories.geometries[rows]) for rows in groups.values()]


def _level(territories: Areas) -> str:
    return AGS_LEVELS[len(territories.keys[0])]


def _territory_date(path: Path, issues: Issues) -> date | None:
    """Neither form has a field for it; publishers write it into the name of the file."""
    found = re.search(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)", path.name)
    try:
        day = date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
    if day is not None:
        issues.note("territory-date-from-name", "a territory date", day, Place(file=path.name))
    return day


def _dataset(levels: set[str], status: date | None) -> Dataset:
    names = ", ".join(title for level, title in _TITLES.items() if level in levels)
    return load_dataset(
        "boundaries",
        id=f"boundaries-{next(iter(levels))}" if len(levels) == 1 else "boundaries",
        title=f"Verwaltungsgrenzen: {names}",
        territory_date=status,
    )


def _records(found: list[Areas], status: date | None, progress: Progress, total: int) -> Iterator[Record]:
    done = 0
    for territories in found:
        geometries = shapely.to_geojson(territories.geometries)
        for (key, longitude, latitude), geometry in zip(points(territories), geometries, strict=True):
            node = municipality_key(key)
            yield Municipality(key=node, longitude=longitude, latitude=latitude)
            yield Boundary(node, str(geometry), status)
        for one, other, km in borders(territories):
            yield Edge(EdgeType.ADJACENT_TO, municipality_key(one), municipality_key(other), {"border_km": km})
        done += len(territories.keys)
        progress(done, total)
