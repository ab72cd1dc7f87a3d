"""Keys: one string from store to URL to picture (``municipality:05334002``), and German official codes.

Pure functions; nothing is guessed: five digits are a district, not a municipality without its zeros.
"""

import re
from enum import StrEnum
from typing import Self

from graph_service.errors import InvalidValue

_LOCAL = re.compile(r"[A-Za-z0-9._-]+\Z")


class Label(StrEnum):
    """What a node is; the value is the label in the graph, its lower case the prefix of the key."""

    MUNICIPALITY = "Municipality"
    ACTOR = "Actor"
    ALLIANCE = "Alliance"
    PRACTICE = "Practice"
    OFFER = "Offer"
    REQUEST = "Request"
    EXCHANGE = "Exchange"
    CONCEPT = "Concept"
    INDICATOR = "Indicator"


_LABELS = {label.value.lower(): label for label in Label}


class NodeKey(str):
    """A node's name everywhere: ``<label in lower case>:<local key>``."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Check the form ``label:local``; raises InvalidValue."""
        prefix, _, local = text.partition(":")
        if prefix not in _LABELS or not _LOCAL.match(local):
            raise InvalidValue("a key such as municipality:08119 (letters, digits, '.', '_' and '-')", text)
        return super().__new__(cls, text)

    @classmethod
    def of(cls, label: Label, local: str) -> Self:
        """Build the key of a node from its label and local key; raises InvalidValue."""
        return cls(f"{label.value.lower()}:{local}")

    @classmethod
    def trusted(cls, text: str) -> Self:
        """The key as a store holds it: checked when it was written, so not again."""
        return super().__new__(cls, text)

    @property
    def label(self) -> Label:
        """What kind of node the key names."""
        return _LABELS[self.partition(":")[0]]

    @property
    def local(self) -> str:
        """The key without its label, as it stands in exchange packages."""
        return self.partition(":")[2]


def municipality_key(code: str) -> NodeKey:
    """The key of a municipality from its official code."""
    return NodeKey.of(Label.MUNICIPALITY, code)


def indicator_key(indicator: str) -> NodeKey:
    """The key of an indicator from its id."""
    return NodeKey.of(Label.INDICATOR, indicator)


def concept_key(kind: str, concept: str) -> NodeKey:
    """The key of a vocabulary entry: ids are unique within a kind only (``concept:field.school``)."""
    return NodeKey.of(Label.CONCEPT, f"{kind}.{concept}")


AGS_LEVELS = {2: "state", 3: "region", 5: "district", 8: "municipality", 9: "association"}
"""What a German code of this many digits stands for; nine digits are the association part of an ARS."""


def parse_ags(text: str) -> str:
    """Check an official municipality code (AGS of 2, 3, 5 or 8 digits); raises InvalidValue."""
    code = text.strip()
    if not (code.isascii() and code.isdigit() and len(code) in (2, 3, 5, 8)):
        raise InvalidValue("an official code (AGS) of 2, 3, 5 or 8 digits", text)
    return code


def ags_from_ars(text: str) -> str:
    """Turn a regional key (ARS of 12 digits) into the AGS of its municipality; raises InvalidValue.

    An ARS is land 2, region 1, district 2, association 4, municipality 3; the AGS leaves the association out.
    """
    code = text.strip()
    if not (code.isascii() and code.isdigit() and len(code) == 12):
        raise InvalidValue("a regional key (ARS) of 12 digits", text)
    return code[:5] + code[9:]


def district_ags(text: str) -> str:
    """Read a district code written as 8 digits that end in 000, or as 5 digits; raises InvalidValue.

    A missing leading zero is restored only where the length proves it: 4 or 7 digits.
    """
    code = text.strip()
    if code.isascii() and code.isdigit():
        if len(code) in (7, 8) and code.endswith("000"):
            return code.zfill(8)[:5]
        if len(code) in (4, 5):
            return code.zfill(5)
    raise InvalidValue("a district code of 5 digits, or of 8 that end in 000", text)
