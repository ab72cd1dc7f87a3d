"""Turns the rows of a list into records: one row may fill several tables of the exchange package."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from graph_service.cells import CellType, Column, is_key
from graph_service.errors import GraphServiceError, InvalidValue, Place
from graph_service.exchange import TABLES, Table, vocabulary_of
from graph_service.keys import Label, NodeKey
from graph_service.model import Actor, Edge, Node, Record
from importers.contract import Issues
from importers.nearest import near_terms
from importers.package.building import build_edge, build_links, build_node, build_requester
from importers.spreadsheets import Cell
from importers.table.maps import TableMap, Target
from importers.table.mentions import Mentions
from importers.table.rules import Applied, spoken
from importers.table.sources import Source
from importers.table.values import items, official_code, plain_text, read_cell, slug, term_id

_LISTS = (CellType.KEYS, CellType.TEXTS)


class UnknownTerm(InvalidValue):
    """A word of a list that is no term of its vocabulary."""


@dataclass
class _Bound:
    """A target with its rules bound to the columns of a source."""

    table: Table
    rules: list[tuple[Column, Applied]]
    key: Applied | None
    seen: dict[NodeKey, Node] = field(default_factory=dict)


class RecordRows:
    """The records of one source under a map, read lazily."""

    def __init__(self, source: Source, table_map: TableMap, issues: Issues) -> None:
        """Find every column the map names; raises SourceError."""
        self.read = 0
        self._source = source
        self._map = table_map
        self._issues = issues
        self._keep = [(source.index(name), values) for name, values in table_map.keep.items()]
        self._bound = [self._bind(target) for target in table_map.targets]
        self._edges: set[tuple[object, ...]] = set()
        self._named: dict[NodeKey, str] = {}
        self._mentions = Mentions()
        used = {c for t in table_map.targets for rule in t.columns.values() for c in rule.columns} | {*table_map.keep}
        for column in source.header:
            if column and column not in used:
                place = source.place(source.header_line, column)
                issues.note("ignored-column", "a column that the map uses", column, place)

    def records(self) -> Iterator[Record]:
        """Every record of every row; what cannot be used is reported and left out."""
        filtered = 0
        for line, cells in self._source.rows():
            self.read += 1
            if not all(plain_text(cells[at]) in values for at, values in self._keep):
                filtered += 1
                continue
            for bound in self._bound:
                try:
                    yield from self._row(bound, line, cells)
                except GraphServiceError as error:
                    self._issues.add(error, error.place if error.place.file else self._source.place(line))
        if filtered:
            place = self._source.place()
            self._issues.note(
                "filtered-row", "a row that the map asks for", f"{filtered} of them", place, times=filtered
            )

    def mentions(self, key: NodeKey) -> Sequence[Place]:
        """Where rows name what others must know."""
        return self._mentions.of(key)

    def _bind(self, target: Target) -> _Bound:
        table = TABLES[target.table]
        rules = [
            (column, Applied(rule, self._source))
            for name, rule in target.columns.items()
            if (column := table.column(name)) is not None and name != "key"
        ]
        key = target.columns.get("key")
        return _Bound(table, rules, Applied(key, self._source) if key else None)

    def _row(self, bound: _Bound, line: int, cells: Sequence[Cell]) -> Iterator[Record]:
        row: dict[str, object] = {}
        extra: list[Record] = []
        for column, applied in bound.rules:
            place = self._source.place(line, applied.heading or column.name)
            try:
                value = self._value(bound.table, column, applied, cells, extra, place)
            except InvalidValue as error:
                self._issues.leave_out(error, place)
                continue
            if value is not None and value != ():
                row[column.name] = value
                self._mentions.remember(bound.table, column.name, value, place)
        yield from extra
        label = bound.table.label
        if label is None:
            self._check_filled(bound, row, line)
            edge = build_edge(bound.table, row)
            if self._is_new(edge):
                yield edge
            return
        if not self._named_at_all(bound.table, row):
            heading = next((a.heading for c, a in bound.rules if bound.table.properties.get(c.name) == "name"), "")
            raise InvalidValue("a name", "an empty cell", self._source.place(line, heading))
        row[bound.table.identity[0]] = self._key(bound, row, cells)
        yield from self._node(bound, label, row)

    def _node(self, bound: _Bound, label: Label, row: dict[str, object]) -> Iterator[Record]:
        node = build_node(bound.table, label, row)
        before = bound.seen.get(node.key)
        if before is not None and before != node:
            raise InvalidValue("each key once", node.key)
        if before is None:
            bound.seen[node.key] = node
            yield node
        links = list(build_links(bound.table, node.key, row))
        if "requester" in row:
            links.append(build_requester(node.key, str(row["requester"]), {}))
        yield from (edge for edge in links if self._is_new(edge))

    def _is_new(self, edge: Edge) -> bool:
        identity = (edge.type, edge.source, edge.target, edge.qualifier)
        new = identity not in self._edges
        self._edges.add(identity)
        return new

    def _key(self, bound: _Bound, row: dict[str, object], cells: Sequence[Cell]) -> str:
        """The key that the table has, or one made of name and place: the same again in the next edition of a list."""
        if bound.key is not None:
            text = bound.key.code(cells) if bound.key.rule.form else bound.key.text(cells)
            key = text if is_key(text) else slug(text)
        else:
            place = row.get("municipality") or row.get("provider") or ""
            key = slug(f"{row.get('name') or row.get('title')} {place}")
        if not key:
            raise InvalidValue("a key, or a name to make one of", "nothing")
        return key

    def _named_at_all(self, table: Table, row: dict[str, object]) -> bool:
        names = [column for column, field in table.properties.items() if field == "name"]
        return any(name in row for name in (*names, "label_en", "id"))

    def _check_filled(self, bound: _Bound, row: dict[str, object], line: int) -> None:
        for column in bound.table.columns:
            if column.filled and column.name not in row:
                heading = next((applied.heading for each, applied in bound.rules if each is column), "")
                place = self._source.place(line, heading)
                raise InvalidValue(f"a value for {spoken(column.name)}", "an empty cell, or one left out", place)

    def _value(
        self, table: Table, column: Column, applied: Applied, cells: Sequence[Cell], extra: list[Record], place: Place
    ) -> object:
        """The value for a column, None where the source says nothing; raises InvalidValue."""
        cell = applied.cell(cells)
        text = plain_text(cell)
        if not text or text in self._map.missing:
            return None
        if column.refers == "municipalities" and column.type is CellType.KEY:
            return applied.code(cells)
        kind = vocabulary_of(table, column.name)
        if column.type in _LISTS:
            return self._items(column, applied, kind, text, extra, place)
        if column.type in (CellType.KEY, CellType.NODE):
            try:
                return self._item(column, applied, kind, text, extra, place)
            except UnknownTerm as error:
                self._issues.leave_out(error, place, kind="unknown-term", suggestion=near_terms(kind, text))
                return None
        if applied.rule.values is not None:
            replaced = applied.replaced(text)
            return read_cell(column, replaced[0], ".") if replaced else None
        if kind and column.type is not CellType.NUMBER:
            return self._term(column, kind, text, place)
        return read_cell(column, cell, self._map.decimal or ",")

    def _items(
        self, column: Column, applied: Applied, kind: str, text: str, extra: list[Record], place: Place
    ) -> tuple[str, ...]:
        """The items of a list that can be used; each other is reported, and the rest of the list stays."""
        found: dict[str, None] = {}
        for item in items(text, kind, applied.rule.separator):
            try:
                found |= {self._item(column, applied, kind, x, extra, place): None for x in applied.replaced(item)}
            except UnknownTerm as error:
                self._issues.leave_out(error, place, kind="unknown-term", suggestion=near_terms(kind, item))
            except InvalidValue as error:
                self._issues.leave_out(error, place)
        return tuple(found)

    def _item(self, column: Column, applied: Applied, kind: str, text: str, extra: list[Record], place: Place) -> str:
        """One key of a list; an organisation that is only named gets a node of its own."""
        if column.refers == "municipalities":
            return text if applied.rule.form == "text" else official_code(text, applied.rule.form)
        if kind and column.type is CellType.KEYS:
            found = term_id(kind, text)
            if found is None and not (is_key(text) and text == text.lower()):
                raise UnknownTerm(f"a term of the vocabulary {spoken(kind)}", text)
            return found or text
        if kind:
            return str(self._term(column, kind, text, place))
        if column.refers == "actors" or column.type is CellType.NODE:
            return self._actor(text, extra)
        if column.type is CellType.TEXTS:
            return text
        return text if is_key(text) and not applied.rule.slug else slug(text)

    def _actor(self, name: str, extra: list[Record]) -> str:
        local = name if is_key(name) and name.islower() else slug(name)
        key = NodeKey.of(Label.ACTOR, local)
        if self._named.setdefault(key, name) == name and local != name:
            extra.append(Actor(key=key, name=name))
        return local

    def _term(self, column: Column, kind: str, text: str, place: Place) -> object:
        found = term_id(kind, text)
        if found is not None:
            return read_cell(column, found, ".")
        value = read_cell(column, text, ".")
        near = near_terms(kind, text)
        self._issues.note(
            "unknown-term", f"a term of the vocabulary {spoken(kind)}; the text is kept", text, place, near
        )
        return value
