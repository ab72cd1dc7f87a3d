"""The trail of a practice: where it was tried or decided about, in the order of time, on a map and in a sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup

from api.http.caching import today
from api.http.current import snapshot, words
from api.language import N_
from api.pages.frame import record_url, term
from api.pages.names import name_of
from api.pages.pictures import Span, draw_map, points_of
from api.questions.records import PracticeFound
from api.questions.relations import Related
from api.words.practices import GENERAL_WAY, fortunes
from graph_service.keys import Label, NodeKey
from graph_service.model import Actor, EdgeType, Level, Practice
from matching.about import day, text
from matching.naming.municipalities import plain
from matching.practices.records import FAILED, REJECTED

GOING_ON = frozenset({"pilot", "running", "embedded"})
"""The statuses that say that something goes on."""


@dataclass(frozen=True, slots=True)
class Stop:
    """What happened to a practice in one municipality."""

    key: NodeKey
    mark: int
    """Its number on the map; places of one district have the same."""
    name: str
    url: str
    status: str
    since: str
    until: str
    said: str
    ask: str
    """The role and body that is recorded; empty where nobody is."""
    ask_url: str
    failed: bool
    declined: bool
    """Whether it was decided against, and so never tried."""
    span: Span | None


def trail(found: PracticeFound) -> Iterator[Stop]:
    """Where a practice was tried or decided about, in the order of time and then by name; without a date last."""
    stops = []
    for relation in found.relations:
        applied = relation.type is EdgeType.APPLIED_IN and relation.direction == "out"
        if applied or (relation.type is EdgeType.ADOPTED and relation.direction == "in"):
            for each in relation.items:
                begun = day(each.properties.get("since" if applied else "on"))
                stops.append((begun or date.max, _stop(each, applied=applied)))
    stops.sort(key=lambda each: (each[0], plain(each[1].name), each[1].key))
    marks: dict[NodeKey, int] = {}
    for _, stop in stops:
        yield replace(stop, mark=marks.setdefault(_marked(stop.key), len(marks) + 1))


def _marked(key: NodeKey) -> NodeKey:
    """Where a place stands on the map of districts: a town where its district is."""
    projection = snapshot().projection
    district = int(projection.district[projection.position(key)]) if key.label is Label.MUNICIPALITY else -1
    return projection.key(Label.MUNICIPALITY, district) if district >= 0 else key


def _stop(each: Related, *, applied: bool) -> Stop:
    said, speak, projection = each.properties, words(), snapshot().projection
    name = name_of(each.key)
    status = text(said, "status") if applied else text(said, "decision") or "adopted"
    since, until = day(said.get("since" if applied else "on")), day(said.get("until"))
    actor = projection.known(f"actor:{text(said, 'actor')}") if text(said, "actor") else None
    node = projection.node(actor) if actor else None
    role = node.contact_role if isinstance(node, Actor) else ""
    ask = ", ".join(filter(None, (role, getattr(node, "name", ""))))
    return Stop(
        each.key,
        0,
        name,
        record_url(each.key),
        term("practice_status" if applied else "decision", status) if status else "",
        _begun(since, applied=applied) if since else "",
        speak.date(until) if until else "",
        text(said, "outcome" if applied else "reason"),
        ask,
        record_url(actor) if actor else "",
        status == FAILED,
        status == REJECTED,
        # a decision is of one day, and does not go on
        _span(name, since, until, status) if since and applied else None,
    )


def _begun(day: date, *, applied: bool) -> str:
    """Since when something goes on, or when it was decided."""
    speak = words()
    return speak.date(day) if applied else speak("on {day}", day=speak.date(day))


def _span(name: str, since: date, until: date | None, status: str) -> Span:
    """How long it went on, as far as that is told: without an end and a status only its beginning is known."""
    goes_on = until is None and status in GOING_ON
    return Span(name, since, max(today() if goes_on else until or since, since), not goes_on)


def only_named(practice: Practice, stops: Sequence[Stop]) -> bool:
    """Whether nothing is known but that places are named for it, with an award or a part in a programme."""
    told = any(each.status or each.since or each.said for each in stops)
    return bool(stops) and practice.unproven and not told


def how_far(stops: Sequence[Stop], *, named: bool = False) -> str:
    """How far a practice has come, in a sentence; `named` where nothing but its places is known."""
    speak = words()
    places = list(dict.fromkeys(each.name for each in stops if not each.declined))
    failed = len({each.key for each in stops if each.failed})
    declined = len({each.key for each in stops if each.declined})
    return " ".join(fortunes(places, failed, declined, speak, named=named))


def has_towns(stops: Sequence[Stop]) -> bool:
    """Whether the map shows a place where its district lies."""
    return any(_marked(each.key) != each.key for each in stops)


def not_recorded(stops: Sequence[Stop]) -> str:
    """What is known of none of the places, and the way that is left where nobody to ask is known, in sentences."""
    speak = words()
    kinds = (("status", N_("status")), ("since", N_("dates")), ("said", N_("results")), ("ask", N_("whom to ask")))
    missing = [speak(named) for kind, named in kinds if not any(getattr(each, kind) for each in stops)]
    if not stops:
        return ""
    told = [speak("Not recorded: {what}.", what=speak.list(missing))] if missing else []
    return " ".join([*told, speak(GENERAL_WAY)] if not all(each.ask for each in stops) else told)


def draw_trail(name: str, stops: Sequence[Stop], *, named: bool = False) -> Markup:
    """The places of a trail among the districts, with their marks; `named` where nothing but these is known."""
    here, speak = snapshot(), words()
    marked = list(dict.fromkeys(_marked(each.key) for each in stops))
    if not marked:
        return Markup("")
    points = here.prepared(("points", Level.DISTRICT), lambda projection: points_of(projection, Level.DISTRICT))
    said = N_("Map: where {name} is known from") if named else N_("Map: where {name} was tried")
    if len(marked) == 1:
        # a single one is filled, for there is nothing to tell apart by numbers
        return draw_map(points, here.projection, marked[0], (), speak(said, name=name))
    title = speak("{map}, numbered as in the table", map=speak(said, name=name))
    return draw_map(points, here.projection, None, marked, title)
