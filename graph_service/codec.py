"""Records as flat properties of plain JSON types, and back: the only such mapping, used by both stores."""

import dataclasses
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache

from graph_service.errors import InvalidValue
from graph_service.keys import Label, NodeKey
from graph_service.model import EDGE_SPECS, NODE_TYPES, Dataset, Edge, EdgeType, Node, Scalar, Visibility

Plain = str | int | float | bool | list[str]
Properties = dict[str, Plain]


def to_plain(value: object) -> Plain:
    """A field's value as a JSON type: dates as ISO 8601, tuples as lists."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [str(item) for item in value]
    if isinstance(value, str | int | float | bool):
        return value
    raise InvalidValue("a text, number, date or list of texts", repr(value))


def _decoder(annotation: object) -> Callable[[typing.Any], object]:
    """How to read a field of this type from its plain form."""
    choices = [a for a in typing.get_args(annotation) if a is not type(None)] or [annotation]
    wanted = choices[0]
    if isinstance(wanted, types.GenericAlias) or typing.get_origin(wanted) is tuple:
        return tuple
    if wanted is date:
        return date.fromisoformat
    if isinstance(wanted, type) and issubclass(wanted, StrEnum | float | int):
        return wanted
    return str


@cache
def _decoders(label: Label) -> Mapping[str, Callable[[typing.Any], object]]:
    node_type = NODE_TYPES[label]
    hints = typing.get_type_hints(node_type)
    return {f.name: _decoder(hints[f.name]) for f in dataclasses.fields(node_type) if f.name != "key"}


def node_fields(node_type: type[Node]) -> tuple[str, ...]:
    """The property names of a kind of node, in the order of its definition."""
    return tuple(_decoders(node_type.label))


def node_properties(node: Node) -> Properties:
    """What a node record claims, without its key; unclaimed fields are absent."""
    names = _decoders(node.label)
    return {name: to_plain(value) for name in names if (value := getattr(node, name)) is not None}


def node_from(key: str, properties: Mapping[str, object]) -> Node:
    """Build a node from its key and plain properties; raises InvalidValue."""
    node_key = NodeKey(key)
    node_type = NODE_TYPES[node_key.label]
    decoders = _decoders(node_key.label)
    try:
        fields = {name: decoders[name](value) for name, value in properties.items()}
    except KeyError as error:
        raise InvalidValue(f"a property of {node_key.label}", error.args[0]) from None
    except (TypeError, ValueError) as error:
        raise InvalidValue(f"properties of {node_key}", error) from None
    return node_type(key=node_key, **fields)  # type: ignore[arg-type]  # the decoders follow the field types


def edge_properties(edge: Edge) -> Properties:
    """What an edge record claims beside its type and ends."""
    return edge_plain(edge.properties, edge.visibility)


def edge_plain(properties: Mapping[str, Scalar], visibility: Visibility | None) -> Properties:
    """An edge's own properties and visibility as plain ones, in the order of their names."""
    plain = {name: to_plain(value) for name, value in sorted(properties.items())}
    return plain if visibility is None else plain | {"visibility": visibility.value}


def edge_from(edge_type: str, source: str, target: str, properties: Mapping[str, object]) -> Edge:
    """Build an edge from its plain form; raises InvalidValue."""
    kind = EdgeType(edge_type)
    spec = EDGE_SPECS[kind].properties
    rest = dict(properties)
    visibility = rest.pop("visibility", None)
    values: dict[str, Scalar] = {
        name: date.fromisoformat(str(value)) if spec.get(name) is date else typing.cast("Scalar", value)
        for name, value in rest.items()
    }
    return Edge(
        kind, NodeKey(source), NodeKey(target), values, None if visibility is None else Visibility(str(visibility))
    )


def dataset_properties(dataset: Dataset) -> dict[str, str | int]:
    """A dataset as plain properties; what is not known is absent."""
    return {
        f.name: value.isoformat() if isinstance(value, date) else value
        for f in dataclasses.fields(dataset)
        if (value := getattr(dataset, f.name)) is not None
    }


def dataset_from(properties: Mapping[str, object]) -> Dataset:
    """Build a dataset from its plain properties."""
    decoders = {name: _decoder(hint) for name, hint in typing.get_type_hints(Dataset).items()}
    known = {name: decoders[name](value) for name, value in properties.items() if name in decoders}
    return Dataset(**known)  # type: ignore[arg-type]  # the decoders follow the field types


def merged(claims: Iterable[Mapping[str, object]]) -> dict[str, object]:
    """What is shown of claims, given most believed first: each property from the first that has it."""
    shown: dict[str, object] = {}
    for properties in claims:
        for name, value in properties.items():
            shown.setdefault(name, value)
    return shown


def shown_node(key: str, claims: Iterable[Mapping[str, object]]) -> dict[str, object]:
    """What is shown of a node, given its claims most believed first; has a name if, and only if, it is shown.

    Whoever lists it under an empty name leaves the name to others; where nobody has one, it is called by `bare_name`.
    """
    given = list(claims)
    shown = merged({name: said for name, said in each.items() if name != "name" or said} for each in given)
    if "name" not in shown and any("name" in each for each in given):
        shown = {"name": shown.get("label_en") or bare_name(key), **shown}
    return shown


def bare_name(key: str) -> str:
    """What a node is called by that nobody names: its key without what all of its kind have in common."""
    node_key = NodeKey.trusted(key)
    return node_key.local.partition(".")[2] if node_key.label is Label.CONCEPT else node_key.local
