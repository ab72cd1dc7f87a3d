"""Who is comparable: a sentence, the list with reasons, and every control in the address."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import marshmallow as ma
from flask import Blueprint, make_response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from api.caching import depends_on_graph
from api.current import snapshot, words
from api.explanations import MEANING, Explainer
from api.language import N_
from api.pages.pictures import draw_map, points_of
from api.peer_words import described, lens_name, not_known
from api.questions.peers import (
    DEFAULT_LENS,
    PeerExplained,
    PeerKind,
    PeersAsked,
    PeersFound,
    explain_pair,
    find_peers,
    lenses,
    shipped_lens,
)
from api.schemas.peers import PeersQuery, peers_asked
from graph_service.errors import Ambiguous, GraphServiceError, NotFound
from graph_service.keys import NodeKey
from graph_service.model import EdgeType, Level, Municipality
from graph_service.projection import LEVELS, Projection
from matching.contract import Contribution
from matching.peers import PeerSuggestion

peers = Blueprint("peers", __name__)
depends_on_graph(peers)

MOST_COMPARED = 5
MOST_WEIGHT = 3.0
TABS = (
    (PeerKind.NEAREST, N_("Nearest"), N_("Alike in what the lens looks at, the most alike first.")),
    (PeerKind.FURTHER, N_("Alike, but further"), MEANING["further"]),
    (PeerKind.DIFFERENT, N_("Different, yet solved"), MEANING["different"]),
    (PeerKind.UNFAMILIAR, N_("Unfamiliar"), MEANING["unfamiliar"]),
    (PeerKind.AHEAD, N_("Ahead in time"), MEANING["ahead"]),
)
_KEPT = ("lens", "weights", "kind", "level", "state", "population_from", "population_to", "challenge_share", "limit")
"""What of the address asks for another list; the rest is about this page."""


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


@dataclass(frozen=True, slots=True)
class Weight:
    """A slider: an indicator of the lens, what it weighs now, and why it is there."""

    id: str
    label: str
    value: float
    usual: float
    why: str


@dataclass(frozen=True, slots=True)
class View:
    """The address as it was understood: the question, what was picked for comparison, and what was wrong in it."""

    asked: PeersAsked
    query: Mapping[str, Any]
    chosen: tuple[str, ...]
    problem: str


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
    if "weighed" in request.args:
        return redirect(f"{request.path}?{_short_address()}", 303)
    view = view_of(key)
    explainer = Explainer(here.projection, words())
    found = find_peers(here, view.asked)
    shown = [_shown(each, found, explainer, view) for each in found.suggestions]
    parts = {
        "key": key,
        "name": found.name,
        "view": view,
        "found": found,
        "peers": shown,
        "answer": _answer(found, explainer),
        "described": described(found, view.asked.lens, explainer),
        "notes": list(not_known(found, view.asked.lens, explainer)),
        "sources": explainer.sources(found.weights),
        "tabs": [(words()(label), _address(view, kind=kind), kind is view.asked.kind) for kind, label, _ in TABS],
        "meaning": next(words()(meaning) for kind, _, meaning in TABS if kind is view.asked.kind),
        "lenses": [
            (
                lens_name(each, words().language),
                _address(view, lens=each.id, weights=None),
                each.id == view.asked.lens.id,
            )
            for each in lenses().values()
        ],
        "weights": list(_weights(view.asked, found, explainer)),
        "most_weight": MOST_WEIGHT,
        "most_compared": MOST_COMPARED,
        "picture": _picture(found, explainer),
        "explained": _explained(view, explainer),
        "levels": [each.value for each in Level],
    }
    if request.headers.get("HX-Request"):
        response = make_response(render_template("peers_list.html", **parts))
        response.headers["HX-Push-Url"] = request.full_path.rstrip("?")
        return response
    return render_template("peers.html", **parts)


def view_of(key: NodeKey) -> View:
    """Understand the address; what cannot be understood is said, and the usual taken instead."""
    schema = PeersQuery(unknown=ma.EXCLUDE)
    given = {name: value for name, value in request.args.items() if value != "" and name in schema.fields}
    problem = ""
    try:
        query = schema.load(given)
        asked = peers_asked(key, query)
        unknown = set(asked.weights) - {each.id for each in asked.lens.indicators}
        if unknown and asked.lens.indicators:
            raise NotFound("an indicator of the lens", ", ".join(sorted(unknown)))
    except (ma.ValidationError, GraphServiceError) as error:
        fields = sorted(error.messages_dict) if isinstance(error, ma.ValidationError) else [str(error.found)]
        problem = words()("This part of the address was not understood and is left out: {what}", what=", ".join(fields))
        query = schema.load({})
        asked = peers_asked(key, query)
    chosen = tuple(dict.fromkeys(request.args.getlist("with")))[:MOST_COMPARED]
    return View(asked, query, chosen, problem)


def _short_address() -> str:
    """What a form sent in full, without what is as usual."""
    lens = shipped_lens(request.args.get("lens", DEFAULT_LENS))
    usual = {each.id: each.weight for each in lens.indicators}
    changed = []
    for id, weight in usual.items():
        sent = request.args.get(f"w.{id}", type=float)
        if sent is not None and 0 <= sent <= MOST_WEIGHT and abs(sent - weight) > 1e-9:
            changed.append(f"{id}:{sent:g}")
    kept: list[tuple[str, str]] = [
        (name, value)
        for name in _KEPT
        if name != "weights" and (value := request.args.get(name, "")) and not _is_usual(name, value)
    ]
    if changed:
        kept.append(("weights", ",".join(changed)))
    kept += [("with", each) for each in request.args.getlist("with")[:MOST_COMPARED]]
    return urlencode(kept)


def _is_usual(name: str, value: str) -> bool:
    return (name, value) in (("lens", DEFAULT_LENS), ("kind", "nearest"), ("limit", "10"), ("challenge_share", "0"))


def _address(view: View, **changed: object) -> str:
    """This page with some of the question changed; None takes it away."""
    present = {name: request.args.get(name) for name in _KEPT} | changed
    kept = [(name, str(value)) for name, value in present.items() if value and not _is_usual(name, str(value))]
    kept += [("with", each) for each in view.chosen]
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


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
        tuple(_reasons(each.contributions, explainer)),
        each.key.local in view.chosen,
    )


def _applied(projection: Projection) -> dict[NodeKey, int]:
    """How many practice approaches are recorded for each municipality."""
    counts: dict[NodeKey, int] = {}
    edges = projection.edges(EdgeType.APPLIED_IN)
    for target in sorted(set(zip(edges.source.tolist(), edges.target.tolist(), strict=True))):
        key = NodeKey.trusted(projection.arrays.keys[target[1]])
        counts[key] = counts.get(key, 0) + 1
    return counts


def _reasons(contributions: tuple[Contribution, ...], explainer: Explainer) -> Iterator[tuple[str, ...]]:
    """Every reason as cells; the last row is the sum."""
    speak = explainer.words
    for each in contributions:
        yield (
            explainer.label(each.feature),
            explainer.value(each.own) if each.own is not None or each.other is not None else "–",
            explainer.value(each.other) if each.own is not None or each.other is not None else "–",
            each.unit or "–",
            speak.period(each.period) or "–",
            speak.number(each.possible, 4) if each.possible is not None else "–",
            speak.number(each.amount, 4),
        )
    yield (speak("Sum"), "", "", "", "", "", speak.number(sum(each.amount for each in contributions), 4))


def _weights(asked: PeersAsked, found: PeersFound, explainer: Explainer) -> Iterator[Weight]:
    english = explainer.words.language == "en"
    for each in asked.lens.indicators:
        if each.id in found.weights or each.id in asked.weights:
            why = each.reason_en if english else each.reason_de
            yield Weight(each.id, explainer.label(each.id), asked.weights.get(each.id, each.weight), each.weight, why)


def _picture(found: PeersFound, explainer: Explainer) -> Markup:
    here = snapshot()
    table = here.projection.municipalities
    place = int(table.level[here.projection.position(found.key)])
    level = found.level or (LEVELS[place] if place >= 0 else Level.DISTRICT)
    points = here.prepared(("points", level), lambda projection: points_of(projection, level))
    title = explainer.words("Map: {name} and the municipalities of the list, numbered as in it", name=found.name)
    return draw_map(points, here.projection, found.key, [each.key for each in found.suggestions], title)


@dataclass(frozen=True, slots=True)
class Explained:
    """Why somebody is in the list or not."""

    text: str
    name: str = ""
    sentences: tuple[str, ...] = ()
    reasons: tuple[tuple[str, ...], ...] = ()
    candidates: tuple[tuple[str, str], ...] = ()


def _explained(view: View, explainer: Explainer) -> Explained | None:
    text = request.args.get("why", "").strip()[:200]
    if not text:
        return None
    here, speak = snapshot(), words()
    try:
        own = here.projection.node(view.asked.municipality)
        other = here.municipality(text, own.level if isinstance(own, Municipality) else None)
        pair = explain_pair(here, view.asked, other)
    except Ambiguous as error:
        return Explained(text, speak("Several are called that. Which one do you mean?"), candidates=error.candidates)
    except NotFound:
        return Explained(text, speak("No municipality is known as “{text}”.", text=text))
    return Explained(text, pair.name, tuple(_why(pair, explainer)), tuple(_reasons(pair.contributions, explainer)))


def _why(pair: PeerExplained, explainer: Explainer) -> Iterator[str]:
    speak = explainer.words
    if pair.rank:
        yield speak("{name} stands at place {rank}: {closeness}.", name=pair.name, rank=speak.number(pair.rank),
                    closeness=explainer.closeness(pair))  # fmt: skip
    else:
        yield speak(
            "{name} is left out by the filters, lies within or around the municipality, or too little is known of it.",
            name=pair.name,
        )
    yield from explainer.reasons(pair)
