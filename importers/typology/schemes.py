"""The classifications of the BBSR that become concepts, recognised by the header of their column."""

import re
from dataclasses import dataclass

from graph_service.errors import InvalidValue
from graph_service.keys import NodeKey, concept_key
from graph_service.model import Concept
from graph_service.vocabulary import Term, load_vocabulary

KIND = "municipality_type"
_ALIKE = 6
"""Publishers write "Kreisfreie Großstädte" and "kreisfreie Großstadt": the first letters tell classes apart."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A classification: ids ``<prefix>-<code>``, whose labels stand in the vocabulary.

    Where ``german`` and ``english`` say what a class is, the file names the classes: regions are many and change.
    """

    prefix: str
    header: str
    german: str = ""
    english: str = ""

    def key(self, code: str) -> NodeKey:
        """The key of a class; raises InvalidValue where the classification has no such class."""
        known = re.fullmatch(r"[0-9A-Za-z]{1,12}", code) if self.german else self.term(code)
        if not known:
            raise InvalidValue(f"a class of {self.prefix}", code)
        return concept_key(KIND, f"{self.prefix}-{code}")

    def term(self, code: str) -> Term | None:
        """The entry of the vocabulary, or None."""
        return load_vocabulary().find(KIND, f"{self.prefix}-{code}")

    def concept(self, code: str, name: str) -> Concept:
        """A class as a node; ``name`` is what the file calls it."""
        term = self.term(code)
        german = term.label_de if term else f"{self.german} {name}".strip()
        english = term.label_en if term else f"{self.english} {name}".strip()
        return Concept(key=self.key(code), name=german, label_en=english, kind=KIND)

    def expected(self, code: str, name: str) -> str:
        """The label of a class where the file calls it something else, "" where both mean the same."""
        term = self.term(code)
        if term is None or not name or term.label_de[:_ALIKE].casefold() == name[:_ALIKE].casefold():
            return ""
        return term.label_de


SCHEMES = (
    Scheme("bbsr-kreistyp", r"siedlungsstrukturelle[rn]? kreistyp"),
    Scheme("bbsr-raumtyp", r"städtischer?\W.*ländlicher? raum"),
    Scheme("bbsr-regionstyp", r"siedlungsstrukturelle[rn]? regionstyp"),
    Scheme("bbsr-stadt-gemeindetyp", r"stadt-?\W(und )?gemeindetyp(?!.*west)"),
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
