"""The catalogue is valid DCAT-AP.de, says what the store knows of its datasets, and leaves out what nobody said."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from pyshacl import validate
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, FOAF, XSD

from graph_service.errors import InvalidValue
from graph_service.export.dcat import DCATDE, write_dcat
from graph_service.export.licences import known_licence
from graph_service.keys import NodeKey
from graph_service.model import (
    Actor,
    Concept,
    Dataset,
    Edge,
    EdgeType,
    Indicator,
    Level,
    Municipality,
    ObservationTable,
    Record,
    Visibility,
)
from graph_service.store.contract import GraphStore
from graph_service.store.sqlite_store import SQLiteStore

SHAPES = Path(__file__).resolve().parents[1] / "fixtures/dcat/shapes.ttl"
BASE = "https://kompass.example.org/id"
GEO = "http://dcat-ap.de/def/politicalGeocoding/"


def area(code: str, level: Level = Level.DISTRICT, **said: str) -> Municipality:
    return Municipality(key=NodeKey(f"municipality:{code}"), name=code, level=level, **said)


REGISTER = Dataset(
    id="register",
    title="Gemeindeverzeichnis",
    publisher="Statistisches Bundesamt (Destatis)",
    licence="© Destatis, Vervielfältigung gestattet",
    url="https://www.destatis.de/verzeichnis",
    territory_date=date(2024, 12, 31),
    retrieved_on=date(2025, 1, 2),
)
FIGURES = Dataset(
    id="figures",
    title="Zahlen",
    publisher="BBSR",
    licence="Datenlizenz Deutschland - Namensnennung - 2.0: © BBSR Bonn",
    url="https://www.inkar.de/",
    note="Alle zwei Jahre.",
)
LIST = Dataset(id="list", title="Eine Liste aus dem Amt")
STATES = [f"{n:02}" for n in range(1, 17)]


@pytest.fixture
def store(tmp_path: Path) -> GraphStore:
    kept = SQLiteStore(tmp_path / "s.db")
    states = [area(code, Level.STATE, kind="bundesland") for code in STATES]
    values = ObservationTable(("08119", "08119"), ("q", "q"), ("2015", "2021-Q2"), np.array([1.0, 2.0]), ("", ""))
    kept.write(lambda tx: tx.replace(REGISTER, [*states, area("08119"), area("08118")]))
    kept.write(lambda tx: tx.replace(FIGURES, [Indicator(key=NodeKey("indicator:q"), name="Quote"), values]))
    kept.write(lambda tx: tx.replace(LIST, [Actor(key=NodeKey("actor:a"), name="Verein")]))
    kept.write(lambda tx: tx.put(Concept(key=NodeKey("concept:field.x"), name="x")))
    return kept


def catalogue(store: GraphStore, path: Path, **said: str) -> Graph:
    store.read(lambda r: write_dcat(r, path, **said))
    form = {".jsonld": "json-ld", ".rdf": "xml", ".nt": "nt"}.get(path.suffix, "turtle")
    return Graph().parse(path, format=form)


def dataset(id: str) -> URIRef:
    return URIRef(f"{BASE}/dataset/{id}")


def test_the_catalogue_is_valid_and_a_spoilt_one_is_not(store: GraphStore, tmp_path: Path) -> None:
    graph = catalogue(store, tmp_path / "c.ttl", base=BASE, contributor="muster")
    conforms, _, text = validate(graph, shacl_graph=str(SHAPES))
    assert conforms, text
    for predicate in (DCTERMS.publisher, DCTERMS.title, DCTERMS.license, DCAT.accessURL, FOAF.name, DCAT.startDate):
        spoilt = Graph() + graph
        spoilt.remove((None, predicate, None))
        assert not validate(spoilt, shacl_graph=str(SHAPES))[0], predicate


def test_a_dataset_says_what_is_known_of_it(store: GraphStore, tmp_path: Path) -> None:
    graph = catalogue(store, tmp_path / "c.ttl", base=BASE, contributor="muster", publisher="Landkreis Muster")
    figures = dataset("figures")
    assert graph.value(figures, DCTERMS.title) == Literal("Zahlen", lang="de")
    assert graph.value(figures, DCTERMS.description) == Literal("Alle zwei Jahre.", lang="de")
    assert graph.value(figures, DCATDE.contributorID) == URIRef("http://dcat-ap.de/def/contributors/muster")
    period = graph.value(figures, DCTERMS.temporal)
    assert graph.value(period, DCAT.startDate) == Literal(date(2015, 1, 1), datatype=XSD.date)
    assert graph.value(period, DCAT.endDate) == Literal(date(2021, 6, 30), datatype=XSD.date)
    assert graph.value(figures, DCATDE.politicalGeocodingURI) == URIRef(f"{GEO}districtKey/08119")
    distribution = graph.value(figures, DCAT.distribution)
    assert graph.value(distribution, DCAT.accessURL) == URIRef("https://www.inkar.de/")
    assert graph.value(distribution, DCTERMS.license) == URIRef("http://dcat-ap.de/def/licenses/dl-by-de/2.0")
    assert graph.value(distribution, DCATDE.licenseAttributionByText) == Literal("© BBSR Bonn", lang="de")
    register = dataset("register")
    assert set(graph.objects(register, DCATDE.politicalGeocodingURI)) == {URIRef(f"{GEO}stateKey/{s}") for s in STATES}
    assert graph.value(register, DCATDE.politicalGeocodingLevelURI) == URIRef(f"{GEO}Level/federal")
    licence = graph.value(graph.value(register, DCAT.distribution), DCTERMS.license)
    assert (licence, RDF.type, DCTERMS.LicenseDocument) in graph
    publishers = {str(graph.value(agent, FOAF.name)) for agent in graph.subjects(RDF.type, FOAF.Agent)}
    assert publishers == {"BBSR", "Statistisches Bundesamt (Destatis)", "Landkreis Muster"}
    assert graph.value(dataset("curated"), DCTERMS.publisher) == graph.value(
        URIRef(f"{BASE}/catalogue"), DCTERMS.publisher
    )


def test_what_is_not_known_is_left_out(store: GraphStore, tmp_path: Path) -> None:
    told = store.read(lambda r: write_dcat(r, tmp_path / "c.ttl"))
    assert told.counts == {"datasets": 3, "distributions": 2}
    assert told.left_out == {"datasets without a publisher": 1}
    graph = Graph().parse(tmp_path / "c.ttl")
    curated = URIRef("urn:buendniskompass:dataset:curated")
    said = set(graph.predicates(curated))
    assert not said & {DCAT.distribution, DCTERMS.temporal, DCTERMS.spatial, DCAT.landingPage, DCATDE.contributorID}
    assert "Verein" not in (tmp_path / "c.ttl").read_text("utf-8")


def test_a_source_without_licence_has_a_page_but_no_distribution(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "s.db")
    unlicensed = Dataset(id="figures", title="Zahlen", publisher="Amt", url="https://example.org/x")
    store.write(lambda tx: tx.replace(unlicensed, [area("08119")]))
    graph = catalogue(store, tmp_path / "c.ttl", base=BASE)
    assert graph.value(dataset("figures"), DCAT.landingPage) == URIRef("https://example.org/x")
    assert graph.value(dataset("figures"), DCAT.distribution) is None
    assert validate(graph, shacl_graph=str(SHAPES))[0]


def test_codes_that_are_not_german_are_no_german_places(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "s.db")
    store.write(lambda tx: tx.replace(FIGURES, [area("08119"), area("09", Level.STATE)]))
    graph = catalogue(store, tmp_path / "c.ttl", base=BASE)
    assert list(graph.objects(dataset("figures"), DCATDE.politicalGeocodingURI)) == []


def test_hidden_records_tell_nothing_about_time_or_place(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "s.db")
    records: list[Record] = [
        area("08", Level.STATE, kind="bundesland"),
        area("08119"),
        Actor(key=NodeKey("actor:a"), name="Verborgen", visibility=Visibility.OFFICE),
        Edge(EdgeType.LOCATED_IN, NodeKey("actor:a"), NodeKey("municipality:08119")),
    ]
    store.write(lambda tx: tx.replace(REGISTER, records[:2]))
    store.write(lambda tx: tx.replace(FIGURES, records[2:]))
    graph = catalogue(store, tmp_path / "c.ttl", base=BASE)
    assert list(graph.objects(dataset("figures"), DCTERMS.spatial)) == []
    store.read(lambda r: write_dcat(r, tmp_path / "o.ttl", base=BASE, visibility=Visibility.OFFICE))
    assert list(Graph().parse(tmp_path / "o.ttl").objects(dataset("figures"), DCTERMS.spatial))


def test_every_form_says_the_same(store: GraphStore, tmp_path: Path) -> None:
    graphs = [catalogue(store, tmp_path / f"c{ending}", base=BASE) for ending in (".ttl", ".jsonld", ".rdf", ".nt")]
    assert len(graphs[0]) > 60
    assert all(isomorphic(graphs[0], other) for other in graphs[1:])


@pytest.mark.parametrize("ending", ["ttl", "jsonld", "rdf"])
def test_the_bytes_do_not_depend_on_the_run(store: GraphStore, tmp_path: Path, ending: str) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from graph_service.store.sqlite_store import SQLiteStore\n"
        "from graph_service.export.dcat import write_dcat\n"
        "SQLiteStore(Path(sys.argv[1])).read(lambda r: write_dcat(r, Path(sys.argv[2])))\n"
    )
    written = []
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.{ending}"
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(SHAPES.parents[3])}
        subprocess.run([sys.executable, "-c", code, str(tmp_path / "s.db"), str(path)], check=True, env=environment)
        written.append(path.read_bytes())
    assert written[0] == written[1]


@pytest.mark.parametrize("base", ["kompass.example.org", "javascript:alert(1)", "https://a b", 'https://x"y'])
def test_a_base_that_is_no_address_is_refused(store: GraphStore, tmp_path: Path, base: str) -> None:
    with pytest.raises(InvalidValue, match="an address that begins with https: or urn:"):
        store.read(lambda r: write_dcat(r, tmp_path / "c.ttl", base=base))


@pytest.mark.parametrize(
    ("text", "address", "note"),
    [
        ("dl-de/by-2-0", "dl-by-de/2.0", ""),
        ("Datenlizenz Deutschland - Namensnennung - 2.0", "dl-by-de/2.0", ""),
        ("Datenlizenz Deutschland – Namensnennung – Version 2.0: © GeoBasis-DE / BKG", "dl-by-de/2.0", "© GeoBasis-DE / BKG"),  # noqa: E501  # a case is a line
        ("https://www.govdata.de/dl-de/zero-2-0", "dl-zero-de/2.0", ""),
        ("CC-BY-4.0", "cc-by/4.0", ""),
        ("CC BY-SA 4.0", "cc-by-sa/4.0", ""),
        ("http://dcat-ap.de/def/licenses/other-open", "other-open", ""),
    ],
)  # fmt: skip
def test_licences_have_the_addresses_of_dcat_ap_de(text: str, address: str, note: str) -> None:
    found = known_licence(text)
    assert found is not None
    assert (found.address, found.note) == (f"http://dcat-ap.de/def/licenses/{address}", note)


@pytest.mark.parametrize(
    "text", ["", "dl-de/by-2-0; MIT", "nicht angegeben", "CC-BY-NC-4.0", "© Destatis. Mit Quellenangabe."]
)
def test_an_unknown_licence_is_not_taken_for_a_known_one(text: str) -> None:
    assert known_licence(text) is None
