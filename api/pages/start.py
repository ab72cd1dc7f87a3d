"""The start page: one question, three doors, and what is in the data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isnan

from flask import Blueprint, render_template, request
from markupsafe import Markup

from api.http.caching import depends_on_graph
from api.http.current import snapshot, words
from api.language import N_
from api.pages.frame import has_page, record_url, snapshot_status, term
from api.pages.freshness import DataStatus
from api.pages.names import name_of
from api.pages.pictures import framed, points_of
from api.questions.country import Country, State, country
from graph_service.keys import NodeKey
from graph_service.model import Level
from matching.naming.municipalities import plain

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
        N_("For consultants"),
        N_("Who is in a similar situation, why, and what has been tried there."),
    ),
    Entrance(
        N_("Build an alliance"),
        "/alliances",
        N_("For people on the ground"),
        N_("Describe a need, see who could contribute what, and put together who is still missing."),
    ),
    Entrance(
        N_("Explore the network"),
        "/network",
        N_("For the programme office"),
        N_("Who works with whom, who holds the parts together, and where nothing is known yet."),
    ),
)


@start.get("/")
def show_start() -> str:
    """The start page."""
    status = snapshot_status()
    speak = words()
    land = snapshot().prepared("country", country)
    by = request.args.get("sort", "name")
    types = {type: term("municipality_type", type) for type in land.types}
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
            {"label": _inhabitants(land), "number": True, "sort": "population"},
        ],
        rows=[_cells(state) for state in _sorted(land.states, by)],
        sorted=by,
        map=_types_map(land),
        types=[
            (type[-1], types[type], _together(speak.plural("one district", "{n} districts", n)))
            for type, n in land.types.items()
            if any(land.types.values())
        ],
        states=_states(land, types),
    )


def _states(land: Country, types: Mapping[str, str]) -> list[tuple[str, list[tuple[str | Markup, str]]]]:
    """The districts of each state in words: what the map tells by place and shade."""
    return [
        (state.name, [(_linked(d.key, name_of(d.key)), types.get(d.type, "")) for d in state.districts])
        for state in land.states
        if state.districts
    ]


def _together(text: str) -> str:
    """A number and what is counted, on one line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _lead(status: DataStatus) -> str:
    speak = words()
    if not status.indicators:
        return speak.plural(
            "One municipality is recorded, but no indicators yet, so that nothing can be compared.",
            "{n} municipalities are recorded, but no indicators yet, so that nothing can be compared.",
            status.districts or status.municipalities,
        )
    return speak.plural(
        "Name yours: comparing {indicators} shows whether the one district is like it, with reasons.",
        "Name yours: comparing {indicators} shows which of the {n} districts are like it, and each suggestion gives "
        "its reasons.",
        status.districts,
        indicators=_together(speak.plural("one indicator", "{n} indicators", status.indicators)),
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


def _sorted(states: tuple[State, ...], by: str) -> list[State]:
    """By the alphabet unless asked otherwise; what is not known comes last."""
    measures: dict[str, Callable[[State], float]] = {
        "districts": lambda state: len(state.districts),
        "municipalities": lambda state: state.municipalities,
        "population": lambda state: state.population,
    }
    measure = measures.get(by.removeprefix("-"))
    if measure is None:
        return sorted(states, key=lambda state: plain(state.name), reverse=by == "-name")
    sign = -1 if by.startswith("-") else 1
    return sorted(states, key=lambda state: (isnan(measure(state)), sign * measure(state)))


def _cells(state: State) -> list[str | Markup]:
    speak = words()
    return [
        _linked(state.key, state.name),
        speak.number(len(state.districts), 0),
        speak.number(state.municipalities, 0) if state.municipalities else speak("not recorded"),
        speak("not known") if isnan(state.population) else speak.number(state.population, 0),
    ]


def _inhabitants(land: Country) -> str:
    """The head of their column, with the day of which they are."""
    speak = words()
    if land.counted_on is None:
        return speak("Inhabitants")
    return speak("Inhabitants ({day})", day=speak.date(land.counted_on))


def _linked(key: NodeKey, name: str) -> str | Markup:
    url = record_url(key)
    return Markup('<a href="{}">{}</a>').format(url, name) if url else name


def _types_map(land: Country) -> Markup:
    """Every district as a circle, tinted by its type, the larger the more people. Empty without places."""
    here = snapshot()
    points = here.prepared(("points", Level.DISTRICT), lambda projection: points_of(projection, Level.DISTRICT))
    tints = {here.projection.position(each.key): f"t{each.type[-1:] or 0}" for each in land.districts}
    # the large ones first, so that they hide none of the small ones
    largest_first = sorted(range(len(points.positions)), key=lambda i: -float(points.radius[i]))
    circles = "".join(
        f'<circle class="{tints.get(points.positions[i], "t0")}"'
        f' cx="{points.x[i]:.0f}" cy="{points.y[i]:.0f}" r="{1 + 1.5 * points.radius[i]:.1f}"/>'
        for i in largest_first
    )
    return (
        framed(points, circles, words()("Map of the districts; the numbers by type stand beside it"))
        if circles
        else Markup("")
    )
