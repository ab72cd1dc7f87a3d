"""The region codes of the Deutschlandatlas, which lost their leading zeros or have another form of their own."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from graph_service.errors import InvalidValue
from graph_service.keys import district_ags

_HEAD = re.compile(r"(KRS|GKZ|GEM|VBG|VBGEM)([01][0-9])([0-9]{2})\Z")
_SHEETS = {"GKZ": "GEM", "VBG": "VBGEM"}


@dataclass(frozen=True, slots=True)
class Status:
    """Which level a sheet is of, and at the end of which month its regions stood."""

    level: str
    month: int
    year: int

    @property
    def name(self) -> str:
        """As the publisher calls it, such as KRS1222."""
        return f"{self.level}{self.month:02d}{self.year % 100:02d}"


def status_of(head: object) -> Status | None:
    """Read the first cell of a sheet's head (KRS1222, GKZ1222, VBG1222), or None where it is another."""
    found = _HEAD.match(head.strip()) if isinstance(head, str) else None
    if not found:
        return None
    return Status(_SHEETS.get(found[1], found[1]), int(found[2]), 2000 + int(found[3]))


def district(code: object) -> str:
    """A district's code of five digits from seven or eight that end in 000; raises InvalidValue."""
    return district_ags(str(code))


def municipality(code: object) -> str:
    """A municipality's code of eight digits; seven lost their zero. Raises InvalidValue."""
    return _padded(code, 8, "a municipality's code of 8 digits, or 7 where the zero is lost")


def association(code: object) -> str:
    """The first nine digits of an ARS; eight lost their zero. Raises InvalidValue."""
    return _padded(code, 9, "an association's code of 9 digits, or 8 where the zero is lost")


def _padded(code: object, digits: int, expected: str) -> str:
    text = str(code).strip()
    if not (text.isascii() and text.isdigit() and len(text) in (digits - 1, digits)):
        raise InvalidValue(expected, text)
    return text.zfill(digits)


class AssociationNumbers:
    """Turns the association numbers of the BBSR (district 5, number 3) into codes of nine digits.

    A number below 900 is a municipality of no association: its code is known. From 900 on only the last two digits
    are the association's, so the code is taken from a sheet with full codes, and only where code and name leave one.
    """

    def __init__(self, full: Iterable[tuple[str, str]]) -> None:
        """Learn the (code, name) of all associations from sheets with full codes."""
        self._known = dict(full)
        self._by_end: dict[str, list[str]] = {}
        for code in self._known:
            if code[5] != "0":
                self._by_end.setdefault(code[:5] + code[7:], []).append(code)

    def code(self, number: object, name: str) -> str:
        """The code of nine digits; raises InvalidValue where it cannot be known."""
        text = str(number).strip()
        if not (text.isascii() and text.isdigit() and len(text) in (7, 8)):
            raise InvalidValue("an association's number of 8 digits", text)
        text = text.zfill(8)
        if text[5] != "9":
            uninhabited = f"{text[:5]}9{text[5:]}"
            return uninhabited if uninhabited in self._known else f"{text[:5]}0{text[5:]}"
        found = [code for code in self._by_end.get(text[:5] + text[6:], ()) if self._known[code] == name]
        if len(found) != 1:
            raise InvalidValue("an association that a sheet with full codes names", f"{text} {name}")
        return found[0]
