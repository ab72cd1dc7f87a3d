"""What a unit of work may ask of an SQLite store: claims merged into what is shown, as it is read."""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import compress, groupby
from operator import itemgetter

import orjson

from graph_service.codec import dataset_from, merged, node_from, shown_node
from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import Boundary, Claim, Edge, EdgeType, Node, Series
from graph_service.store.contract import Claimed, DatasetStatus, EdgeColumns, NodeColumns
from graph_service.store.journal import FIELDS, Entry, entry_from
from graph_service.store.series import merge_series
from graph_service.store.sqlite_rows import (
    BOUNDARIES,
    EDGES,
    NAMED,
    NODES,
    SERIES,
    ClaimTable,
    boundary_of,
    edge_of,
    moment,
    node_of,
    series_of,
)

_EDGE_COLUMNS = "type, source, target, qualifier, dataset, properties"
_EDGE_TYPES = ", ".join(f"'{type.value}'" for type in EdgeType)


class SQLiteReader:
    """Reads one connection; see `contract.Reader` for what each method promises."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._ranks: dict[int, tuple[int, str]] | None = None

    def _rows(self, sql: str, values: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
        return self._connection.execute(sql, values)

    @property
    def ranks(self) -> dict[int, tuple[int, str]]:
        """Each dataset's number → the order in which it is believed."""
        if self._ranks is None:
            rows = self._connection.execute("SELECT number, precedence, id FROM dataset")
            self._ranks = {number: (precedence, id) for number, precedence, id in rows}
        return self._ranks

    def _believed(self, claims: Iterable[tuple[int, str]]) -> list[dict[str, object]]:
        """Claims given as (dataset number, JSON), most believed first."""
        return [orjson.loads(text) for _, text in sorted(claims, key=lambda c: self.ranks[c[0]])]

    def identity(self) -> str:
        """The store's random name."""
        return f"{self._state('identity') & 0xFFFF_FFFF_FFFF_FFFF:016x}"

    def revision(self) -> int:
        """The revision as this unit of work sees it."""
        return self._state("revision")

    def _state(self, name: str) -> int:
        return int(self._connection.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()[0])

    def datasets(self) -> list[DatasetStatus]:
        """The datasets with their counts."""
        counts: dict[int, dict[str, int]] = {number: {} for number in self.ranks}
        for table in (NODES, EDGES, BOUNDARIES, SERIES):
            sql = f"SELECT dataset, count(*) FROM {table.name} GROUP BY dataset"
            for number, count in self._connection.execute(sql):
                counts[number][table.name.removesuffix("_claim")] = count
        rows = self._connection.execute("SELECT number, properties, updated_at FROM dataset").fetchall()
        rows.sort(key=lambda row: self.ranks[row[0]])
        return [DatasetStatus(dataset_from(orjson.loads(p)), moment(at), counts[number]) for number, p, at in rows]

    def node(self, key: NodeKey) -> Node:
        """The shown node, merged from its claims."""
        rows = self._connection.execute("SELECT dataset, properties FROM node_claim WHERE key = ?", (key,)).fetchall()
        shown = shown_node(key, self._believed(rows))
        if "name" not in shown:
            raise NotFound("a known node", key)
        return node_from(key, shown)

    def nodes(self, label: Label | None = None) -> Iterator[Node]:
        """The shown nodes in key order."""
        for key, text in self._nodes(label):
            yield node_of(key, text)

    def node_columns(self) -> NodeColumns:
        """The shown nodes as columns."""
        columns = NodeColumns([], [])
        for key, text in self._nodes(None):
            columns.key.append(key)
            columns.properties.append(text)
        return columns

    def _nodes(self, label: Label | None) -> Iterator[tuple[str, str]]:
        where, values = _of_label(label)
        sql = f"SELECT key, dataset, properties, named FROM node_claim {where} ORDER BY key"
        for key, rows in groupby(self._connection.execute(sql, values), itemgetter(0)):
            claims = list(rows)
            if len(claims) == 1 and claims[0][3] == NAMED:
                yield key, claims[0][2]
            elif any(named for *_, named in claims):
                yield key, orjson.dumps(shown_node(key, self._believed((d, p) for _, d, p, _ in claims))).decode()

    def keys(self, label: Label | None = None) -> set[NodeKey]:
        """The keys of the shown nodes."""
        return {NodeKey.trusted(key) for key in self._shown(label)}

    def _shown(self, label: Label | None = None) -> set[str]:
        """The same as plain texts, which is faster for hundreds of thousands."""
        where, values = _of_label(label)
        sql = f"SELECT DISTINCT key FROM node_claim {where} {'AND' if where else 'WHERE'} named"
        return {key for (key,) in self._connection.execute(sql, values)}

    def edges(self, type: EdgeType | None = None) -> Iterator[Edge]:
        """The shown edges in key order."""
        for kind, source, target, text in self._edges(type):
            yield edge_of(kind, source, target, text)

    def edge_columns(self, type: EdgeType) -> EdgeColumns:
        """The shown edges of a type as columns."""
        if self._speakers(type) > 1:
            found = [row[1:] for row in self._edges(type)]
            return EdgeColumns([row[0] for row in found], [row[1] for row in found], [row[2] for row in found])
        # nothing to merge: SQLite joins each column to one text, which spares a million tuples
        joined = ", ".join(f"group_concat({name}, char(10))" for name in ("source", "target", "properties"))
        sql = f"SELECT {joined} FROM (SELECT * FROM edge_claim WHERE type = ? ORDER BY source, target, qualifier)"
        row = self._connection.execute(sql, (type.value,)).fetchone()
        if row[0] is None:
            return EdgeColumns([], [], [])
        columns = EdgeColumns(*(text.split("\n") for text in row))
        shown = self._shown()
        if shown.issuperset(columns.source) and shown.issuperset(columns.target):
            return columns
        keep = [s in shown and t in shown for s, t in zip(columns.source, columns.target, strict=True)]
        return EdgeColumns(*(list(compress(c, keep)) for c in (columns.source, columns.target, columns.properties)))

    def _speakers(self, type: EdgeType) -> int:
        """How many datasets claim edges of a type."""
        sql = "SELECT count(*) FROM dataset WHERE number IN (SELECT DISTINCT dataset FROM edge_claim WHERE type = ?)"
        return int(self._connection.execute(sql, (type.value,)).fetchone()[0])

    def _edges(self, type: EdgeType | None) -> Iterator[tuple[str, str, str, str]]:
        where, values = ("", ()) if type is None else ("WHERE type = ?", (type.value,))
        shown = self._shown()
        rows = self._connection.execute(
            f"SELECT {_EDGE_COLUMNS} FROM edge_claim {where} ORDER BY type, source, target, qualifier", values
        )
        return (
            self._merged_edge(i, g) for i, g in groupby(rows, itemgetter(0, 1, 2, 3)) if i[1] in shown and i[2] in shown
        )

    def _merged_edge(self, identity: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> tuple[str, str, str, str]:
        claims = [(int(str(row[4])), str(row[5])) for row in rows]
        text = claims[0][1] if len(claims) == 1 else orjson.dumps(merged(self._believed(claims))).decode()
        return identity[0], identity[1], identity[2], text

    def edges_of(self, key: NodeKey) -> list[Edge]:
        """The shown edges at a node."""
        rows = self._connection.execute(
            f"SELECT {_EDGE_COLUMNS} FROM edge_claim WHERE type IN ({_EDGE_TYPES}) AND source = ?1 UNION "
            f"SELECT {_EDGE_COLUMNS} FROM edge_claim WHERE target = ?1 ORDER BY 1, 2, 3, 4",
            (key,),
        ).fetchall()
        ends = {end for row in rows for end in row[1:3]}
        shown = {end for end in ends if self._is_shown(end)}
        groups = groupby(rows, itemgetter(0, 1, 2, 3))
        return [edge_of(*self._merged_edge(i, g)) for i, g in groups if i[1] in shown and i[2] in shown]

    def _is_shown(self, key: str) -> bool:
        found = self._connection.execute("SELECT 1 FROM node_claim WHERE key = ? AND named LIMIT 1", (key,)).fetchone()
        return found is not None

    def series(self, municipality: NodeKey | None = None) -> Iterator[Series]:
        """The shown series in key order."""
        shown, measures = self._shown(Label.MUNICIPALITY), self._shown(Label.INDICATOR)
        where, values = ("", ()) if municipality is None else ("WHERE municipality = ?", (municipality,))
        sql = f"SELECT dataset, {', '.join(SERIES.columns)} FROM series_claim {where} ORDER BY municipality, indicator"
        for (town, measure), rows in groupby(self._connection.execute(sql, values), itemgetter(1, 2)):
            if town in shown and measure in measures:
                claims = sorted(rows, key=lambda row: self.ranks[row[0]])
                yield merge_series([series_of(*row[1:]) for row in claims])

    def boundaries(self) -> Iterator[Boundary]:
        """The shown boundary of each shown municipality."""
        shown = self._shown(Label.MUNICIPALITY)
        sql = f"SELECT dataset, {', '.join(BOUNDARIES.columns)} FROM boundary_claim ORDER BY municipality"
        for town, rows in groupby(self._connection.execute(sql), itemgetter(1)):
            if town in shown:
                yield boundary_of(*min(rows, key=lambda row: self.ranks[row[0]])[1:])

    def claims(self, key: NodeKey) -> list[Claim]:
        """Who says what of this node, most believed first."""
        rows = self._connection.execute(
            "SELECT dataset, properties, since FROM node_claim WHERE key = ?", (key,)
        ).fetchall()
        rows.sort(key=lambda row: self.ranks[row[0]])
        return [Claim(self.ranks[d][1], orjson.loads(p), moment(since)) for d, p, since in rows]

    def contested(self) -> Iterator[tuple[NodeKey, list[Claim]]]:
        """The claims of each node that several datasets speak of."""
        several = "SELECT key FROM node_claim GROUP BY key HAVING count(*) > 1"
        rows = self._connection.execute(
            f"SELECT key, dataset, properties, since FROM node_claim WHERE key IN ({several}) ORDER BY key"
        )
        for key, group in groupby(rows, itemgetter(0)):
            found = sorted(group, key=lambda row: self.ranks[row[1]])
            yield NodeKey(key), [Claim(self.ranks[d][1], orjson.loads(p), moment(since)) for _, d, p, since in found]

    def number_of(self, dataset: str) -> int:
        """The number of a dataset; raises NotFound."""
        row = self._connection.execute("SELECT number FROM dataset WHERE id = ?", (dataset,)).fetchone()
        if row is None:
            raise NotFound("a known dataset", dataset)
        return int(row[0])

    def claimed(self, dataset: str) -> Iterator[Claimed]:
        """Everything a dataset claims, with its times."""
        number = self.number_of(dataset)
        return self._claimed(number)

    def _claimed(self, number: int) -> Iterator[Claimed]:
        for key, text, since in self._of(NODES, "key, properties", number):
            yield Claimed(node_of(key, text), moment(since))
        for kind, source, target, text, since in self._of(EDGES, "type, source, target, properties", number):
            yield Claimed(edge_of(kind, source, target, text), moment(since))
        for *boundary, since in self._of(BOUNDARIES, "municipality, geometry, territory_date", number):
            yield Claimed(boundary_of(*boundary), moment(since))
        for *series, since in self._of(SERIES, ", ".join(SERIES.columns), number):
            yield Claimed(series_of(*series), moment(since))

    def journal(self, *, since: int = 0, key: NodeKey | None = None, limit: int | None = None) -> list[Entry]:
        """What was written after a revision, in order."""
        about = "" if key is None else "AND (source = :key OR target = :key)"
        rows = self._connection.execute(
            f"SELECT {', '.join(FIELDS)} FROM journal WHERE revision > :since {about} ORDER BY number LIMIT :limit",
            {"since": since, "key": key, "limit": -1 if limit is None else limit},
        )
        plain = (dict(zip(FIELDS, row, strict=True)) for row in rows)
        return [entry_from(each, moment(each["at"])) for each in plain]

    def _of(self, table: ClaimTable, columns: str, number: int) -> sqlite3.Cursor:
        order = ", ".join(table.identity)
        sql = f"SELECT {columns}, since FROM {table.name} WHERE dataset = ? ORDER BY {order}"
        return self._connection.execute(sql, (number,))


def _of_label(label: Label | None) -> tuple[str, tuple[str, ...]]:
    """A condition on `key`: all keys of a label share its prefix, and ';' follows ':'."""
    if label is None:
        return "", ()
    prefix = label.value.lower()
    return "WHERE key >= ? AND key < ?", (f"{prefix}:", f"{prefix};")
