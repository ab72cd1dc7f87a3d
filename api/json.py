"""Answers as JSON: dataclasses become objects with the names of their fields, in the command line and over HTTP."""

from collections.abc import Callable
from typing import Any

import orjson

_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY


def to_json(value: object, *, indent: bool = False, default: Callable[[Any], Any] | None = None) -> bytes:
    """JSON as UTF-8; numbers are finite (what is not becomes null)."""
    return orjson.dumps(value, default=default or _unusual, option=_OPTIONS | (orjson.OPT_INDENT_2 if indent else 0))


def _unusual(value: object) -> object:
    if isinstance(value, str):  # keys are strings with a meaning
        return str(value)
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    raise TypeError(type(value).__name__)
