"""What actors carried before, compared with a need: nearest past alliances, profiles, names, past partners."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import sparse

from graph_service.arrays import IntArray
from matching.partners.history import History
from matching.partners.needs import Needs
from matching.partners.numbers import FloatArray
from matching.partners.signals_wording import Wording
from matching.partners.signals_words import Words, largest
from matching.text import Synonyms, Vectors, stems

FAINT = 0.12
"""Texts less alike than this are not alike at all."""
SHARPNESS = 6
"""The power of the similarity with which a past alliance speaks for its members: near ones outweigh many far ones."""
MEMORY = 1.5
"""Years after which what was done counts 1/e."""
SHARE = 0.5
"""Of the similarity of texts, the part that whole stems make; n-grams make the rest."""


class Like(NamedTuple):
    """needs × past alliances: how alike the texts are, and with which of them a team or a topic is shared."""

    text: sparse.csr_array
    team: sparse.csr_array
    topic: sparse.csr_array


@dataclass(frozen=True, eq=False)
class Work:
    """The past as vectors: texts of alliances (each distinct one once), profiles and names of actors."""

    history: History
    vectors: Vectors
    document: IntArray
    """The distinct text of each past alliance."""
    documents: sparse.csr_array
    """terms × distinct texts."""
    spread: sparse.csr_array
    """distinct texts × past alliances."""
    members: sparse.csr_array
    """past alliances × actors."""
    company: sparse.csr_array
    """The same with leads."""
    carried: sparse.csr_array
    """actors × past alliances: the members again, by actor."""
    joined: sparse.csr_array
    """actors × past alliances: the company again, by actor."""
    topics: sparse.csr_array
    """concepts × past alliances."""
    fresh: FloatArray
    """How much each past alliance still counts for its age."""
    profiles: sparse.csr_array
    """terms × actors: of all that an actor says of itself and carried."""
    names: sparse.csr_array
    """terms × actors."""
    words: Words
    wording: Wording

    @classmethod
    def of(cls, history: History, profiles: tuple[str, ...], names: tuple[str, ...], synonyms: Synonyms) -> "Work":
        """Read the past; ``profiles`` are what actors say of themselves, ``names`` their names."""
        document, distinct = _distinct(history.texts)
        # a name may be all that is known of an actor; in a past that is measured everybody had a part
        called = names if history.whole else ()
        vectors, rows = Vectors.fit([*distinct, *profiles, *called], share=SHARE, synonyms=synonyms)
        told_by = len(distinct) + len(profiles)
        texts, own = sparse.csr_array(rows[: len(distinct)]), sparse.csr_array(rows[len(distinct) : told_by])
        count = len(document)
        spread = sparse.csr_array(
            (np.ones(count, np.float32), (document, np.arange(count))), shape=(len(distinct), count)
        )
        members = history.members.astype(np.float32)
        company = sparse.csr_array(members + history.leads.astype(np.float32)).sign()
        told = sparse.csr_array((members.T @ spread.T) @ texts) + own
        fresh = freshness(history)
        return cls(
            history,
            vectors,
            document,
            _columns(texts),
            spread,
            members,
            company,
            _columns(members),
            _columns(company),
            _columns(history.topics),
            fresh,
            _columns(_unit(told)),
            _columns(sparse.csr_array(rows[told_by:]) if history.whole else vectors.transform(names)),
            Words.of(vectors.word_weight, told, texts, spread, members, fresh),
            Wording.of(distinct, spread, members, fresh),
        )

    def like(self, needs: Needs, texts: sparse.csr_array) -> Like:
        """Compare needs with every past alliance."""
        near = sparse.csr_array(texts @ self.documents)
        near.data[near.data < FAINT] = 0
        near.eliminate_zeros()
        topics = sparse.csr_array(needs.topics.astype(np.float32) @ self.topics)
        asked = np.maximum(np.asarray(needs.topics.sum(axis=1)), 1)
        topics.data = np.minimum(topics.data / np.repeat(asked, np.diff(topics.indptr)), 1).astype(np.float32)
        team = sparse.csr_array(needs.team.astype(np.float32) @ self.joined)
        team.data = np.minimum(team.data, 1)
        return Like(sparse.csr_array(near @ self.spread), team, topics)

    def measure(self, needs: Needs) -> tuple[dict[str, FloatArray], Like]:
        """Raw signals, needs × actors, and the comparison they come from."""
        texts = self.vectors.transform(needs.texts)
        like = self.like(needs, texts)
        near = like.text.copy()
        near.data = near.data**SHARPNESS
        both = sparse.csr_array(like.team * like.topic)
        near_team = sparse.csr_array(near * like.team)
        found = {
            "similar-work": near,
            "similar-work-lately": self.lately(near),
            "similar-work-together": self.lately(near_team),
            "similar-work-in-field": self.lately(sparse.csr_array(near * like.topic)),
            "similar-work-together-in-field": self.lately(sparse.csr_array(near * both)),
            "past-partner": self.lately(like.team),
            "past-partner-in-field": self.lately(both),
            "field-experience": self.lately(like.topic),
        }
        signals = {name: dense(weights @ self.members) for name, weights in found.items()}
        signals["closest-work"] = self.closest(like.text)
        signals["closest-work-together"] = self.closest(sparse.csr_array(like.text * like.team))
        signals["profile-text"] = dense(texts @ self.profiles)
        signals["name"] = dense(texts @ self.names)
        experience = [signals[name] for name in ("field-experience", "past-partner", "past-partner-in-field")]
        signals["wording"] = self.wording.measure(needs.texts, experience)
        return signals | self.words.measure(texts), like

    def lately(self, weights: sparse.csr_array) -> sparse.csr_array:
        """Weights of past alliances, less with age."""
        data = weights.data * self.fresh[weights.indices]
        return sparse.csr_array((data, weights.indices, weights.indptr), shape=weights.shape)

    def closest(self, near: sparse.csr_array) -> FloatArray:
        """For each actor the largest weight of an alliance in which it was."""
        return largest(near, self.members)


def freshness(history: History) -> FloatArray:
    """How much each past alliance still counts for its age."""
    age = history.age
    return np.asarray(np.exp(-np.where(np.isnan(age), 3 * MEMORY, age) / MEMORY), np.float32)


def dense(matrix: sparse.csr_array) -> FloatArray:
    """A sparse product as plain 32-bit numbers."""
    return np.asarray(matrix.toarray(), np.float32)


def _distinct(texts: tuple[str, ...]) -> tuple[IntArray, list[str]]:
    """The distinct texts (equal stems are one text), and which each one is."""
    at: dict[tuple[str, ...], int] = {}
    first: list[str] = []
    document = np.zeros(len(texts), np.int64)
    for i, text in enumerate(texts):
        document[i] = at.setdefault(tuple(stems(text)), len(at))
        if len(first) < len(at):
            first.append(text)
    return document, first


def _columns(rows: sparse.csr_array) -> sparse.csr_array:
    return sparse.csr_array(rows.T).astype(np.float32)


def _unit(rows: sparse.csr_array) -> sparse.csr_array:
    rows = sparse.csr_array(rows)
    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)))
    scale = np.divide(1, length, out=np.zeros_like(length), where=length > 0)
    data = rows.data * np.repeat(scale, np.diff(rows.indptr))
    return sparse.csr_array((data, rows.indices, rows.indptr), shape=rows.shape)
