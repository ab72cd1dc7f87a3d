"""What is measured: the list of indicators, and one with its meaning, its source and its values at a level."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from flask import Blueprint, render_template, request
from markupsafe import Markup

from api.http.caching import depends_on_graph
from api.http.current import snapshot, words
from api.language import N_
from api.pages.figures import digits_of, level_strips
from api.pages.frame import record_url, term, url_with
from api.pages.pictures import draw_strip
from api.questions.indicators import Measured, find_indicator, list_indicators
from api.questions.peers import lenses
from api.questions.standing import Among, among
from api.snapshot import Snapshot
from api.words.peers import lens_name
from api.words.places import place_name
from api.words.suggestions import Explainer
from api.words.terms import level_words
from api.words.units import unit_words
from graph_service.keys import Label
from graph_service.model import Level, Scale
from graph_service.projection import LEVELS, Projection
from graph_service.vocabulary import load_vocabulary
from matching.naming.municipalities import plain

indicators = Blueprint("indicator_pages", __name__)
depends_on_graph(indicators)

PAGE = 100
POLARITY = {
    1: N_("By itself, more of it is held to be better."),
    -1: N_("By itself, less of it is held to be better."),
    0: N_("More of it is neither better nor worse."),
}


@dataclass(frozen=True, slots=True)
class StateRow:
    """How the values of one state lie."""

    name: str
    url: str
    count: str
    low: str
    median: str
    high: str
    strip: Markup


@indicators.get("/indicators")
def show_indicators() -> str:
    """All indicators by theme."""
    speak = words()
    order = {each.id: n for n, each in enumerate(load_vocabulary().terms("theme"))}
    by_theme: dict[str, list[tuple[str, str, str]]] = {}
    for each in list_indicators(snapshot(), speak).items:
        periods = "–".join(dict.fromkeys((each.periods[0][:4], each.periods[-1][:4]))) if each.periods else ""
        about = ", ".join(filter(None, (unit_words(each.record.unit, speak), periods)))
        by_theme.setdefault(each.record.theme or "", []).append((each.label, record_url(each.record.key), about))
    themes = [
        (
            term("theme", theme) if theme else speak("Other indicators"),
            sorted(by_theme[theme], key=lambda each: plain(each[0])),
        )
        for theme in sorted(by_theme, key=lambda theme: (order.get(theme, len(order)), theme))
    ]
    return render_template("indicators.html", themes=themes, count=sum(len(each) for _, each in themes))


@indicators.get("/indicators/<string:id>")
def show_indicator(id: str) -> str:
    """One indicator; its values at the level of which most is known, or at the one that is asked for."""
    here, speak = snapshot(), words()
    measured = find_indicator(here, id, speak)
    column = here.projection.position(measured.record.key)
    levels = here.prepared("measured-levels", _levels).get(column, ())
    asked = request.args.get("level", "")
    level = Level(asked) if asked in {each.value for each in levels} else next(iter(levels), None)
    told: dict[str, Any] = _values(here, measured, column, level) if level is not None else {}
    explainer = Explainer(here.projection, speak)
    return render_template(
        "indicator.html",
        measured=measured,
        source=measured.record.source or "",
        licence=measured.record.licence or "",
        facts=_facts(measured),
        web=url if (url := measured.record.url or "").startswith(("https://", "http://")) else "",
        levels=[(level_words(each, speak), url_with(level=each.value, page=None), each is level) for each in levels],
        level=level,
        level_name=level_words(level, speak) if level else "",
        sources=explainer.sources([id]),
        unit=explainer.unit(measured.record.unit),
        lenses=[
            (lens_name(each, speak.language), speak.number(weight))
            for each in lenses().values()
            if (weight := next((i.weight for i in each.indicators if i.id == id), 0.0))
        ],
        **told,
    )


def _levels(projection: Projection) -> dict[int, tuple[Level, ...]]:
    """For each indicator the levels at which something is known, the best covered first."""
    seen, table = projection.observations, projection.municipalities
    known = ~np.isnan(seen.value)
    pairs = seen.indicator[known] * len(LEVELS) + np.maximum(table.level[seen.municipality[known]], 0)
    counts = np.bincount(pairs, minlength=len(projection.indicators) * len(LEVELS)).reshape(-1, len(LEVELS))
    return {
        j: tuple(LEVELS[n] for n in np.argsort(-counts[j], kind="stable").tolist() if counts[j, n])
        for j in range(len(counts))
    }


def _facts(measured: Measured) -> list[tuple[str, str]]:
    speak, record = words(), measured.record
    facts = [
        (speak("Unit"), unit_words(record.unit, speak) or "–"),
        (speak("Theme"), term("theme", record.theme) if record.theme else "–"),
        (speak("How to read it"), speak(POLARITY.get(record.polarity or 0, POLARITY[0]))),
    ]
    if record.scale is Scale.LOG:
        facts.append((speak("Scale"), speak("Orders of magnitude: in pictures each tenfold takes the same space.")))
    if measured.periods:
        periods = [speak.period(each) for each in measured.periods]
        shown = periods[0] if len(periods) == 1 else f"{periods[0]} – {periods[-1]}"
        facts.append((speak("Periods"), shown))
    facts.append((speak("Values"), speak.number(measured.observations, 0)))
    return facts


def _values(here: Snapshot, measured: Measured, column: int, level: Level) -> dict[str, Any]:
    """What is known at a level: in a sentence, by state, and municipality by municipality."""
    speak, projection, all = words(), here.projection, among(here, level)
    unit = measured.record.unit or ""
    values = all.features.values[:, column]
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return {}
    period = all.features.periods[int(all.features.reference[column])]
    explainer = Explainer(projection, speak)
    low, high = (known[i] for i in (int(np.argmin(values[known])), int(np.argmax(values[known]))))

    def name(row: int) -> str:
        return place_name(projection, speak, int(all.features.rows[row]))

    answer = speak(
        "Half of {n} values lie below {median}. Lowest: {lowest} with {low}; highest: {highest} with {high}.",
        n=speak.number(len(known), 0),
        median=explainer.value(float(all.median[column]), unit),
        low=speak.number(float(values[low])),
        lowest=name(int(low)),
        high=explainer.value(float(values[high]), unit),
        highest=name(int(high)),
    )
    rows, pages, page, sort = _rows(here, all, column, known)
    return {
        "answer": answer,
        "period": speak.period(period),
        "states": _states(here, all, column),
        "rows": rows,
        "pages": pages,
        "page": page,
        "count": len(known),
        "sort": sort,
        "missing": int(len(all.features.rows) - len(known)),
    }


def _states(here: Snapshot, all: Among, column: int) -> list[StateRow]:
    speak, projection = words(), here.projection
    strip = level_strips(here, all.level).get(column)
    values, state = all.features.values[:, column], projection.state[all.features.rows]
    digits, found = digits_of(values), []
    for position in sorted({int(each) for each in state.tolist() if each >= 0}):
        own = values[(state == position) & np.isfinite(values)]
        if not len(own) or all.level is Level.STATE:
            continue
        name = projection.name(Label.MUNICIPALITY, position)
        low, median, high = (speak.number(float(each), digits) for each in (own.min(), np.median(own), own.max()))
        title = speak("{name}: from {low} to {high}, median {median}", name=name, low=low, high=high, median=median)
        picture = draw_strip(strip, title, own=None, state=own) if strip is not None else Markup("")
        url = record_url(projection.key(Label.MUNICIPALITY, position))
        found.append(StateRow(name, url, speak.number(len(own), 0), low, median, high, picture))
    return sorted(found, key=lambda row: plain(row.name))


def _as_sorted(projection: Projection) -> tuple[str, ...]:
    """The names of all municipalities as the alphabet orders them: ä as ae."""
    return tuple(
        plain(projection.name(Label.MUNICIPALITY, i)) for i in range(len(projection.spans[Label.MUNICIPALITY]))
    )


def _rows(here: Snapshot, all: Among, column: int, known: "np.ndarray[Any, Any]") -> tuple[list[Any], int, int, str]:
    """A page of the level's municipalities: name, state, value, period."""
    speak, projection = words(), here.projection
    values, places = all.features.values[:, column], all.features.rows
    sort = request.args.get("sort", "name")
    spelt, digits = here.prepared("names-as-sorted", _as_sorted), digits_of(values)
    named = [(place_name(projection, speak, int(places[row])), int(row)) for row in known.tolist()]
    if sort.lstrip("-") == "value":
        named.sort(key=lambda each: (float(values[each[1]]), spelt[int(places[each[1]])]), reverse=sort.startswith("-"))
    else:
        named.sort(key=lambda each: spelt[int(places[each[1]])], reverse=sort == "-name")
    pages = -(-len(named) // PAGE)
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    rows = []
    for name, row in named[(page - 1) * PAGE : page * PAGE]:
        position = int(places[row])
        state = int(projection.state[position])
        url = record_url(projection.key(Label.MUNICIPALITY, position))
        rows.append(
            (
                Markup('<a href="{}">{}</a>').format(url, name) if url else name,
                projection.name(Label.MUNICIPALITY, state) if state >= 0 and state != position else "–",
                speak.number(float(values[row]), digits),
                speak.period(all.features.periods[int(all.features.period[row, column])]),
            )
        )
    return rows, pages, page, sort
