"""The pictures and the table of values of a council paper, and what they are made from."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from api.http.current import snapshot
from api.language import Words
from api.pages.council_document import Part, Picture, Rows
from api.pages.council_pictures import ScaleRow, draw_course, draw_scales
from api.questions.comparison import Comparison
from api.questions.peers import PeersAsked, PeersFound
from api.questions.standing import among, level_of
from api.words.suggestions import Explainer
from graph_service.keys import NodeKey
from graph_service.model import Scale
from matching.peers.matcher import PeerSuggestion

SHOWN = 8
"""How many indicators the first picture has room for."""


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that the paper is written from."""

    asked: PeersAsked
    found: PeersFound
    five: tuple[PeerSuggestion, ...]
    beside: Comparison
    explainer: Explainer
    folder: Path
    """Where the pages' fonts lie."""
    address: str
    """Where the same can be looked at."""

    @property
    def words(self) -> Words:
        """The language of the paper."""
        return self.explainer.words

    @property
    def weighty(self) -> list[str]:
        """The indicators of the lens, the weightiest first."""
        return sorted(self.found.weights, key=lambda each: (-self.found.weights[each], each))


def pictures(told: Material) -> Iterator[Part]:
    """The two pictures, as far as there is something to show."""
    speak, here = told.words, snapshot()
    level = level_of(here.projection, told.found.key)
    if level is None:
        return
    all, beside = among(here, level), {each.indicator.key.local: each for each in told.beside.rows}
    signs = {key: str(n) for n, key in enumerate((each.key for each in told.five), 1)}
    rows: list[ScaleRow] = []
    said: list[str] = []
    for id in told.weighty:
        each = beside.get(id)
        if each is None or each.values[0] is None or each.values[0].value is None or len(rows) == SHOWN:
            continue
        column = all.features.values[:, each.column]
        others = tuple(
            (signs[key], value.value)
            for key, value in zip(told.beside.keys[1:], each.values[1:], strict=True)
            if value is not None and value.value is not None and key in signs
        )
        unit = each.indicator.unit or ""
        ends = [told.explainer.value(float(f(column)), unit) for f in (np.nanmin, np.nanmax)]
        label = told.explainer.label(id)
        rows.append(
            ScaleRow(label, column, each.values[0].value, others, ends[0], ends[1], each.indicator.scale is Scale.LOG)
        )
        said.append(f"{label}: {told.explainer.value(each.values[0].value, unit)}")
    if rows:
        yield Picture(
            draw_scales(rows, told.folder),
            speak(
                "{name} and the five on the scale of all municipalities of the level. Values of {name}: "
                "{values}. The values of the others stand in the table at the end.",
                name=told.found.name, values="; ".join(said),
            ),
            speak(
                "Figure 1: where {name} (filled) and the others (numbers as in table 1) lie among all; each "
                "tick is one municipality of the level",
                name=told.found.name,
            ),
        )  # fmt: skip
    yield from _course(told, signs)


def _course(told: Material, signs: dict[NodeKey, str]) -> Iterator[Part]:
    """The weightiest indicator of which more than two years are known for the own one."""
    speak = told.words
    beside = {each.indicator.key.local: each for each in told.beside.rows}
    usable = [beside[id] for id in told.weighty if id in beside]
    row = next((each for each in usable if each.values[0] is not None and len(each.values[0].series) > 2), None)
    if row is None or row.values[0] is None:
        return
    own = row.values[0].series
    others = [
        (signs[key], value.series)
        for key, value in zip(told.beside.keys[1:], row.values[1:], strict=True)
        if value is not None and value.series and key in signs
    ]
    label, unit = told.explainer.label(row.indicator.key.local), row.indicator.unit or ""
    values = [value for each in (own, *(series for _, series in others)) for value in each.values()]
    ticks = [(float(value), speak.number(float(value))) for value in _ticks(min(values), max(values))]
    first, last = min(own), max(own)
    yield Picture(
        draw_course((told.found.name, own), others, ticks, told.folder),
        speak(
            "{label} in {name} from {first} to {last}: from {from_value} to {to_value}; beside it the others as "
            "grey lines.",
            label=label, name=told.found.name, first=speak.period(first), last=speak.period(last),
            from_value=told.explainer.value(own[first], unit), to_value=told.explainer.value(own[last], unit),
        ),
        speak(
            "Figure 2: {label} ({unit}), {first} to {last}; thick: {name}, numbers as in table 1",
            label=label, unit=told.explainer.unit(unit) or "–", name=told.found.name,
            first=speak.period(first), last=speak.period(last),
        ),
    )  # fmt: skip


def _ticks(low: float, high: float) -> list[float]:
    """About five round numbers from below the lowest to above the highest value."""
    span = (high - low) or abs(high) or 1.0
    step = 10.0 ** np.floor(np.log10(span / 4))
    step *= min((1, 2, 2.5, 5, 10), key=lambda factor: abs(span / (step * factor) - 4))
    first, last = np.floor(low / step), np.ceil(high / step)
    return [float(round(n * step, 10)) for n in np.arange(first, last + 1)]


def values_table(told: Material) -> Rows:
    """Every value of the lens, as far as it is known."""
    speak = told.words
    beside = {each.indicator.key.local: each for each in told.beside.rows}
    rows = []
    for id in told.weighty:
        each = beside.get(id)
        if each is None:
            continue
        first = next((value for value in each.values if value is not None and value.period), None)
        unit = ", ".join(
            filter(None, (told.explainer.unit(each.indicator.unit), speak.period(first.period) if first else ""))
        )
        cells = [
            speak.number(value.value) if value is not None and value.value is not None else "•" for value in each.values
        ]
        rows.append((f"{told.explainer.label(id)} ({unit})" if unit else told.explainer.label(id), *cells))
    width = 10.2 / max(len(told.beside.names), 1)
    return Rows(
        speak(
            "Table 2: values of the lens, the weightiest first; numbers as in table 1, • means that no value is known"
        ),
        (speak("Indicator"), told.found.name, *(str(n) for n in range(1, len(told.beside.names)))),
        tuple(rows),
        (5.8, *(width for _ in told.beside.names)),
        numbers=True,
    )
