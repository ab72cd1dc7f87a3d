"""Finds the address of a licence that a dataset names in words: that of DCAT-AP.de, else that of the EU."""

import re
from dataclasses import dataclass

DCATDE = "http://dcat-ap.de/def/licenses/"
_EU = "http://publications.europa.eu/resource/authority/licence/"

# what a licence is called, plain (letters and digits only) → its address; names must be whole
_NAMES = {
    "dldeby20": f"{DCATDE}dl-by-de/2.0",
    "dlbyde20": f"{DCATDE}dl-by-de/2.0",
    "datenlizenzdeutschlandnamensnennung20": f"{DCATDE}dl-by-de/2.0",
    "datenlizenzdeutschlandnamensnennungversion20": f"{DCATDE}dl-by-de/2.0",
    "dldezero20": f"{DCATDE}dl-zero-de/2.0",
    "dlzerode20": f"{DCATDE}dl-zero-de/2.0",
    "datenlizenzdeutschlandzero20": f"{DCATDE}dl-zero-de/2.0",
    "datenlizenzdeutschlandzeroversion20": f"{DCATDE}dl-zero-de/2.0",
    "ccby40": f"{DCATDE}cc-by/4.0",
    "creativecommonsnamensnennung40international": f"{DCATDE}cc-by/4.0",
    "ccbysa40": f"{DCATDE}cc-by-sa/4.0",
    "cc0": f"{DCATDE}cc-zero",
    "cc010": f"{DCATDE}cc-zero",
    "cczero": f"{DCATDE}cc-zero",
    "odbl": f"{DCATDE}odbl",
    "odbl10": f"{DCATDE}odbl",
    "amtlicheswerk": f"{DCATDE}officialWork",
    "eupl12": f"{_EU}EUPL_1_2",
}
_ADDRESSES = {
    "govdata.de/dl-de/by-2-0": f"{DCATDE}dl-by-de/2.0",
    "govdata.de/dl-de/zero-2-0": f"{DCATDE}dl-zero-de/2.0",
    "creativecommons.org/licenses/by/4.0": f"{DCATDE}cc-by/4.0",
    "creativecommons.org/licenses/by-sa/4.0": f"{DCATDE}cc-by-sa/4.0",
    "creativecommons.org/publicdomain/zero/1.0": f"{DCATDE}cc-zero",
}
_NAMING = ("dl-by-de/", "cc-by", "odbl")
"""Licences under which the publisher must be named."""


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence by its address; ``note`` is what the dataset says behind its name: mostly whom to name."""

    address: str
    note: str = ""

    @property
    def names_publisher(self) -> bool:
        """Whether whoever uses the data must name the publisher."""
        return self.address.removeprefix(DCATDE).startswith(_NAMING)


def known_licence(text: str) -> Licence | None:
    """The licence that is meant; None where it is unknown, where there are several, or where nothing is said."""
    stated = text.strip()
    if stated.startswith(DCATDE):
        return Licence(stated)
    bare = re.sub(r"\Ahttps?://(www\.)?", "", stated).rstrip("/")
    if bare in _ADDRESSES:
        return Licence(_ADDRESSES[bare])
    name, _, note = stated.partition(": ")
    found = _NAMES.get(re.sub(r"[^a-z0-9]", "", name.casefold()))
    return None if found is None else Licence(found, note.strip())
