"""The start page: one question, three doors, and what is in the data."""

from dataclasses import dataclass

import numpy as np
from flask import Blueprint, render_template, request
from markupsafe import Markup

from api.caching import depends_on_graph
from api.current import snapshot, words
from api.language import N_
from api.pages.frame import has_page, snapshot_status
from api.pages.freshness import DataStatus
from graph_service.keys import Label
from graph_service.model import Level
from graph_service.projection import LEVELS, Projection

start = Blueprint("start", __name__)
depends_on_graph(start)


@dataclass(frozen=True, slots=True)
class Entrance:
    """A way in: where it leads, for whom it is, and what one finds."""

    title: str
    url: str
    whom: str
    sentence: str


DOORS = (
    Entrance(
        N_("Find comparable municipalities"),
        "/peers",
        N_("For advising"),
        N_("Who is in a similar situation, why, and what has been tried there."),
    ),
    Entrance(
        N_("Build an alliance"),
        "/alliances",
        N_("On site"),
        N_("Describe a need, see who could contribute what, and put together who is still missing."),
    ),
    Entrance(
        N_("Explore the network"),
        "/network",
        N_("For the programme office"),
        N_("Who works with whom, who holds the parts together, and where nothing is known yet."),
    ),
)


@dataclass(frozen=True, slots=True)
class StateRow:
    """What is recorded of one state."""

    key: str
    name: str
    districts: int
    municipalities: int
    population: float


@start.get("/")
def show_start() -> str:
    """The start page."""
    status = snapshot_status()
    speak = words()
    by = request.args.get("sort", "name")
    return render_template(
        "start.html",
        status=status,
        lead=_lead(status),
        doors=[Entrance(speak(d.title), d.url, speak(d.whom), speak(d.sentence)) for d in DOORS if has_page(d.url)],
        contents=_contents(status),
        columns=[
            {"label": speak("Federal state"), "sort": "name"},
            {"label": speak("Districts"), "number": True, "sort": "districts"},
            {"label": speak("Towns and villages"), "number": True, "sort": "municipalities"},
            {"label": speak("Inhabitants"), "number": True, "sort": "population"},
        ],
        rows=[_cells(row) for row in _sorted(snapshot().prepared("states", states_of), by)],
        sorted=by,
    )


def _lead(status: DataStatus) -> str:
    speak = words()
    if not status.indicators:
        return speak.plural(
            "{n} municipality is recorded, but no indicators yet, so that nothing can be compared.",
            "{n} municipalities are recorded, but no indicators yet, so that nothing can be compared.",
            status.districts or status.municipalities,
        )
    return speak.plural(
        "Name yours: {indicators} show whether the {n} district is like it, with reasons.",
        "Name yours: {indicators} show which of the {n} districts are like it, and each suggestion gives its reasons.",
        status.districts,
        indicators=speak.plural("one indicator", "{n} indicators", status.indicators),
    )


def _contents(status: DataStatus) -> list[tuple[str, str]]:
    speak = words()
    counted = (
        ("municipality", speak.plural("one district", "{n} districts", status.districts), status.districts),
        (
            "municipality",
            speak.plural("one town or village", "{n} towns and villages", status.municipalities),
            status.municipalities,
        ),
        ("practice", speak.plural("one practice", "{n} practices", status.practices), status.practices),
        ("actor", speak.plural("one actor", "{n} actors", status.actors), status.actors),
        ("alliance", speak.plural("one alliance", "{n} alliances", status.alliances), status.alliances),
        ("offer", speak.plural("one offer", "{n} offers", status.offers), status.offers),
    )
    return [(kind, sentence) for kind, sentence, n in counted if n]


def states_of(projection: Projection) -> tuple[StateRow, ...]:
    """Every state with what lies in it."""
    table = projection.municipalities
    level = {each: LEVELS.index(each) for each in Level}
    found = []
    for position in np.flatnonzero(table.level == level[Level.STATE]).tolist():
        inside = projection.state == position
        found.append(
            StateRow(
                str(projection.key(Label.MUNICIPALITY, position)),
                projection.name(Label.MUNICIPALITY, position),
                int((inside & (table.level == level[Level.DISTRICT])).sum()),
                int((inside & (table.level == level[Level.MUNICIPALITY])).sum()),
                float(table.population[position]),
            )
        )
    return tuple(found)


def _sorted(rows: tuple[StateRow, ...], by: str) -> list[StateRow]:
    """By the alphabet unless asked otherwise; what is not known comes last."""
    name = by.removeprefix("-")
    if name not in ("districts", "municipalities", "population"):
        return sorted(rows, key=lambda row: row.name, reverse=by == "-name")
    sign = -1 if by.startswith("-") else 1

    def order(row: StateRow) -> tuple[bool, float]:
        value = float(getattr(row, name))
        return (np.isnan(value).item() if isinstance(value, np.floating) else value != value, sign * value)

    return sorted(sorted(rows, key=lambda row: row.name), key=order)


def _cells(row: StateRow) -> list[str | Markup]:
    speak = words()
    local = row.key.partition(":")[2]
    page = f"/municipalities/{local}"
    name = Markup('<a href="{}">{}</a>').format(page, row.name) if has_page(page) else row.name
    known = row.population == row.population
    return [
        name,
        speak.number(row.districts, 0),
        speak.number(row.municipalities, 0) if row.municipalities else speak("not recorded"),
        speak.number(row.population, 0) if known else speak("not known"),
    ]
