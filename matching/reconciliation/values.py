"""What is known of an entity, property by property: to compare with a list that is reconciled, and to extend it."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from types import MappingProxyType

import numpy as np
import orjson

from graph_service.errors import InvalidValue
from graph_service.keys import Label, NodeKey, ags_from_ars, district_ags
from graph_service.model import EdgeType
from graph_service.projection import LEVELS, Projection
from graph_service.vocabulary import load_vocabulary
from matching.naming.municipalities import KINDS, bare, plain
from matching.naming.namesakes import same_kinds
from matching.naming.organisations import address

MUNICIPALITY, ACTOR, LEVEL = "municipality", "actor", "level."
INDICATOR = "indicator:"
"""Begins the property that is the latest value of an indicator."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A value that is an entity itself; ``name`` may be missing in a query."""

    id: str
    name: str = ""


Value = Entity | str | int | float | bool | date

TYPES: tuple[str, ...] = (MUNICIPALITY, *(LEVEL + level.value for level in LEVELS), ACTOR)
"""What an entity may be: a municipality, one of a certain level, an actor."""

PROPERTIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        MUNICIPALITY: (
            "code", "level", "kind", "parent", "district", "state", "population", "area_km2", "longitude", "latitude",
            "valid_from", "valid_until", "successor",
        ),
        ACTOR: ("kind", "place", "state", "serves", "field", "target_group", "languages", "url", "assured_on"),
    }
)  # fmt: skip
"""The properties of each kind of entity; those of indicators come from the store."""

COMPARED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        MUNICIPALITY: frozenset({"code", "level", "kind", "parent", "district", "state", "population"}),
        ACTOR: frozenset({"kind", "place", "state", "url"}),
    }
)
"""The properties by which candidates are told apart."""

_EDGES = {"serves": EdgeType.SERVES, "field": EdgeType.IN_FIELD, "target_group": EdgeType.FOR_GROUP}
_KINDS = {Label.MUNICIPALITY: "municipality_kind", Label.ACTOR: "actor_kind"}


class Knowledge:
    """Asks one projection; nothing is computed before it is asked for."""

    def __init__(self, projection: Projection) -> None:
        """Keep the projection."""
        self.projection = projection

    # --- what is known ---

    def values(self, key: NodeKey, name: str) -> tuple[Value, ...]:
        """The values of a property, none where nothing is known (or the entity has no such property)."""
        if name.startswith(INDICATOR):
            return self._latest(key, name.removeprefix(INDICATOR))
        if key.label is Label.MUNICIPALITY and name in PROPERTIES[MUNICIPALITY]:
            return self._of_municipality(key, name)
        if key.label is Label.ACTOR and name in PROPERTIES[ACTOR]:
            return self._of_actor(key, name)
        return ()

    def _of_municipality(self, key: NodeKey, name: str) -> tuple[Value, ...]:
        position = self.projection.position(key)
        match name:
            case "code":
                return (key.local,)
            case "parent":
                return self._areas(int(self.projection.municipalities.parent[position]), position)
            case "district":
                return self._areas(int(self.projection.district[position]), position)
            case "state":
                return self._areas(int(self.projection.state[position]), position)
            case "population" | "area_km2" | "longitude" | "latitude":
                value = float(getattr(self.projection.municipalities, name)[position])
                return () if math.isnan(value) else (int(value) if name == "population" else value,)
            case "successor":
                return tuple(self._area(each) for each in self.successors.get(position, ()))
        return self._said(key, name)

    def _of_actor(self, key: NodeKey, name: str) -> tuple[Value, ...]:
        match name:
            case "place":
                return tuple(self._area(each) for each in self.places(key))
            case "state":
                states = dict.fromkeys(int(self.projection.state[each]) for each in self.places(key))
                return tuple(self._area(each) for each in states if each >= 0)
            case "serves" | "field" | "target_group":
                return tuple(self._others(key, _EDGES[name]))
        return self._said(key, name)

    def _said(self, key: NodeKey, name: str) -> tuple[Value, ...]:
        """What stands in the record itself."""
        place = self.projection.spans[key.label].start + self.projection.position(key)
        value = orjson.loads(self.projection.arrays.properties[place]).get(name)
        if value is None:
            return ()
        if isinstance(value, list):
            return tuple(value)
        if name in ("valid_from", "valid_until", "assured_on"):
            return (date.fromisoformat(value),)
        return (value,)

    def _latest(self, key: NodeKey, indicator: str) -> tuple[Value, ...]:
        known = f"indicator:{indicator}"
        if key.label is not Label.MUNICIPALITY or known not in self.projection.arrays.keys.place:
            return ()
        observed, town = self.projection.observations, self.projection.position(key)
        first, last = np.searchsorted(observed.municipality, (town, town + 1))
        mine = slice(int(first), int(last))
        chosen = observed.indicator[mine] == self.projection.position(NodeKey.trusted(known))
        values = observed.value[mine][chosen]
        there = values[~np.isnan(values)]
        return (float(there[-1]),) if len(there) else ()

    def _area(self, position: int) -> Entity:
        key = self.projection.key(Label.MUNICIPALITY, position)
        return Entity(str(key), self.projection.name(Label.MUNICIPALITY, position))

    def _areas(self, position: int, own: int) -> tuple[Value, ...]:
        return (self._area(position),) if position >= 0 and position != own else ()

    def _others(self, key: NodeKey, type: EdgeType) -> Iterator[Entity]:
        place = self.projection.spans[key.label].start + self.projection.position(key)
        edges = self.projection.edges(type)
        for other in sorted(edges.target[edges.source == place].tolist()):
            arrays = self.projection.arrays
            yield Entity(arrays.keys[other], arrays.names[other])

    @cached_property
    def successors(self) -> Mapping[int, tuple[int, ...]]:
        """What each abolished municipality has become, by position."""
        edges, start = self.projection.edges(EdgeType.SUCCEEDED_BY), self.projection.spans[Label.MUNICIPALITY].start
        found: dict[int, list[int]] = {}
        for source, target in zip((edges.source - start).tolist(), (edges.target - start).tolist(), strict=True):
            found.setdefault(source, []).append(target)
        return {source: tuple(dict.fromkeys(sorted(targets))) for source, targets in found.items()}

    @cached_property
    def _located(self) -> Mapping[int, tuple[int, ...]]:
        edges, start = self.projection.edges(EdgeType.LOCATED_IN), self.projection.spans[Label.MUNICIPALITY].start
        found: dict[int, list[int]] = {}
        for source, target in zip(edges.source.tolist(), (edges.target - start).tolist(), strict=True):
            found.setdefault(source, []).append(target)
        return {source: tuple(sorted(targets)) for source, targets in found.items()}

    def places(self, key: NodeKey) -> tuple[int, ...]:
        """The positions of the municipalities where an actor sits."""
        place = self.projection.spans[key.label].start + self.projection.position(key)
        return self._located.get(place, ())

    def above(self, position: int) -> Iterator[int]:
        """The areas in which a municipality lies, the nearest first."""
        for _ in LEVELS:
            position = int(self.projection.municipalities.parent[position])
            if position < 0:
                return
            yield position

    # --- how well it fits what a list says ---

    def fit(self, key: NodeKey, name: str, value: Value) -> float | None:
        """How well a value of somebody's list fits, from 0 to 1; None where nothing is known here."""
        if name in ("parent", "district", "state", "place"):
            return self._fit_area(key, name, value)
        known = self.values(key, name)
        if not known:
            return None
        compare = self._comparisons.get(name)
        return max(compare(key, each, value) for each in known) if compare else None

    @cached_property
    def _comparisons(self) -> Mapping[str, Callable[[NodeKey, Value, Value], float]]:
        return {
            "code": lambda _, known, said: float(str(known) in codes(_text(said))),
            "level": lambda _, known, said: _same_term("level", str(known), said),
            "kind": lambda key, known, said: _same_term(_KINDS[key.label], str(known), said),
            "population": lambda _, known, said: _near(known, said),
            "url": lambda _, known, said: float(address(str(known)) == address(_text(said)) != ""),
        }

    def _fit_area(self, key: NodeKey, name: str, value: Value) -> float | None:
        """An area is named by code, key or name; every one above counts, for lists seldom say which level they mean."""
        if key.label is Label.ACTOR:
            places = self.places(key)
            areas = [area for place in places for area in (place, *self.above(place))]
        else:
            areas = list(self.above(self.projection.position(key)))
        if name == "state":
            areas = [area for area in areas if self.projection.state[area] == area]
        if not areas:
            return None
        return float(any(self._is_called(area, value) for area in areas))

    def _is_called(self, area: int, value: Value) -> bool:
        key, name = self.projection.key(Label.MUNICIPALITY, area), self.projection.name(Label.MUNICIPALITY, area)
        text = _text(value)
        if text == key or key.local in codes(text):
            return True
        wanted = bare(value.name if isinstance(value, Entity) and value.name else text)[0]
        return wanted != "" and wanted in (plain(name), bare(name)[0], bare(name.partition(",")[0])[0])


def codes(text: str) -> set[str]:
    """The official codes that a text may be: as it stands, without its prefix, from a regional key, a district's."""
    wanted = text.strip().removeprefix(f"{MUNICIPALITY}:").replace(" ", "")
    found = {wanted} if wanted else set()
    for read in (district_ags, ags_from_ars):
        try:
            found.add(read(wanted))
        except InvalidValue:
            continue
    return found


def _text(value: Value) -> str:
    return value.id if isinstance(value, Entity) else str(value)


def _same_term(kind: str, known: str, value: Value) -> float:
    said = _text(value).strip()
    place = kind == _KINDS[Label.MUNICIPALITY]
    kinds = same_kinds(known) if place and known else {known}  # lists call any rural district Kreis or Landkreis
    terms = [term for each in kinds if (term := load_vocabulary().find(kind, each))]
    called = {*kinds, *(term.label(language) for term in terms for language in ("de", "en"))}
    named = said.casefold() in {each.casefold() for each in called}
    return float(named or (place and known in KINDS.get(plain(said), ())))


def _near(known: Value, said: Value) -> float:
    """Numbers of people change from year to year: equal is 1, double or half is 0."""
    try:
        one, other = float(str(known)), float(_text(said))
    except ValueError:
        return 0.0
    if one <= 0 or other <= 0 or not math.isfinite(other):
        return float(one == other)
    return max(0.0, 1 - abs(math.log2(one / other)))
