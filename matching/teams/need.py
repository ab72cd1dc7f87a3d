"""What a team is wanted for, and what composing needs to know of how relevant actors are to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from graph_service.keys import NodeKey
from graph_service.projection import FloatArray
from matching.contract import Contribution


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamNeed:
    """What a team is wanted for. Ids are those of the vocabularies, ``today`` is the day from which age counts."""

    municipality: NodeKey | None = None
    fields: tuple[str, ...] = ()
    challenges: tuple[str, ...] = ()
    target_groups: tuple[str, ...] = ()
    text: str = ""
    roles: tuple[str, ...] = ()
    """Roles that are wanted besides those that the fields require."""
    size: int | None = None
    """How many; None is as few as fill the roles."""
    include: tuple[NodeKey, ...] = ()
    without: tuple[NodeKey, ...] = ()
    today: date | None = None


class Measured(Protocol):
    """How much each actor has to do with a need, 0 to 1."""

    @property
    def weights(self) -> Mapping[str, float]:
        """What each reason counts; they sum to one, or there are none."""
        ...

    @property
    def scores(self) -> FloatArray:
        """For every actor by position."""
        ...

    def reasons(self, actor: int) -> list[Contribution]:
        """What an actor's score is the exact sum of."""
        ...

    def coverage(self, actor: int) -> float:
        """The share of the weights for which something is known of an actor."""
        ...


class Relevance(Protocol):
    """A way to tell how much each actor has to do with a need."""

    def measure(self, need: TeamNeed) -> Measured:
        """For all actors of the projection; raises NotFound for unknown ids and keys."""
        ...
