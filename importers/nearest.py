"""Finds the terms of a vocabulary that somebody's word was probably meant to be."""

import re
from collections.abc import Sequence
from functools import cache

from rapidfuzz import fuzz, process

from graph_service.keys import concept_key
from graph_service.vocabulary import load_vocabulary

_LIKE = 70
_MOST = 3
_STEM = 6


def near_terms(kind: str, text: str) -> str:
    """The keys of at most three terms whose label or id is like the text, the nearest first; "" rather than far off."""
    words, ids = _words(kind)
    if not words or len(text) < 3:
        return ""
    found = process.extract(text.casefold(), words, scorer=fuzz.WRatio, score_cutoff=_LIKE, limit=2 * _MOST)
    begins = _beginnings(text)
    alike = (id for word, id in zip(words, ids, strict=True) if begins & _beginnings(word))
    near = list(dict.fromkeys([*(ids[at] for _, _, at in found), *alike]))[:_MOST]
    return ", ".join(str(concept_key(kind, id)) for id in near)


def _beginnings(text: str) -> set[str]:
    """How the longer words of a text begin: "Spracherwerb" is near "Sprache", whatever it ends in."""
    return {word[:_STEM] for word in re.findall(r"\w+", text.casefold()) if len(word) >= _STEM}


@cache
def _words(kind: str) -> tuple[Sequence[str], Sequence[str]]:
    """What the terms of a vocabulary are called in small letters, and beside each the term's id."""
    terms = [term for term in load_vocabulary() if term.kind == kind and not term.deprecated]
    called = [(word.casefold(), term.id) for term in terms for word in (term.label_de, term.label_en, term.id)]
    return [word for word, _ in called], [id for _, id in called]
