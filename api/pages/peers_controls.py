"""What stands around a list of peers: kinds, lenses, filters, indicators with their weights."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from api.http.current import snapshot, words
from api.pages.frame import term
from api.pages.peers_form import BANDS, MOST_WEIGHT
from api.pages.peers_view import View, level_of
from api.questions.peer_filters import kinds_within
from api.questions.peers import OWN, PeerKind, PeersFound, lenses
from api.questions.profile import ratings
from api.words.peers import KINDS, SIZE_WORDS, kind_words, lens_name, size_words
from api.words.suggestions import Explainer
from api.words.units import unbroken
from graph_service.keys import Label
from graph_service.model import EdgeType, Level
from graph_service.projection import LEVELS, Projection
from graph_service.vocabulary import load_vocabulary
from matching.naming.municipalities import plain
from matching.naming.namesakes import CITIES, RURAL
from matching.peers.lens import LensIndicator

Option = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Weight:
    """A slider: an indicator of the lens, what it weighs now, and why it is there."""

    id: str
    label: str
    value: float
    why: str
    added: bool
    """Whether somebody put it in, who may leave it out again."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Which kinds, types and states the municipalities of a level have."""

    kinds: tuple[str, ...]
    types: tuple[str, ...]
    states: tuple[int, ...]


def controls(view: View, found: PeersFound, explainer: Explainer) -> dict[str, object]:
    """Everything that changes the list."""
    asked = view.asked
    shown = _weights(view, found, explainer)
    level, own = found.level, level_of(asked.municipality)
    there = snapshot().prepared(("peer-choices", level), lambda projection: _choices(projection, level))
    return {
        "weights": _by_theme(shown, explainer),
        "more": more_indicators({each.id for each in shown}, explainer),
        "most_weight": MOST_WEIGHT,
        "levels": [(own.value, term("level", own.value))] if own and asked.lens.filters.any_level else (),
        "kinds": _kinds(there, view.query.get("municipality_kind"), explainer),
        "types": [(each, term("municipality_type", each)) for each in there.types],
        "states": _states(there, explainer.projection),
        "sizes": _sizes(view),
        "rated": asked.municipality in ratings(snapshot()),
        "challenges": _challenges() if asked.kind in (PeerKind.FURTHER, PeerKind.DIFFERENT) else (),
        "usual": f"/municipalities/{asked.municipality.local}/peers",
    }


def ways(view: View) -> dict[str, object]:
    """The other kinds of peers and the other lenses, asked the same."""
    kinds = [(words()(label), view.address(kind=kind), kind is view.asked.kind) for kind, (label, _) in KINDS.items()]
    own = view.address(f"/municipalities/{view.asked.municipality.local}/lens")
    return {"tabs": kinds, "lenses": lens_links(view), "own_lens": own}


def lens_links(view: View, path: str = "") -> list[tuple[str, str, bool]]:
    """Every lens with its address, and whether it is the present one; last one's own, if there is one at work."""
    language, present = words().language, view.asked.lens
    found = [
        (lens_name(each, language), view.address(path, lens=each.id, title=None, weights=None), each.id == present.id)
        for each in lenses().values()
    ]
    return [*found, (lens_name(present, language), view.address(path), True)] if present.id == OWN else found


def more_indicators(there: Iterable[str], explainer: Explainer) -> list[tuple[str, list[Option]]]:
    """The indicators that are not there, by theme and name."""
    absent = {each.key.local for each in explainer.projection.indicators} - set(there)
    options = [(theme, explainer.label(id), id) for id, theme in _themes(explainer.projection).items() if id in absent]
    groups: dict[str, list[Option]] = {}
    for theme, label, id in sorted(options, key=lambda each: (_order(each[0]), plain(each[1]))):
        groups.setdefault(explainer.term("theme", theme) or words()("Other indicators"), []).append((id, label))
    return list(groups.items())


def _weights(view: View, found: PeersFound, explainer: Explainer) -> list[Weight]:
    """The sliders: what the lens looks at, and what was added."""
    asked, english = view.asked, words().language == "en"
    shipped = lenses().get(asked.lens.id)
    usual = {each.id for each in shipped.indicators} if shipped else set()
    return [
        Weight(
            each.id,
            unbroken(explainer.label(each.id)),
            asked.weights.get(each.id, each.weight),
            each.reason_en if english else each.reason_de,
            bool(asked.lens.indicators) and each.id not in usual,
        )
        for each in asked.lens.indicators or tuple(LensIndicator(id) for id in found.weights)
        if each.id in found.weights or each.id in asked.weights
    ]


def _by_theme(shown: list[Weight], explainer: Explainer) -> list[tuple[str, list[Weight]]]:
    themes = _themes(explainer.projection)
    groups: dict[str, list[Weight]] = {}
    for each in sorted(shown, key=lambda each: (_order(theme := themes.get(each.id, "")), theme)):
        label = explainer.term("theme", themes.get(each.id, "")) or words()("Other indicators")
        groups.setdefault(label, []).append(each)
    return list(groups.items())


def _themes(projection: Projection) -> dict[str, str]:
    return {each.key.local: each.theme or "" for each in projection.indicators}


def _order(theme: str) -> int:
    """Where a theme stands in the vocabulary."""
    known = [each.id for each in load_vocabulary().terms("theme")]
    return known.index(theme) if theme in known else len(known)


def _choices(projection: Projection, level: Level | None) -> Choices:
    """Only what occurs at the level can be chosen."""
    table = projection.municipalities
    every = table.level >= 0 if level is None else table.level == LEVELS.index(level)
    rows = np.flatnonzero(every)
    kinds = {table.kinds[i] for i in np.unique(table.kind[rows]).tolist() if i >= 0}
    vocabulary = load_vocabulary()
    above = {each.id: (each.broader or "").rpartition(".")[2] for each in vocabulary.terms("municipality_kind")}
    # whoever asks for a kind gets every kind of it, so that the wider one can be chosen too
    wider = {above[each] for each in kinds if above.get(each)}
    edges, start = projection.edges(EdgeType.OF_TYPE), projection.spans[Label.MUNICIPALITY].start
    targets = np.unique(edges.target[np.isin(edges.source, rows + start)]).tolist()
    types = {projection.arrays.keys[each].partition("municipality_type.")[2] for each in targets}
    states = np.unique(projection.state[rows])
    return Choices(
        tuple(each.id for each in vocabulary.terms("municipality_kind") if each.id in kinds | wider),
        tuple(each.id for each in vocabulary.terms("municipality_type") if each.id in types),
        tuple(each for each in states.tolist() if each >= 0),
    )


def _kinds(there: Choices, chosen: object, explainer: Explainer) -> list[Option]:
    """Each kind with what else it holds; rural districts are one choice, for their names but say where they are, and so
    are independent cities."""
    narrower = (RURAL | CITIES) - {"landkreis", "kreisfreie-stadt"}
    offered = [each for each in there.kinds if each not in narrower or each == chosen]
    return [(each, kind_words(kinds_within(each), explainer)) for each in offered]


def _states(there: Choices, projection: Projection) -> list[Option]:
    named = [
        (projection.key(Label.MUNICIPALITY, i).local, projection.name(Label.MUNICIPALITY, i)) for i in there.states
    ]
    return sorted(named, key=lambda each: plain(each[1])) if len(named) > 1 else []


def _sizes(view: View) -> list[tuple[str, str, bool]]:
    """The bands that can be chosen, and the one in the address if it is none of them."""
    speak = words()
    asked = view.query
    least, most = (f"{asked[name]:g}" if name in asked else "" for name in ("population_from", "population_to"))
    present = (least, most)
    found = [(id, speak(said), BANDS[id] == present) for id, said in SIZE_WORDS.items()]
    if any(present) and present not in BANDS.values():
        found.append(("as-is", size_words(least, most, speak), True))
    return found


def _challenges() -> list[tuple[str, list[Option]]]:
    """The challenges that the store knows, by field of action."""
    known, vocabulary, language = snapshot().projection.known, load_vocabulary(), words().language
    groups = [
        (
            field.label(language),
            [
                (each.id, each.label(language))
                for each in vocabulary.terms("challenge")
                if each.broader == f"field.{field.id}" and known(f"concept:challenge.{each.id}")
            ],
        )
        for field in vocabulary.terms("field")
    ]
    return [(label, options) for label, options in groups if options]
