"""Finds whom a text may mean: by key, official code, name as it is written, or a name written nearly so."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from graph_service.errors import InvalidValue
from graph_service.keys import Label, NodeKey
from graph_service.projection import Projection
from matching.naming.municipalities import bare, plain
from matching.naming.organisations import read_name
from matching.reconciliation.names import SAME, WITHOUT_WORDS, NameIndex, without_small_words
from matching.reconciliation.values import MUNICIPALITY, Entity, Knowledge, Value, codes

_ABOLISHED, _OTHER_LETTERS = 0.9, 0.995


@dataclass(frozen=True, slots=True)
class Wanted:
    """A property with the values that a list gives it; one of them suffices."""

    property: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A question about one row of a list. Raises InvalidValue where it asks for nothing."""

    text: str = ""
    types: tuple[str, ...] = ()
    limit: int = 10
    properties: tuple[Wanted, ...] = ()

    def __post_init__(self) -> None:
        if not self.text.strip() and not self.properties:
            raise InvalidValue("a query or at least one property", self.text)
        if self.limit < 1:
            raise InvalidValue("a limit from 1 on", self.limit)


@dataclass(frozen=True, slots=True)
class Hit:
    """A node that a name led to; ``exact``: by one of its forms, ``sure``: by one that says enough."""

    label: Label
    position: int
    likeness: float
    sure: bool
    exact: bool = False
    former: bool = False
    code: bool = False


class Finder:
    """Finds in one projection; what it learned of the names is kept."""

    def __init__(self, projection: Projection, knowledge: Knowledge) -> None:
        """Nothing is computed yet."""
        self._projection = projection
        self._knowledge = knowledge

    @cached_property
    def names(self) -> Mapping[Label, NameIndex]:
        """The names of each kind of entity."""
        return {
            Label.MUNICIPALITY: NameIndex.of_municipalities(self._projection),
            Label.ACTOR: NameIndex.of_actors(self._projection),
        }

    def found(self, label: Label, queries: Mapping[str, Query]) -> dict[str, list[Hit]]:
        """Whom each query may mean among the entities of one kind."""
        found = {id: self._directly(label, query) for id, query in queries.items()}
        # a name that was found needs no likeness, which is dear; unless somebody wants to see more
        open_ones = [id for id, query in queries.items() if query.text.strip() and not any(h.sure for h in found[id])]
        alike = self.names[label].alike([_core(label, queries[id].text) for id in open_ones])
        for id, likeness in zip(open_ones, alike, strict=True):
            known = {hit.position for hit in found[id]}
            found[id] += [
                Hit(label, position, min(value, 0.99), sure=False)
                for position, value in likeness.items()
                if position not in known
            ]
        return {id: list(self._present(hits)) for id, hits in found.items()}

    def _directly(self, label: Label, query: Query) -> list[Hit]:
        """By key or code, else by name as it is written."""
        keys = self._projection.arrays.keys.place
        texts = [query.text.strip()] if query.text.strip() else []
        texts += [_as_text(v) for w in query.properties if w.property == "code" and not texts for v in w.values]
        for text in texts:
            readings = [text, f"{label.value.lower()}:{text}"]
            if label is Label.MUNICIPALITY:
                readings += [f"{MUNICIPALITY}:{code}" for code in sorted(codes(text))]
            known = next((r for r in readings if r in keys and r.startswith(f"{label.value.lower()}:")), None)
            if known is not None:
                position = self._projection.position(NodeKey.trusted(known))
                return [Hit(label, position, SAME, sure=True, exact=True, code=True)]
        found = self.names[label].exactly(_forms(label, query.text))
        written = letters(query.text)
        return [
            Hit(
                label,
                position,
                grade if written in self._projection.name(label, position).lower() else grade * _OTHER_LETTERS,
                sure=grade >= WITHOUT_WORDS,
                exact=True,
            )
            for position, grade in found.items()
        ]

    def _present(self, hits: Iterable[Hit]) -> Iterator[Hit]:
        """Each one; for what was abolished also what it has become, which is what a list of today means."""
        for hit in hits:
            became = self._became(hit)
            if hit.code or not became:
                yield hit
                continue
            yield replace(hit, likeness=hit.likeness * _ABOLISHED, sure=False)
            for position in became:
                yield replace(hit, position=position, sure=hit.sure and len(became) == 1, former=True)

    def _became(self, hit: Hit) -> list[int]:
        if hit.label is not Label.MUNICIPALITY:
            return []
        found, left = [], [hit.position]
        for _ in range(10):  # a municipality may have been merged again and again
            left = [later for each in left if self._gone(each) for later in self._knowledge.successors.get(each, ())]
            found += [each for each in left if not self._gone(each) and each not in found]
            if not left:
                break
        return found

    def _gone(self, position: int) -> bool:
        return bool(self._knowledge.values(self._projection.key(Label.MUNICIPALITY, position), "valid_until"))


def _forms(label: Label, text: str) -> list[tuple[str, float]]:
    """The forms under which a text is looked up, with how much each says of it."""
    other = read_name(text).sorted if label is Label.ACTOR else bare(text)[0]
    forms = [(plain(text), SAME), (other, WITHOUT_WORDS)]
    return [*forms, (without_small_words(other), WITHOUT_WORDS)] if label is Label.MUNICIPALITY else forms


def _core(label: Label, text: str) -> str:
    return plain(text) if label is Label.ACTOR else bare(text)[0] or plain(text)


def letters(text: str) -> str:
    """The longest word of a name as it is written, official words aside: Esslingen is not Eßlingen."""
    core = set(bare(text)[0].split())
    words = [word for word in re.findall(r"[^\W\d_]+", text.lower()) if plain(word) in core]
    return max(words, key=len, default="")


def _as_text(value: Value) -> str:
    return value.id if isinstance(value, Entity) else str(value)
