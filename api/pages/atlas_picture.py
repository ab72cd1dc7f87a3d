"""The map of the atlas for what is chosen, and the same as lists."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

import numpy as np
from markupsafe import Markup

from api.http.current import services, snapshot, words
from api.pages.atlas_chosen import Chosen
from api.pages.atlas_map import MEANING, Marked, draw_marks, mark_of, outlines, slope
from api.pages.frame import record_url, term
from api.pages.names import name_of
from api.pages.pictures import MARGIN, WIDTH, Points, points_of
from api.questions.shapes import boundaries_of
from api.questions.silhouette import FloatArray, silhouette
from api.words.atlas import cells_of
from graph_service.errors import StoreError
from graph_service.keys import NodeKey
from graph_service.projection import LEVELS, Projection
from matching.inventory.answers import AtlasRow
from matching.naming.municipalities import plain


def lists_of(rows: Sequence[AtlasRow], field: str) -> Iterator[Marked]:
    """The same as the map says, as lists."""
    for mark, meaning in MEANING.items():
        keys = [row.key for row in rows if mark_of(cells_of(row, field)) is mark]
        places = sorted(((name_of(key), record_url(key)) for key in keys), key=lambda each: plain(each[0]))
        if places:
            said = words()(meaning)
            yield Marked(mark, said[:1].upper() + said[1:], tuple(places))


def picture_of(rows: Sequence[AtlasRow], chosen: Chosen) -> tuple[Markup, bool]:
    """The map of these municipalities, of an area in a frame of its own, and whether it has outlines.

    Empty without places.
    """
    here, speak = snapshot(), words()
    level = chosen.level
    points = here.prepared(("points", level), lambda projection: points_of(projection, level))
    positions = {here.projection.position(row.key): row for row in rows}
    marks = {position: mark for position, row in positions.items() if (mark := mark_of(cells_of(row, chosen.field)))}
    if chosen.area is not None:
        everywhere, area = points, chosen.area
        rims = here.prepared(("rims", level, area), lambda projection: rims_of(everywhere, projection, area))
        points = close_up(points, positions, rims)
    title = speak(
        "Map of {what}: {counts}",
        what=term("field", chosen.field) if chosen.field else speak("all fields of action"),
        counts="; ".join(f"{speak(MEANING[mark])}: {speak.number(n)}" for mark, n in Counter(marks.values()).items())
        or speak("nothing recorded"),
    )
    lines = here.prepared(
        ("outlines", level, chosen.area), lambda projection: outlines(points, projection, _shapes(chosen))
    )
    return draw_marks(points, lines, marks, title), bool(lines)


def _shapes(chosen: Chosen) -> dict[str, bytes]:
    try:
        return dict(boundaries_of(services(), snapshot().audience, chosen.level))
    except StoreError:  # the map is still true without boundaries
        return {}


def rims_of(points: Points, projection: Projection, area: NodeKey) -> list[FloatArray]:
    """The outline of an area as its municipalities draw it, in the units of a picture of the whole country."""
    table, at = projection.municipalities, projection.position(area)
    longitude, latitude = np.asarray(table.longitude), np.asarray(table.latitude)
    above = projection.ancestor(LEVELS[table.level[at]])
    inside = np.flatnonzero((above == at) & np.isfinite(longitude) & np.isfinite(latitude))
    drawn = np.array(points.positions, dtype=int)
    if len(drawn) < 2 or not (np.ptp(longitude[drawn]) and np.ptp(latitude[drawn])):
        return []
    first, slope_x, slope_y = drawn[0], slope(longitude[drawn], points.x), slope(latitude[drawn], points.y)
    origin = (float(points.x[0]) - longitude[first] * slope_x, float(points.y[0]) - latitude[first] * slope_y)
    return [ring * (slope_x, slope_y) + origin for ring in silhouette(longitude[inside], latitude[inside])]


def close_up(points: Points, positions: Collection[int], rims: Sequence[FloatArray] = ()) -> Points:
    """These places alone, with what lies around them, as large as the picture allows."""
    at = [i for i, position in enumerate(points.positions) if position in positions]
    x, y = points.x[at], points.y[at]
    if not at:
        return Points(x, y, points.radius[at], ())
    spread = np.concatenate([np.column_stack([x, y]), *rims])
    (left, top), (wide, high) = spread.min(axis=0), np.ptp(spread, axis=0)
    scale = (WIDTH - 2 * MARGIN) / max(float(wide), float(high), 1.0)
    width, height = (2 * MARGIN + round(float(each) * scale, 1) for each in (wide, high))
    closer = [MARGIN + (ring - (left, top)) * scale for ring in rims]
    return Points(
        MARGIN + (x - left) * scale,
        MARGIN + (y - top) * scale,
        np.maximum(points.radius[at], 3.0),
        tuple(points.positions[i] for i in at),
        width,
        height,
        "".join(f"M{'L'.join(f'{e:.0f} {n:.0f}' for e, n in ring)}Z" for ring in closer),
    )
