"""Pictures as SVG made by the server: they need no script, print well, and stand beside a table that says the same."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from markupsafe import Markup, escape

from graph_service.keys import NodeKey
from graph_service.model import Level
from graph_service.projection import LEVELS, Projection

FloatArray = npt.NDArray[np.float64]

WIDTH = 480.0
"""Of a map, in its own units; height follows from the area shown."""
STRIP = (400.0, 28.0)


@dataclass(frozen=True, slots=True)
class Points:
    """Where the municipalities of a level lie, in the units of a picture; those without a place are left out."""

    x: FloatArray
    y: FloatArray
    radius: FloatArray
    positions: tuple[int, ...]
    height: float


def points_of(projection: Projection, level: Level) -> Points:
    """Plate carrée around the middle latitude, which is true enough for one country; areas go with population."""
    table = projection.municipalities
    wanted = table.level == LEVELS.index(level)
    placed = np.flatnonzero(wanted & np.isfinite(table.longitude) & np.isfinite(table.latitude))
    if not len(placed):
        none = np.zeros(0)
        return Points(none, none, none, (), 0.0)
    longitude, latitude = np.asarray(table.longitude)[placed], np.asarray(table.latitude)[placed]
    squeeze = math.cos(math.radians(float(latitude.mean())))
    margin = 14.0
    span = max(float(np.ptp(longitude)) * squeeze, float(np.ptp(latitude)), 0.5)
    scale = (WIDTH - 2 * margin) / span
    x = margin + (longitude - longitude.min()) * squeeze * scale
    y = margin + (latitude.max() - latitude) * scale
    people = np.nan_to_num(np.asarray(table.population)[placed], nan=0.0)
    radius = 2.0 + 7.0 * np.sqrt(people / (people.max() or 1.0))
    return Points(x, y, radius, tuple(placed.tolist()), float(y.max()) + margin)


def draw_map(
    points: Points, projection: Projection, own: NodeKey | None, marked: Sequence[NodeKey], title: str
) -> Markup:
    """Circles: own filled, chosen ones outlined and numbered in their order, all others light. Empty without places."""
    if not points.positions:
        return Markup("")
    at = {position: i for i, position in enumerate(points.positions)}
    others, rings = [], []
    numbers = {projection.position(key): n for n, key in enumerate(marked, 1)}
    mine = None if own is None else projection.position(own)
    for position, i in at.items():
        x, y, radius = (round(float(each[i]), 1) for each in (points.x, points.y, points.radius))
        if position == mine:
            rings.append(f'<circle class="own" cx="{x}" cy="{y}" r="{max(radius, 6)}"/>')
        elif position in numbers:
            rings.append(
                f'<circle class="peer" cx="{x}" cy="{y}" r="9"/>'
                f'<text class="number" x="{x}" y="{y + 4}" text-anchor="middle">{numbers[position]}</text>'
            )
        else:
            others.append(f'<circle class="other" cx="{x}" cy="{y}" r="{radius}"/>')
    width = round(float(points.x.max()) + 14.0, 1)
    return Markup(  # noqa: S704  # numbers and an escaped title
        f'<svg class="bk-chart bk-map" viewBox="0 0 {width} {round(points.height, 1)}" role="img"'
        f' aria-label="{escape(title)}">{"".join(others)}{"".join(rings)}</svg>'
    )


def draw_strip(
    others: Iterable[float], same_state: Iterable[float], peers: Iterable[float], own: float | None, title: str
) -> Markup:
    """One value among many on one line: others light, the same state darker, peers outlined, own filled."""
    light, dark, outlined = (
        sorted({round(v, 6) for v in each if math.isfinite(v)}) for each in (others, same_state, peers)
    )
    known = [*light, *dark, *outlined, *([own] if own is not None else [])]
    if not known:
        return Markup("")
    low, high = min(known), max(known)
    width, height = STRIP

    def place(value: float) -> float:
        return round(8 + (width - 16) * ((value - low) / (high - low) if high > low else 0.5), 1)

    middle = height / 2

    def ticks(values: Sequence[float], half: float) -> str:
        return "".join(f"M{place(v)} {middle - half}v{2 * half}" for v in values)

    parts = [
        f'<path class="axis" d="M8 {middle}H{width - 8}"/>',
        f'<path class="other" d="{ticks(light, 6)}"/>',
        f'<path class="state" d="{ticks(dark, 6)}"/>',
        *(f'<circle class="peer" cx="{place(v)}" cy="{middle}" r="4.500"/>' for v in outlined),
    ]
    if own is not None:
        parts.append(f'<circle class="own" cx="{place(own)}" cy="{middle}" r="6.500"/>')
    return Markup(  # noqa: S704  # numbers and an escaped title
        f'<svg class="bk-chart bk-strip" viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(title)}">'
        f"{''.join(parts)}</svg>"
    )


def _distinct(values: Iterable[float]) -> list[float]:
    return sorted({round(value, 6) for value in values if math.isfinite(value)})


def draw_line(series: Mapping[str, float], title: str, size: tuple[float, float] = (120.0, 28.0)) -> Markup:
    """A small line over years; empty with fewer than two values."""
    known = [(year, value) for year, value in sorted(series.items()) if math.isfinite(value)]
    if len(known) < 2:
        return Markup("")
    width, height = size
    low, high = min(v for _, v in known), max(v for _, v in known)
    first, last = float(known[0][0][:4]), float(known[-1][0][:4])

    def place(year: str, value: float) -> str:
        x = 4 + (width - 8) * (float(year[:4]) - first) / ((last - first) or 1)
        y = height - 4 - (height - 8) * ((value - low) / (high - low) if high > low else 0.5)
        return f"{x:.1f} {y:.1f}"

    path = "L".join(place(year, value) for year, value in known)
    x, y = place(*known[-1]).split()
    return Markup(  # noqa: S704  # numbers and an escaped title
        f'<svg class="bk-chart bk-line" viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(title)}">'
        f'<path class="own-line" d="M{path}"/><circle class="own" cx="{x}" cy="{y}" r="3"/></svg>'
    )
