"""The profile of a municipality: what it is, what stands out, every figure beside the others, and what is recorded."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

import numpy as np
from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from api.http.caching import depends_on_graph
from api.http.current import snapshot, words
from api.language import N_
from api.pages.figures import nearest, themes
from api.pages.frame import has_page, record_url, term
from api.questions.directory import directory
from api.questions.profile import Profile, find_profile
from api.questions.relations import relations
from api.questions.standing import level_of, standings
from api.snapshot import Snapshot
from api.words.challenges import severity_words
from api.words.standing import off_words, standing_words
from api.words.suggestions import Explainer
from graph_service.keys import Label, NodeKey
from graph_service.model import Actor, EdgeType, Level, Offer
from graph_service.network.places import inside
from graph_service.projection import LEVELS, Projection
from matching.about import day, text
from matching.naming.municipalities import plain
from matching.peers.challenges import SEVERITY

municipality = Blueprint("municipality", __name__)
depends_on_graph(municipality)

MOST_LISTED = 30
MOST_FOLDED = 300
"""How many more are there at a click."""
"""How many records of a kind are listed before the page of all of them is named."""
TABS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("Profile"), ("/municipalities/{code}",)),
    (N_("Comparable municipalities"), ("/municipalities/{code}/peers",)),
    (N_("Practice"), ("/municipalities/{code}/practices", "/practices?municipality={code}")),
    (N_("Offers"), ("/municipalities/{code}/offers", "/offers?municipality={code}")),
    (N_("Network"), ("/municipalities/{code}/network", "/network?start=municipality:{code}")),
)
"""What there is for a municipality, and where; of several addresses the first that this installation has."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A record in a list: its name, its page, and what is said of it."""

    name: str
    url: str
    about: str


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one kind: the first of them in groups, how many there are, and where all are."""

    groups: tuple[tuple[str, tuple[Listed, ...]], ...]
    count: int
    url: str
    folded: tuple[Listed, ...] = ()
    """Those behind the first ones."""


@municipality.get("/municipalities/<string:code>")
def show_municipality(code: str) -> Response | str:
    """The profile; a name or an older form of the code goes on to the code itself."""
    here, speak = snapshot(), words()
    key = here.municipality(code)
    if key.local != code:
        return redirect(f"/municipalities/{quote(key.local)}", 303)
    explainer = Explainer(here.projection, speak)
    profile = find_profile(here, key, speak)
    told = standings(here, key)
    measured = [each for each in told if each.value is not None]
    peers = nearest(here, key)
    projection = here.projection
    outer = next((area for area in profile.areas if area.level is Level.DISTRICT), None)
    # an association is often called after its only or largest town
    areas = [area for area in profile.areas if area.name != profile.record.name]
    return render_template(
        "municipality.html",
        key=key,
        name=profile.name,
        profile=profile,
        identity=_identity(profile, here, explainer),
        areas=areas,
        crumbs=[(area.name, f"/municipalities/{area.key.local}") for area in reversed(areas)],
        tabs=place_tabs(key, "/municipalities/{code}"),
        standing=standing_words(told, explainer),
        off=[off_words(told, side, explainer) for side in (1, -1)],
        themes=list(themes(here, key, told, peers, explainer)),
        level=term("level", profile.record.level.value) if profile.record.level else "",
        state=_state_name(projection, key),
        peers=[(projection.name(Label.MUNICIPALITY, projection.position(each)), record_url(each)) for each in peers],
        outer=outer,
        outer_measured=bool(outer and not measured and any(s.value is not None for s in standings(here, outer.key))),
        outer_standing=standing_words(standings(here, outer.key), explainer) if outer and not measured else (),
        parts=_parts(projection, key),
        types=[each.name for each in profile.types],
        challenges=_challenges(profile),
        offers=_offers(here, key),
        actors=_actors(here, key),
        duties=_actors(here, outer.key, lawful=True) if outer else None,
        alliances=_records(here, key, Label.ALLIANCE, "alliance_status"),
        practices=_practices(here, key),
        sources=explainer.sources(each.indicator.key.local for each in measured),
        territory=profile.record.territory_date,
    )  # fmt: skip


def place_tabs(key: NodeKey, current: str) -> list[tuple[str, str, bool]]:
    """The tabs of a municipality's pages, as far as the pages are there."""
    found = []
    for label, patterns in TABS:
        for pattern in patterns:
            url = pattern.format(code=key.local)
            if has_page(pattern.format(code="x").partition("?")[0]):
                found.append((words()(label), url, pattern == current))
                break
    return found


def _identity(profile: Profile, here: Snapshot, explainer: Explainer) -> str:
    speak, record = explainer.words, profile.record
    kind = (
        term("municipality_kind", record.kind)
        if record.kind
        else term("level", record.level.value)
        if record.level
        else ""
    )
    state = _state_name(here.projection, profile.key)
    parts = [speak("{kind} in {state}", kind=kind, state=state) if kind and state else kind or state]
    if record.population is not None:
        people = speak.plural("one inhabitant", "{n} inhabitants", record.population)
        as_of = record.population_date
        parts.append(speak("{people} (as of {day})", people=people, day=speak.date(as_of)) if as_of else people)
    if record.area_km2:
        parts.append(f"{speak.number(record.area_km2, 0)}\N{NO-BREAK SPACE}km²")
        if record.population is not None:
            density = speak("{n} inhabitants per km²", n=speak.number(record.population / record.area_km2, 0))
            parts.append(density.replace(" ", "\N{NO-BREAK SPACE}"))
    towns = _towns_within(here.projection, profile.key)
    if len(towns):
        parts.append(speak.plural("one municipality within", "{n} municipalities within", len(towns)))
    parts.append(speak("official code {code}", code=profile.key.local))
    return " · ".join(filter(None, parts))  # fmt: skip


def _state_name(projection: Projection, key: NodeKey) -> str:
    position = projection.position(key)
    state = int(projection.state[position])
    return projection.name(Label.MUNICIPALITY, state) if state >= 0 and state != position else ""


def _towns_within(projection: Projection, key: NodeKey) -> list[int]:
    own = projection.position(key)
    level = projection.municipalities.level
    wanted = LEVELS.index(Level.MUNICIPALITY)
    return [int(i) for i in inside(projection, key) if int(i) != own and level[i] == wanted]


def _challenges(profile: Profile) -> list[tuple[str, str, float, str, date | None]]:
    """Each challenge with how hard it is rated, by whom and when."""
    return [
        (
            term("challenge", each.challenge),
            severity_words(each.severity, words()),
            each.severity / SEVERITY,
            term("rater_role", each.rater_role) if each.rater_role else "",
            each.rated_on,
        )
        for each in profile.challenges
    ]


def _parts(projection: Projection, key: NodeKey) -> list[tuple[str, str, str]]:
    """What lies directly within, with inhabitants; for a district its municipalities wherever they are grouped."""
    table, speak = projection.municipalities, words()
    level = level_of(projection, key)
    if level in (Level.STATE, Level.REGION):
        wanted = LEVELS.index(Level.DISTRICT)
        own = projection.position(key)
        found = [int(i) for i in inside(projection, key) if int(i) != own and table.level[i] == wanted]
    else:
        found = _towns_within(projection, key)
    named = sorted((projection.name(Label.MUNICIPALITY, i), i) for i in found)
    return [
        (
            name,
            f"/municipalities/{projection.key(Label.MUNICIPALITY, i).local}",
            "" if np.isnan(table.population[i]) else speak.number(float(table.population[i]), 0),
        )
        for name, i in named
    ]


def _inside(here: Snapshot, key: NodeKey, label: Label) -> list[NodeKey]:
    """The records of a kind in a municipality and what lies within it, in key order."""
    known = directory(here, label)
    return [here.projection.key(label, int(i)) for i in np.flatnonzero(known.within(key))]


def _name(here: Snapshot, key: NodeKey) -> str:
    return here.projection.name(key.label, here.projection.position(key))


def _records(here: Snapshot, key: NodeKey, label: Label, vocabulary: str) -> Records:
    keys = _inside(here, key, label)
    listed = []
    for each in keys[: MOST_LISTED + MOST_FOLDED]:
        status = str(getattr(here.projection.node(each), "status", None) or "")
        listed.append(Listed(_name(here, each), record_url(each), term(vocabulary, status) if status else ""))
    listed.sort(key=lambda each: plain(each.name))
    return Records((("", tuple(listed[:MOST_LISTED])),), len(keys), "", tuple(listed[MOST_LISTED:]))


def _actors(here: Snapshot, key: NodeKey, *, lawful: bool = False) -> Records:
    """Actors by kind; those that the law names come with their law. ``lawful``: these alone."""
    nodes = [node for each in _inside(here, key, Label.ACTOR) if isinstance(node := here.projection.node(each), Actor)]
    if lawful:
        own = here.projection.position(key)
        index, start = relations(here), here.projection.spans[Label.MUNICIPALITY].start
        served = set(index.others(EdgeType.SERVES, "in", own + start))
        place = here.projection.arrays.keys.place
        nodes = [node for node in nodes if node.legal_basis and place.get(node.key) in served]
    nodes.sort(key=lambda node: (not node.legal_basis, node.name or ""))
    by_law: dict[str, list[Listed]] = {}
    for node in nodes[:MOST_LISTED]:
        heading = words()("Bodies by law") if node.legal_basis else words()("Other actors")
        by_law.setdefault(heading, []).append(_actor(node))
    groups = tuple((heading, tuple(listed)) for heading, listed in by_law.items())
    folded = tuple(_actor(node) for node in nodes[MOST_LISTED : MOST_LISTED + MOST_FOLDED])
    return Records(groups, len(nodes), "", folded)


def _actor(node: Actor) -> Listed:
    kind = term("actor_kind", node.kind) if node.kind else ""
    about = ", ".join(filter(None, (kind, node.legal_basis)))
    return Listed(node.name or node.key.local, record_url(node.key), about)


def _offers(here: Snapshot, key: NodeKey) -> Records:
    """Offers by field of action."""
    keys = _inside(here, key, Label.OFFER)
    index, arrays = relations(here), here.projection.arrays
    start = here.projection.spans[Label.OFFER].start
    by_field: dict[str, list[Listed]] = {}
    for each in keys[: 3 * MOST_LISTED]:
        node = here.projection.node(each)
        places = index.others(EdgeType.IN_FIELD, "out", start + here.projection.position(each))
        prefix = "concept:field."
        fields = [arrays.keys[i].removeprefix(prefix) for i in places if arrays.keys[i].startswith(prefix)]
        about = term("offer_status", node.status) if isinstance(node, Offer) and node.status else ""
        for name in [term("field", field) for field in fields] or [words()("No field of action named")]:
            by_field.setdefault(name, []).append(Listed(_name(here, each), record_url(each), about))
    groups = tuple((name, tuple(by_field[name])) for name in sorted(by_field))
    return Records(
        groups, len(keys), f"/municipalities/{key.local}/offers" if has_page("/municipalities/x/offers") else ""
    )


def _practices(here: Snapshot, key: NodeKey) -> Records:
    """Practice approaches with where and how they stand; failures are told like the others."""
    within = {int(i) + here.projection.spans[Label.MUNICIPALITY].start for i in inside(here.projection, key)}
    index, edges = relations(here), here.projection.edges(EdgeType.APPLIED_IN)
    keys = _inside(here, key, Label.PRACTICE)
    start, arrays, speak = here.projection.spans[Label.PRACTICE].start, here.projection.arrays, words()
    listed = []
    for each in keys[:MOST_LISTED]:
        place = start + here.projection.position(each)
        for i in index.numbers(EdgeType.APPLIED_IN, "out", place):
            if (town := int(edges.target[i])) in within:
                said = edges.property(i)
                since = day(said.get("since"))
                about = (
                    arrays.names[town] if arrays.keys[town] != key else "",
                    term("practice_status", text(said, "status")) if text(said, "status") else "",
                    speak("since {year}", year=since.year) if since else "",
                )
                told = (", ".join(filter(None, about)), speak.finding(text(said, "outcome")))
                listed.append(Listed(_name(here, each), record_url(each), ": ".join(filter(None, told))))
    return Records((("", tuple(listed)),), len(keys), "")
