"""What a matcher is: it ranks with reasons. It never sees a store, a clock, or a language.

A matcher holds parameters; fitted to a projection it gives a ranker, which is immutable and belongs to one revision,
so threads share it and a new revision swaps it.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from graph_service.keys import NodeKey
from graph_service.projection import Projection

Q = TypeVar("Q", contravariant=True)


@dataclass(frozen=True, slots=True)
class Contribution:
    """One reason: how much a feature adds to the score, and the two values that were compared.

    ``own`` and ``other`` are None where the value is unknown; their unit is the indicator's.
    """

    feature: str
    amount: float
    own: float | str | None = None
    other: float | str | None = None
    unit: str = ""
    period: str = ""
    possible: float | None = None
    """The most that this feature could add here; an amount near it is an agreement, far below it a difference."""

    @classmethod
    def many(cls, columns: Iterable[Iterable[object]]) -> "list[Contribution]":
        """Build many from columns in the order of the fields, all of them given and equally long.

        Setting a field of all at once takes less than half the time of one after the other, which matters where an
        answer consists of hundreds of reasons.
        """
        named = [list(column) for column in columns]
        found = [object.__new__(cls) for _ in named[0]]
        for name, column in zip(cls.__slots__, named, strict=True):
            deque(map(getattr(cls, name).__set__, found, column), maxlen=0)
        return found


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A candidate with its score (0 to 1), the sum of its contributions, which come largest first."""

    key: NodeKey
    name: str
    score: float
    contributions: tuple[Contribution, ...]
    coverage: float = 1.0
    """The share of the weight for which both sides have a value."""


class Ranker(Protocol[Q]):
    """Ranks candidates for a question; ties break by key."""

    def suggest(self, question: Q, *, limit: int = 10) -> list[Suggestion]:
        """The best candidates first, each with its reasons; raises NotFound for an unknown subject."""
        ...


class Matcher(Protocol, Generic[Q]):
    """Parameters of a way to rank."""

    def fit(self, projection: Projection) -> Ranker[Q]:
        """Prepare for one revision."""
        ...
