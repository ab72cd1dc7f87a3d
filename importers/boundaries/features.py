"""What a file of boundaries holds: geometries with their attributes, and the coordinates they are written in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import shapely
from pyproj import CRS

from graph_service.errors import InvalidValue, Place
from graph_service.keys import ags_from_ars

Attributes = Mapping[str, object]

_KEYS = ("AGS", "ARS", "RS", "KRS", "AGS_0", "ARS_0", "GEMEINDESCHLUESSEL", "KEY", "ID")
"""Attributes that hold official codes, the most telling first."""
_LENGTHS = (2, 3, 5, 8, 9)


@dataclass(frozen=True, slots=True)
class Feature:
    """One area with what the file says of it; the geometry is None where the file has none that can be read."""

    place: Place
    attributes: Attributes
    geometry: shapely.Geometry | None


@dataclass(frozen=True, slots=True)
class Layer:
    """The areas of one file, all in the same coordinates."""

    place: Place
    crs: CRS
    features: list[Feature]


def official_code(attributes: Attributes) -> str:
    """The official code of an area: AGS, or ARS turned into it. Raises InvalidValue."""
    for value in _candidates(attributes):
        digits = _digits(value)
        if len(digits) == 12:
            return ags_from_ars(digits)
        if len(digits) in _LENGTHS:
            return digits
    raise InvalidValue("an attribute AGS or ARS with an official code", ", ".join(map(str, attributes)))


def is_water(attributes: Attributes) -> bool:
    """Whether the publisher says that an area is water (GF 1 and 2), not the territory on land."""
    return str(attributes.get("GF", "")) in ("1", "2")


def _candidates(attributes: Attributes) -> Iterator[object]:
    upper = {name.upper(): value for name, value in attributes.items()}
    for name in _KEYS:
        if upper.get(name) not in (None, ""):
            yield upper[name]


def _digits(value: object) -> str:
    """The digits of a code; a number lost its leading zero where its length says so."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, str):
        text = value.strip()
        return text if text.isascii() and text.isdigit() else ""
    if value != int(value) or value < 0:
        return ""
    text = str(int(value))
    return text.zfill(len(text) + 1) if len(text) in (1, 4, 7, 11) else text
