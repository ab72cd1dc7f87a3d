"""What filters of the network leave nothing of: how much a view would show without each of them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from api.questions.network_shown import Act, View, ViewAsked
from api.questions.network_view import count_reached
from api.snapshot import Snapshot


class Limit(StrEnum):
    """What leaves something out of a view: filters, named as in the address, and what was hidden step by step."""

    FIELD = "field"
    LABELS = "labels"
    TYPES = "types"
    YEAR = "year"
    HIDDEN = "step"


@dataclass(frozen=True, slots=True)
class Loosened:
    """How many more a view would show without some of its limits."""

    limits: tuple[Limit, ...]
    count: int


def limits_of(asked: ViewAsked) -> tuple[Limit, ...]:
    """The limits of a view."""
    said = {
        Limit.FIELD: asked.field,
        Limit.LABELS: asked.labels,
        Limit.TYPES: asked.types,
        Limit.YEAR: asked.year,
        Limit.HIDDEN: any(step.act is Act.HIDE for step in asked.steps),
    }
    return tuple(limit for limit, given in said.items() if given)


def leaves_nothing(view: View) -> bool:
    """Whether limits leave nothing, or nothing but where the view begins."""
    return bool(limits_of(view.asked)) and view.nodes <= _ends(view.asked)


def loosened(snapshot: Snapshot, asked: ViewAsked) -> Iterator[Loosened]:
    """Each limit that alone leaves everything out, then all of them together."""
    limits = limits_of(asked)
    for taken in [*((each,) for each in limits if len(limits) > 1), limits]:
        count = count_reached(snapshot, _without(asked, taken)) - _ends(asked)
        if count > 0:
            yield Loosened(taken, count)


def _ends(asked: ViewAsked) -> int:
    """So many a view shows in any case."""
    return sum(each is not None for each in (asked.start, asked.target))


def _without(asked: ViewAsked, limits: tuple[Limit, ...]) -> ViewAsked:
    opened = tuple(step for step in asked.steps if step.act is Act.OPEN)
    return replace(
        asked,
        field="" if Limit.FIELD in limits else asked.field,
        labels=frozenset() if Limit.LABELS in limits else asked.labels,
        types=frozenset() if Limit.TYPES in limits else asked.types,
        year=None if Limit.YEAR in limits else asked.year,
        steps=opened if Limit.HIDDEN in limits else asked.steps,
    )
