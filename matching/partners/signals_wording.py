"""How well the wording of a need fits each actor: its words, pairs of words and spelling against those of past work.

A language model for each actor, smoothed by that of all (Zhai and Lafferty 2004), after how often it took part in work
of the topic and the team: where a text says little, that decides; where it says much, the text. Many small hints add
up here, while the other signals of texts look at the likeness as a whole or at a single word.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse

from matching.partners.numbers import FloatArray
from matching.text import stems

LENGTH = 4
"""Of the runs of letters that stand for spelling: they reach over the ends of words, which pairs of stems do not."""
NEWCOMER = 0.5
"""For each actor seen in a topic or with a team, how much others may be expected there."""
UNSEEN = 0.1
"""How often a term is taken to occur beyond what was counted."""


def phrases(text: str) -> list[str]:
    """The stems of a text, and each with the one that follows."""
    found = stems(text)
    return [*found, *(" ".join(pair) for pair in pairwise(found))]


def spelling(text: str) -> list[str]:
    """The runs of letters of a text, without years."""
    words = unicodedata.normalize("NFC", text).casefold().split()
    line = f"^{' '.join(word for word in words if not is_year(word))}$"
    return [line[start : start + LENGTH] for start in range(len(line) - LENGTH + 1)]


def is_year(word: str) -> bool:
    """Whether a word of a text is a year of ours."""
    digits = word.strip(".,;:()")
    return len(digits) == 4 and digits.isdecimal() and digits[:2] in ("19", "20")


@dataclass(frozen=True, slots=True)
class View:
    """A way to take texts apart."""

    terms: Callable[[str], Sequence[str]]
    doubt: float
    """Terms of all past work that are added to those of each actor."""
    weight: float
    """How much a term counts: terms overlap, and are not as many hints as they seem."""


VIEWS = (View(phrases, 300, 0.3), View(spelling, 400, 0.08))


@dataclass(frozen=True, eq=False)
class Language:
    """How actors' past work is worded in one view."""

    view: View
    terms: Mapping[str, int]
    pointing: sparse.csr_array
    """terms × actors: the logarithm of how much more likely the term is of the actor than of a stranger, weighted."""
    burden: FloatArray
    """What each term of a need takes from an actor, the more the more it said."""

    @classmethod
    def of(cls, view: View, texts: Iterable[str], carried: sparse.csr_array) -> "Language":
        """Read distinct texts; ``carried`` says how much each counts for each actor (actors × texts)."""
        table, terms = _table(map(view.terms, texts))
        used = sparse.csr_array(carried @ table)
        used.data = np.log1p(used.data)  # the hundredth time says little new
        length = np.asarray(used.sum(axis=1))
        usual = np.asarray(used.sum(axis=0)) + UNSEEN
        usual /= max(float(usual.sum()), UNSEEN)
        used.data = (view.weight * np.log1p(used.data / (view.doubt * usual[used.indices]))).astype(np.float32)
        burden = view.weight * np.log1p(length / view.doubt)
        return cls(view, terms, sparse.csr_array(used.T), burden.astype(np.float32))

    def speaks(self, texts: Iterable[str]) -> FloatArray:
        """How much each text speaks for each actor, texts × actors, as a logarithm."""
        asked, _ = _table(map(self.view.terms, texts), self.terms)
        found = np.asarray((asked @ self.pointing).toarray(), np.float32)
        found -= np.diff(asked.indptr).astype(np.float32)[:, None] * self.burden
        return found


@dataclass(frozen=True, eq=False)
class Wording:
    """The language of all actors in every view."""

    languages: tuple[Language, ...]
    active: FloatArray
    """The part of all past work that each actor carried, less with age."""

    @classmethod
    def of(
        cls, texts: Sequence[str], spread: sparse.csr_array, members: sparse.csr_array, fresh: FloatArray
    ) -> "Wording":
        """Read distinct texts, which past alliances have them, who took part, and how much each still counts."""
        lately = sparse.csr_array((spread.data * fresh[spread.indices], spread.indices, spread.indptr), spread.shape)
        carried = sparse.csr_array(sparse.csr_array(lately @ members).T)
        active = np.asarray(carried.sum(axis=1), np.float32)
        languages = tuple(Language.of(view, texts, carried) for view in VIEWS)
        return cls(languages, active / max(float(active.sum()), 1e-9))

    def measure(self, texts: Sequence[str], experience: Sequence[FloatArray]) -> FloatArray:
        """The chance of each actor, needs × actors, each row summing to 1 where anything is known.

        ``experience`` is what actors did that fits the need, needs × actors: the most general first.
        """
        chance = np.broadcast_to(self.active, (len(texts), len(self.active)))
        for found in experience:
            newcomers = NEWCOMER * np.count_nonzero(found, axis=1, keepdims=True)
            total = np.maximum(found.sum(axis=1, keepdims=True) + newcomers, 1e-9)
            chance = np.where(newcomers > 0, (found + newcomers * chance) / total, chance)
        with np.errstate(divide="ignore"):
            score = np.log(chance)
        for language in self.languages:
            score = score + language.speaks(texts)
        best = score.max(axis=1, keepdims=True, initial=-1e30)
        power = np.exp(score - best)
        return np.asarray(power / np.maximum(power.sum(axis=1, keepdims=True), 1e-9), np.float32)


def _table(
    texts: Iterable[Iterable[str]], known: Mapping[str, int] | None = None
) -> tuple[sparse.csr_array, Mapping[str, int]]:
    """Which text has which term, and the terms' columns; only known terms, where they are given."""
    terms: dict[str, int] = {}
    columns: list[int] = []
    ends = [0]
    for text in texts:
        distinct = dict.fromkeys(text)
        if known is None:
            columns += [terms.setdefault(term, len(terms)) for term in distinct]
        else:
            columns += [known[term] for term in distinct if term in known]
        ends.append(len(columns))
    at = terms if known is None else known
    ones = np.ones(len(columns), np.float32)
    return sparse.csr_array((ones, np.array(columns, np.int32), ends), shape=(len(ends) - 1, len(at))), at
