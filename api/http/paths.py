"""Parts of a path that stand for something, with the pattern that the description of the service states."""

from types import MappingProxyType
from typing import Any

from werkzeug.routing import BaseConverter, IntegerConverter, Map

MOST_REVISIONS = 2**53 - 1
"""The largest whole number that all readers of JSON tell from its neighbours."""


class PlaceConverter(BaseConverter):
    """A municipality: its code, its key, or its name as people write it."""

    regex = r"[^/]{1,100}"
    schema = MappingProxyType({"type": "string", "pattern": "^[^/]{1,100}$", "examples": ["08119"]})


class LocalConverter(BaseConverter):
    """The key of a record without its label.

    Some words stand where a key may stand and are none, so that nobody changes or removes them as if they were.
    """

    regex = r"(?!(?:suggestions|composition)\Z)[A-Za-z0-9._-]{1,200}"
    schema = MappingProxyType({"type": "string", "pattern": "^[A-Za-z0-9._-]{1,200}$"})


class KeyConverter(BaseConverter):
    """The whole key of a record, such as actor:awo-3."""

    regex = r"[a-z]{4,20}:[A-Za-z0-9._-]{1,200}"
    schema = MappingProxyType(
        {"type": "string", "pattern": "^[a-z]{4,20}:[A-Za-z0-9._-]{1,200}$", "examples": ["municipality:08119"]}
    )


class RevisionConverter(IntegerConverter):
    """A revision, no larger than every program and store can count."""

    schema = MappingProxyType({"type": "integer", "minimum": 0, "maximum": MOST_REVISIONS})

    def __init__(self, map: Map) -> None:
        """Let nothing larger pass."""
        super().__init__(map, max=MOST_REVISIONS)


CONVERTERS: dict[str, type[PlaceConverter | LocalConverter | KeyConverter | RevisionConverter]] = {
    "place": PlaceConverter,
    "local": LocalConverter,
    "key": KeyConverter,
    "revision": RevisionConverter,
}


def schema_of_converter(converter: Any) -> dict[str, Any]:
    """How a part of a path is described."""
    return dict(converter.schema)
