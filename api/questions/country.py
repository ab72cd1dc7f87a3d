"""What is recorded of the country: its states, their districts, and of which type each district is."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType, Level
from graph_service.projection import LEVELS, Projection
from matching.naming.municipalities import plain

TYPES = tuple(f"bbsr-kreistyp-{n}" for n in (1, 2, 3, 4))
"""The types of districts by settlement structure, densest first; terms of ``municipality_type``."""


@dataclass(frozen=True, slots=True)
class District:
    """A district and its type, "" where none is recorded."""

    key: NodeKey
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class State:
    """A federal state with its districts; ``population`` is NaN where unknown."""

    key: NodeKey
    name: str
    population: float
    municipalities: int
    districts: tuple[District, ...]


@dataclass(frozen=True, slots=True)
class Country:
    """All states by name; districts of no known state are under none."""

    states: tuple[State, ...]
    types: Mapping[str, int]
    """How many districts there are of each type that occurs."""
    counted_on: date | None = None
    """The day of which the states' inhabitants are; None where it is not known or not one day."""

    @property
    def districts(self) -> tuple[District, ...]:
        """All districts of all states."""
        return tuple(district for state in self.states for district in state.districts)


def country(projection: Projection) -> Country:
    """Gather what is recorded."""
    table = projection.municipalities
    level = np.asarray(table.level)
    types = _types(projection)
    towns = table.are_towns()
    inside = np.asarray(projection.state)
    states = []
    for at in np.flatnonzero(level == LEVELS.index(Level.STATE)).tolist():
        own = inside == at
        districts = np.flatnonzero(own & (level == LEVELS.index(Level.DISTRICT))).tolist()
        states.append(
            State(
                projection.key(Label.MUNICIPALITY, at),
                projection.name(Label.MUNICIPALITY, at),
                float(table.population[at]),
                int((own & towns).sum()),
                tuple(sorted((_district(projection, p, types) for p in districts), key=lambda each: plain(each.name))),
            )
        )
    states.sort(key=lambda each: plain(each.name))
    counted = Counter(district.type for state in states for district in state.districts)
    days = {getattr(projection.node(state.key), "population_date", None) for state in states}
    return Country(
        tuple(states),
        {type: counted[type] for type in TYPES if counted[type]},
        days.pop() if len(days) == 1 else None,
    )


def _district(projection: Projection, at: int, types: Mapping[int, str]) -> District:
    return District(
        projection.key(Label.MUNICIPALITY, at),
        projection.name(Label.MUNICIPALITY, at),
        types.get(at, ""),
    )


def _types(projection: Projection) -> dict[int, str]:
    """The type of each district that has one, by position."""
    place = projection.arrays.keys.place
    concepts = {place[key]: type for type in TYPES if (key := f"concept:municipality_type.{type}") in place}
    edges, start = projection.edges(EdgeType.OF_TYPE), projection.spans[Label.MUNICIPALITY].start
    return {
        int(source) - start: concepts[int(target)]
        for source, target in zip(edges.source, edges.target, strict=True)
        if int(target) in concepts
    }
