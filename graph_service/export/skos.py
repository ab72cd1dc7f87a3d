"""Writes the controlled vocabularies as SKOS: a concept scheme for each, in Turtle, JSON-LD or RDF/XML."""

from pathlib import Path

from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, OWL, SKOS, XSD

from graph_service.export.contract import Exported
from graph_service.export.licences import known_licence
from graph_service.export.rdf import BASE, address, check_base, new_graph, write_graph
from graph_service.export.target import staged
from graph_service.export.view import View
from graph_service.keys import Label
from graph_service.model import Concept, Visibility
from graph_service.store.contract import Reader
from graph_service.vocabulary import LANGUAGES, VOCABULARY_DATASET, Kind, Term, Vocabulary, load_vocabulary


def write_skos(reader: Reader, path: Path, *, visibility: Visibility = Visibility.PUBLIC, base: str = BASE) -> Exported:
    """Write one file; the ending says the form. ``base`` begins every address."""
    graph = vocabulary_graph(load_vocabulary(), base)
    own = _add_own(graph, View(reader, visibility), base)
    schemes = len(set(graph.subjects(RDF.type, SKOS.ConceptScheme)))
    concepts = len(set(graph.subjects(RDF.type, SKOS.Concept)))
    with staged(path) as place:
        write_graph(graph, place, path)
    return Exported("skos", path, {"schemes": schemes, "concepts": concepts, "concepts of other sources": own})


def vocabulary_graph(vocabulary: Vocabulary, base: str = BASE) -> Graph:
    """The vocabularies that come with the project, as RDF."""
    graph = new_graph(dcterms=str(DCTERMS), owl=str(OWL), skos=str(SKOS), xsd=str(XSD))
    check_base(base)
    for kind in map(vocabulary.kind, vocabulary.kinds):
        _add_scheme(graph, kind, base)
        for term in kind.terms.values():
            _add_term(graph, term, base)
    return graph


def scheme_address(base: str, kind: str) -> URIRef:
    """The address of a vocabulary."""
    return address(base, "vocabulary", kind)


def term_address(base: str, kind: str, id: str) -> URIRef:
    """The address of a term."""
    return address(base, "vocabulary", kind, id)


def _add_scheme(graph: Graph, kind: Kind, base: str) -> None:
    scheme = scheme_address(base, kind.id)
    graph.add((scheme, RDF.type, SKOS.ConceptScheme))
    graph.add((scheme, DCTERMS.identifier, Literal(kind.id)))
    graph.add((scheme, DCTERMS.publisher, Literal(VOCABULARY_DATASET.publisher)))
    licence = known_licence(VOCABULARY_DATASET.licence)
    if licence is not None:
        graph.add((scheme, DCTERMS.license, URIRef(licence.address)))
    for language in LANGUAGES:
        graph.add((scheme, SKOS.prefLabel, Literal(kind.label(language), lang=language)))
        graph.add((scheme, DCTERMS.title, Literal(kind.label(language), lang=language)))


def _add_term(graph: Graph, term: Term, base: str) -> None:
    concept, scheme = term_address(base, term.kind, term.id), scheme_address(base, term.kind)
    graph.add((concept, RDF.type, SKOS.Concept))
    graph.add((concept, SKOS.inScheme, scheme))
    graph.add((concept, DCTERMS.identifier, Literal(term.id)))
    if term.notation:
        graph.add((concept, SKOS.notation, Literal(term.notation)))
    for language in LANGUAGES:
        graph.add((concept, SKOS.prefLabel, Literal(term.label(language), lang=language)))
        if term.definition(language):
            graph.add((concept, SKOS.definition, Literal(term.definition(language), lang=language)))
    _add_relations(graph, term, concept, scheme, base)
    for match in term.exact_match:
        graph.add((concept, SKOS.exactMatch, URIRef(match)))
    if term.deprecated:
        graph.add((concept, OWL.deprecated, Literal(True)))
    if term.replaced_by:
        graph.add((concept, DCTERMS.isReplacedBy, term_address(base, term.kind, term.replaced_by)))


def _add_relations(graph: Graph, term: Term, concept: URIRef, scheme: URIRef, base: str) -> None:
    """A broader term may stand in another vocabulary (a challenge in a field): SKOS calls that a match as well."""
    kind, _, id = term.broader.partition(".")
    if term.broader:
        broader = term_address(base, kind, id)
        graph.add((concept, SKOS.broader, broader))
        graph.add((broader, SKOS.narrower, concept))
        if kind != term.kind:
            graph.add((concept, SKOS.broadMatch, broader))
    if kind != term.kind:
        graph.add((concept, SKOS.topConceptOf, scheme))
        graph.add((scheme, SKOS.hasTopConcept, concept))


def _add_own(graph: Graph, view: View, base: str) -> int:
    """Terms that the store holds beside ours: settlement types, and those of packages."""
    vocabulary, count = load_vocabulary(), 0
    for node in view.nodes(Label.CONCEPT):
        kind, _, id = node.key.local.partition(".")
        if not isinstance(node, Concept) or not id or vocabulary.find(kind, id) is not None:
            continue
        count += 1
        concept, scheme = term_address(base, kind, id), scheme_address(base, kind)
        if kind not in vocabulary.kinds:
            graph.add((scheme, RDF.type, SKOS.ConceptScheme))
            graph.add((scheme, DCTERMS.identifier, Literal(kind)))
        graph.add((concept, RDF.type, SKOS.Concept))
        graph.add((concept, SKOS.inScheme, scheme))
        graph.add((concept, DCTERMS.identifier, Literal(id)))
        for label, language in ((node.name, "de"), (node.label_en, "en")):
            if label:
                graph.add((concept, SKOS.prefLabel, Literal(label, lang=language)))
        broader, _, broader_id = (node.broader or "").partition(".")
        if broader_id:
            graph.add((concept, SKOS.broader, term_address(base, broader, broader_id)))
    return count
