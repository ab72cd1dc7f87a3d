"""The map of the atlas for what is chosen, and the same as lists."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

import numpy as np
from markupsafe import Markup

from api.http.current import services, snapshot, words
from api.pages.atlas_chosen import Chosen
from api.pages.atlas_map import MEANING, Marked, draw_marks, mark_of, outlines
from api.pages.frame import record_url, term
from api.pages.pictures import MARGIN, WIDTH, Points, points_of
from api.questions.shapes import boundaries_of
from api.words.atlas import cells_of
from graph_service.errors import StoreError
from matching.inventory.answers import AtlasRow


def lists_of(rows: Sequence[AtlasRow], field: str) -> Iterator[Marked]:
    """The same as the map says, as lists."""
    for mark, meaning in MEANING.items():
        places = tuple((row.name, record_url(row.key)) for row in rows if mark_of(cells_of(row, field)) is mark)
        if places:
            yield Marked(mark, words()(meaning), places)


def picture_of(rows: Sequence[AtlasRow], chosen: Chosen) -> Markup:
    """The map of these municipalities; of an area its own, in a frame of its own. Empty without places."""
    here, speak = snapshot(), words()
    level = chosen.level
    points = here.prepared(("points", level), lambda projection: points_of(projection, level))
    positions = {here.projection.position(row.key): row for row in rows}
    marks = {position: mark for position, row in positions.items() if (mark := mark_of(cells_of(row, chosen.field)))}
    if chosen.area is not None:
        points = close_up(points, positions)
    title = speak(
        "Map of {what}: {counts}",
        what=term("field", chosen.field) if chosen.field else speak("all fields of action"),
        counts="; ".join(f"{speak(MEANING[mark])}: {speak.number(n)}" for mark, n in Counter(marks.values()).items())
        or speak("nothing recorded"),
    )
    lines = here.prepared(
        ("outlines", level, chosen.area), lambda projection: outlines(points, projection, _shapes(chosen))
    )
    return draw_marks(points, lines, marks, title)


def _shapes(chosen: Chosen) -> dict[str, bytes]:
    try:
        return dict(boundaries_of(services(), snapshot().audience, chosen.level))
    except StoreError:  # the map is still true without boundaries
        return {}


def close_up(points: Points, positions: Collection[int]) -> Points:
    """These places alone, as large as the picture allows."""
    at = [i for i, position in enumerate(points.positions) if position in positions]
    x, y = points.x[at], points.y[at]
    if not at:
        return Points(x, y, points.radius[at], ())
    scale = (WIDTH - 2 * MARGIN) / max(float(np.ptp(x)), float(np.ptp(y)), 1.0)
    width, height = (2 * MARGIN + round(float(np.ptp(each)) * scale, 1) for each in (x, y))
    return Points(
        MARGIN + (x - x.min()) * scale,
        MARGIN + (y - y.min()) * scale,
        np.maximum(points.radius[at], 3.0),
        tuple(points.positions[i] for i in at),
        width,
        height,
    )
