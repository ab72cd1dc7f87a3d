"""The vocabularies leave as SKOS that keeps its own rules, complete and in both languages."""

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, OWL, SKOS

from graph_service.export.skos import scheme_address, term_address, vocabulary_graph, write_skos
from graph_service.keys import NodeKey
from graph_service.model import Concept, Dataset, Visibility
from graph_service.store.contract import GraphStore
from graph_service.store.sqlite_store import SQLiteStore
from graph_service.vocabulary import Kind, Origin, Term, Vocabulary, load_vocabulary

BASE = "https://kompass.example.org/id/"
DATASET = Dataset(id="typology", title="Raumtypen")


@pytest.fixture
def store(tmp_path: Path) -> GraphStore:
    kept = SQLiteStore(tmp_path / "s.db")
    concepts = [
        Concept(key=NodeKey("concept:settlement.mittel"), name="Mittlere Dichte", label_en="Medium", kind="settlement"),
        Concept(key=NodeKey("concept:settlement.dicht"), name="Dicht", broader="settlement.mittel"),
        Concept(key=NodeKey("concept:field.school"), name="Schule und mehr", kind="field"),
        Concept(key=NodeKey("concept:settlement.geheim"), name="Verborgen", visibility=Visibility.OFFICE),
    ]
    kept.write(lambda tx: tx.replace(DATASET, concepts))
    return kept


def test_every_term_is_there_with_its_labels_definitions_and_place() -> None:
    graph, vocabulary = vocabulary_graph(load_vocabulary(), BASE), load_vocabulary()
    for kind in vocabulary.kinds:
        scheme = URIRef(f"{BASE}vocabulary/{kind}")
        assert (scheme, RDF.type, SKOS.ConceptScheme) in graph
        assert {label.language for label in graph.objects(scheme, SKOS.prefLabel)} == {"de", "en"}
    for term in vocabulary:
        concept = URIRef(f"{BASE}vocabulary/{term.kind}/{term.id}")
        assert (concept, SKOS.inScheme, scheme_address(BASE, term.kind)) in graph
        assert (concept, SKOS.prefLabel, Literal(term.label_de, lang="de")) in graph
        assert (concept, SKOS.prefLabel, Literal(term.label_en, lang="en")) in graph
        assert bool(term.definition_de) == ((concept, SKOS.definition, Literal(term.definition_de, lang="de")) in graph)
        assert {str(m) for m in graph.objects(concept, SKOS.exactMatch)} == set(term.exact_match)
        assert bool(term.notation) == ((concept, SKOS.notation, Literal(term.notation)) in graph)
        if term.broader:
            kind, _, id = term.broader.partition(".")
            assert (concept, SKOS.broader, term_address(BASE, kind, id)) in graph
    assert len(set(graph.subjects(RDF.type, SKOS.Concept))) == sum(1 for _ in vocabulary)


def test_the_rules_of_skos_hold() -> None:
    graph = vocabulary_graph(load_vocabulary(), BASE)
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    for relation in (SKOS.broader, SKOS.narrower, SKOS.broadMatch):
        assert {end for pair in graph.subject_objects(relation) for end in pair} <= concepts
    for concept in concepts:
        labels = list(graph.objects(concept, SKOS.prefLabel))
        assert len({label.language for label in labels}) == len(labels)
        above = graph.value(concept, SKOS.broader)
        assert above is None or concept not in set(graph.transitive_objects(above, SKOS.broader))
    for concept, scheme in graph.subject_objects(SKOS.topConceptOf):
        assert (scheme, SKOS.hasTopConcept, concept) in graph
        assert (concept, SKOS.inScheme, scheme) in graph
    assert not concepts & set(graph.subjects(RDF.type, SKOS.ConceptScheme))


def test_a_deprecated_term_stays_and_names_its_successor() -> None:
    old = Term(
        kind="k", id="old", label_de="Alt", label_en="Old", origin=Origin.OWN, deprecated=True, replaced_by="new"
    )
    new = replace(old, id="new", label_de="Neu", label_en="New", deprecated=False, replaced_by="")
    kind = Kind("k", "Art", "Kind", MappingProxyType({"old": old, "new": new}))
    graph = vocabulary_graph(Vocabulary(MappingProxyType({"k": kind})))
    address = URIRef("urn:buendniskompass:vocabulary:k:old")
    assert (address, OWL.deprecated, Literal(True)) in graph
    assert graph.value(address, DCTERMS.isReplacedBy) == URIRef("urn:buendniskompass:vocabulary:k:new")
    assert (URIRef("urn:buendniskompass:vocabulary:k:new"), OWL.deprecated, None) not in graph


def test_terms_of_other_sources_leave_too_unless_they_are_hidden(store: GraphStore, tmp_path: Path) -> None:
    told = store.read(lambda r: write_skos(r, tmp_path / "v.ttl"))
    assert told.counts["concepts of other sources"] == 2
    graph = Graph().parse(tmp_path / "v.ttl")
    dense = URIRef("urn:buendniskompass:vocabulary:settlement:dicht")
    middle = URIRef("urn:buendniskompass:vocabulary:settlement:mittel")
    assert graph.value(dense, SKOS.broader) == middle
    assert (middle, SKOS.prefLabel, Literal("Medium", lang="en")) in graph
    assert (graph.value(middle, SKOS.inScheme), RDF.type, SKOS.ConceptScheme) in graph
    school = URIRef("urn:buendniskompass:vocabulary:field:school")
    assert (school, SKOS.prefLabel, Literal("Schule und mehr", lang="de")) not in graph, "ours is called as we call it"
    assert "Verborgen" not in (tmp_path / "v.ttl").read_text("utf-8")


def test_every_form_says_the_same(store: GraphStore, tmp_path: Path) -> None:
    graphs = []
    for ending, form in (("ttl", "turtle"), ("jsonld", "json-ld"), ("json", "json-ld"), ("rdf", "xml"), ("nt", "nt")):
        path = tmp_path / f"v.{ending}"
        store.read(lambda r, path=path: write_skos(r, path, base=BASE))
        graphs.append(Graph().parse(path, format=form))
    assert len(graphs[0]) > 2000
    assert all(isomorphic(graphs[0], other) for other in graphs[1:])
