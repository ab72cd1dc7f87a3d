"""What tells actors apart: how much each word of a need, its team and its topics speak for one actor.

A table of weights that is learned from past work (`apart_learning`) and kept beside the weights of the signals. It
knows actors and terms by name and not by position, so that it can be asked of any later revision; whom it never saw,
it does not know. It must never know what began after the day until which it was learned.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from scipy import sparse

from graph_service.arrays import IntArray
from graph_service.keys import Label
from graph_service.projection import Projection
from matching.partners.needs import Needs
from matching.partners.numbers import FloatArray
from matching.partners.signals_wording import is_year, phrases, spelling

SHARPNESS = 3.0
"""The length of a need's vector of terms: weights learned in small steps reach far enough."""
PARTS = 100
"""Weights are kept in hundredths."""


def terms_of(text: str, team: Sequence[str], topics: Sequence[str]) -> Iterator[str]:
    """The distinct terms of a need: its words, pairs and runs of letters, team and topics, and words of this team."""
    words = [phrase for phrase in dict.fromkeys(phrases(text)) if not any(map(is_year, phrase.split(" ")))]
    yield from (f"word {word}" for word in words)
    yield from (f"run {run}" for run in dict.fromkeys(spelling(text)))
    yield from (f"team {one}" for one in team)
    yield from (f"topic {topic}" for topic in topics)
    yield from (f"topic {topic} of {one}" for one, topic in product(team, topics))
    yield from (f"word {word} of {one}" for one, word in product(team, words))


@dataclass(frozen=True, eq=False)
class Told:
    """Past alliances or needs as lists of terms need names; these are the names, by position."""

    projection: Projection

    @cached_property
    def actors(self) -> tuple[str, ...]:
        """The keys of actors."""
        return self._keys(Label.ACTOR)

    @cached_property
    def concepts(self) -> tuple[str, ...]:
        """The keys of concepts."""
        return self._keys(Label.CONCEPT)

    def _keys(self, label: Label) -> tuple[str, ...]:
        return tuple(str(self.projection.key(label, i)) for i in range(len(self.projection.spans[label])))

    def terms(self, texts: Sequence[str], team: sparse.csr_array, topics: sparse.csr_array) -> Iterator[list[str]]:
        """The terms of each text, with its team (× actors) and topics (× concepts)."""
        for row, text in enumerate(texts):
            with_whom = [self.actors[i] for i in _columns(team, row)]
            about = [self.concepts[i] for i in _columns(topics, row)]
            yield list(terms_of(text, with_whom, about))


def _columns(matrix: sparse.csr_array, row: int) -> list[int]:
    found: list[int] = np.sort(matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]).tolist()
    return found


@dataclass(frozen=True, eq=False)
class Apart:
    """The table, with the actors it was learned for."""

    actors: tuple[str, ...]
    """Keys."""
    usual: FloatArray
    """The logarithm of the part of all past work that each actor carried."""
    terms: Mapping[str, int]
    rarity: FloatArray
    """How much each term counts, 0 to 1: the more, the fewer actors use it."""
    weights: sparse.csr_array
    """terms × actors."""

    def bound(self, told: Told) -> "BoundApart":
        """The table for the actors of a revision."""
        at = {key: i for i, key in enumerate(self.actors)}
        place = np.array([at.get(key, -1) for key in told.actors], np.int64)
        known = np.flatnonzero(place >= 0)
        columns = sparse.csr_array(
            (np.ones(len(known), np.float32), (place[known], known)), shape=(len(self.actors), len(place))
        )
        usual = np.full(len(place), -np.inf, np.float32)
        usual[known] = self.usual[place[known]]
        return BoundApart(self, told, sparse.csr_array(self.weights @ columns), usual)

    def vectors(self, terms: Iterator[list[str]]) -> sparse.csr_array:
        """Lists of terms × known terms, each row of one length."""
        columns: list[int] = []
        ends = [0]
        for each in terms:
            columns += [self.terms[term] for term in each if term in self.terms]
            ends.append(len(columns))
        return unit(np.array(columns, np.int64), np.array(ends, np.int64), self.rarity)

    def to_table(self) -> dict[str, object]:
        """Itself as numbers and texts: of each term pairs of actor and weight in hundredths."""
        whole = np.rint(self.weights.data * PARTS).astype(np.int64)
        said: dict[str, list[int]] = {}
        for term, i in self.terms.items():
            part = slice(self.weights.indptr[i], self.weights.indptr[i + 1])
            kept = whole[part] != 0
            said[term] = np.stack([self.weights.indices[part][kept], whole[part][kept]], axis=1).ravel().tolist()
        return {
            "actors": list(self.actors),
            "usual": [round(each, 4) for each in self.usual.tolist()],
            "rarity": [round(each, 4) for each in self.rarity.tolist()],
            "terms": said,
        }

    @classmethod
    def of_table(cls, table: Mapping[str, object]) -> "Apart":
        """Read what `to_table` wrote; raises KeyError, TypeError, ValueError."""
        actors, usual, rarity, said = (table[name] for name in ("actors", "usual", "rarity", "terms"))
        if not isinstance(actors, list) or not isinstance(said, dict):
            raise TypeError("actors and terms")
        pairs = [np.array(each, np.int64).reshape(-1, 2) for each in said.values()]
        ends = np.concatenate([[0], np.cumsum([len(each) for each in pairs])])
        both = np.concatenate([*pairs, np.zeros((0, 2), np.int64)])
        weights = sparse.csr_array(
            ((both[:, 1] / PARTS).astype(np.float32), both[:, 0], ends), shape=(len(said), len(actors))
        )
        weights.check_format(full_check=True)
        found = cls(
            tuple(map(str, actors)),
            np.array(usual, np.float32),
            {str(term): i for i, term in enumerate(said)},
            np.array(rarity, np.float32),
            weights,
        )
        if found.usual.shape != (len(actors),) or found.rarity.shape != (len(said),):
            raise ValueError("a number for each actor and term")
        return found


@dataclass(frozen=True, eq=False)
class BoundApart:
    """The table for the actors of one revision."""

    table: Apart
    told: Told
    weights: sparse.csr_array
    """terms × actors of the revision."""
    usual: FloatArray

    def measure(self, needs: Needs) -> FloatArray:
        """The chance of each actor, needs × actors, each row summing to 1; 0 for actors that the table never saw."""
        asked = self.table.vectors(self.told.terms(needs.texts, needs.team, needs.topics))
        score = np.asarray((asked @ self.weights).toarray(), np.float32) + self.usual
        best = score.max(axis=1, keepdims=True, initial=-1e30)
        power = np.exp(score - best)
        return np.asarray(power / np.maximum(power.sum(axis=1, keepdims=True), 1e-9), np.float32)


def unit(columns: IntArray, ends: IntArray, rarity: FloatArray) -> sparse.csr_array:
    """Rows of terms, the rarer the heavier, each as long as SHARPNESS."""
    data = rarity[columns].astype(np.float32)
    rows = sparse.csr_array((data, columns, ends), shape=(len(ends) - 1, len(rarity)))
    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)))
    scale = np.divide(SHARPNESS, length, out=np.zeros_like(length), where=length > 0)
    rows.data = (rows.data * np.repeat(scale, np.diff(ends))).astype(np.float32)
    return rows
