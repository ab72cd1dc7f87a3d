"""Writes the network as GEXF 1.2, the format of Gephi."""

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

_NAMESPACE = "http://www.gexf.net/1.2draft"
_TYPES: dict[type, str] = {str: "string", int: "long", float: "double"}


def write_gexf(reader: Reader, path: Path, *, visibility: Visibility = Visibility.PUBLIC) -> Exported:
    """Write one GEXF file; sources and licences are its description."""
    view = View(reader, visibility)
    with staged(path) as place, place.open("w", encoding="utf-8", newline="\n") as file:
        counts = _write(view, file)
    return Exported("gexf", path, counts)


def _write(view: View, file: TextIOBase) -> dict[str, int]:
    xml = Markup(file)
    counts = {"nodes": 0, "edges": 0}
    with xml.inside("gexf", {"xmlns": _NAMESPACE, "version": "1.2"}):
        with xml.inside("meta"):
            xml.element("creator", text="Bündniskompass")
            xml.element("description", text=sources_text(view))
        with xml.inside("graph", {"mode": "static", "defaultedgetype": "directed"}):
            for domain, types in (("node", node_types()), ("edge", edge_types())):
                with xml.inside("attributes", {"class": domain, "mode": "static"}):
                    for name, kind in types.items():
                        xml.element("attribute", {"id": name, "title": name, "type": _TYPES[kind]})
            with xml.inside("nodes"):
                for item in network_nodes(view):
                    _item(xml, "node", item, {"id": item.id, "label": item.label})
                    counts["nodes"] += 1
            with xml.inside("edges"):
                for item in network_edges(view):
                    ends = {"id": item.id, "source": item.source, "target": item.target, "label": item.label}
                    _item(xml, "edge", item, ends)
                    counts["edges"] += 1
    return counts


def _item(xml: Markup, element: str, item: Item, attributes: dict[str, str]) -> None:
    with xml.inside(element, attributes), xml.inside("attvalues"):
        for name, value in item.attributes.items():
            xml.element("attvalue", {"for": name, "value": attribute_text(value)})
