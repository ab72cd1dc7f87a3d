"""Matches the names in somebody's list with municipalities and actors: the core of the Reconciliation Service API 0.2.

Pure functions of a projection; HTTP, JSON and words are elsewhere. A candidate is a match only where nothing else could
be meant.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph_service.keys import Label, NodeKey
from graph_service.model import Level
from graph_service.projection import LEVELS, Projection
from matching.naming.municipalities import KINDS, bare, plain
from matching.reconciliation.hits import Finder, Hit, Query, Wanted, letters
from matching.reconciliation.names import SHORTENED
from matching.reconciliation.values import ACTOR, COMPARED, LEVEL, MUNICIPALITY, PROPERTIES, TYPES, Knowledge, Value

MOST = 100
"""Candidates that one query may have."""
NAME, CODE, KIND, FORMER = "name", "code", "kind_word", "former_name"
"""Features beside those of properties, which are called as these are."""
_PROPERTY_WEIGHT = 0.5
_UNKNOWN = 0.5
"""What a property counts where nothing is known of the candidate."""
_OTHER_KIND, _BECAME = 0.85, 0.99
_ONE_PLACE = frozenset({"kreisfreie-stadt", "stadtkreis", "stadtstaat", "verbandsfreie-gemeinde"})
"""Kinds of areas that are one town on several levels."""
_LEVELS = (Level.DISTRICT, Level.MUNICIPALITY, Level.STATE, Level.ASSOCIATION, Level.REGION, Level.BOROUGH)
"""Which level of one town is meant where nobody says."""


@dataclass(frozen=True, slots=True)
class Feature:
    """A number (0 to 1) or a truth from which the score is made."""

    id: str
    value: float | bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that may be meant. ``score`` goes to 100; ``within`` are the areas it lies in, the nearest first."""

    key: NodeKey
    name: str
    types: tuple[str, ...]
    score: float
    match: bool
    features: tuple[Feature, ...]
    within: tuple[str, ...] = ()


class Reconciler:
    """Answers for one projection; what it learned of the names is kept."""

    def __init__(self, projection: Projection) -> None:
        """Nothing is computed yet."""
        self.knowledge = Knowledge(projection)
        self.finder = Finder(projection, self.knowledge)
        self.projection = projection

    def answer(self, queries: Mapping[str, Query]) -> dict[str, tuple[Candidate, ...]]:
        """The candidates of each query, best first; every query is answered for itself."""
        hits: dict[str, list[Hit]] = {id: [] for id in queries}
        for label in (Label.MUNICIPALITY, Label.ACTOR):
            asked = {id: query for id, query in queries.items() if label in _labels(query.types)}
            for id, found in self.finder.found(label, asked).items():
                hits[id] += found
        return {id: self._judged(query, hits[id]) for id, query in queries.items()}

    # --- how well they fit ---

    def _judged(self, query: Query, hits: Iterable[Hit]) -> tuple[Candidate, ...]:
        best: dict[tuple[Label, int], Hit] = {}
        for hit in sorted(hits, key=lambda h: (h.former, -h.likeness)):
            if self._has_type(hit, query.types):
                best.setdefault((hit.label, hit.position), hit)
        scored = [(hit, *self._scored(query, hit)) for hit in best.values()]
        scored.sort(key=lambda each: (-each[1], self._key(each[0])))
        certain = self._certain(query, [hit for hit, _, features in scored if _nothing_against(query, hit, features)])
        top = scored[0][1] if scored else 0.0
        scored.sort(key=lambda each: each[0] != certain)
        return tuple(
            self._candidate(hit, max(score, top) if hit == certain else score, features, match=hit == certain)
            for hit, score, features in scored[: min(query.limit, MOST)]
        )

    def _scored(self, query: Query, hit: Hit) -> tuple[float, tuple[Feature, ...]]:
        features = [Feature(NAME, round(hit.likeness, 4))]
        likeness = hit.likeness
        if hit.code:
            features.append(Feature(CODE, True))
        fits = self._kind_fits(query.text, hit)
        if fits is not None:
            features.append(Feature(KIND, fits))
            likeness *= 1.0 if fits else _OTHER_KIND
        if hit.former:
            features.append(Feature(FORMER, True))
            likeness *= _BECAME
        weight, total = 1.0, likeness
        for wanted in query.properties:
            fit = self._fit(hit, wanted)
            if fit is not None:
                features.append(Feature(wanted.property, round(fit, 4)))
            weight += _PROPERTY_WEIGHT
            total += _PROPERTY_WEIGHT * (_UNKNOWN if fit is None else fit)
        return round(100 * total / weight, 4), tuple(features)

    def _fit(self, hit: Hit, wanted: Wanted) -> float | None:
        if wanted.property not in COMPARED[_root(hit.label)]:
            return None
        fits = [self.knowledge.fit(self._key(hit), wanted.property, value) for value in wanted.values]
        return max((fit for fit in fits if fit is not None), default=None)

    def _kind_fits(self, text: str, hit: Hit) -> bool | None:
        """Whether official words of the text ("Kreis", "Stadt") fit; None where it has none, or no kind is known."""
        if hit.label is not Label.MUNICIPALITY or hit.code:
            return None
        words = [word for word in bare(text)[1] if word in KINDS]
        own = bare(self.projection.name(Label.MUNICIPALITY, hit.position))[1]
        kind = self._kind(hit.position)
        if not words or (not kind and not own):
            return None
        return all(kind in KINDS[word] or word in own for word in words)

    def _certain(self, query: Query, left: Sequence[Hit]) -> Hit | None:
        """The only one of those against which nothing speaks; of one town on several levels the level that is meant."""
        if any(not hit.former for hit in left):
            left = [hit for hit in left if not hit.former]
        if len(left) > 1:
            spelled = [hit for hit in left if letters(query.text) in self._name(hit).lower()]
            left = spelled or left
        if len(left) > 1 and self._one_place(left):
            left = sorted(left, key=lambda hit: _LEVELS.index(self._level(hit.position) or Level.BOROUGH))[:1]
        return left[0] if len(left) == 1 else None

    def _one_place(self, hits: Sequence[Hit]) -> bool:
        """Whether these are one town: each lies in the next, and the upper ones are towns or states of one."""
        if any(hit.label is not Label.MUNICIPALITY for hit in hits):
            return False
        positions = {hit.position for hit in hits}
        lowest = max(positions, key=lambda p: (len(list(self.knowledge.above(p))), -p))
        chain = {lowest, *self.knowledge.above(lowest)}
        return positions <= chain and all(self._is_one_town(position) for position in positions - {lowest})

    def _is_one_town(self, position: int) -> bool:
        """A town by its kind, or a state that is a single district."""
        if self._level(position) is Level.STATE:
            districts = self.projection.municipalities.level == LEVELS.index(Level.DISTRICT)
            return int((districts & (self.projection.state == position)).sum()) == 1
        return self._kind(position) in _ONE_PLACE

    # --- what they are ---

    def _candidate(self, hit: Hit, score: float, features: tuple[Feature, ...], *, match: bool) -> Candidate:
        key = self._key(hit)
        areas = self.knowledge.places(key) if hit.label is Label.ACTOR else (hit.position,)
        within = [
            *(areas if hit.label is Label.ACTOR else ()),
            *(a for p in areas[:1] for a in self.knowledge.above(p)),
        ]
        names = tuple(dict.fromkeys(self.projection.name(Label.MUNICIPALITY, area) for area in within))
        return Candidate(key, self._name(hit), self.types(key), score, match, features, names)

    def types(self, key: NodeKey) -> tuple[str, ...]:
        """The types of an entity, the general one first."""
        if key.label is not Label.MUNICIPALITY:
            return (_root(key.label),)
        level = self._level(self.projection.position(key))
        return (MUNICIPALITY,) if level is None else (MUNICIPALITY, LEVEL + level.value)

    def _has_type(self, hit: Hit, types: Sequence[str]) -> bool:
        return not types or bool(set(types) & set(self.types(self._key(hit))))

    def _key(self, hit: Hit) -> NodeKey:
        return self.projection.key(hit.label, hit.position)

    def _name(self, hit: Hit) -> str:
        return self.projection.name(hit.label, hit.position)

    def _level(self, position: int) -> Level | None:
        level = int(self.projection.municipalities.level[position])
        return LEVELS[level] if level >= 0 else None

    def _kind(self, position: int) -> str:
        table = self.projection.municipalities
        return table.kinds[int(table.kind[position])] if table.kind[position] >= 0 else ""

    # --- suggestions and extension ---

    def suggest(self, prefix: str, types: Sequence[str] = (), skip: int = 0, limit: int = 10) -> tuple[Candidate, ...]:
        """Entities whose name begins so (or that have this key or code), then those written nearly so."""
        text = prefix.strip()
        if not text:
            return ()
        best = self.answer({"": Query(text, tuple(types), MOST)})[""]
        exact = [
            each for each in best if any(f.id == CODE for f in each.features) or each.features[0].value >= SHORTENED
        ]
        beginning = self._beginning(text, types, skip + limit + len(exact))
        ordered = {each.key: each for each in (*exact, *beginning, *best)}
        return tuple(ordered.values())[skip : skip + limit]

    def _beginning(self, text: str, types: Sequence[str], most: int) -> Iterator[Candidate]:
        for label in _labels(types):
            form, count = plain(text), 0
            for position in self.finder.names[label].beginning(form) if form else ():
                hit = Hit(label, position, SHORTENED, sure=False)
                if self._has_type(hit, types):
                    yield self._candidate(hit, 100 * SHORTENED, (Feature(NAME, SHORTENED),), match=False)
                    count += 1
                    if count >= most:
                        break

    def extend(self, ids: Sequence[str], properties: Sequence[str]) -> dict[str, dict[str, tuple[Value, ...]]]:
        """The values of properties for each id; an id that nobody knows has none."""
        known = self.projection.arrays.keys.place
        return {
            id: {name: self.knowledge.values(NodeKey.trusted(id), name) if id in known else () for name in properties}
            for id in ids
        }

    def properties(self, type: str = "") -> tuple[str, ...]:
        """The properties that entities of a type have; indicators of the store belong to municipalities."""
        roots = (
            [MUNICIPALITY] if type.startswith((MUNICIPALITY, LEVEL)) else [ACTOR] if type == ACTOR else [*PROPERTIES]
        )
        found = [name for root in roots for name in PROPERTIES[root]]
        if MUNICIPALITY in roots:
            found += [str(indicator.key) for indicator in self.projection.indicators]
        return tuple(dict.fromkeys(found))


def _labels(types: Sequence[str]) -> tuple[Label, ...]:
    """The kinds of entities that types speak of; a type that nobody knows is one that nothing has."""
    if not types:
        return (Label.MUNICIPALITY, Label.ACTOR)
    towns = any(type in TYPES and type != ACTOR for type in types)
    return (*((Label.MUNICIPALITY,) if towns else ()), *((Label.ACTOR,) if ACTOR in types else ()))


def _root(label: Label) -> str:
    return ACTOR if label is Label.ACTOR else MUNICIPALITY


def _nothing_against(query: Query, hit: Hit, features: Sequence[Feature]) -> bool:
    """Whether a candidate may be meant for certain: by its name, or by a part of it that a property confirms."""
    if any(feature.value is False or feature.value == 0 for feature in features):
        return False
    asked = {wanted.property for wanted in query.properties}
    return hit.sure or (hit.exact and any(feature.id in asked and feature.value == 1 for feature in features))
