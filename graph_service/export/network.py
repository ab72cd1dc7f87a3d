"""The shown graph as a network of nodes and edges with flat attributes, as Gephi, yEd and networkx read it."""

import re
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from graph_service.cells import write_number
from graph_service.codec import edge_properties, node_fields, node_properties
from graph_service.export.view import View
from graph_service.keys import Label
from graph_service.model import EDGE_SPECS, NODE_TYPES, EdgeType

Attribute = str | int | float
Attributes = dict[str, Attribute]

LABELS = tuple(label for label in Label if label is not Label.INDICATOR)
"""Kinds of nodes in a network; indicators have no edges."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""Characters that XML cannot hold."""


@dataclass(frozen=True, slots=True)
class Item:
    """A node or an edge: its name for people, and what else is known of it."""

    id: str
    label: str
    attributes: Attributes
    source: str = ""
    target: str = ""


def node_types() -> dict[str, type]:
    """The attributes that nodes may have, with their types."""
    found: dict[str, type] = {"type": str}
    for label in LABELS:
        hints = typing.get_type_hints(NODE_TYPES[label])
        found |= {name: _simple(hints[name]) for name in node_fields(NODE_TYPES[label]) if name != "name"}
    return found


def edge_types() -> dict[str, type]:
    """The attributes that edges may have, with their types."""
    found: dict[str, type] = {"type": str, "visibility": str}
    for spec in EDGE_SPECS.values():
        found |= {name: _simple(wanted) for name, wanted in spec.properties.items()}
    return found


def network_nodes(view: View) -> Iterator[Item]:
    """The nodes, by kind and key."""
    types: dict[str, type] = {"name": str, **node_types()}
    for label in LABELS:
        for node in view.nodes(label):
            attributes = _flat(node_properties(node), types)
            name = attributes.pop("name", node.key.local)
            yield Item(str(node.key), str(name), {"type": label.value, **attributes})


def network_edges(view: View) -> Iterator[Item]:
    """The edges, by type and ends, numbered from 0."""
    types = edge_types()
    number = 0
    for type in EdgeType:
        for edge in view.edges(type):
            attributes = _flat(edge_properties(edge), types)
            yield Item(str(number), type.value, {"type": type.value, **attributes}, str(edge.source), str(edge.target))
            number += 1


def _simple(hint: object) -> type:
    choices = [a for a in typing.get_args(hint) if a is not type(None)] or [hint]
    return choices[0] if choices[0] in (int, float) else str


def _flat(properties: Mapping[str, object], types: Mapping[str, type]) -> Attributes:
    flat: Attributes = {}
    for name, value in properties.items():
        if isinstance(value, list):
            flat[name] = clean("; ".join(str(item) for item in value))
        elif isinstance(value, int | float) and types[name] in (int, float):
            flat[name] = types[name](value)
        else:
            flat[name] = clean(value.isoformat() if isinstance(value, date) else str(value))
    return flat


def attribute_text(value: Attribute) -> str:
    """An attribute as it stands in a file."""
    return write_number(value) if isinstance(value, float) else str(value)


def clean(text: str) -> str:
    """Text without the characters that XML and workbooks cannot hold."""
    return _FORBIDDEN.sub("\ufffd", text)
