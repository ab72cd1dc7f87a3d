"""Who is comparable: a sentence, the list with reasons, and every control in the address."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from api.http.caching import depends_on_graph
from api.http.current import snapshot, words
from api.pages.names import name_of
from api.pages.peers_controls import controls, ways
from api.pages.peers_form import is_long
from api.pages.peers_view import View, view_of
from api.pages.peers_why import explained, reason_cells
from api.pages.pictures import draw_map, points_of
from api.questions.comparison import MOST
from api.questions.peers import PeersFound, explain_pair, find_peers
from api.questions.profile import ratings
from api.words.peers import (
    KINDS,
    alike_words,
    answer_words,
    described,
    named_apart,
    not_known,
    practices_words,
    title_words,
    told_apart,
    unknown_words,
)
from api.words.suggestions import Explainer
from graph_service.errors import Ambiguous, NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType, Level
from graph_service.projection import LEVELS, Projection
from matching.peers.challenges import challenge_similarity
from matching.peers.lens import ALL_INDICATORS
from matching.peers.matcher import PeerSuggestion
from matching.practices.records import is_unproven

peers = Blueprint("peers", __name__)
depends_on_graph(peers)


@dataclass(frozen=True, slots=True)
class ShownPeer:
    """One of the list, in words."""

    key: NodeKey
    rank: int
    name: str
    place: str
    closeness: str
    share: float
    stability: str
    sentences: tuple[str, ...]
    unknown: str
    practices: str
    reasons: tuple[tuple[str, ...], ...]
    chosen: bool
    challenges: str
    challenges_share: float | None
    """None where no challenge is rated by both."""


@peers.get("/peers")
def enter() -> Response | str:
    """Ask for whom; a name that is certain goes on at once."""
    text = request.args.get("municipality", "").strip()[:200]
    candidates: tuple[tuple[str, str], ...] = ()
    problem = ""
    if text:
        try:
            key = snapshot().municipality(text)
            return redirect(f"/municipalities/{key.local}/peers", 303)
        except Ambiguous as error:
            candidates = told_apart(error.candidates, Explainer(snapshot().projection, words()))
        except NotFound:
            problem = words()("No municipality is known as “{text}”.", text=text)
    return render_template("peers_enter.html", text=text, candidates=candidates, problem=problem)


@peers.get("/municipalities/<string:code>/peers")
def show_peers(code: str) -> Response | str:
    """The list with its controls; what a form sends in full is made a short address first."""
    here = snapshot()
    key = here.municipality(code)
    partial = bool(request.headers.get("HX-Request"))
    view = view_of(key)
    if is_long() and not partial:
        return redirect(view.address(), 303)
    explainer = Explainer(here.projection, words())
    parts = _list(key, view, explainer, partial=partial) | ways(view)
    if partial:
        response = make_response(render_template("peers_update.html", **parts))
        response.headers["HX-Push-Url"] = view.address()
        return response
    around = controls(view, parts["found"], explainer)
    return render_template("peers.html", **parts, **around, explained=explained(view, explainer))


@peers.get("/municipalities/<string:code>/peers/<string:other>/reasons")
def show_reasons(code: str, other: str) -> Response | str:
    """The table of all reasons of one of the list, for a list that came without; else the page that explains it."""
    here = snapshot()
    view = view_of(here.municipality(code))
    if not request.headers.get("HX-Request"):
        path = f"/municipalities/{view.asked.municipality.local}/peers"
        return redirect(view.address(path, why=other), 303)
    explainer, key = Explainer(here.projection, words()), here.municipality(other)
    found = named_apart(find_peers(here, view.asked), explainer)
    pair = next((each for each in found.suggestions if each.key == key), None) or explain_pair(here, view.asked, key)
    reasons = list(reason_cells(pair.contributions, explainer))
    return render_template("peers_reasons.html", name=found.name, other=explainer.name(key), reasons=reasons)


def _list(key: NodeKey, view: View, explainer: Explainer, *, partial: bool) -> dict[str, Any]:
    """What the list shows, which is replaced as a whole when the question changes; then without tables of reasons."""
    found, speak = named_apart(find_peers(snapshot(), view.asked), explainer), words()
    shown = [_shown(each, found, explainer, view, tables=not partial) for each in found.suggestions]
    listed = {each.key for each in shown}
    nothing = not any(weight > 0 and id not in found.unknown for id, weight in found.weights.items())
    outer = _outer(found) if nothing else ("", "")
    bare = () if outer[0] or not nothing else _unmeasured(found)
    base = f"/municipalities/{key.local}"
    return {
        "partial": partial,
        "key": key,
        "name": found.name,
        "view": view,
        "found": found,
        "peers": shown,
        "elsewhere": [(each, name_of(each)) for each in view.chosen if each not in listed],
        "answer": answer_words(found, explainer),
        "meaning": speak(KINDS[view.asked.kind][1]),
        "described": described(found, view.asked.lens, explainer, view.asked.filters),
        "notes": list(not_known(found, view.asked.lens, explainer)),
        "sources": explainer.sources(found.weights),
        "picture": _picture(found, explainer),
        "files": [
            (speak("List (XLSX)"), view.address(f"{base}/peers.xlsx")),
            (speak("List (CSV)"), view.address(f"{base}/peers.csv")),
            (speak("Council paper (DOCX)"), view.address(f"{base}/peers.docx")),
        ],
        "keep": title_words(found, view.asked.lens, explainer),
        "most_compared": MOST,
        "nothing_known": nothing,
        "outer": outer,
        "bare": bare,
        "every": view.address(lens=ALL_INDICATORS, title=None, weights=None)
        if nothing and not bare and view.asked.lens.id != ALL_INDICATORS
        else "",
    }


def _outer(found: PeersFound) -> tuple[str, str]:
    """The district of a town, with its page; two empty texts where there is none."""
    projection = snapshot().projection
    position = projection.position(found.key)
    district = int(projection.district[position])
    if district in (-1, position):
        return "", ""
    code = projection.key(Label.MUNICIPALITY, district).local
    return name_of(projection.key(Label.MUNICIPALITY, district)), f"/municipalities/{code}/peers"


def _unmeasured(found: PeersFound) -> tuple[str, ...]:
    """Of whom no indicator at all is known: that it is so, and what leads on with its address. Else nothing."""
    projection, speak = snapshot().projection, words()
    position = projection.position(found.key)
    if (projection.observations.municipality == position).any():
        return ()
    if LEVELS[projection.municipalities.level[position]] in (Level.STATE, Level.REGION):
        return (
            speak("No indicators are recorded for {name} itself, only for its districts.", name=found.name),
            speak("Choose a district"),
            f"/municipalities/{found.key.local}#parts",
        )
    return (
        speak("No indicators are recorded for {name} yet.", name=found.name),
        speak("What the data hold, and what is missing"),
        "/data",
    )


def _shown(each: PeerSuggestion, found: PeersFound, explainer: Explainer, view: View, *, tables: bool) -> ShownPeer:
    missing = [id for id in each.unknown if id not in found.unknown]
    practices = snapshot().prepared("practices-applied", _applied).get(each.key, 0)
    return ShownPeer(
        each.key,
        each.rank,
        each.name,
        explainer.place(each.key),
        explainer.closeness(each),
        each.closeness,
        explainer.stability(each),
        (*explainer.reasons(each), *explainer.special(each)),
        unknown_words(missing, each.coverage, explainer),
        practices_words(practices, explainer),
        tuple(reason_cells(each.contributions, explainer)) if tables else (),
        each.key in view.chosen,
        *_alike(found.key, each.key, explainer),
    )


def _alike(own: NodeKey, other: NodeKey, explainer: Explainer) -> tuple[str, float | None]:
    """How alike both rate their challenges, in words and as a share; nothing where our own are not rated."""
    rated = ratings(snapshot())
    if own not in rated:
        return "", None
    alike = challenge_similarity(snapshot().projection, own, other) if other in rated else ()
    return alike_words(alike, explainer), sum(each.amount for each in alike) if alike else None


def _applied(projection: Projection) -> dict[NodeKey, int]:
    """How many practice approaches each municipality tried; of an award alone nobody knows what was."""
    counts: Counter[NodeKey] = Counter()
    edges, keys = projection.edges(EdgeType.APPLIED_IN), projection.arrays.keys
    for practice, place in set(zip(edges.source.tolist(), edges.target.tolist(), strict=True)):
        counts[NodeKey.trusted(keys[place])] += not is_unproven(projection, NodeKey.trusted(keys[practice]))
    return counts


def _picture(found: PeersFound, explainer: Explainer) -> Markup:
    """Those of the list on the map; nothing where there is nobody to show."""
    if not found.suggestions:
        return Markup("")
    here = snapshot()
    table = here.projection.municipalities
    place = int(table.level[here.projection.position(found.key)])
    level = found.level or (LEVELS[place] if place >= 0 else Level.DISTRICT)
    points = here.prepared(("points", level), lambda projection: points_of(projection, level))
    title = explainer.words("Map: {name} and the municipalities of the list, numbered as in it", name=found.name)
    return draw_map(points, here.projection, found.key, [each.key for each in found.suggestions], title)
