"""Writes RDF in the form that a file's name asks for, equal graphs always byte for byte the same."""

import json
from io import StringIO
from pathlib import Path
from urllib.parse import quote

from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.namespace import NamespaceManager
from rdflib.term import Node

from graph_service.errors import InvalidValue
from graph_service.export.markup import Markup

BASE = "urn:buendniskompass:"
"""What addresses begin with where nobody says the address of an installation."""

_FORMS = {".jsonld": "json-ld", ".json": "json-ld", ".rdf": "xml", ".xml": "xml", ".nt": "nt"}


def address(base: str, *parts: str) -> URIRef:
    """The address of a thing: parts below a base, divided as its scheme divides (``urn:``) or by slashes."""
    divider = ":" if base.startswith("urn:") else "/"
    if not base.endswith(divider):
        base += divider
    return URIRef(base + divider.join(quote(part, safe="-._~") for part in parts))


def check_base(base: str) -> str:
    """A base that begins an absolute address; raises InvalidValue."""
    if not base.startswith(("http://", "https://", "urn:")) or any(c.isspace() or c in '<>"{}|\\^`' for c in base):
        raise InvalidValue("an address that begins with https: or urn:", base)
    return base


def new_graph(**prefixes: str) -> Graph:
    """A graph that knows these prefixes and no others."""
    graph = Graph(bind_namespaces="none")
    graph.namespace_manager = NamespaceManager(graph, bind_namespaces="none")
    for prefix, namespace in sorted(prefixes.items()):
        graph.bind(prefix, namespace)
    return graph


def write_graph(graph: Graph, place: Path, path: Path) -> None:
    """Write to ``place`` in the form of ``path``: JSON-LD, RDF/XML, N-Triples, else Turtle."""
    form = _FORMS.get(path.suffix.lower(), "turtle")
    if any(isinstance(node, BNode) for triple in graph for node in triple):
        raise InvalidValue("addresses for everything: what has none cannot be written twice the same", "a blank node")
    if form == "json-ld":
        text = _json_ld(graph)
    elif form == "nt":
        text = "".join(sorted(graph.serialize(format="nt").splitlines(keepends=True)))
    elif form == "xml":
        text = _rdf_xml(graph)
    else:
        text = graph.serialize(format="turtle")
    place.write_text(text.rstrip("\n") + "\n", encoding="utf-8", newline="\n")


def _rdf_xml(graph: Graph) -> str:
    """Each thing by its address, what is said of it in order; the library's own order changes from run to run."""
    prefixes = {f"xmlns:{prefix}": str(namespace) for prefix, namespace in sorted(graph.namespaces()) if prefix}
    text = StringIO()
    xml = Markup(text)
    with xml.inside("rdf:RDF", {"xmlns:rdf": str(RDF), **prefixes}):
        for subject in sorted(set(graph.subjects()), key=str):
            with xml.inside("rdf:Description", {"rdf:about": str(subject)}):
                for predicate, value in sorted(graph.predicate_objects(subject), key=_written):
                    name = "rdf:type" if predicate == RDF.type else graph.qname(str(predicate))
                    if isinstance(value, Literal):
                        xml.element(name, _literal(value), str(value))
                    else:
                        xml.element(name, {"rdf:resource": str(value)})
    return text.getvalue()


def _written(said: tuple[Node, Node]) -> tuple[str, str]:
    return said[0].n3(), said[1].n3()


def _literal(value: Literal) -> dict[str, str]:
    if value.language:
        return {"xml:lang": value.language}
    return {"rdf:datatype": str(value.datatype)} if value.datatype else {}


def _json_ld(graph: Graph) -> str:
    context = {prefix: str(namespace) for prefix, namespace in graph.namespaces() if prefix}
    document = json.loads(graph.serialize(format="json-ld", context=context, auto_compact=False))
    document["@graph"] = sorted(document["@graph"], key=lambda node: str(node["@id"]))
    return json.dumps(_sorted(document), ensure_ascii=False, indent=1)


def _sorted(value: object) -> object:
    """Lists and members in order; RDF gives them none."""
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return sorted((_sorted(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True))
    return value
