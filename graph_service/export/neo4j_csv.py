"""Writes the graph as CSV for ``neo4j-admin database import``: one file per label and per type of edge."""

import csv
import typing
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from graph_service.cells import write_cell, write_number
from graph_service.codec import edge_properties, node_fields, node_properties
from graph_service.export.contract import Exported
from graph_service.export.sources import sources_text
from graph_service.export.target import staged
from graph_service.export.view import View
from graph_service.keys import Label
from graph_service.model import EDGE_SPECS, NODE_TYPES, EdgeType, Visibility
from graph_service.store.contract import Reader

README = "README.txt"
OBSERVED = "OBSERVED"
"""The relationship that carries an indicator's value, from the municipality to the indicator."""

_TYPES: dict[object, str] = {int: "long", float: "double", date: "date", bool: "boolean", str: "string"}

_EXPLANATION = """Graph for Neo4j, written by Bündniskompass.

Import into an empty database (Neo4j 5, server stopped):

    neo4j-admin database import full neo4j \\
        --multiline-fields=true --array-delimiter=";" --id-type=string \\
        {options}

Nodes have the property "key" (for instance municipality:08119). Values of indicators are relationships
(:Municipality)-[:OBSERVED {{period, value, flag}}]->(:Indicator); a missing value has no "value".

"""


def write_neo4j_csv(reader: Reader, path: Path, *, visibility: Visibility = Visibility.PUBLIC) -> Exported:
    """Write a folder of CSV with a README that says the command and the sources."""
    view = View(reader, visibility)
    counts: dict[str, int] = {}
    with staged(path, marker=README) as place:
        place.mkdir()
        options = []
        for label in Label:
            name = f"nodes_{label.value}.csv"
            if count := _write(place / name, _node_header(label), _nodes(view, label)):
                counts[label.value] = count
                options.append(f"--nodes={name}")
        for type in EdgeType:
            name = f"relationships_{type.value}.csv"
            if count := _write(place / name, _edge_header(type), _edges(view, type)):
                counts[type.value] = count
                options.append(f"--relationships={name}")
        name = f"relationships_{OBSERVED}.csv"
        header = [":START_ID", ":END_ID", "period:string", "value:double", "flag:string", ":TYPE"]
        if count := _write(place / name, header, _observations(view)):
            counts[OBSERVED] = count
            options.append(f"--relationships={name}")
        text = _EXPLANATION.format(options=" \\\n        ".join(options)) + sources_text(view)
        (place / README).write_text(text, encoding="utf-8", newline="\n")
    return Exported("neo4j-csv", path, counts)


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a file unless there are no rows; returns how many."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for count, row in enumerate(rows, start=1):  # noqa: B007  # the last number is the count
            writer.writerow(row)
    if not count:
        path.unlink()
    return count


def _form(hint: object) -> str:
    choices = [a for a in typing.get_args(hint) if a is not type(None)] or [hint]
    if typing.get_origin(choices[0]) is tuple:
        return "string[]"
    return _TYPES.get(choices[0], "string")


def _node_header(label: Label) -> list[str]:
    hints = typing.get_type_hints(NODE_TYPES[label])
    return ["key:ID", *(f"{name}:{_form(hints[name])}" for name in node_fields(NODE_TYPES[label])), ":LABEL"]


def _nodes(view: View, label: Label) -> Iterator[list[str]]:
    names = node_fields(NODE_TYPES[label])
    for node in view.nodes(label):
        properties = node_properties(node)
        yield [node.key, *(_cell(properties.get(name)) for name in names), label.value]


def _edge_header(type: EdgeType) -> list[str]:
    properties = EDGE_SPECS[type].properties
    return [":START_ID", ":END_ID", *(f"{n}:{_form(t)}" for n, t in properties.items()), "visibility:string", ":TYPE"]


def _edges(view: View, type: EdgeType) -> Iterator[list[str]]:
    names = (*EDGE_SPECS[type].properties, "visibility")
    for edge in view.edges(type):
        properties = edge_properties(edge)
        yield [edge.source, edge.target, *(_cell(properties.get(name)) for name in names), type.value]


def _observations(view: View) -> Iterator[list[str]]:
    for series in view.series():
        for period, value, flag in zip(series.periods, series.values, series.flags, strict=True):
            number = "" if value != value else write_number(value)
            yield [series.municipality, series.indicator, period, number, flag, OBSERVED]


def _cell(value: object) -> str:
    return write_cell(value)
