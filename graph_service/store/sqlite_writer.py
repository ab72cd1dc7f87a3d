"""What a unit of work may change in an SQLite store: claims are staged, compared, and only differences written."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice

import orjson

from graph_service.codec import dataset_properties
from graph_service.errors import NotFound
from graph_service.keys import NodeKey
from graph_service.model import CURATED, Dataset, Edge, Node, Record
from graph_service.store.contract import Changes, Claimed
from graph_service.store.journal import FIELDS, UNSIGNED, Entry, Signature, counted, plain_entry
from graph_service.store.series import count_points
from graph_service.store.sqlite_reader import SQLiteReader
from graph_service.store.sqlite_rows import (
    EDGES,
    NODES,
    SERIES,
    TABLES,
    ClaimTable,
    Row,
    edge_of,
    microseconds,
    moment,
    node_of,
    row_of,
    rows_of,
    series_of,
)

BATCH = 10_000


class SQLiteWriter(SQLiteReader):
    """Reads and changes one connection inside its transaction; see `contract.Writer`."""

    def __init__(self, connection: sqlite3.Connection, signature: Signature = UNSIGNED) -> None:
        super().__init__(connection)
        self.changed = False
        self._signature = signature
        self._now = microseconds(datetime.now(UTC))

    def replace(self, dataset: Dataset, records: Iterable[Record]) -> Changes:
        """Make the dataset claim exactly these records."""
        return self._claim(dataset, records)

    def adopt(self, dataset: Dataset, claimed: Iterable[Claimed]) -> Changes:
        """As `replace`, with the times that the claims bring."""
        return self._claim(dataset, claimed)

    def drop(self, dataset: str) -> Changes:
        """Remove a dataset with its claims."""
        number = self.number_of(dataset)
        retired = sum(self._size(table, number) for table in TABLES)
        for table in TABLES:
            self._connection.execute(f"DELETE FROM {table.name} WHERE dataset = ?", (number,))
        self._connection.execute("DELETE FROM dataset WHERE number = ?", (number,))
        self._touch(None)
        self._note(dataset, changes=counted(0, 0, retired))
        return Changes(retired=retired)

    def put(self, record: Node | Edge) -> Changes:
        """Enter or change one record by hand."""
        table, row = row_of(record)
        number = self._register(CURATED)
        identity, content = row[: len(table.identity)], row[len(table.identity) :]
        before = self._curated(table, number, identity)
        if before == content:
            return Changes(unchanged=1)
        earlier = None if before is None else self.curated(record.key if isinstance(record, Node) else record)
        self._insert(table, number, [(*row, self._now)])
        self._touch(number)
        self._note(CURATED.id, earlier, record, counted(int(before is None), int(before is not None), 0))
        return Changes(new=1) if before is None else Changes(changed=1)

    def remove(self, record: NodeKey | Edge) -> Changes:
        """Take back one record entered by hand."""
        table, identity = (NODES, (str(record),)) if isinstance(record, NodeKey) else (EDGES, row_of(record)[1][:4])
        number = self._curated_number()
        earlier = self.curated(record)
        if number is None or earlier is None:
            raise NotFound("a record entered by hand", record)
        where = " AND ".join(f"{column} = ?" for column in table.identity)
        self._connection.execute(f"DELETE FROM {table.name} WHERE {where} AND dataset = ?", (*identity, number))
        self._touch(number)
        self._note(CURATED.id, earlier, None, counted(0, 0, 1))
        return Changes(retired=1)

    def curated(self, record: NodeKey | Edge) -> Node | Edge | None:
        """What was entered by hand of a node or an edge."""
        number = self._curated_number()
        if number is None:
            return None
        table, identity = (NODES, (str(record),)) if isinstance(record, NodeKey) else (EDGES, row_of(record)[1][:4])
        found = self._curated(table, number, identity)
        if found is None:
            return None
        text = str(found[0])
        if isinstance(record, NodeKey):
            return node_of(str(record), text)
        return edge_of(record.type.value, str(record.source), str(record.target), text)

    def _curated_number(self) -> int | None:
        return next((number for number, (_, id) in self.ranks.items() if id == CURATED.id), None)

    def take_over(self, entries: Iterable[Entry], revision: int) -> None:
        """Take over another store's journal."""
        self._connection.execute("DELETE FROM journal")
        self._keep(entries)
        # this unit of work adds one
        self._connection.execute(
            "UPDATE state SET value = max(value, ?) WHERE name = 'revision'", (revision - int(self.changed),)
        )

    def _note(
        self,
        dataset: str,
        before: Node | Edge | None = None,
        after: Node | Edge | None = None,
        changes: Mapping[str, int] | None = None,
    ) -> None:
        """Write a line of the journal."""
        (last,) = self._connection.execute("SELECT coalesce(max(number), 0) FROM journal").fetchone()
        revision = self._state("revision") + 1
        entry = Entry(last + 1, revision, moment(self._now), dataset, self._signature, before, after, changes or {})
        self._keep([entry])

    def _keep(self, entries: Iterable[Entry]) -> None:
        rows = (plain_entry(entry) | {"at": microseconds(entry.at)} for entry in entries)
        marks = ", ".join(f":{name}" for name in FIELDS)
        self._connection.executemany(f"INSERT INTO journal ({', '.join(FIELDS)}) VALUES ({marks})", rows)

    def _curated(self, table: ClaimTable, number: int, identity: Row) -> Row | None:
        where = " AND ".join(f"{column} = ?" for column in table.identity)
        sql = f"SELECT {', '.join(table.content)} FROM {table.name} WHERE {where} AND dataset = ?"
        found: Row | None = self._connection.execute(sql, (*identity, number)).fetchone()
        return found

    def _touch(self, number: int | None) -> None:
        """Note that something changed, now."""
        self.changed = True
        self._ranks = None
        if number is not None:
            self._connection.execute("UPDATE dataset SET updated_at = ? WHERE number = ?", (self._now, number))

    def _register(self, dataset: Dataset) -> int:
        """The dataset's number; enters it, or what is new about it."""
        properties = orjson.dumps(dataset_properties(dataset)).decode()
        sql = "SELECT number, properties FROM dataset WHERE id = ?"
        row = self._connection.execute(sql, (dataset.id,)).fetchone()
        if row is None:
            sql = "INSERT INTO dataset (id, precedence, properties, updated_at) VALUES (?, ?, ?, ?) RETURNING number"
            row = self._connection.execute(sql, (dataset.id, dataset.precedence, properties, self._now)).fetchone()
            self._touch(None)
        elif row[1] != properties:
            sql = "UPDATE dataset SET precedence = ?, properties = ? WHERE number = ?"
            self._connection.execute(sql, (dataset.precedence, properties, row[0]))
            self._touch(row[0])
        return int(row[0])

    def _claim(self, dataset: Dataset, records: Iterable[Record | Claimed]) -> Changes:
        number = self._register(dataset)
        for table in TABLES:
            self._open_stage(table)
        self._stage(rows_of(records, self._now))
        changes = sum((self._settle(table, number) for table in TABLES), Changes())
        if changes.total:
            self._touch(number)
            self._note(dataset.id, changes=counted(changes.new, changes.changed, changes.retired))
        return changes

    def _open_stage(self, table: ClaimTable) -> None:
        """Make room for records in the order in which they come; the key is put on them afterwards, which is faster."""
        self._connection.execute(f"DROP TABLE IF EXISTS temp.arrived_{table.name}")
        self._connection.execute(f"CREATE TEMP TABLE arrived_{table.name} ({', '.join((*table.columns, 'since'))})")

    def _stage(self, rows: Iterator[tuple[ClaimTable, Row]]) -> None:
        while batch := list(islice(rows, BATCH)):
            for table in {kind for kind, _ in batch}:
                marks = ", ".join("?" * (len(table.columns) + 1))
                found = [row for kind, row in batch if kind is table]
                self._connection.executemany(f"INSERT INTO temp.arrived_{table.name} VALUES ({marks})", found)

    def _settle(self, table: ClaimTable, number: int) -> Changes:
        """Compare what arrived with what stands, and write the difference."""
        names, keys = ", ".join(table.columns), ", ".join(table.identity)
        arrived, stage = f"temp.arrived_{table.name}", f"temp.staged_{table.name}"
        # in the order of the key, and of equal keys the last one last
        ordered = f"SELECT {names}, since FROM {arrived} ORDER BY {keys}, rowid"
        fresh = not self._size(table, number)
        if not fresh:
            self._connection.execute(f"DROP TABLE IF EXISTS {stage}")
            self._connection.execute(
                f"CREATE TEMP TABLE staged_{table.name} ({names}, since, PRIMARY KEY ({keys})) WITHOUT ROWID"
            )
            self._connection.execute(f"INSERT OR REPLACE INTO {stage} {ordered}")
            changes = self._compare(table, number)
            self._forget(table, number)
            ordered = f"SELECT {names}, since FROM {stage} ORDER BY {keys}"
        self._connection.execute(
            f"INSERT OR REPLACE INTO {table.name} ({names}, since, dataset) SELECT *, {number} FROM ({ordered})"
        )
        self._connection.execute(f"DROP TABLE {arrived}")
        return Changes(new=self._size(table, number)) if fresh else changes

    def _forget(self, table: ClaimTable, number: int) -> None:
        """Delete what stands and was not staged, and unstage what stands already."""
        stage, keys = f"temp.staged_{table.name}", ", ".join(table.identity)
        self._connection.execute(
            f"DELETE FROM {table.name} WHERE dataset = ? AND ({keys}) NOT IN (SELECT {keys} FROM {stage})", (number,)
        )
        self._connection.execute(
            f"DELETE FROM {stage} AS s WHERE EXISTS (SELECT 1 FROM {table.name} c WHERE c.dataset = ?"
            f" AND {_equal(table.identity)} AND {_equal(table.content)})",
            (number,),
        )

    def _insert(self, table: ClaimTable, number: int, rows: list[Row]) -> None:
        names, marks = ", ".join(table.columns), ", ".join("?" * (len(table.columns) + 1))
        sql = f"INSERT OR REPLACE INTO {table.name} ({names}, since, dataset) VALUES ({marks}, {number})"
        self._connection.executemany(sql, rows)

    def _size(self, table: ClaimTable, number: int) -> int:
        """How much a dataset claims in a table: observations singly, all else by record."""
        sql = f"SELECT {_sized(table)} FROM {table.name} WHERE dataset = ?"
        return int(self._connection.execute(sql, (number,)).fetchone()[0])

    def _staged_size(self, table: ClaimTable) -> int:
        return int(self._connection.execute(f"SELECT {_sized(table)} FROM temp.staged_{table.name}").fetchone()[0])

    def _compare(self, table: ClaimTable, number: int) -> Changes:
        """Count what is staged against what stands: observations singly, all else by record."""
        joined = f"{table.name} c JOIN temp.staged_{table.name} s ON {_equal(table.identity)} WHERE c.dataset = ?"
        same = _equal(table.content)
        if table is not SERIES:
            sql = f"SELECT count(*), coalesce(sum({same}), 0) FROM {joined}"
            both, unchanged = self._connection.execute(sql, (number,)).fetchone()
            before, now = self._size(table, number), self._staged_size(table)
            return Changes(now - both, both - unchanged, unchanged, before - both)
        sizes = "coalesce(sum(json_array_length(c.periods)), 0), coalesce(sum(json_array_length(s.periods)), 0)"
        before_both, now_both = self._connection.execute(f"SELECT {sizes} FROM {joined}", (number,)).fetchone()
        equal = self._connection.execute(f"SELECT {sizes} FROM {joined} AND {same}", (number,)).fetchone()[0]
        changes = Changes(
            new=self._staged_size(table) - now_both, unchanged=equal, retired=self._size(table, number) - before_both
        )
        old, new = (", ".join(f"{alias}.{column}" for column in table.columns) for alias in ("c", "s"))
        rows = self._connection.execute(f"SELECT {old}, {new} FROM {joined} AND NOT ({same})", (number,))
        width = len(table.columns)
        pairs = ((series_of(*row[:width]), series_of(*row[width:])) for row in rows)
        return sum((count_points(before, after) for before, after in pairs), changes)


def _equal(columns: tuple[str, ...]) -> str:
    """A condition: the claim ``c`` and the staged row ``s`` agree in these columns (NULL equals NULL)."""
    return " AND ".join(f"c.{column} IS s.{column}" for column in columns)


def _sized(table: ClaimTable) -> str:
    return "coalesce(sum(json_array_length(periods)), 0)" if table is SERIES else "count(*)"
