"""Rows of a comparison: an indicator for each municipality, on one scale, over time, and the difference in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from api.http.current import snapshot, words
from api.pages.figures import level_strips
from api.pages.frame import record_url, term
from api.pages.pictures import Strip, draw_line, draw_strip
from api.questions.comparison import Compared, Comparison, spread
from api.questions.standing import Standing, level_of
from api.words.comparison import difference_words
from api.words.suggestions import Explainer
from graph_service.keys import NodeKey
from graph_service.vocabulary import load_vocabulary
from matching.naming.municipalities import plain


@dataclass(frozen=True, slots=True)
class Head:
    """A column: who it is, and the address without it."""

    key: NodeKey
    sign: str
    name: str
    place: str
    url: str
    without: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with its year, or why there is none, and how it came about."""

    value: str
    period: str
    mark: str
    line: Markup


@dataclass(frozen=True, slots=True)
class Row:
    """An indicator."""

    label: str
    unit: str
    url: str
    cells: tuple[Cell, ...]
    strip: Markup
    said: str


def themes(
    found: Comparison, rows: Sequence[Compared], heads: Sequence[Head], explainer: Explainer
) -> Iterator[tuple[str, list[Row]]]:
    """The rows by theme, in the order of the vocabulary."""
    here = snapshot()
    level = level_of(here.projection, found.keys[0])
    strips = level_strips(here, level) if level is not None else {}
    order = {each.id: n for n, each in enumerate(load_vocabulary().terms("theme"))}
    by_theme: dict[str, list[Row]] = {}
    for each in sorted(rows, key=lambda row: plain(explainer.label(row.indicator.key.local))):
        row = _row(each, heads, strips.get(each.column), explainer)
        by_theme.setdefault(each.indicator.theme or "", []).append(row)
    for theme in sorted(by_theme, key=lambda theme: (order.get(theme, len(order)), theme)):
        yield term("theme", theme) if theme else words()("Other indicators"), by_theme[theme]


def _row(each: Compared, heads: Sequence[Head], strip: Strip | None, explainer: Explainer) -> Row:
    label = explainer.label(each.indicator.key.local)
    axes = spread(each.values)
    cells = tuple(_cell(value, head, label, axes) for value, head in zip(each.values, heads, strict=True))
    marked = [
        (value.value, head.sign)
        for value, head in zip(each.values[1:], heads[1:], strict=True)
        if value is not None and value.value is not None
    ]
    own = each.values[0].value if each.values[0] else None
    said = difference_words(each, [head.name for head in heads], explainer.words)
    picture = draw_strip(strip, f"{label}: {said}", own=own, marked=marked) if strip else Markup("")
    return Row(label, explainer.unit(each.indicator.unit), record_url(each.indicator.key), cells, picture, said)


def _cell(
    value: Standing | None,
    head: Head,
    label: str,
    axes: tuple[tuple[float, float], tuple[float, float]] | None,
) -> Cell:
    speak = words()
    if value is None or value.value is None:
        mark = term("flag", value.flag) if value and value.flag else speak("no value known")
        return Cell("•", "", mark, Markup(""))
    line = Markup("")
    if axes and axes[1][1] > axes[1][0]:
        title = speak("{label} over time", label=f"{head.name}: {label}")
        line = draw_line(value.series, title, span=axes[0], time=axes[1])
    return Cell(speak.number(value.value), speak.period(value.period), "", line)
