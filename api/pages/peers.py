"""Who is comparable: a sentence, the list with reasons, and every control in the address."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from api.http.caching import depends_on_graph
from api.http.current import snapshot, words
from api.language import N_
from api.pages.peers_view import MOST_WEIGHT, View, view_of
from api.pages.peers_why import explained, reason_cells
from api.pages.pictures import draw_map, points_of
from api.questions.comparison import MOST
from api.questions.peers import (
    PeerKind,
    PeersAsked,
    PeersFound,
    find_peers,
    lenses,
)
from api.questions.profile import ratings
from api.words.peers import described, lens_name, not_known
from api.words.suggestions import MEANING, Explainer
from graph_service.errors import Ambiguous, NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType, Level
from graph_service.projection import LEVELS, Projection
from graph_service.vocabulary import load_vocabulary
from matching.peers.challenges import challenge_similarity
from matching.peers.lens import ALL_INDICATORS, LensIndicator
from matching.peers.matcher import PeerSuggestion

peers = Blueprint("peers", __name__)
depends_on_graph(peers)

TABS = (
    (PeerKind.NEAREST, N_("Nearest"), N_("Alike in what the lens looks at, the most alike first.")),
    (PeerKind.FURTHER, N_("Alike, but further"), MEANING["further"]),
    (PeerKind.DIFFERENT, N_("Different, yet solved"), MEANING["different"]),
    (PeerKind.UNFAMILIAR, N_("Unfamiliar"), MEANING["unfamiliar"]),
    (PeerKind.AHEAD, N_("Ahead in time"), MEANING["ahead"]),
)


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
    challenges_share: float


@dataclass(frozen=True, slots=True)
class Weight:
    """A slider: an indicator of the lens, what it weighs now, and why it is there."""

    id: str
    label: str
    value: float
    usual: float
    why: str


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
            candidates = error.candidates
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
    if "weighed" in request.args and not partial:
        return redirect(view.address(), 303)
    explainer = Explainer(here.projection, words())
    parts = _list(key, view, explainer)
    if partial:
        response = make_response(render_template("peers_update.html", **parts))
        response.headers["HX-Push-Url"] = view.address()
        return response
    return render_template("peers.html", **parts, **_controls(view, parts["found"], explainer))


def _list(key: NodeKey, view: View, explainer: Explainer) -> dict[str, Any]:
    """What the list shows, which is replaced as a whole when the question changes."""
    found = find_peers(snapshot(), view.asked)
    shown = [_shown(each, found, explainer, view) for each in found.suggestions]
    listed = {each.key for each in shown}
    base = f"/municipalities/{key.local}"
    return {
        "key": key,
        "name": found.name,
        "view": view,
        "found": found,
        "peers": shown,
        "elsewhere": [(each, _name(each)) for each in view.chosen if each not in listed],
        "answer": _answer(found, explainer),
        "meaning": next(words()(meaning) for kind, _, meaning in TABS if kind is view.asked.kind),
        "described": described(found, view.asked.lens, explainer),
        "notes": list(not_known(found, view.asked.lens, explainer)),
        "sources": explainer.sources(found.weights),
        "picture": _picture(found, explainer),
        "files": [
            (words()("List (XLSX)"), view.address(f"{base}/peers.xlsx")),
            (words()("List (CSV)"), view.address(f"{base}/peers.csv")),
            (words()("Council paper (DOCX)"), view.address(f"{base}/peers.docx")),
        ],
        "most_compared": MOST,
        "every": "" if found.weights else view.address(lens=ALL_INDICATORS, weights=None),
    }


def _controls(view: View, found: PeersFound, explainer: Explainer) -> dict[str, Any]:
    """What stands around the list."""
    speak, english = words(), words().language == "en"
    fields = load_vocabulary().terms("field")
    return {
        "tabs": [(speak(label), view.address(kind=kind), kind is view.asked.kind) for kind, label, _ in TABS],
        "lenses": [
            (lens_name(each, speak.language), view.address(lens=each.id, weights=None), each.id == view.asked.lens.id)
            for each in lenses().values()
        ],
        "weights": _weights(view.asked, found, explainer, english=english),
        "most_weight": MOST_WEIGHT,
        "explained": explained(view, explainer),
        "levels": [each.value for each in Level],
        "rated": view.asked.municipality in ratings(snapshot()),
        "challenges": [
            (field.label(speak.language), challenges)
            for field in fields
            if (challenges := _challenges(field.id, speak.language))
        ],
        "usual": f"/municipalities/{view.asked.municipality.local}/peers",
    }


def _challenges(field: str, language: str) -> list[tuple[str, str]]:
    """The challenges of a field that the store knows."""
    projection = snapshot().projection
    return [
        (each.id, each.label(language))
        for each in load_vocabulary().terms("challenge")
        if each.broader == f"field.{field}" and projection.known(f"concept:challenge.{each.id}")
    ]


def _name(key: NodeKey) -> str:
    projection = snapshot().projection
    return projection.name(Label.MUNICIPALITY, projection.position(key))


def _answer(found: PeersFound, explainer: Explainer) -> str:
    if found.kind is PeerKind.NEAREST:
        return explainer.answer(found)
    return (
        explainer.special_answer(found, found.kind.value)
        .removesuffix(explainer.words(MEANING[found.kind.value]))
        .strip()
    )


def _shown(each: PeerSuggestion, found: PeersFound, explainer: Explainer, view: View) -> ShownPeer:
    missing = [id for id in each.unknown if id not in found.unknown]
    speak = explainer.words
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
        speak("Unknown here: {named}.", named=explainer.named(missing)) if missing else "",
        speak.plural("one practice approach recorded", "{n} practice approaches recorded", practices)
        if practices
        else "",
        tuple(reason_cells(each.contributions, explainer)),
        each.key in view.chosen,
        *_alike(found.key, each.key, explainer),
    )


def _alike(own: NodeKey, other: NodeKey, explainer: Explainer) -> tuple[str, float]:
    """How alike both rate their challenges, in words and as a share; nothing where one of them has rated none."""
    rated = ratings(snapshot())
    if own not in rated or other not in rated:
        return "", 0.0
    alike = challenge_similarity(snapshot().projection, own, other)
    if not alike:
        return "", 0.0
    speak, share = explainer.words, sum(each.amount for each in alike)
    said = speak.plural(
        "Challenges: one rated by both, alike to {share}",
        "Challenges: {n} rated by both, alike to {share}",
        len(alike),
        share=speak.percent(share),
    )
    return said, share


def _applied(projection: Projection) -> dict[NodeKey, int]:
    """How many practice approaches are recorded for each municipality."""
    counts: dict[NodeKey, int] = {}
    edges = projection.edges(EdgeType.APPLIED_IN)
    for target in sorted(set(zip(edges.source.tolist(), edges.target.tolist(), strict=True))):
        key = NodeKey.trusted(projection.arrays.keys[target[1]])
        counts[key] = counts.get(key, 0) + 1
    return counts


def _weights(
    asked: PeersAsked, found: PeersFound, explainer: Explainer, *, english: bool
) -> list[tuple[str, list[Weight]]]:
    """The sliders by theme, in the order of the vocabulary."""
    themes = {each.key.local: each.theme or "" for each in explainer.projection.indicators}
    order = {each.id: n for n, each in enumerate(load_vocabulary().terms("theme"))}
    by_theme: dict[str, list[Weight]] = {}
    for each in asked.lens.indicators or tuple(LensIndicator(id) for id in found.weights):
        if each.id in found.weights or each.id in asked.weights:
            why = each.reason_en if english else each.reason_de
            now = asked.weights.get(each.id, each.weight)
            slider = Weight(each.id, explainer.label(each.id), now, each.weight, why)
            by_theme.setdefault(themes.get(each.id, ""), []).append(slider)
    return [
        (explainer.term("theme", theme) or words()("Other indicators"), by_theme[theme])
        for theme in sorted(by_theme, key=lambda theme: (order.get(theme, len(order)), theme))
    ]


def _picture(found: PeersFound, explainer: Explainer) -> Markup:
    here = snapshot()
    table = here.projection.municipalities
    place = int(table.level[here.projection.position(found.key)])
    level = found.level or (LEVELS[place] if place >= 0 else Level.DISTRICT)
    points = here.prepared(("points", level), lambda projection: points_of(projection, level))
    title = explainer.words("Map: {name} and the municipalities of the list, numbered as in it", name=found.name)
    return draw_map(points, here.projection, found.key, [each.key for each in found.suggestions], title)
