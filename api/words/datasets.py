"""What datasets are called, whose they are and under which licence, in the reader's language."""

from collections.abc import Mapping
from types import MappingProxyType

from api.language import N_, Words
from graph_service.export.licences import DCATDE, known_licence
from graph_service.model import CURATED
from graph_service.vocabulary import VOCABULARY_DATASET

OWN: Mapping[str, str] = MappingProxyType(
    {
        "Gesetzlich vorgesehene Stellen je Kreis und kreisfreier Stadt": N_(
            "Bodies that the law provides for, for each district and independent city"
        ),
        "Bündniskompass, abgeleitet aus dem Gemeindeverzeichnis": N_(
            "Bündniskompass, derived from the municipality register"
        ),
        "Beispieldaten Deutschland: Kreise, Gemeinden, Indikatoren, Raumtypen, Praxisansätze": N_(
            "Sample data for Germany: districts, municipalities, indicators, types of area, practices"
        ),
        "Bündniskompass, aus amtlichen Veröffentlichungen": N_("Bündniskompass, from official publications"),
        "Fakten und Verweise. Die verlinkten Seiten gehören ihren Herausgebern": N_(
            "Facts and links. The linked pages belong to their publishers"
        ),
    }
)
"""What our own datasets say of themselves; what others say of theirs stays as it is."""

LICENCE_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        f"{DCATDE}dl-by-de/2.0": "https://www.govdata.de/dl-de/by-2-0",
        f"{DCATDE}dl-zero-de/2.0": "https://www.govdata.de/dl-de/zero-2-0",
        f"{DCATDE}cc-by/4.0": "https://creativecommons.org/licenses/by/4.0/deed.de",
        f"{DCATDE}cc-by-sa/4.0": "https://creativecommons.org/licenses/by-sa/4.0/deed.de",
        f"{DCATDE}cc-zero": "https://creativecommons.org/publicdomain/zero/1.0/deed.de",
        f"{DCATDE}odbl": "https://opendatacommons.org/licenses/odbl/1-0/",
    }
)
"""Where people read a licence; others are where the catalogue of licences names them."""


def dataset_title(speak: Words, dataset: str, title: str) -> str:
    """What a dataset is called."""
    if dataset == CURATED.id:
        return speak("Entered by hand")
    if dataset == VOCABULARY_DATASET.id:
        return speak("Vocabularies of Bündniskompass")
    return own_words(speak, title)


def own_words(speak: Words, text: str) -> str:
    """A title, publisher or licence; that of a dataset of our own in both languages."""
    return speak(OWN[text]) if text in OWN else text


def dataset_licences(speak: Words, licence: str) -> tuple[tuple[str, str], ...]:
    """The licences of a dataset, each with where it can be read."""
    return tuple((own_words(speak, _written(each)), _address(each)) for each in licence.split("; ") if each)


def _written(licence: str) -> str:
    """As people write it: a dash between its parts, and no full stop before the next one."""
    return licence.rstrip(".").replace(" - ", " – ")


def _address(licence: str) -> str:
    known = known_licence(licence)
    return LICENCE_TEXTS.get(known.address, known.address) if known else ""
