"""What is asked of supporters and what is answered."""

from dataclasses import dataclass
from datetime import date

from graph_service.keys import NodeKey
from matching.contract import Suggestion


@dataclass(frozen=True, slots=True)
class SupporterQuestion:
    """Who supports this request, or which requests can this actor support? ``only`` limits whom to consider."""

    key: NodeKey
    on: date
    only: frozenset[NodeKey] | None = None


@dataclass(frozen=True, slots=True)
class SupporterSuggestion(Suggestion):
    """An actor for a request, or a request for an actor."""

    rank: int = 0
    fit: str = ""
    """By what it is a candidate: resources, text, or field."""
    state: str = ""
    """Of a request whether it is open: see Wanted.state."""
    open_until: date | None = None
    kind: str = ""
    contact_role: str = ""
    assured_on: date | None = None
    km: float | None = None
    """How far apart they are, where both coordinates are known."""


@dataclass(frozen=True, slots=True)
class SupporterAnswer:
    """Everything that belongs to an answer."""

    revision: int
    key: NodeKey
    name: str
    on: date
    state: str
    weights: dict[str, float]
    """For a request what each aspect that it names counts, summing to 1; for an actor what each may count."""
    coverage: float
    """The share of the weight whose aspect is known of the one that asks."""
    considered: int
    assured: tuple[date, date] | None
    """The first and the last day on which a suggested actor was confirmed."""
    unassured: int
    """How many suggested actors were never confirmed."""
    earlier: int
    """Where only some were to be considered: how many others fit clearly."""
    suggestions: tuple[SupporterSuggestion, ...]
