"""Lays key figures side by side for people: a sheet per level and theme, a municipality per row."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graph_service.export.view import View
from graph_service.keys import Label, NodeKey
from graph_service.model import Indicator, Municipality

Value = str | float | None
Cells = dict[NodeKey, dict[NodeKey, Value]]
"""Municipality → indicator → what stands in the cell."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The municipalities of one level with the indicators of one theme, each for one period."""

    level: str
    theme: str
    municipalities: list[Municipality]
    columns: list[tuple[Indicator, str]]
    cells: Cells

    def rows(self) -> Iterator[list[Value]]:
        """The figures of each municipality after its code and name; where there is no number, the publisher's mark."""
        for municipality in self.municipalities:
            own: Mapping[NodeKey, Value] = self.cells.get(municipality.key, {})
            yield [municipality.key.local, municipality.name, *(own.get(i.key) for i, _ in self.columns)]


def figures(view: View) -> Iterator[Figures]:
    """Every combination of level and theme that has numbers."""
    indicators = {n.key: n for n in view.nodes(Label.INDICATOR) if isinstance(n, Indicator)}
    municipalities = [n for n in view.nodes(Label.MUNICIPALITY) if isinstance(n, Municipality)]
    levels = {m.key: str(m.level or "") for m in municipalities}
    periods = _periods(view, levels)
    cells = _cells(view, levels, periods)
    for level in dict.fromkeys(sorted(set(levels.values()))):
        for theme in sorted({indicators[i].theme or "" for place, i in periods if place == level}):
            columns = [
                (indicators[i], period)
                for (place, i), period in sorted(periods.items())
                if place == level and (indicators[i].theme or "") == theme
            ]
            shown = {i.key for i, _ in columns}
            rows = [m for m in municipalities if levels[m.key] == level and shown & cells.get(m.key, {}).keys()]
            yield Figures(level, theme, rows, columns, cells)


def _periods(view: View, levels: Mapping[NodeKey, str]) -> dict[tuple[str, NodeKey], str]:
    """For each level and indicator the newest period that covers at least half as many as the best-covered one."""
    covered: dict[tuple[str, NodeKey], Counter[str]] = {}
    for series in view.series():
        counter = covered.setdefault((levels[series.municipality], series.indicator), Counter())
        counter.update(p for p, v in zip(series.periods, series.values, strict=True) if not math.isnan(v))
    return {
        place: max(period for period, count in counter.items() if count >= max(counter.values()) / 2)
        for place, counter in covered.items()
        if counter
    }


def _cells(view: View, levels: Mapping[NodeKey, str], periods: Mapping[tuple[str, NodeKey], str]) -> Cells:
    cells: Cells = {}
    for series in view.series():
        period = periods.get((levels[series.municipality], series.indicator))
        if period in series.periods:
            at = series.periods.index(period)
            number, flag = series.values[at], series.flags[at]
            value = (flag or None) if math.isnan(number) else float(number)
            cells.setdefault(series.municipality, {})[series.indicator] = value
    return cells
