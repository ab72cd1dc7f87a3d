"""Through which lenses municipalities can be compared, and what a lens looks at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from api.language import Words
from api.questions.peers import OWN, lenses, shipped_lens
from api.snapshot import Snapshot
from api.words.suggestions import Explainer
from graph_service.errors import InvalidValue
from graph_service.projection import Projection
from matching.peers.lens import Lens, LensIndicator


@dataclass(frozen=True, slots=True)
class LensListed:
    """A lens in short."""

    id: str
    version: str
    title: str
    description: str
    indicators: int
    """How many it names; none means every indicator of the store."""


@dataclass(frozen=True, slots=True)
class Lenses:
    """The lenses that come with the project."""

    items: tuple[LensListed, ...]


@dataclass(frozen=True, slots=True)
class LensIndicatorFound:
    """An indicator of a lens: what it weighs, and why it is there."""

    id: str
    label: str
    weight: float
    reason: str
    known: bool
    """Whether the store has it."""


@dataclass(frozen=True, slots=True)
class LensFound:
    """A lens as it is, and told in a language."""

    title: str
    description: str
    indicators: tuple[LensIndicatorFound, ...]
    lens: Lens


def lens_with(id: str, named: Iterable[str], title: str = "") -> Lens:
    """A lens and the indicators that somebody added to it; ``own`` holds these alone. Raises NotFound, InvalidValue."""
    named = sorted(set(named))
    if id == OWN:
        if not named:
            raise InvalidValue("indicators for a lens of one's own", id)
        return Lens(
            OWN,
            title_de=title or "Eigener Blickwinkel",
            title_en=title or "Own lens",
            indicators=tuple(LensIndicator(each) for each in named),
        )
    return widened(shipped_lens(id), named)


def widened(lens: Lens, named: Iterable[str]) -> Lens:
    """A lens and the indicators that somebody added to it."""
    named = sorted(set(named))
    known = {each.id for each in lens.indicators}
    if not known or known.issuperset(named):
        return lens
    return replace(lens, indicators=(*lens.indicators, *(LensIndicator(each) for each in named if each not in known)))


def lens_title(lens: Lens, words: Words) -> str:
    """What a lens is called."""
    return (lens.title_en if words.language == "en" else lens.title_de) or lens.id


def lens_description(lens: Lens, words: Words) -> str:
    """What a lens is for."""
    return lens.description_en if words.language == "en" else lens.description_de


def indicator_labels(projection: Projection, words: Words) -> Mapping[str, str]:
    """Indicator id → its label in this language."""
    explainer = Explainer(projection, words)
    return {node.key.local: explainer.label(node.key.local) for node in projection.indicators}


def list_lenses(words: Words) -> Lenses:
    """Every shipped lens."""
    return Lenses(
        tuple(
            LensListed(
                lens.id, lens.version, lens_title(lens, words), lens_description(lens, words), len(lens.indicators)
            )
            for lens in lenses().values()
        )
    )


def find_lens(snapshot: Snapshot, id: str, words: Words) -> LensFound:
    """One shipped lens with the reasons of its indicators; raises NotFound."""
    lens = shipped_lens(id)
    known = indicator_labels(snapshot.projection, words)
    told = tuple(
        LensIndicatorFound(
            each.id,
            known.get(each.id, each.id),
            each.weight,
            each.reason_en if words.language == "en" else each.reason_de,
            each.id in known,
        )
        for each in lens.indicators
    )
    return LensFound(lens_title(lens, words), lens_description(lens, words), told, lens)
