"""Writes the network as GraphML, for Gephi, yEd, Cytoscape and networkx."""

from io import TextIOBase
from pathlib import Path

from graph_service.export.contract import Exported
from graph_service.export.markup import Markup
from graph_service.export.network import Item, attribute_text, edge_types, network_edges, network_nodes, node_types
from graph_service.export.sources import sources_text
from graph_service.export.target import staged
from graph_service.export.view import View
from graph_service.model import Visibility
from graph_service.store.contract import Reader

_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_TYPES: dict[type, str] = {str: "string", int: "long", float: "double"}


def write_graphml(reader: Reader, path: Path, *, visibility: Visibility = Visibility.PUBLIC) -> Exported:
    """Write one GraphML file; sources and licences are its description and an attribute of the graph."""
    view = View(reader, visibility)
    with staged(path) as place, place.open("w", encoding="utf-8", newline="\n") as file:
        counts = _write(view, file)
    return Exported("graphml", path, counts)


def _write(view: View, file: TextIOBase) -> dict[str, int]:
    xml = Markup(file)
    declared: dict[str, dict[str, type]] = {
        "node": {"label": str, **node_types()},
        "edge": {"label": str, **edge_types()},
        "graph": {"sources": str},
    }
    counts = {"nodes": 0, "edges": 0}
    with xml.inside("graphml", {"xmlns": _NAMESPACE}):
        for domain, types in declared.items():
            for name, kind in types.items():
                form = {"id": f"{domain}_{name}", "for": domain, "attr.name": name, "attr.type": _TYPES[kind]}
                xml.element("key", form)
        with xml.inside("graph", {"id": "buendniskompass", "edgedefault": "directed"}):
            xml.element("data", {"key": "graph_sources"}, sources_text(view))
            for item in network_nodes(view):
                _item(xml, "node", item, {"id": item.id})
                counts["nodes"] += 1
            for item in network_edges(view):
                _item(xml, "edge", item, {"id": item.id, "source": item.source, "target": item.target})
                counts["edges"] += 1
    return counts


def _item(xml: Markup, domain: str, item: Item, attributes: dict[str, str]) -> None:
    with xml.inside(domain, attributes):
        xml.element("data", {"key": f"{domain}_label"}, item.label)
        for name, value in item.attributes.items():
            xml.element("data", {"key": f"{domain}_{name}"}, attribute_text(value))
