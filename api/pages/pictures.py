"""Pictures as SVG made by the server: they need no script, print well, and stand beside a table that says the same."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from markupsafe import Markup, escape

from api.questions.silhouette import silhouette
from graph_service.keys import NodeKey
from graph_service.model import Level
from graph_service.projection import LEVELS, Projection
from matching.peers.features import years

FloatArray = npt.NDArray[np.float64]

WIDTH = 480.0
"""Of a map, in its own units; height follows from the area shown."""
MARGIN = 14.0
STRIP = (400.0, 28.0)
_NONE = np.zeros(0)
NUMBERS_APART = 18.5
"""How far from one another numbers on a map stand, from middle to middle."""
CROWD = 1000
"""From so many places on dots are drawn as small as can be seen."""


@dataclass(frozen=True, slots=True)
class Points:
    """Where the municipalities of a level lie, in the units of a picture; those without a place are left out."""

    x: FloatArray
    y: FloatArray
    radius: FloatArray
    positions: tuple[int, ...]
    width: float = 0.0
    height: float = 0.0
    land: str = ""
    """The outline of all that is recorded, as a path; empty where too little is."""

    def dots(self, places: Iterable[int]) -> str:
        """These places as paths, one for each size: a fraction of the bytes of as many circles."""
        by_size: dict[int, set[tuple[int, int]]] = {}
        for i in places:
            size = round(2 * float(self.radius[i]))
            by_size.setdefault(size, set()).add((round(float(self.y[i])), round(float(self.x[i]))))
        return "".join(
            f'<path class="dots" stroke-width="{size}" d="{_dotted(sorted(at))}"/>'
            for size, at in sorted(by_size.items())
        )


def _dotted(at: Sequence[tuple[int, int]]) -> str:
    """Lines without length, which round ends make dots; each begins where the last one was."""
    path, pen_x, pen_y = "", 0, 0
    for y, x in at:
        path += f"m{x - pen_x} {y - pen_y}h0"
        pen_x, pen_y = x, y
    return path.replace(" -", "-")


def points_of(projection: Projection, level: Level) -> Points:
    """Plate carrée around the middle latitude, which is true enough for one country; the more people, the larger.

    Every level is drawn in the same frame: that of all places of the country.
    """
    table = projection.municipalities
    known = np.isfinite(table.longitude) & np.isfinite(table.latitude)
    placed = np.flatnonzero(known & (table.level == LEVELS.index(level)))
    if not len(placed):
        return Points(_NONE, _NONE, _NONE, ())
    longitude, latitude = np.asarray(table.longitude), np.asarray(table.latitude)
    left, top = float(longitude[known].min()), float(latitude[known].max())
    squeeze = math.cos(math.radians(float(latitude[known].mean())))
    wide, high = float(np.ptp(longitude[known])) * squeeze, float(np.ptp(latitude[known]))
    scale = (WIDTH - 2 * MARGIN) / max(wide, high, 0.5)

    def place(east: FloatArray, north: FloatArray) -> tuple[FloatArray, FloatArray]:
        return MARGIN + (east - left) * squeeze * scale, MARGIN + (top - north) * scale

    x, y = place(longitude[placed], latitude[placed])
    people = np.nan_to_num(np.asarray(table.population)[placed], nan=0.0)
    # thousands of dots would cover one another, and with them the country
    least = 2.0 if len(placed) < CROWD else 0.5
    radius = least + 7.0 * np.sqrt(people / (people.max() or 1.0))
    rings = [place(ring[:, 0], ring[:, 1]) for ring in silhouette(longitude[known], latitude[known])]
    land = "".join(f"M{'L'.join(f'{e:.0f} {n:.0f}' for e, n in zip(*ring, strict=True))}Z" for ring in rings)
    width, height = (2 * MARGIN + round(each * scale, 1) for each in (wide, high))
    return Points(x, y, radius, tuple(placed.tolist()), width, height, land)


def draw_map(
    points: Points, projection: Projection, own: NodeKey | None, marked: Sequence[NodeKey], title: str
) -> Markup:
    """Circles: own filled, chosen ones outlined and numbered in their order, all others light. Empty without places."""
    if not points.positions:
        return Markup("")
    others, rings, stems = [], [], []
    numbers = {projection.position(key): n for n, key in enumerate(marked, 1)}
    mine = None if own is None else projection.position(own)
    chosen = [i for i, position in enumerate(points.positions) if position in numbers and position != mine]
    moved = dict(zip(chosen, apart([(float(points.x[i]), float(points.y[i])) for i in chosen]), strict=True))
    for i, position in enumerate(points.positions):
        x, y, radius = (round(float(each[i]), 1) for each in (points.x, points.y, points.radius))
        if position == mine:
            rings.append(f'<circle class="own" cx="{x}" cy="{y}" r="{max(radius, 6)}"/>')
        elif i in moved:
            at, down = moved[i]
            stems.append(f'<path class="stem" d="M{x} {y}L{at:.1f} {down:.1f}"/>')
            rings.append(
                f'<circle class="peer" cx="{at:.1f}" cy="{down:.1f}" r="9"/>'
                f'<text class="number" x="{at:.1f}" y="{down + 4:.1f}" text-anchor="middle">{numbers[position]}</text>'
            )
        else:
            others.append(i)
    return framed(points, points.dots(others) + "".join([*stems, *rings]), title)


def apart(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Places of numbers, pushed from one another until none covers another; a stem then leads to where it belongs."""
    at = np.array(places, float).reshape(-1, 2)
    at += np.arange(len(at))[:, None] * (1e-3, 2e-3)  # the same place twice has a direction to leave to
    for _ in range(60):
        away = at[:, None] - at[None]
        far = np.hypot(away[..., 0], away[..., 1]) + np.eye(len(at)) * 1e3
        if not (near := far < NUMBERS_APART).any():
            break
        at += (away / far[..., None] * (np.where(near, NUMBERS_APART - far, 0) / 2)[..., None]).sum(1)
    return [(float(x), float(y)) for x, y in at]


def framed(points: Points, marks: str, title: str) -> Markup:
    """A map around marks that are markup already."""
    land = f'<path class="land" d="{points.land}"/>' if points.land else ""
    return Markup(  # noqa: S704  # numbers, marks of ours, and an escaped title
        f'<svg class="bk-chart bk-map" viewBox="0 0 {points.width:g} {points.height:g}" role="img"'
        f' aria-label="{escape(title)}">{land}{marks}</svg>'
    )


@dataclass(frozen=True, slots=True)
class Strip:
    """The line on which all values of an indicator lie; made once, drawn for many."""

    low: float
    high: float
    logarithmic: bool
    all: str
    """A light tick for each value, as a path; equal places once."""

    @classmethod
    def of(cls, values: FloatArray, *, logarithmic: bool = False) -> "Strip | None":
        """Span all values that are known; None where there are none."""
        known = values[np.isfinite(values)]
        if not len(known):
            return None
        logarithmic = logarithmic and float(known.min()) > 0
        empty = cls(float(known.min()), float(known.max()), logarithmic, "")
        return cls(empty.low, empty.high, logarithmic, empty.ticks(known, 6))

    def places(self, values: FloatArray) -> FloatArray:
        """Where values lie across the picture."""
        low, high, at = self.low, self.high, np.clip(values, self.low, self.high)
        if self.logarithmic:
            low, high, at = math.log(low), math.log(high), np.log(at)
        share = (at - low) / (high - low) if high > low else np.full(np.shape(at), 0.5)
        return np.asarray(np.round(8 + (STRIP[0] - 16) * share))

    def ticks(self, values: FloatArray, half: int) -> str:
        """A tick for each value that is known."""
        known = values[np.isfinite(values)]
        places = np.unique(self.places(known)).astype(int).tolist()
        path, pen = "", 0
        for x in places:
            # after the first relative steps from the foot of the last tick, which are shorter to write
            path += f"m{x - pen}-{2 * half}v{2 * half}" if path else f"M{x} {STRIP[1] / 2 - half:g}v{2 * half}"
            pen = x
        return path


def draw_strip(
    strip: Strip, title: str, *, own: float | None, state: FloatArray = _NONE, marked: Sequence[tuple[float, str]] = ()
) -> Markup:
    """One value among many: all light, those of the state darker, marked ones outlined with their sign, own filled."""
    width, height = STRIP
    middle = height / 2
    parts = [f'<path class="axis" d="M8 {middle:g}H{width - 8:g}"/>', f'<path class="other" d="{strip.all}"/>']
    if len(state):
        parts.append(f'<path class="state" d="{strip.ticks(state, 6)}"/>')
    mine = None if own is None else float(strip.places(np.array([own]))[0])
    places = strip.places(np.array([value for value, _ in marked])).tolist() if marked else []
    lanes: list[list[float]] = [[] if mine is None else [mine]]
    stems, signs = [], []
    for x, (_, sign) in sorted(zip(places, marked, strict=True)):
        if not sign:
            parts.append(f'<circle class="peer" cx="{x:g}" cy="{middle:g}" r="4.5"/>')
            continue
        # signs that would cover one another stand below the line, each in the first lane with room
        lane = next((n for n, taken in enumerate(lanes) if all(abs(x - each) >= 19 for each in taken)), len(lanes))
        lanes += [[]] if lane == len(lanes) else []
        lanes[lane].append(x)
        y = middle + 20 * lane
        if lane:
            stems.append(f'<path class="stem" d="M{x:g} {middle:g}V{y - 9:g}"/>')
        signs.append(
            f'<circle class="peer" cx="{x:g}" cy="{y:g}" r="9"/>'
            f'<text class="number" x="{x:g}" y="{y + 4:g}" text-anchor="middle">{escape(sign)}</text>'
        )
    parts += [*stems, *signs]
    if mine is not None:
        parts.append(f'<circle class="own" cx="{mine:g}" cy="{middle:g}" r="6.5"/>')
    height += 20 * (len(lanes) - 1)
    return Markup(  # noqa: S704  # numbers and an escaped title
        f'<svg class="bk-chart bk-strip" viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(title)}">'
        f"{''.join(parts)}</svg>"
    )


def draw_line(
    series: Mapping[str, float],
    title: str,
    *,
    span: tuple[float, float] | None = None,
    time: tuple[float, float] | None = None,
    size: tuple[float, float] = (120.0, 28.0),
) -> Markup:
    """A small line over years; empty with fewer than two values. Several are comparable with the same span and time."""
    known = [(_year(period), value) for period, value in sorted(series.items()) if math.isfinite(value)]
    if len(known) < 2:
        return Markup("")
    width, height = size
    low, high = span or (min(v for _, v in known), max(v for _, v in known))
    first, last = time or (known[0][0], known[-1][0])

    def place(year: float, value: float) -> str:
        x = 4 + (width - 8) * (year - first) / ((last - first) or 1)
        y = height - 4 - (height - 8) * ((value - low) / (high - low) if high > low else 0.5)
        return f"{x:.1f} {y:.1f}"

    path = "L".join(place(year, value) for year, value in known)
    x, y = place(*known[-1]).split()
    return Markup(  # noqa: S704  # numbers and an escaped title
        f'<svg class="bk-chart bk-line" viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(title)}">'
        f'<path class="own-line" d="M{path}"/><circle class="own" cx="{x}" cy="{y}" r="3"/></svg>'
    )


def _year(period: str) -> float:
    """A period on the axis of time; enough for a small picture."""
    return float(years([period])[0])


@dataclass(frozen=True, slots=True)
class Span:
    """A row of a timeline: from when to when something was, how it is shown, and what it is called."""

    name: str
    since: date
    until: date
    ended: bool


def draw_timeline(rows: Sequence[Span], title: str) -> Markup:
    """A bar for each row on a common axis of years; what has ended is hollow. Empty without rows."""
    if not rows:
        return Markup("")
    first, last = min(row.since.year for row in rows), max(row.until.year for row in rows) + 1
    left, width, step = 220.0, 640.0, 26.0
    height = step * len(rows) + 26

    def place(day: date) -> float:
        at = day.year + (day.timetuple().tm_yday - 1) / 365.25
        return round(left + (width - left - 22) * (at - first) / (last - first), 1)

    parts = []
    every = max(1, math.ceil((last - first) / 8))
    for year in range(first, last + 1, every):
        x = place(date(year, 1, 1))
        parts.append(
            f'<path class="axis" d="M{x} 0V{height - 22:g}"/>'
            f'<text x="{x}" y="{height - 6:g}" text-anchor="middle">{year}</text>'
        )
    for n, row in enumerate(rows):
        y, x, end = n * step, place(row.since), place(row.until)
        name = row.name if len(row.name) <= 28 else row.name[:27] + "…"
        kind = "peer" if row.ended else "own"
        parts.append(
            f'<text class="name" x="{left - 10:g}" y="{y + 17:g}" text-anchor="end">{escape(name)}</text>'
            f'<rect class="{kind}" x="{x}" y="{y + 5:g}" width="{max(end - x, 6):.1f}" height="14" rx="2"/>'
        )
    return Markup(  # noqa: S704  # numbers and escaped texts
        f'<svg class="bk-chart bk-timeline" viewBox="0 0 {width:g} {height:g}" role="img"'
        f' aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )
