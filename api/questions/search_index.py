"""Names of one projection prepared for searching: it ranks what it finds and knows why, not how that is said."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import numpy as np
import orjson
from rapidfuzz import fuzz, process

from api.questions.search_texts import Descriptions
from api.questions.searched import SEARCHED, SURENESS, Hit, How, SearchAsked, SearchFound
from graph_service.errors import InvalidValue
from graph_service.keys import Label, NodeKey, ags_from_ars, district_ags
from graph_service.model import EdgeType, Level
from graph_service.projection import LEVELS, Projection
from matching.naming.municipalities import KINDS, bare, names_of, plain

CONCEPTS = frozenset({"challenge", "field"})
"""The kinds of terms that people look for."""
LEAST_ALIKE = 78.0
"""How alike (of 100) a word must be to one that is known, to be taken for a misspelling of it."""
_ORDER = (Level.DISTRICT, Level.MUNICIPALITY, Level.STATE, Level.ASSOCIATION, Level.REGION, Level.BOROUGH)


class SearchIndex:
    """The names and texts of one projection, prepared for asking often."""

    def __init__(self, projection: Projection) -> None:
        """Gather every name that can be found."""
        self.projection = projection
        self._names: dict[str, list[int]] = defaultdict(list)
        start = projection.spans[Label.MUNICIPALITY].start
        for form, positions in names_of(projection).places.items():
            self._names[form] = [start + position for position in positions]
        for node in self._nodes():
            for form in _forms(projection.arrays.names[node]):
                self._names[form].append(node)
        self._forms = [*self._names]
        starts = sorted((form[at:], i) for i, form in enumerate(self._forms) for at in _word_starts(form))
        self._starts = [text for text, _ in starts]
        self._form_of = [i for _, i in starts]
        self._words = sorted({word for form in self._forms for word in form.split()})

    @cached_property
    def _descriptions(self) -> Descriptions:
        return Descriptions(self.projection)

    def _nodes(self) -> Iterator[int]:
        """Everything but municipalities, whose names are gathered already."""
        for label in SEARCHED[1:]:
            for node in self.projection.spans[label]:
                if label is not Label.CONCEPT or _concept_kind(self.projection, node) in CONCEPTS:
                    yield node

    def find(self, asked: SearchAsked) -> SearchFound:
        """The best hits, surest first; each place and record once."""
        text = asked.text.strip()
        if not plain(text):
            return SearchFound(asked.text, ())
        found: dict[int, tuple[float, How]] = {}
        for node, how, lift in self._found(text, asked.texts):
            score = SURENESS[how] * lift
            if score > found.get(node, (0.0, how))[0] and self._label(node) in asked.labels:
                found[node] = (score, how)
        names = self.projection.arrays.names
        ranked = sorted(found, key=lambda node: (-_surely(*found[node]), *self._rank(node), names[node]))
        told, more = self._told(ranked, asked)
        return SearchFound(asked.text, tuple(self._hit(node, *found[node]) for node in told), more)

    def _told(self, ranked: Sequence[int], asked: SearchAsked) -> tuple[list[int], tuple[Label, ...]]:
        """As many as are wanted, in all and of each kind; and the kinds of which there are more."""
        by_label: dict[Label, int] = defaultdict(int)
        told: list[int] = []
        more: dict[Label, None] = {}
        # what is one place stands close together, so a few more than are wanted are looked at
        for node in _once(self.projection, ranked[: 20 * asked.limit]):
            label = self._label(node)
            by_label[label] += 1
            if len(told) < asked.limit and by_label[label] <= asked.most_each:
                told.append(node)
            else:
                more[label] = None
        return told, tuple(more)

    def _found(self, text: str, texts: bool) -> Iterator[tuple[int, How, float]]:
        form, official = bare(text)
        named = [(node, How.CODE, 1.0) for node in _by_code(self.projection, text)]
        named += self._named(plain(text))
        if official and form:
            named += self._of_kind(self._named(form), official)
        named = named or [*self._misspelt(form or plain(text))]
        yield from named
        if texts or not named:
            for node, alike in self._descriptions.find(text):
                yield node, How.TEXT, min(1.0, 0.5 + alike / 2)

    def _named(self, form: str) -> Iterator[tuple[int, How, float]]:
        """What bears every word of a form, or words that begin so."""
        tokens = form.split()
        if len(form) < 2:  # one letter begins half of all names
            yield from ((node, How.NAME, 1.0) for node in self._names.get(form, ()))
            return
        fitting = set.intersection(*(self._begun(token) for token in tokens))
        for i in fitting:
            known = self._forms[i]
            how = How.NAME if known == form else How.BEGINNING if known.startswith(form) else How.WORDS
            # among names that begin alike the shorter one is nearer to what was typed
            lift = 1 - 0.01 * (1 - len(form) / len(known)) if len(known) > len(form) else 1.0
            for node in self._names[known]:
                yield node, how, lift

    def _begun(self, token: str) -> set[int]:
        """The forms that have a word which begins so."""
        first = bisect_left(self._starts, token)
        return set(self._form_of[first : bisect_left(self._starts, token + "\U0010ffff")])

    def _of_kind(
        self, named: Iterable[tuple[int, How, float]], official: Sequence[str]
    ) -> Iterator[tuple[int, How, float]]:
        """With an official word before the name (Kreis Esslingen): those of that kind."""
        kinds = frozenset().union(*(KINDS.get(word, frozenset()) for word in official))
        for node, how, lift in named:
            own = self._municipal_kind(node)
            if own in kinds or not kinds:
                yield node, how, lift
            elif own:
                yield node, How.WORDS if how is How.NAME else how, lift * 0.9

    def _misspelt(self, form: str) -> Iterator[tuple[int, How, float]]:
        """Names that are written nearly so, as a whole or word for word."""
        near = process.extract(form, self._forms, scorer=fuzz.ratio, limit=12, score_cutoff=LEAST_ALIKE)
        for known, alike, _ in near:
            for node in self._names[known]:
                yield node, How.SPELLING, alike / 100
        mended, worst = [], 100.0
        for token in form.split():
            if len(token) < 4 or self._begun(token):
                mended.append(token)
                continue
            nearest = process.extractOne(token, self._words, scorer=fuzz.ratio, score_cutoff=LEAST_ALIKE)
            if nearest is None:
                return
            mended.append(nearest[0])
            worst = min(worst, nearest[1])
        if worst < 100:
            for node, _, lift in self._named(" ".join(mended)):
                yield node, How.SPELLING, lift * worst / 100

    def _label(self, node: int) -> Label:
        return NodeKey.trusted(self.projection.arrays.keys[node]).label

    def _municipal_kind(self, node: int) -> str:
        table, span = self.projection.municipalities, self.projection.spans[Label.MUNICIPALITY]
        if node not in span:
            return ""
        code = int(table.kind[node - span.start])
        return table.kinds[code] if code >= 0 else ""

    def _rank(self, node: int) -> tuple[int, int, float]:
        """Among equally sure ones: by kind of record, districts before towns, larger before smaller."""
        label = self._label(node)
        if label is not Label.MUNICIPALITY:
            return SEARCHED.index(label), 0, 0.0
        table, at = self.projection.municipalities, node - self.projection.spans[label].start
        level = int(table.level[at])
        order = _ORDER.index(LEVELS[level]) if level >= 0 and LEVELS[level] in _ORDER else len(_ORDER)
        return 0, order, -float(np.nan_to_num(table.population[at]))

    def _hit(self, node: int, score: float, how: How) -> Hit:
        projection = self.projection
        key = NodeKey.trusted(projection.arrays.keys[node])
        name = projection.arrays.names[node]
        if key.label is Label.CONCEPT:
            return Hit(key, name, score, how, kind=_concept_kind(projection, node))
        if key.label is not Label.MUNICIPALITY:
            return Hit(key, name, score, how, within=_places_of(projection, node))
        at = node - projection.spans[Label.MUNICIPALITY].start
        level = int(projection.municipalities.level[at])
        until, now = _ended(projection, node)
        return Hit(
            key,
            name,
            score,
            how,
            kind=self._municipal_kind(node),
            level=LEVELS[level] if level >= 0 else None,
            within=_around(projection, at),
            until=until,
            now=None if now is None else NodeKey.trusted(projection.arrays.keys[now]),
            now_name="" if now is None else projection.arrays.names[now],
        )


def _surely(score: float, how: How) -> float:
    """Names that fit are equally sure, whatever their length; how alike others are is told by the score."""
    return score if how in (How.SPELLING, How.TEXT) else SURENESS[how]


def _forms(name: str) -> set[str]:
    """The plain forms under which a name is found; without the dots of umlauts, too."""
    written = {name} if name.isascii() else {name, name.translate(str.maketrans("äöüÄÖÜ", "aouAOU"))}
    return {plain(each) for each in written} - {""}


def _word_starts(form: str) -> Iterator[int]:
    return (match.start() for match in re.finditer(r"\S+", form))


def _by_code(projection: Projection, text: str) -> list[int]:
    """The municipality with this official code or key."""
    readings = [text, f"municipality:{text}"]
    for reading in (district_ags, ags_from_ars):
        try:
            readings.append(f"municipality:{reading(text)}")
        except InvalidValue:
            continue
    place = projection.arrays.keys.place
    return [node for each in dict.fromkeys(readings) if (node := place.get(each)) is not None]


def _concept_kind(projection: Projection, node: int) -> str:
    return projection.arrays.keys[node].partition(":")[2].partition(".")[0]


def _places_of(projection: Projection, node: int) -> tuple[str, ...]:
    """Where a record is, if it says so."""
    edges = projection.edges(EdgeType.LOCATED_IN)
    first = bisect_left(edges.source, node)
    if first == len(edges.source) or edges.source[first] != node:
        return ()
    return (projection.arrays.names[int(edges.target[first])],)


def _around(projection: Projection, at: int) -> tuple[str, ...]:
    """The district and state around a municipality, without itself."""
    around = dict.fromkeys(int(p) for p in (projection.district[at], projection.state[at]) if p >= 0 and p != at)
    own = projection.name(Label.MUNICIPALITY, at)
    names = [projection.name(Label.MUNICIPALITY, p) for p in around]
    return tuple(name for name in dict.fromkeys(names) if name != own)


def _ended(projection: Projection, node: int) -> tuple[str, int | None]:
    """When a municipality ended and what it belongs to since; nothing for one that is still there."""
    until = orjson.loads(projection.arrays.properties[node]).get("valid_until")
    if not until:
        return "", None
    edges = projection.edges(EdgeType.SUCCEEDED_BY)
    later = edges.target[edges.source == node]
    return str(until), int(later[0]) if len(later) else None


def _once(projection: Projection, nodes: Sequence[int]) -> list[int]:
    """Each area once: a city that is also a district, an association or a state is one place."""
    span, table = projection.spans[Label.MUNICIPALITY], projection.municipalities
    kept: list[int] = []
    seen: dict[int, int] = {}
    for node in nodes:
        if node not in span:
            kept.append(node)
            continue
        top = at = node - span.start
        for _ in LEVELS:  # so many steps lead up, more only round in a circle
            parent = int(table.parent[top])
            if parent < 0 or not _same_area(projection, top, parent):
                break
            top = parent
        before = seen.get(top)
        if before is None:
            seen[top] = len(kept)
            kept.append(node)
        elif _depth_first(projection, at) < _depth_first(projection, kept[before] - span.start):
            kept[before] = node
    return kept


def _same_area(projection: Projection, one: int, other: int) -> bool:
    """Whether two areas of which one lies in the other are the same, as far as is known."""
    table = projection.municipalities
    areas = table.area_km2[[one, other]]
    return bool((areas[0] == areas[1] or np.isnan(areas).all()) and table.population[one] == table.population[other])


def _depth_first(projection: Projection, at: int) -> int:
    level = LEVELS[int(projection.municipalities.level[at])]
    return _ORDER.index(level) if level in _ORDER else len(_ORDER)
