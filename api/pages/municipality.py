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
from api.pages.municipality_lists import actors, alliances, offers, practices
from api.pages.names import name_of
from api.questions.profile import Profile, find_profile
from api.questions.standing import level_of, standings
from api.snapshot import Snapshot
from api.words.challenges import severity_words
from api.words.standing import off_words, standing_words
from api.words.suggestions import Explainer
from graph_service.keys import Label, NodeKey
from graph_service.model import Level
from graph_service.network.places import inside
from graph_service.projection import LEVELS, Projection
from matching.naming.municipalities import plain
from matching.peers.challenges import SEVERITY

municipality = Blueprint("municipality", __name__)
depends_on_graph(municipality)

TABS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("Profile"), ("/municipalities/{code}",)),
    (N_("Comparable municipalities"), ("/municipalities/{code}/peers",)),
    (N_("Practice"), ("/municipalities/{code}/practices", "/practices?municipality={code}")),
    (N_("Offers"), ("/municipalities/{code}/offers", "/offers?municipality={code}")),
    (N_("Network"), ("/municipalities/{code}/network", "/network?start=municipality:{code}")),
)
"""What there is for a municipality, and where; of several addresses the first that this installation has."""
_WITH_ARTICLE = "Saarland"
"""The only federal state whose name needs one: im Saarland."""


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
    within = [(name_of(area.key), f"/municipalities/{area.key.local}") for area in areas]
    return render_template(
        "municipality.html",
        key=key,
        name=name_of(key),
        profile=profile,
        identity=_identity(profile, here, explainer),
        areas=within,
        crumbs=within[::-1],
        tabs=place_tabs(key, "/municipalities/{code}"),
        standing=standing_words(told, explainer),
        off=[off_words(told, side, explainer) for side in (1, -1)],
        themes=list(themes(here, key, told, peers, explainer)),
        others=_others(profile.record.level),
        state=_state_name(projection, key),
        peers=[(name_of(each), record_url(each)) for each in peers],
        outer=outer,
        outer_name=name_of(outer.key) if outer else "",
        outer_measured=bool(outer and not measured and any(s.value is not None for s in standings(here, outer.key))),
        outer_standing=standing_words(standings(here, outer.key), explainer) if outer and not measured else (),
        parts=_parts(projection, key),
        types=[each.name for each in profile.types],
        challenges=_challenges(profile),
        offers=offers(here, key),
        actors=actors(here, key),
        duties=actors(here, outer.key, lawful=True) if outer else None,
        alliances=alliances(here, key),
        practices=practices(here, key),
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


OTHERS = {
    Level.STATE: N_("all other federal states"),
    Level.DISTRICT: N_("all other districts and independent cities"),
    Level.MUNICIPALITY: N_("all other towns and villages"),
}


def _others(level: Level | None) -> str:
    """Who the light ticks of the strips are."""
    if level in OTHERS:
        return words()(OTHERS[level])
    return words()("all others: {level}", level=term("level", level.value)) if level else words()("all others")


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
    where = N_("{kind} in the {state}") if state == _WITH_ARTICLE else N_("{kind} in {state}")
    parts = [speak(where, kind=kind, state=state) if kind and state else kind or state]
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
        within = speak.plural("one municipality within", "{n} municipalities within", len(towns))
        parts.append(within.replace(" ", "\N{NO-BREAK SPACE}"))
    parts.append(speak("official code {code}", code=profile.key.local))
    return "\N{NO-BREAK SPACE}· ".join(filter(None, parts))


def _state_name(projection: Projection, key: NodeKey) -> str:
    position = projection.position(key)
    state = int(projection.state[position])
    return projection.name(Label.MUNICIPALITY, state) if state >= 0 and state != position else ""


def _towns_within(projection: Projection, key: NodeKey) -> list[int]:
    own, towns = projection.position(key), projection.municipalities.are_towns()
    return [int(i) for i in inside(projection, key) if int(i) != own and towns[i]]


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


@dataclass(frozen=True, slots=True)
class Parts:
    """What lies directly within a municipality: districts, or its municipalities wherever they are grouped."""

    districts: bool
    places: tuple[tuple[str, str, str], ...]
    """Name, address and inhabitants."""
    day: date | None
    """The day on which the inhabitants were counted; None where it is not known or not one day."""


def _parts(projection: Projection, key: NodeKey) -> Parts | None:
    table, speak = projection.municipalities, words()
    above = level_of(projection, key) in (Level.STATE, Level.REGION)
    own = projection.position(key)
    wanted = table.level == LEVELS.index(Level.DISTRICT) if above else table.are_towns()
    found = [int(i) for i in inside(projection, key) if int(i) != own and wanted[i]]
    if not found:
        return None
    keys = {i: projection.key(Label.MUNICIPALITY, i) for i in found}
    named = sorted(((name_of(each), i) for i, each in keys.items()), key=lambda each: plain(each[0]))
    days = {getattr(projection.node(each), "population_date", None) for each in keys.values()}
    places = (
        (
            name,
            f"/municipalities/{keys[i].local}",
            "" if np.isnan(table.population[i]) else speak.number(float(table.population[i]), 0),
        )
        for name, i in named
    )
    return Parts(above, tuple(places), days.pop() if len(days) == 1 else None)
