"""Figures of a municipality beside those of others: in rows with a strip and a line, and in sentences."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from markupsafe import Markup

from api.http.current import words
from api.pages.frame import record_url, term
from api.pages.pictures import Strip, draw_line, draw_strip
from api.questions.peers import usual_lens
from api.questions.standing import Among, Standing, among, level_of
from api.snapshot import Snapshot
from api.words.standing import place_words
from api.words.suggestions import Explainer
from graph_service.errors import NotFound
from graph_service.keys import NodeKey
from graph_service.model import Level, Scale
from graph_service.projection import FloatArray, Projection
from graph_service.vocabulary import load_vocabulary
from matching.peers.matcher import PeerQuestion

PEERS = 10


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator of the municipality, ready to be shown."""

    label: str
    url: str
    value: str
    unit: str
    period: str
    mark: str
    strip: Markup
    place: str
    peers: str
    all: str
    line: Markup
    first: str
    last: str


def nearest(here: Snapshot, key: NodeKey, many: int = PEERS) -> tuple[NodeKey, ...]:
    """Those most alike in structure; nobody where too little is known."""
    try:
        found = here.peers(usual_lens(here)).suggest(PeerQuestion(key), limit=many)
    except NotFound:
        return ()
    return tuple(each.key for each in found)


def strips(projection: Projection, all: Among) -> Mapping[int, Strip]:
    """The lines of all indicators of a level, by position."""
    found = {}
    for j, indicator in enumerate(projection.indicators):
        strip = Strip.of(all.features.values[:, j], logarithmic=indicator.scale is Scale.LOG)
        if strip is not None:
            found[j] = strip
    return found


def digits_of(values: FloatArray) -> int:
    """How many decimals all values of an indicator are written with: as many as are useful for most of them."""
    known = values[np.isfinite(values)]
    if not np.any(known % 1):
        return 0
    size = float(np.median(np.abs(known)))
    return 0 if size >= 10_000 else 1 if size >= 100 else 2 if size >= 0.1 else 4


def level_digits(here: Snapshot, level: Level) -> Sequence[int]:
    """The decimals of all indicators of a level, found once for a snapshot."""
    return here.prepared(
        ("digits", level),
        lambda _: [digits_of(column) for column in among(here, level).features.values.T],
    )


def level_strips(here: Snapshot, level: Level) -> Mapping[int, Strip]:
    """The same, made once for a snapshot."""
    return here.prepared(("strips", level), lambda projection: strips(projection, among(here, level)))


def themes(
    here: Snapshot, key: NodeKey, told: Sequence[Standing], peers: Sequence[NodeKey], explainer: Explainer
) -> Iterator[tuple[str, str, list[Figure]]]:
    """The figures by theme, in the order of the vocabulary; each with an id for links within the page."""
    projection, level = here.projection, level_of(here.projection, key)
    if level is None or not any(each.value is not None or each.flag for each in told):
        return
    all, lines, digits = among(here, level), level_strips(here, level), level_digits(here, level)
    beside = all.values(projection.position(each) for each in peers)
    state = int(projection.state[projection.position(key)])
    same = all.features.values[projection.state[all.features.rows] == state] if state >= 0 else all.values(())
    order = {each.id: n for n, each in enumerate(load_vocabulary().terms("theme"))}
    by_theme: dict[str, list[Figure]] = {}
    for each in sorted(told, key=lambda each: explainer.label(each.indicator.key.local)):
        strip = lines.get(each.column)
        written = partial(explainer.words.number, digits=digits[each.column])
        figure = _figure(each, all, strip, beside[:, each.column], same[:, each.column], written, explainer)
        by_theme.setdefault(each.indicator.theme or "", []).append(figure)
    for theme in sorted(by_theme, key=lambda theme: (order.get(theme, len(order)), theme)):
        yield theme or "other", term("theme", theme) if theme else words()("Other indicators"), by_theme[theme]


def _figure(
    each: Standing,
    all: Among,
    strip: Strip | None,
    peers: FloatArray,
    state: FloatArray,
    written: Callable[[float], str],
    explainer: Explainer,
) -> Figure:
    speak, indicator = explainer.words, each.indicator
    label, unit = explainer.label(indicator.key.local), indicator.unit or ""
    known = peers[np.isfinite(peers)]
    place = place_words(each, speak)
    title = f"{label}: {explainer.value(each.value, unit)}" + (f", {place}" if place else "")
    series = {p: v for p, v in each.series.items() if not each.period or p <= each.period} or each.series
    periods = sorted(series)
    line = draw_line(series, speak("{label} over time", label=label)) if len(periods) > 1 else Markup("")
    return Figure(
        label,
        record_url(indicator.key),
        written(each.value) if each.value is not None else "•",
        explainer.unit(unit),
        speak.period(each.period),
        term("flag", each.flag) if each.flag else ("" if each.value is not None else speak("no value known")),
        draw_strip(strip, title, own=each.value, state=state, marked=[(float(v), "") for v in known])
        if strip is not None and each.value is not None
        else Markup(""),
        place,
        written(float(np.median(known))) if len(known) else "–",
        written(float(all.median[each.column])) if np.isfinite(all.median[each.column]) else "–",
        line,
        f"{speak.period(periods[0])}: {written(series[periods[0]])}" if line else "",
        f"{speak.period(periods[-1])}: {written(series[periods[-1]])}" if line else "",
    )
