"""Among whom peers are sought: a lens's filters, changed where somebody says so, with what may be said."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from graph_service.errors import NotFound
from graph_service.model import Level
from graph_service.vocabulary import load_vocabulary
from matching.peers.lens import Filters, StateFilter

SIDES = tuple(each.value for each in StateFilter)
ANY_SIZE = 1e6
"""From so many times the inhabitants on there is no upper end."""
SIZES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"like": (0.8, 1.25), "half": (0.5, 2), "larger": (1, ANY_SIZE), "smaller": (0, 1)}
)
"""Bands of size that people choose by a word: at least and at most so many times the own inhabitants."""


def narrowed(
    usual: Filters,
    *,
    level: str | None = None,
    kind: str | None = None,
    type: str | None = None,
    state: str | None = None,
    population: tuple[float, float] | None = None,
) -> Filters:
    """The filters with what somebody chose instead; raises NotFound for an unknown kind or type."""
    found = usual
    if level is not None:
        found = replace(found, level=Level(level), any_level=False)
    if kind is not None:
        found = replace(found, kinds=kinds_within(kind))
    if type is not None:
        found = replace(found, types=(known_type(type),))
    if state is not None:
        side = StateFilter(state) if state in SIDES else None
        found = replace(found, state=side, states=() if side else (state,))
    return found if population is None else replace(found, population=population)


def kinds_within(kind: str) -> tuple[str, ...]:
    """A kind of municipality and every kind of that kind; raises NotFound."""
    terms = {each.id: (each.broader or "").rpartition(".")[2] for each in load_vocabulary().terms("municipality_kind")}
    if kind not in terms:
        raise NotFound("a kind of municipality", kind)
    found = [kind]
    for each in found:
        found += [id for id, broader in terms.items() if broader == each]
    return tuple(found)


def known_type(type: str) -> str:
    """A type of municipality; raises NotFound."""
    if load_vocabulary().find("municipality_type", type) is None:
        raise NotFound("a type of municipality", type)
    return type
