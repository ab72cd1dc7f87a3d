"""The shown graph as the tables of an exchange package: rows of text, for the package and for workbooks."""

import json
from collections.abc import Iterator

from graph_service.cells import Column, write_cell, write_number
from graph_service.codec import bare_name, edge_properties
from graph_service.exchange import TABLES, Table, concept_parts
from graph_service.export.placing import place_edges, place_in_table
from graph_service.export.view import View
from graph_service.keys import Label
from graph_service.model import Concept, Edge, Node


class Tables:
    """Makes the rows of every table; ``left_out`` counts what no table can hold."""

    def __init__(self, view: View) -> None:
        """Find a place for every edge that is not simply a row."""
        self.left_out: dict[str, int] = {}
        self._view = view
        self._placed = place_edges(view)

    def all(self) -> Iterator[tuple[Table, list[Column], Iterator[list[str]]]]:
        """Each table with its columns and rows, to be consumed in this order: the last holds what found no place."""
        for table in TABLES.values():
            if table.label is not None:
                yield table, *self._nodes(table, table.label)
            elif table.name == "observations":
                yield table, list(table.columns), self._observations()
            elif table.name == "links":
                yield table, list(table.columns), self._links()
            else:
                yield table, self._columns(table), self._edges(table)

    def _leave_out(self, what: str) -> None:
        self.left_out[what] = self.left_out.get(what, 0) + 1

    def _columns(self, table: Table) -> list[Column]:
        """All columns but the one for visibility, which a public package does not need."""
        return [c for c in table.columns if c.name != "visibility" or not self._view.public]

    def _nodes(self, table: Table, label: Label) -> tuple[list[Column], Iterator[list[str]]]:
        """Nodes; columns of ours that say nothing of any node are left out."""
        columns = self._columns(table)
        rows = [row for node in self._view.nodes(label) if (row := self._node(table, columns, node)) is not None]
        used = [i for i, c in enumerate(columns) if not c.extension or any(row[i] for row in rows)]
        return [columns[i] for i in used], ([row[i] for i in used] for row in rows)

    def _node(self, table: Table, columns: list[Column], node: Node) -> list[str] | None:
        placed = self._placed.of(node.key)
        cells = {name: write_cell(tuple(sorted(keys))) for name, keys in placed.items()}
        cells |= {
            c.name: write_cell(getattr(node, field), c.type)
            for c in columns
            if (field := table.properties.get(c.name)) is not None
        }
        if getattr(node, "name", None) == bare_name(node.key):  # nobody named it: the key would look like a name
            cells |= {column: "" for column, field in table.properties.items() if field == "name"}
        if isinstance(node, Concept):
            kind, concept = concept_parts(node.key.local, node.kind)
            if not kind:
                self._leave_out("concepts without a kind")
                return None
            cells |= {"id": concept, "kind": kind}
        else:
            cells[table.identity[0]] = node.key.local
        return [cells.get(c.name, "") for c in columns]

    def _edges(self, table: Table) -> Iterator[list[str]]:
        edges = self._placed.dated_parts if table.name == "parts" else self._in_table(table)
        columns = self._columns(table)[2:]
        seen: set[tuple[str, ...]] = set()
        told_apart = "actor" in table.properties
        for edge in edges:
            ends = place_in_table(table, edge)
            if ends is None:
                self._placed.loose.append(edge)
                continue
            values = [
                write_cell(
                    edge.visibility if c.name == "visibility" else edge.properties.get(table.properties[c.name]), c.type
                )
                for c in columns
            ]
            row = [*ends, *values]
            # an edge that lost the name of a hidden actor may now be the same as another
            if told_apart:
                identity = (*ends, *(v for c, v in zip(columns, values, strict=True) if c.name in table.identity))
                if identity in seen:
                    self._leave_out("applications of hidden actors")
                    continue
                seen.add(identity)
            yield row

    def _in_table(self, table: Table) -> Iterator[Edge]:
        return iter(()) if table.edge is None else self._view.edges(table.edge)

    def _links(self) -> Iterator[list[str]]:
        """The edges that found no place elsewhere; known only once all other tables are written."""
        for edge in sorted(self._placed.loose, key=lambda e: (e.type.value, e.source, e.target, e.qualifier)):
            properties = edge_properties(edge)
            if self._view.public:
                properties.pop("visibility", None)
            text = json.dumps(properties, ensure_ascii=False, sort_keys=True) if properties else ""
            yield [edge.type.value, edge.source, edge.target, text]

    def _observations(self) -> Iterator[list[str]]:
        for series in self._view.series():
            municipality, indicator = series.municipality.local, series.indicator.local
            for period, value, flag in zip(series.periods, series.values, series.flags, strict=True):
                yield [municipality, indicator, period, "" if value != value else write_number(value), flag]
