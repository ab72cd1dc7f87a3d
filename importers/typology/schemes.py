"""The classifications of the BBSR that become concepts, recognised by the header of their column."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from graph_service.errors import InvalidValue
from graph_service.keys import NodeKey, concept_key
from graph_service.model import Concept

KIND = "municipality_type"
_ALIKE = 6
"""Publishers write "Kreisfreie Großstädte" and "kreisfreie Großstadt": the first letters tell classes apart."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A classification: ids ``<prefix>-<code>``. Classes without a fixed label take that of the file."""

    prefix: str
    header: str
    german: str = ""
    english: str = ""
    labels: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def key(self, code: str) -> NodeKey:
        """The key of a class; raises InvalidValue where the classification has no such class."""
        known = code in self.labels if self.labels else re.fullmatch(r"[0-9A-Za-z]{1,12}", code)
        if not known:
            raise InvalidValue(f"a class of {self.prefix}", code)
        return concept_key(KIND, f"{self.prefix}-{code}")

    def concept(self, code: str, name: str) -> Concept:
        """A class as an entry of the vocabulary; ``name`` is what the file calls it."""
        german, english = self.labels.get(code, (f"{self.german} {name}".strip(), f"{self.english} {name}".strip()))
        return Concept(key=self.key(code), name=german, label_en=english, kind=KIND)

    def agrees(self, code: str, name: str) -> bool:
        """Whether the file means by this code what the classification means."""
        expected = self.labels.get(code)
        return expected is None or not name or expected[0][:_ALIKE].casefold() == name[:_ALIKE].casefold()


def _fixed(**labels: tuple[str, str]) -> Mapping[str, tuple[str, str]]:
    return MappingProxyType({code.removeprefix("c"): pair for code, pair in labels.items()})


SCHEMES = (
    Scheme(
        "bbsr-kreistyp",
        r"siedlungsstrukturelle[rn]? kreistyp",
        labels=_fixed(
            c1=("Kreisfreie Großstadt", "Independent large city"),
            c2=("Städtischer Kreis", "Urban district"),
            c3=("Ländlicher Kreis mit Verdichtungsansätzen", "Rural district with some densely settled areas"),
            c4=("Dünn besiedelter ländlicher Kreis", "Sparsely settled rural district"),
        ),
    ),
    Scheme(
        "bbsr-raumtyp",
        r"städtischer?\W.*ländlicher? raum",
        labels=_fixed(c1=("Städtischer Raum", "Urban area"), c2=("Ländlicher Raum", "Rural area")),
    ),
    Scheme(
        "bbsr-regionstyp",
        r"siedlungsstrukturelle[rn]? regionstyp",
        labels=_fixed(
            c1=("Städtische Region", "Urban region"),
            c2=("Region mit Verstädterungsansätzen", "Region with urban tendencies"),
            c3=("Ländliche Region", "Rural region"),
        ),
    ),
    Scheme(
        "bbsr-stadt-gemeindetyp",
        r"stadt-?\W(und )?gemeindetyp(?!.*west)",
        labels=_fixed(
            c10=("Großstadt", "Large city"),
            c20=("Mittelstadt", "Medium-sized town"),
            c30=("Größere Kleinstadt", "Larger small town"),
            c40=("Kleine Kleinstadt", "Small town"),
            c50=("Landgemeinde", "Rural municipality"),
        ),
    ),
    Scheme("raumordnungsregion", r"raumordnungsregion", "Raumordnungsregion", "Spatial planning region"),
    Scheme("arbeitsmarktregion", r"arbeitsmarktregion", "Arbeitsmarktregion", "Labour-market region"),
)
"""Every classification that is taken over; other columns are named in the report."""


def scheme_of(header: str) -> Scheme | None:
    """The classification whose codes stand under a header."""
    plain = " ".join(header.lower().split())
    if plain.startswith("name") or plain.endswith("name"):
        return None
    return next((scheme for scheme in SCHEMES if re.match(scheme.header, plain)), None)
