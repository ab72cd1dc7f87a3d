"""The two pictures of a council paper as PNG: values on common scales, and one indicator over time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from graph_service.projection import FloatArray
from matching.peers.features import years

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

WIDTH = 1600
"""Of a picture in pixels: about 250 for each inch of a page's text."""
FINE = 2
"""Drawn so many times larger and shrunk, which smooths edges."""
INK, MUTED, LINE, OWN, PAPER = "#171a2b", "#5a5f7a", "#b8bccd", "#0072b2", "#ffffff"
TEXT = 34
_FILES = {False: "fira-sans-latin-400-normal-*.woff2", True: "fira-sans-latin-600-normal-*.woff2"}


@dataclass(frozen=True, slots=True)
class ScaleRow:
    """An indicator in the first picture: all values of the level, the own one, and those of the others with signs."""

    label: str
    values: FloatArray
    own: float | None
    others: tuple[tuple[str, float], ...]
    low: str
    high: str
    logarithmic: bool


class _Canvas:
    """A picture in its own units, drawn finer than it is kept."""

    def __init__(self, height: int, folder: Path) -> None:
        self.height = height
        self._folder = folder
        self._image = Image.new("RGB", (WIDTH * FINE, height * FINE), PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def line(self, points: Sequence[tuple[float, float]], colour: str, width: float = 2) -> None:
        self._draw.line([(x * FINE, y * FINE) for x, y in points], colour, round(width * FINE), joint="curve")

    def circle(self, x: float, y: float, radius: float, fill: str, line: str = INK, width: float = 2) -> None:
        box = [(x - radius) * FINE, (y - radius) * FINE, (x + radius) * FINE, (y + radius) * FINE]
        self._draw.ellipse(box, fill, line, round(width * FINE))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        anchor: str = "lm",
        colour: str = INK,
        bold: bool = False,
        size: int = TEXT,
    ) -> None:
        font = _font(self._folder, size * FINE, bold)
        at = (x * FINE, y * FINE)
        if isinstance(font, ImageFont.FreeTypeFont):
            self._draw.text(at, text, colour, font, anchor)
        else:
            self._draw.text(at, text, colour, font)

    def fitting(self, text: str, width: float, size: int = TEXT) -> list[str]:
        """The text in at most two lines of this width, the rest cut."""
        font = _font(self._folder, size * FINE, False)
        lines: list[str] = [""]
        for word in text.split(" "):
            longer = f"{lines[-1]} {word}".strip()
            if font.getlength(longer) <= width * FINE or not lines[-1]:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines if len(lines) <= 2 else [lines[0], lines[1] + " …"]

    def png(self) -> bytes:
        found = BytesIO()
        small = self._image.resize((WIDTH, self.height), Image.Resampling.BOX)
        # few colours are used: a palette makes the file a third as large
        small.quantize(48, Image.Quantize.FASTOCTREE).save(found, "PNG", dpi=(250, 250))
        return found.getvalue()


@cache
def _font(folder: Path, size: int, bold: bool) -> Font:
    """The pages' own font; where they were not built, one without umlauts is better than no picture."""
    for file in sorted((folder / "assets").glob(_FILES[bold])):
        try:
            return ImageFont.truetype(str(file), size)
        except OSError:  # this FreeType cannot unpack it
            break
    return ImageFont.load_default(size)


@dataclass(frozen=True, slots=True)
class _Laid:
    """A row with its place: signs that would cover one another stand in lanes below the line."""

    row: ScaleRow
    places: tuple[float, ...]
    own: float | None
    signs: tuple[tuple[float, int, str], ...]

    @property
    def height(self) -> int:
        return 88 + 34 * max((lane for _, lane, _ in self.signs), default=0)


def _lay(row: ScaleRow, left: float, span: float) -> _Laid:
    known = row.values[np.isfinite(row.values)]
    logarithmic = row.logarithmic and len(known) > 0 and float(known.min()) > 0
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)

    def place(value: float) -> float:
        a, b, c = (np.log(v) if logarithmic else v for v in (low, high, min(max(value, low), high)))
        return round(left + span * float((c - a) / (b - a) if b > a else 0.5), 1)

    own = None if row.own is None else place(row.own)
    lanes: list[list[float]] = [[] if own is None else [own]]
    signs = []
    for x, sign in sorted((place(value), sign) for sign, value in row.others):
        lane = next((k for k, taken in enumerate(lanes) if all(abs(x - t) >= 38 for t in taken)), len(lanes))
        lanes += [[]] if lane == len(lanes) else []
        lanes[lane].append(x)
        signs.append((x, lane, sign))
    return _Laid(row, tuple(sorted({place(value) for value in known.tolist()})), own, tuple(signs))


def draw_scales(rows: Sequence[ScaleRow], folder: Path) -> bytes:
    """A line for each indicator: light ticks are all values, the own one is filled, the others bear their signs."""
    left, right = 560, 40
    span = WIDTH - left - right
    laid = [_lay(row, left, span) for row in rows]
    canvas = _Canvas(sum(each.height for each in laid) + 10, folder)
    top = 0
    for each in laid:
        y = top + 48
        top += each.height
        lines = canvas.fitting(each.row.label, left - 40)
        for i, text in enumerate(lines):
            canvas.text(0, y + (i - (len(lines) - 1) / 2) * (TEXT + 6), text)
        canvas.line([(left, y), (left + span, y)], LINE, 2)
        for x in each.places:
            canvas.line([(x, y - 13), (x, y + 13)], LINE, 2)
        for x, lane, _ in each.signs:
            canvas.line([(x, y), (x, y + 34 * lane)], INK, 2)
        for x, lane, sign in each.signs:
            canvas.circle(x, y + 34 * lane, 17, PAPER)
            canvas.text(x, y + 34 * lane, sign, anchor="mm", size=25, bold=True)
        if each.own is not None:
            canvas.circle(each.own, y, 15, OWN)
        canvas.text(left, y - 30, each.row.low, colour=MUTED, size=24)
        canvas.text(left + span, y - 30, each.row.high, anchor="rm", colour=MUTED, size=24)
    return canvas.png()


def draw_course(
    own: tuple[str, Mapping[str, float]],
    others: Sequence[tuple[str, Mapping[str, float]]],
    ticks: Sequence[tuple[float, str]],
    folder: Path,
) -> bytes:
    """Lines over the years on one scale: the own one thick and in colour, the others grey with signs at their ends."""
    left, right, top, bottom, height = 130, 90, 40, 60, 640
    canvas = _Canvas(height, folder)
    series = [own[1], *(values for _, values in others)]
    when = [float(year) for values in series for year in years(list(values))]
    values = [value for each in series for value in each.values()] + [value for value, _ in ticks]
    first, last, low, high = min(when), max(when), min(values), max(values)

    def place(period: float, value: float) -> tuple[float, float]:
        x = left + (WIDTH - left - right) * (period - first) / ((last - first) or 1)
        y = height - bottom - (height - top - bottom) * ((value - low) / (high - low) if high > low else 0.5)
        return x, y

    for value, text in ticks:
        y = place(first, value)[1]
        canvas.line([(left, y), (WIDTH - right, y)], "#dfe1ea", 2)
        canvas.text(left - 16, y, text, anchor="rm", colour=MUTED, size=28)
    step = max(1, round((last - first) / 8))
    for year in range(int(first), int(last) + 1, step):
        canvas.text(place(year, low)[0], height - 24, str(year), anchor="mm", colour=MUTED, size=28)
    ends: list[float] = []
    for sign, each in sorted(others, key=lambda other: other[1][max(other[1])] if other[1] else 0.0):
        points = [place(float(years([period])[0]), value) for period, value in sorted(each.items())]
        if points:
            canvas.line(points, MUTED, 3)
            y = min([points[-1][1], *(min(ends) - 42 for _ in ends[:1])])
            ends.append(y)
            canvas.line([points[-1], (WIDTH - right + 22, y)], LINE, 2)
            canvas.circle(WIDTH - right + 40, y, 19, PAPER)
            canvas.text(WIDTH - right + 40, y, sign, anchor="mm", size=26, bold=True)
    mine = [place(float(years([period])[0]), value) for period, value in sorted(own[1].items())]
    if mine:
        canvas.line(mine, OWN, 8)
        canvas.circle(*mine[-1], 13, OWN)
        canvas.text(mine[0][0] + 8, mine[0][1] - 30, own[0], colour=OWN, bold=True, size=30)
    return canvas.png()
