"""Boundaries as a zipped shapefile, or several of them in one archive."""

import io
import struct
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import shapefile
import shapely
import shapely.geometry
from pyproj import CRS
from pyproj.exceptions import CRSError

from graph_service.errors import Place, SourceError
from importers.archives import Archive, open_archive
from importers.boundaries.features import Feature, Layer

_BROKEN = (
    shapefile.ShapefileException,
    shapely.errors.ShapelyError,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    TypeError,
    ValueError,
)
"""What the reader of shapefiles raises where one is damaged: it trusts every length that the file states."""
_POLYGONS = (5, 15, 25)
_WHOLE = "an undamaged shapefile"


def read_shapefiles(path: Path) -> list[Layer]:
    """Read every layer of areas in a ZIP archive; raises SourceError where there is none, or a damaged one."""
    archive = open_archive(path)
    names = [name for name in archive.names if name.lower().endswith(".shp")]
    if not names:
        raise SourceError("an archive with a shapefile (.shp)", ", ".join(archive.names[:5]), Place(file=path.name))
    layers = [layer for name in names if (layer := _layer(archive, name)) is not None]
    if not layers:
        raise SourceError("a shapefile of areas", "points or lines", Place(file=path.name))
    return layers


def _layer(archive: Archive, name: str) -> Layer | None:
    place = Place(archive.path.name, name)
    parts = {
        suffix: archive.read(found)
        for suffix in (".shp", ".dbf", ".prj", ".cpg")
        if (found := _beside(archive, name, suffix)) is not None
    }
    if ".dbf" not in parts:
        raise SourceError("a table (.dbf) beside the shapefile", "none", place)
    encoding = parts.get(".cpg", b"utf-8").decode("ascii", "ignore").strip() or "utf-8"
    try:
        with warnings.catch_warnings():  # what the reader warns of is checked below
            warnings.simplefilter("ignore")
            reader = shapefile.Reader(
                shp=io.BytesIO(parts[".shp"]),
                dbf=io.BytesIO(parts[".dbf"]),
                encoding=_python_name(encoding),
                encodingErrors="replace",
            )
        if reader.shapeType not in _POLYGONS:
            return None
        features = list(_features(reader, place))
        whole = len(features) == reader.numRecords and len(parts[".shp"]) >= _declared_size(parts[".shp"])
    except _BROKEN:
        raise SourceError(_WHOLE, "a structure that cannot be read", place) from None
    if not whole:
        raise SourceError(_WHOLE, "a file that ends too early", place)
    if not features:
        raise SourceError("at least one area", "none", place)
    return Layer(place, _crs(parts.get(".prj"), features, place), features)


def _declared_size(content: bytes) -> int:
    """How long a .shp says it is: its header counts in words of two bytes."""
    (words,) = struct.unpack_from(">L", content, 24)
    return 2 * int(words)


def _beside(archive: Archive, name: str, suffix: str) -> str | None:
    wanted = (name[:-4] + suffix).lower()
    return next((other for other in archive.names if other.lower() == wanted), None)


def _python_name(encoding: str) -> str:
    try:
        return "".encode(encoding).decode() or encoding
    except LookupError:
        return "utf-8"


def _features(reader: shapefile.Reader, place: Place) -> Iterator[Feature]:
    for number, item in enumerate(reader.iterShapeRecords(), 1):
        geometry = None
        if item.shape.shapeType in _POLYGONS and item.shape.points:
            geometry = shapely.force_2d(shapely.geometry.shape(item.shape.__geo_interface__))
        yield Feature(Place(place.file, f"{place.table}, feature {number}"), item.record.as_dict(), geometry)


def _crs(prj: bytes | None, features: list[Feature], place: Place) -> CRS:
    """What the .prj says; without one only degrees can be recognised."""
    if prj is not None:
        try:
            return CRS.from_wkt(prj.decode("utf-8", "replace"))
        except CRSError:
            raise SourceError(
                "known coordinates in the .prj file", prj[:80].decode("utf-8", "replace"), place
            ) from None
    bounds = shapely.total_bounds(np.array([f.geometry for f in features], dtype=object))
    if np.isfinite(bounds).all() and abs(bounds[[0, 2]]).max() <= 180 and abs(bounds[[1, 3]]).max() <= 90:
        return CRS.from_epsg(4326)
    raise SourceError("a .prj file that says which coordinates these are", "none", place)
