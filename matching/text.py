"""German free text as sparse vectors: Snowball stems, their character n-grams (for compounds), and synonyms.

The cosine of two vectors is a blend of two similarities: of whole stems and of the stems' character 3- to 5-grams, both
TF-IDF with sublinear frequencies. A synonym list adds one common term for every word of a group.
"""

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import Stemmer
from scipy import sparse

from graph_service.errors import InvalidValue, NotFound, Place
from graph_service.projection import FloatArray

SHORTEST, LONGEST = 3, 5
"""Lengths of character n-grams."""
COMMON = 0.25
"""Terms in a larger share of many texts say nothing and are left out."""
MANY = 200
"""From how many texts on a term can be too common."""

_WORD = re.compile(r"[^\W\d_]+|\d+")
_YEAR = re.compile(r"(19|20)\d\d\Z")
_MARK = "="
"""Begins a synonym group's own term, which no word can."""


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("german")


@cache
def stop_words() -> frozenset[str]:
    """Stems of words without content, from the shipped list."""
    table = tomllib.loads((files("matching") / "synonyms" / "stopwords.toml").read_text("utf-8"))
    return frozenset(_stemmer().stemWords([word.lower() for word in table["words"]]))


def stems(text: str) -> list[str]:
    """The stems of a text in order, without years, single letters and words without content."""
    words = _WORD.findall(unicodedata.normalize("NFC", text).casefold())
    kept = [word for word in words if len(word) > 1 and not _YEAR.match(word)]
    stop = stop_words()
    return [stem for stem in _stemmer().stemWords(kept) if stem not in stop]


@dataclass(frozen=True)
class Synonyms:
    """Groups of words that mean the same here; several words in one entry are a phrase."""

    phrases: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    """Stems of a phrase → its group."""

    def terms(self, text: Sequence[str]) -> list[str]:
        """The groups' terms that stems of a text call up."""
        found = []
        longest = max(map(len, self.phrases), default=0)
        for start in range(len(text)):
            for length in range(1, min(longest, len(text) - start) + 1):
                group = self.phrases.get(tuple(text[start : start + length]))
                if group is not None:
                    found.append(_MARK + group)
        return found


def read_synonyms(text: str, name: str = "") -> Synonyms:
    """Read groups in TOML, ``group-id = ["word", "a phrase"]``; raises InvalidValue."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidValue("a list of synonyms in TOML", error, Place(file=name)) from error
    phrases: dict[tuple[str, ...], str] = {}
    for group, words in table.items():
        if not isinstance(words, list) or not all(isinstance(word, str) and stems(word) for word in words):
            raise InvalidValue("a list of words for every group of synonyms", group, Place(file=name))
        phrases |= {tuple(stems(word)): group for word in words}
    return Synonyms(phrases)


@cache
def shipped_synonyms() -> Synonyms:
    """The synonyms that come with the project."""
    return read_synonyms((files("matching") / "synonyms" / "german.toml").read_text("utf-8"), "german.toml")


def load_synonyms(path: Path) -> Synonyms:
    """The shipped synonyms and a user's own, which go before; raises NotFound, InvalidValue."""
    try:
        own = read_synonyms(path.read_text("utf-8"), path.name)
    except FileNotFoundError as error:
        raise NotFound("a file of synonyms", path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidValue("a readable file of synonyms", path) from error
    return Synonyms({**shipped_synonyms().phrases, **own.phrases})


@dataclass(frozen=True, eq=False)
class Vectors:
    """Turns texts into unit vectors; what it knows of words comes from the texts it was fitted to alone."""

    synonyms: Synonyms
    words: Mapping[str, int]
    grams: Mapping[str, int]
    word_weight: FloatArray
    gram_weight: FloatArray
    share: float
    """How much of the similarity whole stems make; the rest is the n-grams' part."""

    @classmethod
    def fit(
        cls, texts: Iterable[str], *, share: float = 0.5, synonyms: Synonyms | None = None
    ) -> tuple["Vectors", sparse.csr_array]:
        """Learn words and their rarity from texts; return the vectors of the texts, too."""
        synonyms = shipped_synonyms() if synonyms is None else synonyms
        counted, words = _count(_terms(texts, synonyms))
        spelled, grams = _spell(words)
        in_grams = counted @ spelled
        vectors = cls(synonyms, words, grams, _rarity(counted), _rarity(in_grams), share)
        return vectors, vectors._weighted(counted, in_grams)

    def transform(self, texts: Iterable[str]) -> sparse.csr_array:
        """Vectors of any texts; words that were never seen count by their n-grams."""
        counted, words = _count(_terms(texts, self.synonyms))
        known = np.array([self.words.get(word, -1) for word in words], np.int64)
        rows = np.flatnonzero(known >= 0)
        chosen = sparse.csr_array(
            (np.ones(len(rows), np.float32), (rows, known[rows])), shape=(len(words), len(self.words))
        )
        spelled, _ = _spell(words, self.grams)
        return self._weighted(counted @ chosen, counted @ spelled)

    def _weighted(self, counted: sparse.csr_array, in_grams: sparse.csr_array) -> sparse.csr_array:
        parts = [
            _unit(counted, self.word_weight) * np.float32(self.share**0.5),
            _unit(in_grams, self.gram_weight) * np.float32((1 - self.share) ** 0.5),
        ]
        return sparse.csr_array(sparse.hstack(parts, format="csr", dtype=np.float32))


def _terms(texts: Iterable[str], synonyms: Synonyms) -> Iterable[list[str]]:
    for text in texts:
        found = stems(text)
        yield found + synonyms.terms(found)


def _count(texts: Iterable[list[str]]) -> tuple[sparse.csr_array, dict[str, int]]:
    """How often each text has each term, and the terms' columns."""
    words: dict[str, int] = {}
    columns: list[int] = []
    counts: list[int] = []
    ends = [0]
    for terms in texts:
        for term, count in Counter(terms).items():
            columns.append(words.setdefault(term, len(words)))
            counts.append(count)
        ends.append(len(columns))
    shape = (len(ends) - 1, len(words))
    return sparse.csr_array((np.array(counts, np.float32), np.array(columns, np.int32), ends), shape=shape), words


def _spell(words: Iterable[str], known: Mapping[str, int] | None = None) -> tuple[sparse.csr_array, dict[str, int]]:
    """The n-grams of each word; of known n-grams only, where they are given."""
    grams: dict[str, int] = dict(known or {})
    columns: list[int] = []
    ends = [0]
    for word in words:
        if not word.startswith(_MARK):
            edged = f" {word} "
            for length in range(SHORTEST, LONGEST + 1):
                for start in range(len(edged) - length + 1):
                    gram = edged[start : start + length]
                    at = grams.get(gram, -1) if known is not None else grams.setdefault(gram, len(grams))
                    if at >= 0:
                        columns.append(at)
        ends.append(len(columns))
    ones = np.ones(len(columns), np.float32)
    spelled = sparse.csr_array((ones, np.array(columns, np.int32), ends), shape=(len(ends) - 1, len(grams)))
    spelled.sum_duplicates()
    return spelled, grams


def _rarity(counted: sparse.csr_array) -> FloatArray:
    """The weight of each column: ln((1 + n) / (1 + texts that have it)) + 1, and 0 where it is too common."""
    n = counted.shape[0]
    having = np.bincount(counted.indices, minlength=counted.shape[1])
    rarity = np.log((1 + n) / (1 + having)) + 1
    if n >= MANY:
        rarity[having > COMMON * n] = 0
    return rarity.astype(np.float32)


def _unit(counted: sparse.csr_array, weight: FloatArray) -> sparse.csr_array:
    """Sublinear frequency times weight, each row of length one."""
    counted = sparse.csr_array(counted)
    values = (1 + np.log(counted.data)) * weight[counted.indices]
    lengths = np.sqrt(np.add.reduceat(np.append(values**2, 0), counted.indptr[:-1]) * (np.diff(counted.indptr) > 0))
    scale = np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    values = values * np.repeat(scale, np.diff(counted.indptr))
    unit = sparse.csr_array((values.astype(np.float32), counted.indices, counted.indptr), shape=counted.shape)
    unit.eliminate_zeros()
    return unit
