"""The map of the atlas: one mark for each municipality of which something is known, told apart by shape and colour."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from markupsafe import Markup, escape

from api.language import N_
from api.pages.pictures import WIDTH, FloatArray, Points
from graph_service.keys import Label
from graph_service.projection import Projection
from matching.inventory.answers import AtlasCell

_COARSE = 0.01
"""How far, in degrees, an outline may be off in a picture of a whole country."""


class Mark(StrEnum):
    """What is known of a municipality in the fields looked at; the first that applies."""

    WHITE = "white"
    OFFER = "offer"
    PRACTICE = "practice"
    UNPROVEN = "unproven"
    CHALLENGE = "challenge"


MEANING: Mapping[Mark, str] = {
    Mark.WHITE: N_("gap: a hard challenge, and no offer recorded"),
    Mark.OFFER: N_("offers are recorded"),
    Mark.PRACTICE: N_("practices are recorded, but no offers"),
    Mark.UNPROVEN: N_("only entries without evidence, such as an award, and no offers"),
    Mark.CHALLENGE: N_("a challenge is rated, but neither offers nor practices are recorded"),
}
SHAPES: Mapping[Mark, str] = {
    Mark.WHITE: "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zM4 12 12 4",
    Mark.OFFER: "M8 .8 15.4 6.2 12.6 15H3.4L.6 6.2z",
    Mark.PRACTICE: "M8 1 15.5 14.5H.5z",
    Mark.UNPROVEN: "M8 1 15.5 14.5H.5z",
    Mark.CHALLENGE: "M8 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8z",
}
"""In a square of 16 units, as badges of kinds have them; a white spot is a struck-out ring.

What has no evidence is the triangle of practices without its filling.
"""


@dataclass(frozen=True, slots=True)
class Marked:
    """All municipalities with one mark."""

    mark: Mark
    meaning: str
    places: tuple[tuple[str, str], ...]
    """Name and address."""


def mark_of(cells: tuple[AtlasCell, ...]) -> Mark | None:
    """What these cells of a municipality say together; None where nothing is known."""
    if any(cell.white for cell in cells):
        return Mark.WHITE
    if any(cell.offers for cell in cells):
        return Mark.OFFER
    if any(cell.proven for cell in cells):
        return Mark.PRACTICE
    if any(cell.unproven for cell in cells):
        return Mark.UNPROVEN
    if any(cell.severity is not None for cell in cells):
        return Mark.CHALLENGE
    return None


def draw_marks(points: Points, outlines: Mapping[int, str], marks: Mapping[int, Mark], title: str) -> Markup:
    """Marks over outlines, or over light dots where no boundaries are known. Empty without places."""
    if not points.positions:
        return Markup("")
    below, above, unmarked = [], [], []
    for i, position in enumerate(points.positions):
        x, y = float(points.x[i]), float(points.y[i])
        mark = marks.get(position)
        if position in outlines:
            below.append(f'<path class="area" d="{outlines[position]}"/>')
        elif mark is None:
            unmarked.append(i)
        if mark is not None:
            above.append(
                f'<path class="mark {mark}" transform="translate({x - 6:.1f} {y - 6:.1f}) scale(.75)"'
                f' d="{SHAPES[mark]}"/>'
            )
    if not outlines and points.land:
        below.append(f'<path class="land" d="{points.land}"/>')
    below.append(points.dots(unmarked))
    width = max(points.width, WIDTH / 2)
    # areas reach beyond the places of their municipalities
    rim = 24 if outlines else 0
    box = f"{-rim} {-rim} {width + 2 * rim:g} {points.height + 2 * rim:g}"
    return Markup(  # noqa: S704  # numbers, fixed shapes and an escaped title
        f'<svg class="bk-chart bk-map" viewBox="{box}" role="img"'
        f' aria-label="{escape(title)}">{"".join(below)}{"".join(above)}</svg>'
    )


def outlines(points: Points, projection: Projection, shapes: Mapping[str, bytes]) -> dict[int, str]:
    """Boundaries as paths in the units of the picture, by position; empty where none are known."""
    import shapely  # takes long to import, and most answers never need it

    table = projection.municipalities
    at = np.array(points.positions, dtype=int)
    if len(at) < 2 or not shapes:
        return {}
    longitude, latitude = np.asarray(table.longitude)[at], np.asarray(table.latitude)[at]
    if not (np.ptp(longitude) and np.ptp(latitude)):
        return {}
    # the picture is linear in both, so two points tell how it was made
    right, slope_x = float(points.x[0]), slope(longitude, points.x)
    top, slope_y = float(points.y[0]), slope(latitude, points.y)
    found = {}
    for position in points.positions:
        text = shapes.get(projection.key(Label.MUNICIPALITY, position).local)
        if text is not None:
            shape = shapely.from_geojson(text).simplify(_COARSE)
            lines = (
                "".join(
                    f"{'L' if n else 'M'}{right + (x - longitude[0]) * slope_x:.1f}"
                    f" {top + (y - latitude[0]) * slope_y:.1f}"
                    for n, (x, y) in enumerate(ring.coords)
                )
                for part in shapely.get_parts(shape)
                if isinstance(part, shapely.Polygon)
                for ring in (part.exterior, *part.interiors)
            )
            found[position] = "".join(f"{line}Z" for line in lines)
    return {position: path for position, path in found.items() if path}


def slope(given: FloatArray, drawn: FloatArray) -> float:
    """How much a linear picture moves for one step of what it was given."""
    low, high = int(given.argmin()), int(given.argmax())
    return float((drawn[high] - drawn[low]) / (given[high] - given[low]))
