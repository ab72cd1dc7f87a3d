"""Which of the languages that actors speak a text names, in German or English."""

import re
from collections.abc import Iterable
from functools import cache

from babel import Locale

from matching.naming.municipalities import plain

SHORTEST = 4
"""Shorter names of languages are too often parts of other words."""


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Each language's code with its German and English names."""
    found: dict[str, list[str]] = {}
    for into in ("de", "en"):
        for code, name in Locale(into).languages.items():
            if "_" not in code:
                found.setdefault(code, []).append(plain(name))
    return {code: tuple(dict.fromkeys(names)) for code, names in found.items()}


@cache
def _codes() -> dict[str, str]:
    return {name: code for code, names in _names().items() for name in names}


def language_code(text: str) -> str:
    """The code (ISO 639) of a language written as code or name; plain text where it is neither."""
    written = plain(text)
    code = text.strip().lower().partition("-")[0]
    return code if code in _names() else _codes().get(written, written)


def named_languages(text: str, codes: Iterable[str]) -> frozenset[str]:
    """Of these languages those that a text names, compounds such as arabischsprachig included."""
    words = plain(text)
    return frozenset(
        code
        for code in codes
        if any(
            len(name) >= SHORTEST and re.search(rf"\b{re.escape(name)}", words) for name in _names().get(code, (code,))
        )
    )
