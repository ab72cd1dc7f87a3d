"""What a team is wanted for, and how relevant every actor is to it by what it says of itself and what it carried."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

import numpy as np
import orjson
from scipy import sparse

from graph_service.keys import Label, NodeKey, concept_key
from graph_service.model import EdgeType
from graph_service.projection import FloatArray, Projection
from matching.about import find_challenge
from matching.contract import Contribution
from matching.team_places import place_nearness
from matching.text import Vectors

TEXT, FIELD, GROUP, PLACE = "text", "field", "target-group", "place"
PARTS = {TEXT: 0.35, FIELD: 0.3, GROUP: 0.1, PLACE: 0.25}
"""How much of the relevance each part makes; what was not asked for gives its part to the others."""
FULL = 0.5
"""Texts that are so alike say the same."""


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


@dataclass(frozen=True, eq=False)
class Measured:
    """How much each actor has to do with a need, 0 to 1: a weighted sum of parts."""

    parts: Mapping[str, FloatArray]
    """Part → a number from 0 to 1 for every actor by position."""
    weights: Mapping[str, float]
    """Part → its weight; they sum to one."""
    count: int

    @cached_property
    def scores(self) -> FloatArray:
        """The sum, for all actors."""
        none = np.zeros(self.count)
        return sum((weight * self.parts[name] for name, weight in self.weights.items()), start=none)

    def reasons(self, actor: int) -> tuple[Contribution, ...]:
        """What an actor's score is the exact sum of."""
        found = []
        for name, weight in self.weights.items():
            part = float(self.parts[name][actor])
            found.append(Contribution(name, weight * part, None, round(part, 4), possible=weight))
        return tuple(found)


class Relevance(Protocol):
    """A way to tell how much each actor has to do with a need."""

    def measure(self, need: TeamNeed) -> Measured:
        """For all actors of the projection."""
        ...


@dataclass(frozen=True, eq=False)
class PlainRelevance:
    """Relevance by text, field, target group and place: works without any history."""

    projection: Projection

    @cached_property
    def topics(self) -> sparse.csr_array:
        """actors × concepts: fields and target groups."""
        found = self.projection.adjacency(EdgeType.IN_FIELD, Label.ACTOR, Label.CONCEPT)
        return sparse.csr_array(found + self.projection.adjacency(EdgeType.FOR_GROUP, Label.ACTOR, Label.CONCEPT))

    @cached_property
    def texts(self) -> tuple[Vectors, sparse.csr_array]:
        """What actors say of themselves, then what alliances were about; read when a need has words."""
        at, spans = self.projection.arrays, self.projection.spans
        return Vectors.fit(_told(at.properties[i]) for label in (Label.ACTOR, Label.ALLIANCE) for i in spans[label])

    @cached_property
    def carried(self) -> sparse.csr_array:
        """actors × alliances."""
        return self.projection.adjacency(EdgeType.MEMBER_OF, Label.ACTOR, Label.ALLIANCE)

    def alike(self, text: str) -> FloatArray:
        """How alike a text is to what each actor says of itself or to the nearest of its alliances, 0 to 1."""
        vectors, told = self.texts
        near = (told @ vectors.transform([text]).T).toarray()[:, 0].astype(np.float64)
        count = self.carried.shape[0]
        found, work = near[:count].copy(), near[count:]
        actor, alliance = self.carried.nonzero()
        np.maximum.at(found, actor, work[alliance])
        return np.asarray(np.minimum(found / FULL, 1))

    def measure(self, need: TeamNeed) -> Measured:
        """By the parts that were asked for."""
        parts = self._measured(need)
        return Measured(parts, _weights(parts), self.topics.shape[0])

    def _measured(self, need: TeamNeed) -> dict[str, FloatArray]:
        parts: dict[str, FloatArray] = {}
        described = [find_challenge(self.projection, each).described for each in need.challenges]
        if text := " ".join(filter(None, [need.text, *described])):
            parts[TEXT] = self.alike(text)
        for name, kind, ids in ((FIELD, "field", need.fields), (GROUP, "target_group", need.target_groups)):
            if ids:
                parts[name] = self._share([concept_key(kind, id) for id in ids])
        if need.municipality is not None:
            parts[PLACE] = place_nearness(self.projection, need.municipality)
        return parts

    def _share(self, wanted: list[NodeKey]) -> FloatArray:
        place, start = self.projection.arrays.keys.place, self.projection.spans[Label.CONCEPT].start
        columns = [place[key] - start for key in wanted if key in place]
        if not columns:
            return np.zeros(self.topics.shape[0])
        return np.asarray((self.topics[:, columns] > 0).sum(axis=1)) / len(wanted)


def _weights(parts: Iterable[str]) -> dict[str, float]:
    asked = {name: PARTS[name] for name in PARTS if name in parts}
    return {name: weight / sum(asked.values()) for name, weight in asked.items()}


def _told(properties: str) -> str:
    said = orjson.loads(properties)
    return f"{said.get('name') or ''} {said.get('description') or ''}"
