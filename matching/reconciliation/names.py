"""Finds names in long lists: by their plain form at once, by likeness through the pieces they share."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
from rapidfuzz import fuzz
from scipy import sparse

from graph_service.keys import Label
from graph_service.projection import FloatArray, Projection
from matching.naming.municipalities import bare, names_of, plain
from matching.naming.organisations import read_name

SAME, WITHOUT_WORDS, SHORTENED = 1.0, 0.98, 0.9
"""How much a form says: the whole name, the name without official words, its beginning only."""
LEAST = 0.62
"""A name less alike than this is another name."""
_SMALL = frozenset(
    ["a", "am", "an", "auf", "b", "bei", "d", "dem", "den", "der", "i", "im", "in", "o", "ob", "v", "vom", "von", "vor"]
)
_DOTLESS = str.maketrans("äöüÄÖÜ", "aouAOU")
_AT_ONCE = 32
_PIECES = 60
_ALPHABET = " 0123456789abcdefghijklmnopqrstuvwxyz"
_RADIX = len(_ALPHABET) + 1
_ALL_PIECES = _RADIX**3
_LETTERS = np.zeros(256, np.int64)
_LETTERS[[ord(letter) for letter in _ALPHABET]] = np.arange(1, _RADIX)


class NameIndex:
    """The names of one label's nodes in every form in which somebody may write them."""

    def __init__(self, forms: Mapping[str, Mapping[int, float]]) -> None:
        """``forms``: plain form → position → how much the form says of that name."""
        self._forms = forms
        self._texts = sorted(forms)

    @classmethod
    def of_municipalities(cls, projection: Projection) -> "NameIndex":
        """The names of municipalities, without official words and without what only tells namesakes apart."""
        names = _names(projection, Label.MUNICIPALITY)
        whole = [_forms_of(name) for name in names]
        forms: dict[str, dict[int, float]] = {}
        for form, positions in names_of(projection).places.items():
            for position in positions:
                full, others = whole[position]
                grade = SAME if form == full else WITHOUT_WORDS if form in others else SHORTENED
                _enter(forms, form, position, grade)
        for position, (_, others) in enumerate(whole):
            for form in others:
                _enter(forms, without_small_words(form), position, WITHOUT_WORDS)
        return cls(forms)

    @classmethod
    def of_actors(cls, projection: Projection) -> "NameIndex":
        """The names of actors, also without legal form and whatever the order of their words."""
        forms: dict[str, dict[int, float]] = {}
        for position, name in enumerate(_names(projection, Label.ACTOR)):
            _enter(forms, plain(name), position, SAME)
            _enter(forms, read_name(name).sorted, position, WITHOUT_WORDS)
        return cls(forms)

    def exactly(self, forms: Sequence[tuple[str, float]]) -> dict[int, float]:
        """The nodes that have one of these forms; the second of each pair is how much the form says of the text."""
        found: dict[int, float] = {}
        for form, said in forms:
            for position, grade in self._forms.get(form, {}).items():
                found[position] = max(found.get(position, 0.0), min(said, grade))
        return found

    def beginning(self, prefix: str) -> Iterator[int]:
        """The nodes with a form that begins so, in the order of the forms, each once."""
        seen: set[int] = set()
        for i in range(bisect_left(self._texts, prefix), len(self._texts)):
            if not self._texts[i].startswith(prefix):
                return
            for position in self._forms[self._texts[i]]:
                if position not in seen:
                    seen.add(position)
                    yield position

    @cached_property
    def _pieces(self) -> tuple[sparse.csr_array, FloatArray]:
        """Which form has which piece, turned round (pieces × forms), and how much each piece tells."""
        counts = _count_pieces(self._texts)
        rarity = np.log((1 + len(self._texts)) / (1 + np.bincount(counts.indices, minlength=_ALL_PIECES))) + 1
        return sparse.csr_array(_unit(counts, rarity).T), rarity

    def alike(self, texts: Sequence[str], most: int = _PIECES) -> list[dict[int, float]]:
        """For each text the nodes whose name is written nearly so."""
        if not self._texts:
            return [{} for _ in texts]
        pieces, rarity = self._pieces
        answers: list[dict[int, float]] = []
        for start in range(0, len(texts), _AT_ONCE):
            part = texts[start : start + _AT_ONCE]
            shared = sparse.csr_array(_unit(_count_pieces(part), rarity) @ pieces)
            for row, text in enumerate(part):
                span = slice(shared.indptr[row], shared.indptr[row + 1])
                values, places = np.round(shared.data[span], 6), shared.indices[span]
                if len(values) > most:
                    good = values >= np.partition(values, -most)[-most]
                    values, places = values[good], places[good]
                best = np.lexsort((places, -values))[:most]
                answers.append(self._measured(text, places[best].tolist()))
        return answers

    def _measured(self, text: str, places: Sequence[int]) -> dict[int, float]:
        found: dict[int, float] = {}
        for place in places:
            form = self._texts[place]
            likeness = max(fuzz.ratio(text, form), 0.98 * fuzz.token_sort_ratio(text, form)) / 100
            if likeness >= LEAST:
                for position, grade in self._forms[form].items():
                    found[position] = max(found.get(position, 0.0), likeness * grade)
        return found


def _count_pieces(texts: Sequence[str]) -> sparse.csr_array:
    """How often each text has each three neighbouring letters, a beginning counted twice; the texts are plain."""
    block = np.frombuffer("".join(f"  {text} \n" for text in texts).encode("ascii", "replace"), np.uint8)
    letters = _LETTERS[block]
    row = np.cumsum(letters == 0)[:-2]
    whole = (letters[:-2] > 0) & (letters[1:-1] > 0) & (letters[2:] > 0)
    piece = (letters[:-2] * _RADIX + letters[1:-1]) * _RADIX + letters[2:]
    ones = np.ones(int(whole.sum()), np.float64)
    return sparse.csr_array((ones, (row[whole], piece[whole])), shape=(len(texts), _ALL_PIECES))


def _unit(counts: sparse.csr_array, rarity: FloatArray) -> sparse.csr_array:
    """Counts weighed by rarity, each row of length 1."""
    data = counts.data * rarity[counts.indices]
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    length = np.sqrt(np.bincount(rows, data * data, counts.shape[0]))
    return sparse.csr_array((data / length[rows], counts.indices, counts.indptr), shape=counts.shape)


def without_small_words(form: str) -> str:
    """A plain name without what is written in many ways: Mühldorf a.Inn and Mühldorf am Inn, Neustadt a. d. Aisch."""
    kept = [word for word in form.split() if word not in _SMALL]
    return " ".join(kept) if len(kept) > 1 else form


def _forms_of(name: str) -> tuple[str, frozenset[str]]:
    """The plain name, and what it is without official words, also written without the dots of its umlauts."""
    texts = dict.fromkeys((name, name.partition(",")[0]))
    dotless = (text.translate(_DOTLESS) for text in texts if not text.isascii())
    return plain(name), frozenset(bare(text)[0] for text in (*texts, *dotless))


def _names(projection: Projection, label: Label) -> list[str]:
    return [projection.arrays.names[place] for place in projection.spans[label]]


def _enter(forms: dict[str, dict[int, float]], form: str, position: int, grade: float) -> None:
    if form:
        at = forms.setdefault(form, {})
        at[position] = max(at.get(position, 0.0), grade)
