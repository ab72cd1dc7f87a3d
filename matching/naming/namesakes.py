"""Tells places of one name apart: by what they are, else by where they lie, else by when they ended."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from graph_service.keys import Label
from graph_service.model import Level
from graph_service.projection import LEVELS, Projection

CITIES: Final = frozenset({"kreisfreie-stadt", "stadtkreis"})
"""Kinds of towns that are their own district."""
TOWNS: Final = CITIES | {"kreisangehoerige-stadt", "grosse-kreisstadt"}
RURAL: Final = frozenset({"landkreis", "kreis", "regionalverband"})
"""Kinds of rural districts: the law gives them the same tasks under several names."""
_PEOPLE_MEAN = frozenset({LEVELS.index(Level.DISTRICT), LEVELS.index(Level.MUNICIPALITY), LEVELS.index(Level.BOROUGH)})
"""At which levels a place makes a name ambiguous: nobody who says Karlsruhe means its administrative region."""
_FIRST = (Level.DISTRICT, Level.MUNICIPALITY)
_STATE = LEVELS.index(Level.STATE)
_DISTRICT = LEVELS.index(Level.DISTRICT)
_BEHIND = re.compile(r"\s?\(|\s?/|\s(?:am|an|auf|bei|im|in|ob|vor|[vaibo]\.)(?:\s|(?<=\.))")
"""Where the part of a name begins that only tells places of one name apart."""
_IN_BRACKETS = re.compile(r"(.+) \(([^()]+)\)\Z")
_ENDED = re.compile(r'"valid_until":"(\d{4})')


def same_kinds(kind: str) -> frozenset[str]:
    """The kinds that do what this one does under other names, itself among them; none for no kind."""
    return next((each for each in (RURAL, CITIES) if kind in each), frozenset({kind} - {""}))


@dataclass(frozen=True, slots=True)
class Apart:
    """What tells a place from others of its name: one of the three is given."""

    kind: str = ""
    within: int = -1
    """The position of an area that it lies in, and none of the others."""
    until: str = ""
    """The year in which it ended."""


def short_name(name: str) -> str:
    """A name without the title that stands behind it: ``Kiel, Landeshauptstadt`` is Kiel.

    Brackets that say but the name again, in full or shortened, tell it from nothing: ``Oldenburg (Oldb)``.
    """
    name = name.partition(",")[0]
    if (found := _IN_BRACKETS.match(name)) and _repeats(found[1].casefold(), found[2].casefold()):
        return found[1]
    return name


def _repeats(name: str, said: str) -> bool:
    """Whether a word is a name or its abbreviation: begins as it does, with letters of it in their order."""
    letters = iter(name)
    return said[0] == name[0] and all(letter in letters for letter in said.rstrip("."))


def core_name(name: str) -> str:
    """A name without what only tells it from others: ``Esslingen am Neckar, Stadt`` is Esslingen."""
    return _BEHIND.split(name.partition(",")[0], maxsplit=1)[0]


def namesakes(projection: Projection) -> Mapping[int, Apart]:
    """The positions of all municipalities whose short name another one bears, too, and what tells each apart."""
    return projection.derived(_gather)


def _gather(projection: Projection) -> Mapping[int, Apart]:
    return dict(_Namesakes(projection).told_apart())


class _Namesakes:
    """Looks at all names of a projection once."""

    def __init__(self, projection: Projection) -> None:
        self._projection = projection
        self._table = projection.municipalities
        self._span = projection.spans[Label.MUNICIPALITY]
        above = self._table.parent[self._table.parent >= 0]
        self._parts = np.bincount(above, minlength=len(self._span))

    def told_apart(self) -> Iterator[tuple[int, Apart]]:
        names = self._projection.arrays.names
        named: dict[str, list[int]] = defaultdict(list)
        for position, place in enumerate(self._span):
            named[short_name(names[place])].append(position)
        yield from self._districts_like_towns()
        for positions in named.values():
            if len(positions) > 1 and len(places := self._places(positions)) > 1:
                yield from self._of_one_name(places)

    def _districts_like_towns(self) -> Iterator[tuple[int, Apart]]:
        """The rural districts that are called like a town, but for what its name adds: Esslingen, Waldshut."""
        towns, beginnings = set[str](), set[tuple[int, str]]()
        districts = []
        for position, place in enumerate(self._span):
            kind = self._kind(position)
            if kind not in TOWNS | RURAL or self._ended([position]):
                continue
            name = short_name(self._projection.arrays.names[place])
            core = core_name(name)
            if kind in TOWNS:
                towns.add(core)
                # a town of a double name carries that of its district only where it lies there
                beginnings.add((int(self._projection.district[position]), core.partition("-")[0]))
            elif int(self._table.level[position]) == _DISTRICT:
                # Neustadt a.d.Aisch-Bad Windsheim is no town's name
                districts.append((position, name if "-" in name[len(core) :] else core))
        for position, core in districts:
            if core in towns or (position, core) in beginnings:
                yield position, Apart(kind=self._kind(position))

    def _places(self, positions: Sequence[int]) -> list[list[int]]:
        """The positions by place: a city that is its own district and association is one, a district is no town."""
        places: dict[int, list[int]] = defaultdict(list)
        for position in positions:
            top = position
            for _ in LEVELS:  # so many steps lead up, more only round in a circle
                above = int(self._table.parent[top])
                if above not in positions or self._parts[above] != 1 or self._kind(above) in RURAL:
                    break
                top = above
            places[top].append(position)
        return [sorted(each, key=self._chief) for each in places.values()]

    def _chief(self, position: int) -> int:
        """What comes first of a place: it as a district, else as a municipality, last as its own association."""
        level = LEVELS[self._table.level[position]]
        return _FIRST.index(level) if level in _FIRST else len(_FIRST)

    def _of_one_name(self, places: Sequence[list[int]]) -> Iterator[tuple[int, Apart]]:
        ended = {id(place): self._ended(place) for place in places}
        meant = [each for each in places if not ended[id(each)] and self._levels(each) & _PEOPLE_MEAN]
        for place in places:
            apart = Apart(kind=self._kind(place[0]))
            if ended[id(place)]:
                apart = Apart(until=ended[id(place)])
            elif place in meant:
                apart = self._apart(place, [other for other in meant if other is not place])
            elif self._levels(place) == {_STATE}:
                continue
            if apart != Apart():
                yield from ((position, apart) for position in place)

    def _apart(self, place: Sequence[int], others: Sequence[Sequence[int]]) -> Apart:
        kind = self._sort(place)
        if not others:
            return Apart()
        rivals = [other for other in others if self._sort(other) == kind]
        if kind and not rivals:
            return Apart(kind=self._kind(place[0]))
        areas = [self._areas(each) for each in (place, *rivals)]
        for own, *others_own in zip(*areas, strict=True):
            if own >= 0 and own not in others_own:
                return Apart(within=own)
        return Apart(within=max(areas[0][0], areas[0][-1]))

    def _areas(self, place: Sequence[int]) -> tuple[int, int, int]:
        """The district, the association and the state that a place lies in; -1 for one that it is itself."""
        chief, table = place[0], self._table
        above = int(table.parent[chief])
        association = above if above >= 0 and LEVELS[table.level[above]] is Level.ASSOCIATION else -1
        areas = (int(self._projection.district[chief]), association, int(self._projection.state[chief]))
        first, second, third = (-1 if each in place else each for each in areas)
        return first, second, third

    def _sort(self, place: Sequence[int]) -> str:
        """What a place is, as far as people tell by it: a town or not."""
        kind = self._kind(place[0])
        return "town" if kind in TOWNS else "rural" if kind in RURAL else kind

    def _kind(self, position: int) -> str:
        kind = int(self._table.kind[position])
        return self._table.kinds[kind] if kind >= 0 else ""

    def _levels(self, place: Sequence[int]) -> set[int]:
        return {int(self._table.level[position]) for position in place}

    def _ended(self, place: Sequence[int]) -> str:
        found = _ENDED.search(self._projection.arrays.properties[self._span[place[0]]])
        return found[1] if found else ""
