"""What a matcher is: it ranks with reasons. It never sees a store, a clock, or a language.

A matcher holds parameters; fitted to a projection it gives a ranker, which is immutable and belongs to one revision,
so threads share it and a new revision swaps it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

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

        A class that may be changed is filled five times as fast as a frozen one; then each is made what it stands
        for. It matters where an answer consists of hundreds of reasons.
        """
        found: list[Any] = list(map(_Draft, *columns))
        for each in found:
            each.__class__ = cls
        return found


class _Draft:
    """A contribution in the making, of the same form in memory."""

    __slots__ = Contribution.__slots__

    def __init__(
        self,
        feature: str,
        amount: float,
        own: float | str | None,
        other: float | str | None,
        unit: str,
        period: str,
        possible: float | None,
    ) -> None:
        self.feature = feature
        self.amount = amount
        self.own = own
        self.other = other
        self.unit = unit
        self.period = period
        self.possible = possible


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
