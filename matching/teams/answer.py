"""A composed team as an answer: members with reasons, what would be lost without each, and what is missing."""

from dataclasses import dataclass

from graph_service.keys import NodeKey
from matching.contract import Suggestion


@dataclass(frozen=True, slots=True)
class Alternative:
    """Who could sit in a member's place, and by how much the team's score would change."""

    key: NodeKey
    name: str
    difference: float


@dataclass(frozen=True, slots=True)
class Member(Suggestion):
    """A member with its reasons; its score is its share of the team's."""

    kind: str = ""
    roles: tuple[str, ...] = ()
    included: bool = False
    """Whether it is there because it was asked for."""
    lost_roles: tuple[str, ...] = ()
    """Required roles that nobody in the team could take over."""
    lost_groups: tuple[str, ...] = ()
    """Sectors that would have nobody."""
    lost_score: float = 0.0
    """How much lower the score would be with the best replacement, rules apart."""
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Nearest:
    """Somebody elsewhere who could fill a role; kilometres are None where a place is unknown."""

    key: NodeKey
    name: str
    place: str
    kilometres: float | None


@dataclass(frozen=True, slots=True)
class MissingRole:
    """A role that is needed and that nobody holds, with the kinds that usually do, and the nearest who could."""

    role: str
    kinds: tuple[str, ...]
    local: bool
    """Whether somebody here could, and only the size or other roles stand against it."""
    nearest: tuple[Nearest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamAnswer:
    """A composed team. ``gap``: by how much a better team of this size could at most exceed it, 0 if proven best."""

    revision: int
    municipality: NodeKey | None
    fields: tuple[str, ...]
    text: str
    score: float
    gap: float
    exact: bool
    coverage: float
    candidates: int
    considered: int
    weights: dict[str, float]
    suggestions: tuple[Member, ...]
    missing_roles: tuple[MissingRole, ...]
    missing_groups: tuple[str, ...]
    too_few: bool
