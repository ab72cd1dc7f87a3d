"""What is said around an answer about peers: through which lens, with how much data, and what is not known."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from api.language import N_, Words
from api.questions.peer_filters import ANY_SIZE
from api.questions.peers import PeerKind, PeersFound
from api.words.places import with_place
from api.words.suggestions import MEANING, Explainer
from graph_service.keys import Label, NodeKey
from graph_service.projection import LEVELS
from matching.contract import Contribution
from matching.peers.lens import Filters, Lens, StateFilter
from matching.peers.matcher import PeerAnswer

KINDS: Mapping[PeerKind, tuple[str, str]] = MappingProxyType(
    {
        PeerKind.NEAREST: (N_("Nearest"), N_("Alike in what the lens looks at, the most alike first.")),
        PeerKind.FURTHER: (N_("Alike, but further"), MEANING["further"]),
        PeerKind.DIFFERENT: (N_("Different, yet solved"), MEANING["different"]),
        PeerKind.UNFAMILIAR: (N_("Unfamiliar"), MEANING["unfamiliar"]),
        PeerKind.AHEAD: (N_("Ahead in time"), MEANING["ahead"]),
    }
)
"""What each kind of comparable municipality is called, and what it means."""
SIZE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "like": N_("about the same (0.8 to 1.25 times)"),
        "half": N_("half to double"),
        "larger": N_("only larger ones"),
        "smaller": N_("only smaller ones"),
    }
)
"""Bands of size that people choose, as compared with their own."""


def size_words(least: str, most: str, words: Words) -> str:
    """A band of size that somebody wrote into the address."""
    low, high = (words.number(float(each)) if each else "" for each in (least, most))
    if low and high:
        return words("{low} to {high} times the inhabitants", low=low, high=high)
    return (
        words("at least {n} times the inhabitants", n=low)
        if low
        else words("at most {n} times the inhabitants", n=high)
    )


def named_apart(found: PeersFound, explainer: Explainer) -> PeersFound:
    """The answer with names by which nobody is taken for another of the same name."""
    told = tuple(replace(each, name=explainer.name(each.key)) for each in found.suggestions)
    return replace(found, name=explainer.name(found.key), suggestions=told)


def answer_words(found: PeersFound, explainer: Explainer) -> str:
    """The answer in a sentence; what a special kind means is said apart."""
    if found.kind is PeerKind.NEAREST:
        return explainer.answer(found)
    meaning = explainer.words(MEANING[found.kind.value])
    return explainer.special_answer(found, found.kind.value).removesuffix(meaning).strip()


def title_words(found: PeersFound, lens: Lens, explainer: Explainer) -> str:
    """What a list may be called where somebody keeps it."""
    words = explainer.words
    return words("{name}: {kind} (lens: {lens})", name=found.name, kind=words(KINDS[found.kind][0]),
                 lens=lens_name(lens, words.language))  # fmt: skip


def alike_words(alike: Sequence[Contribution], explainer: Explainer) -> str:
    """How alike two rate their challenges."""
    words = explainer.words
    if not alike:
        return words("Challenges: none rated by both")
    return words.plural(
        "Challenges: one rated by both, alike to {share}",
        "Challenges: {n} rated by both, alike to {share}",
        len(alike),
        share=words.percent(sum(each.amount for each in alike)),
    )


def unknown_words(missing: Sequence[str], coverage: float, explainer: Explainer) -> str:
    """What is not known of another one, and how much of the weight is known of both."""
    words = explainer.words
    if not missing:
        return ""
    named = explainer.named(missing)
    return words("Unknown here: {named}; known of both: {share} of the weight.", named=named,
                 share=words.percent(coverage))  # fmt: skip


def practices_words(count: int, explainer: Explainer) -> str:
    """How many practice approaches are recorded for a municipality; nothing where there is none."""
    words = explainer.words
    return words.plural("one practice recorded", "{n} practices recorded", count) if count else ""


def lens_name(lens: Lens, language: str) -> str:
    """What a lens is called."""
    return (lens.title_en if language == "en" else lens.title_de) or lens.id


def described(answer: PeerAnswer, lens: Lens, explainer: Explainer, filters: Filters | None = None) -> str:
    """Through which lens, with how much data, and among whom."""
    words, title = explainer.words, lens_name(lens, explainer.words.language)
    count = sum(weight > 0 for weight in answer.weights.values())
    if not count:
        text = words("Lens: {title}; of its indicators none is known here.", title=title)
    else:
        text = words.plural(
            "Lens: {title} ({indicators}, {years}), compared with one municipality.",
            "Lens: {title} ({indicators}, {years}), compared with {n} municipalities.",
            answer.candidates,
            title=title,
            indicators=words.plural("one indicator", "{n} indicators", count),
            years=explainer.years(answer) or "–",
        )
    level = explainer.term("level", answer.level.value) if answer.level else ""
    only = "; ".join(filter_words(filters, explainer)) if filters else ""
    parts = (
        text,
        words("Level: {level}.", level=level) if level else "",
        words("Only: {filters}.", filters=only) if only else "",
    )
    return " ".join(filter(None, parts))


def filter_words(filters: Filters, explainer: Explainer) -> Iterator[str]:
    """Among whom somebody chose to look."""
    words, projection = explainer.words, explainer.projection
    if filters.kinds:
        yield kind_words(filters.kinds, explainer)
    for each in filters.types:
        yield explainer.term("municipality_type", each)
    for each in filters.states:
        key = projection.known(f"municipality:{each}")
        yield projection.name(Label.MUNICIPALITY, projection.position(key)) if key else each
    if filters.state is not None:
        same, other = N_("in the own federal state"), N_("in other federal states")
        yield words(same if filters.state is StateFilter.SAME else other)
    if filters.population is not None:
        low, high = filters.population
        yield size_words(f"{low:g}" if low else "", f"{high:g}" if high < ANY_SIZE else "", words)


def kind_words(kinds: Sequence[str], explainer: Explainer) -> str:
    """A kind of municipality with what is recorded of its narrower kinds: Landkreis, Kreis, Regionalverband."""
    first, *narrower = kinds
    there = explainer.projection.municipalities.kinds
    wide, *labels = (
        explainer.term("municipality_kind", each) for each in (first, *(k for k in narrower if k in there))
    )
    # English has one word where German has several
    return ", ".join(dict.fromkeys([wide, *labels]))


def told_apart(candidates: Iterable[tuple[str, str]], explainer: Explainer) -> tuple[tuple[str, str], ...]:
    """Municipalities of the same name, each with what and where it is; key and text."""
    projection = explainer.projection
    found = []
    for key, name in candidates:
        known = projection.known(key)
        place = explainer.place(known) if known else ""
        found.append((key, with_place(projection, explainer.words, known, place) if known and place else name))
    return tuple(found)


def elsewhere_words(key: NodeKey, explainer: Explainer) -> str:
    """Why one is not among those that are compared at all."""
    words, projection = explainer.words, explainer.projection
    position = projection.position(key)
    level = int(projection.municipalities.level[position])
    return words(
        "{name} cannot be in this list: it is of another level ({level}), or no longer exists. All levels are compared "
        "through the lens “All indicators”.",
        name=explainer.name(key),
        level=explainer.term("level", LEVELS[level].value) if level >= 0 else words("not stated"),
    )


def not_known(answer: PeerAnswer, lens: Lens, explainer: Explainer) -> Iterator[str]:
    """How to read the values, for what no value is known, and which filters could not be applied."""
    words = explainer.words
    if answer.suggestions:
        yield words("In brackets: the value of {name} first, then that of the other.", name=answer.name)
    weights = {each.id: each.weight for each in lens.indicators} or dict.fromkeys(answer.weights, 1.0)
    share = sum(weights.get(each, 0.0) for each in answer.unknown) / (sum(weights.values()) or 1.0)
    if missing := explainer.unknown(answer.unknown, len(weights), share):
        yield missing
    for each in answer.not_applied:
        yield words("The filter {name} was not applied: the own value is unknown.", name=f"--{each}")
