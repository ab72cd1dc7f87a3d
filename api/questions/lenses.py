"""Through which lenses municipalities can be compared, and what a lens looks at."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.language import Words
from api.questions.peers import lenses, shipped_lens
from api.snapshot import Snapshot
from api.words.suggestions import Explainer
from graph_service.projection import Projection
from matching.peers.lens import Lens


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
