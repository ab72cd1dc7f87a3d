"""Writes the store's datasets as a catalogue after DCAT-AP.de 3, in Turtle, JSON-LD or RDF/XML."""

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from rdflib import RDF, RDFS, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, XSD

from graph_service.export.contract import Exported
from graph_service.export.coverage import STATES, Coverage, german_states
from graph_service.export.licences import known_licence
from graph_service.export.rdf import BASE, address, check_base, new_graph, write_graph
from graph_service.export.sources import source_line
from graph_service.export.target import staged
from graph_service.export.view import View
from graph_service.keys import Label
from graph_service.model import CURATED, Dataset, Visibility
from graph_service.store.contract import DatasetStatus, Reader

DCATDE = Namespace("http://dcat-ap.de/def/dcatde/")
CONTRIBUTORS = "http://dcat-ap.de/def/contributors/"
_GEOCODING = Namespace("http://dcat-ap.de/def/politicalGeocoding/")
_GERMANY = URIRef("http://publications.europa.eu/resource/authority/country/DEU")
_GERMAN = URIRef("http://publications.europa.eu/resource/authority/language/DEU")
_TITLES = (("Bündniskompass: Datensätze", "de"), ("Bündniskompass: datasets", "en"))
_DESCRIPTIONS = (
    ("Die Datensätze, aus denen diese Installation des Bündniskompasses zusammengesetzt ist.", "de"),
    ("The datasets that this installation of Bündniskompass is put together from.", "en"),
)
PUBLISHER = "Bündniskompass"


def write_dcat(
    reader: Reader,
    path: Path,
    *,
    visibility: Visibility = Visibility.PUBLIC,
    base: str = BASE,
    publisher: str = PUBLISHER,
    contributor: str = "",
) -> Exported:
    """Write one file; the ending says the form.

    ``publisher`` is who runs the installation, ``contributor`` their id at GovData (or its whole address).
    """
    catalogue = _Catalogue(View(reader, visibility), check_base(base), publisher, contributor)
    for status in catalogue.view.datasets():
        catalogue.add(status, Coverage.of(reader.claimed(status.dataset.id), catalogue.view.keys))
    with staged(path) as place:
        write_graph(catalogue.graph, place, path)
    return Exported("dcat", path, catalogue.counts, catalogue.left_out)


class _Catalogue:
    """A catalogue that grows dataset by dataset; what is not known is left out of it."""

    def __init__(self, view: View, base: str, publisher: str, contributor: str) -> None:
        self.view = view
        self.counts = {"datasets": 0, "distributions": 0}
        self.left_out: dict[str, int] = {}
        self._base = base
        self._publisher = publisher
        self._contributor = contributor
        self._states = german_states(view.nodes(Label.MUNICIPALITY))
        self.graph = new_graph(
            dcat=str(DCAT), dcatde=str(DCATDE), dcterms=str(DCTERMS), foaf=str(FOAF), rdfs=str(RDFS), xsd=str(XSD)
        )
        self._catalogue = address(base, "catalogue")
        self._say(self._catalogue, RDF.type, DCAT.Catalog)
        for predicate, texts in ((DCTERMS.title, _TITLES), (DCTERMS.description, _DESCRIPTIONS)):
            for text, language in texts:
                self._say(self._catalogue, predicate, Literal(text, lang=language))
        self._say(self._catalogue, DCTERMS.publisher, self._agent(publisher))
        self._say(self._catalogue, DCTERMS.language, _GERMAN)
        if base.startswith("http"):
            self._say(self._catalogue, FOAF.homepage, URIRef(base))

    def _say(self, thing: URIRef, predicate: URIRef, value: URIRef | Literal) -> None:
        self.graph.add((thing, predicate, value))

    def _agent(self, name: str) -> URIRef:
        agent = address(self._base, "agent", name)
        self._say(agent, RDF.type, FOAF.Agent)
        self._say(agent, FOAF.name, Literal(name))
        return agent

    def add(self, status: DatasetStatus, coverage: Coverage) -> None:
        """Describe one dataset; without a publisher it is none that a catalogue may list."""
        dataset = status.dataset
        publisher = dataset.publisher or (self._publisher if dataset.id == CURATED.id else "")
        if not publisher:
            self.left_out["datasets without a publisher"] = self.left_out.get("datasets without a publisher", 0) + 1
            return
        thing = address(self._base, "dataset", dataset.id)
        self._say(self._catalogue, DCAT.dataset, thing)
        self._say(thing, RDF.type, DCAT.Dataset)
        self._say(thing, DCTERMS.title, Literal(dataset.title, lang="de"))
        self._say(thing, DCTERMS.description, Literal(dataset.note or source_line(dataset), lang="de"))
        self._say(thing, DCTERMS.identifier, Literal(dataset.id))
        self._say(thing, DCTERMS.publisher, self._agent(publisher))
        changed = status.updated_at.replace(microsecond=0).isoformat()
        self._say(thing, DCTERMS.modified, Literal(changed, datatype=XSD.dateTime))
        if self._contributor:
            contributor = self._contributor if "://" in self._contributor else CONTRIBUTORS + self._contributor
            self._say(thing, DCATDE.contributorID, URIRef(contributor))
        self._add_time(thing, dataset, coverage)
        self._add_places(thing, coverage)
        self._add_distribution(thing, dataset, publisher)
        self.counts["datasets"] += 1

    def _add_time(self, thing: URIRef, dataset: Dataset, coverage: Coverage) -> None:
        first, last = coverage.start or dataset.territory_date, coverage.end or dataset.territory_date
        if first is not None and last is not None:
            period = URIRef(f"{thing}#period")
            self._say(thing, DCTERMS.temporal, period)
            self._say(period, RDF.type, DCTERMS.PeriodOfTime)
            self._say(period, DCAT.startDate, Literal(first))
            self._say(period, DCAT.endDate, Literal(last))
        if dataset.retrieved_on is not None:
            retrieved = URIRef(f"{thing}#retrieved")
            self._say(thing, DCTERMS.provenance, retrieved)
            self._say(retrieved, RDF.type, DCTERMS.ProvenanceStatement)
            self._say(retrieved, RDFS.label, Literal(f"Abgerufen am {dataset.retrieved_on.isoformat()}", lang="de"))

    def _add_places(self, thing: URIRef, coverage: Coverage) -> None:
        """The German districts, states or the whole country; other codes are not known to the catalogue."""
        level, keys = _places(coverage.codes, self._states)
        if not keys:
            return
        self._say(thing, DCATDE.politicalGeocodingLevelURI, _GEOCODING[f"Level/{level}"])
        for key in keys:
            self._say(thing, DCATDE.politicalGeocodingURI, _GEOCODING[key])
            self._say(thing, DCTERMS.spatial, _GEOCODING[key])
        if len(keys) == STATES:
            self._say(thing, DCTERMS.spatial, _GERMANY)

    def _add_distribution(self, thing: URIRef, dataset: Dataset, publisher: str) -> None:
        """Where the publisher offers it. A distribution needs an address and a licence: without them there is none."""
        if not _is_address(dataset.url):
            return
        self._say(thing, DCAT.landingPage, URIRef(dataset.url))
        if not dataset.licence:
            return
        distribution = URIRef(f"{thing}#distribution")
        self._say(thing, DCAT.distribution, distribution)
        self._say(distribution, RDF.type, DCAT.Distribution)
        self._say(distribution, DCTERMS.title, Literal(dataset.title, lang="de"))
        self._say(distribution, DCAT.accessURL, URIRef(dataset.url))
        self.counts["distributions"] += 1
        licence = known_licence(dataset.licence)
        if licence is None:
            own = URIRef(f"{thing}#licence")
            self._say(own, RDF.type, DCTERMS.LicenseDocument)
            self._say(own, RDFS.label, Literal(dataset.licence, lang="de"))
            self._say(distribution, DCTERMS.license, own)
            return
        self._say(distribution, DCTERMS.license, URIRef(licence.address))
        if licence.names_publisher:
            self._say(distribution, DCATDE.licenseAttributionByText, Literal(licence.note or publisher, lang="de"))


def _places(codes: Iterable[str], states: frozenset[str]) -> tuple[str, list[str]]:
    """The level and keys of DCAT-AP.de: one district where all codes lie in it, else the states they lie in."""
    known = {code for code in codes if code[:2] in states and code.isdigit()}
    covered = sorted({code[:2] for code in known})
    districts = {code[:5] for code in known}
    if len(districts) == 1 and all(len(code) in (5, 8, 9) for code in known):
        return "administrativeDistrict", [f"districtKey/{code}" for code in districts]
    level = "federal" if len(covered) == STATES else "state"
    return level, [f"stateKey/{code}" for code in covered]


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(c in text for c in ' <>"{}|\\^`')
