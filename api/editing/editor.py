"""Edits of one viewer: checked for the right to them, written under the viewer's name, visible to the next question."""

import re
import secrets
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from api.editing import records
from api.editing.exchanges import move_on
from api.editing.records import Entered, Sight
from api.editing.rights import Rights
from api.editing.rows import Row, is_shipped_term, key_of, read_row
from api.http.errors import Forbidden
from api.http.viewer import Role, Viewer
from api.services import Services
from api.snapshot import Snapshot
from graph_service.errors import InvalidValue, NotFound, Place
from graph_service.exchange import EDGE_TABLES, TABLES, Table
from graph_service.keys import NodeKey
from graph_service.model import Edge
from graph_service.store.contract import Writer
from graph_service.store.journal import Entry, Signature
from matching.naming.municipalities import plain

T = TypeVar("T")

EDITABLE = ("actors", "alliances", "practices", "offers", "requests", "exchanges")
EDGES = ("memberships", "cooperations", "applications", "ratings", "adoptions")
_NAMESPACE = uuid.UUID("6f1d9a1e-7a1c-4a1b-9a57-2f3f4d9f0b11")
MOST_REASON = 2_000


@dataclass(frozen=True, slots=True)
class Editor:
    """One viewer at work. ``origin``: through what, as the journal says it."""

    services: Services
    viewer: Viewer
    snapshot: Snapshot
    origin: str

    def create(self, name: str, given: Mapping[str, object], idempotency: str = "") -> Entered:
        """Enter a new record of a table. With the same idempotency key it is entered once, however often it is sent.

        Raises InvalidValue, Forbidden, Conflict, NotFound.
        """
        table, row = self._new_row(name, given, idempotency)
        sight = self._sight(key_of(table, row))
        return self._write(lambda writer: records.create(writer, table, row, sight))

    def create_all(self, name: str, given: Iterable[Mapping[str, object]], idempotency: str = "") -> list[Entered]:
        """Enter several records of a table, all or none; they are taken back together, too."""
        rows = [self._new_row(name, each, f"{idempotency} {n}" if idempotency else "") for n, each in enumerate(given)]

        def work(writer: Writer) -> list[Entered]:
            found = [records.create(writer, table, row, self._sight(key_of(table, row))) for table, row in rows]
            revision = writer.revision() + 1
            return [replace(each, revision=revision) for each in found]

        return self._write(work)

    def create_alliance(
        self, given: Mapping[str, object], members: Iterable[Mapping[str, object]], idempotency: str = ""
    ) -> Entered:
        """Enter a new alliance and its members at once, so that both are taken back together.

        ``members`` are rows of memberships without the alliance. Raises InvalidValue, Forbidden, Conflict, NotFound.
        """
        table, row = self._new_row("alliances", given, idempotency)
        key, joins = key_of(table, row), relation("memberships")
        rows = [read_row(joins, {**each, "alliance": key.local}) for each in members]
        sight = self._sight(key)

        def work(writer: Writer) -> Entered:
            records.create(writer, table, row, sight)
            for each in rows:
                # whoever may enter the alliance may say who is in it
                records.enter_edge(writer, joins, each, sight)
            return records.read(writer, key, sight)

        return self._write(work)

    def _new_row(self, name: str, given: Mapping[str, object], idempotency: str) -> tuple[Table, Row]:
        """What a new record says, with its key, if the viewer may enter it."""
        table = editable(name)
        row = read_row(table, given)
        identity = table.identity[0]
        if identity in row and not self.viewer.role.covers(Role.OFFICE):
            # whether a key is taken must not tell of a hidden record
            raise Forbidden("no key: a new record is given one", row[identity], Place(column=identity))
        if identity not in row:
            row[identity] = self._fresh_key(str(row.get("name", row.get("title", ""))), idempotency)
        self._rights.check_row(table, row)
        return table, row

    def change(self, key: NodeKey, given: Mapping[str, object], version: str) -> Entered:
        """Change columns of a record; null takes a value away. Raises PreconditionFailed where it has changed since."""
        table = records.table_of(key)
        editable(table.name)

        def work(writer: Writer) -> Entered:
            self._rights.check_record(writer, key)
            records.expect(writer, key, version, self._sight(key))
            kept = {c: v for c, v in records.read(writer, key, self._sight(key)).row.items() if c not in given}
            row = kept | read_row(table, given) | {table.identity[0]: key.local}
            if "visibility" in given:
                self._rights.check_row(table, row)
            return records.change(writer, table, row, self._sight(key))

        return self._write(work)

    def take_back(self, key: NodeKey, version: str) -> None:
        """Take back a record that was entered by hand."""

        def work(writer: Writer) -> None:
            self._rights.check_record(writer, key)
            records.expect(writer, key, version, self._sight(key))
            records.take_back(writer, key, self._sight(key))

        self._write(work)

    def enter_edge(self, name: str, given: Mapping[str, object]) -> Edge:
        """Enter a relation; entering it again with the same identity changes what it says."""
        table = relation(name)
        row = read_row(table, given)
        self._rights.check_row(table, row)
        return self._write(lambda writer: records.enter_edge(writer, table, row, self._sight()))

    def take_back_edge(self, name: str, given: Mapping[str, object]) -> Edge:
        """Take back a relation that was entered by hand."""
        table = relation(name)
        row = read_row(table, given)
        self._rights.check_row(table, row)
        return self._write(lambda writer: records.take_back_edge(writer, table, row, self._sight()))

    def replace_edge(
        self, name: str, *, before: Mapping[str, object] | None, after: Mapping[str, object] | None
    ) -> int:
        """Take back a relation, enter one, or one in the place of another; the revision, 0 where nothing is new.

        Raises InvalidValue, Forbidden, NotFound, Conflict.
        """
        table = relation(name)
        old, new = (None if each is None else read_row(table, each) for each in (before, after))
        for row in (old, new):
            if row is not None:
                self._rights.check_row(table, row)

        def work(writer: Writer) -> int:
            if old is not None and (new is None or any(old.get(each) != new.get(each) for each in table.identity)):
                records.take_back_edge(writer, table, old, self._sight())
            if new is not None:
                records.enter_edge(writer, table, new, self._sight())
            revision = writer.revision()
            return revision + 1 if writer.journal(since=revision, limit=1) else 0

        return self._write(work)

    def move_exchange(
        self, key: NodeKey, state: str, on: date, version: str, *, reason: str = "", decided_by: NodeKey | None = None
    ) -> Entered:
        """Move an exchange to its next state."""
        if len(reason) > MOST_REASON:
            raise InvalidValue(f"at most {MOST_REASON} characters", len(reason), Place(column="reason"))

        def work(writer: Writer) -> Entered:
            self._rights.check_record(writer, key)
            records.expect(writer, key, version, self._sight(key))
            return move_on(writer, key, state, on, reason=reason, decided_by=decided_by, sight=self._sight(key))

        return self._write(work)

    def undo(self, revision: int) -> list[Entry]:
        """Take back a whole revision of single edits that nothing later builds on."""

        def work(writer: Writer) -> list[Entry]:
            for entry in writer.journal(since=revision - 1):
                if entry.revision == revision and entry.signature.author != self.viewer.account:
                    self._check_entry(writer, entry)
            return records.undo(writer, revision)

        return self._write(work)

    def read(self, key: NodeKey) -> Entered:
        """A record as the viewer sees it, with its version; raises NotFound."""
        self.snapshot.projection.position(key)
        return self.services.store.read(lambda reader: records.read(reader, key, self._sight(key)))

    def _check_entry(self, writer: Writer, entry: Entry) -> None:
        source, _ = entry.ends
        if not source:
            raise NotFound("a known change", entry.revision)
        self._rights.check_record(writer, NodeKey(source))

    @property
    def _rights(self) -> Rights:
        return Rights(self.viewer, self.snapshot)

    def _sight(self, own: NodeKey | None = None) -> Sight:
        """What the viewer sees; the record at hand and the shipped vocabulary even before they are in a snapshot."""
        if self.viewer.audience.sees_all:
            return records.EVERYTHING
        place = self.snapshot.projection.arrays.keys.place

        def node(key: NodeKey) -> bool:
            return key in place or key == own or is_shipped_term(key)

        def edge(each: Edge) -> bool:
            if not (node(each.source) and node(each.target)):
                return False
            return each.visibility is None or self._shows(each)

        return Sight(node, edge)

    def _shows(self, edge: Edge) -> bool:
        """Whether the viewer's projection has an edge between these two."""
        place = self.snapshot.projection.arrays.keys.place
        found = self.snapshot.projection.edges(edge.type)
        source, target = place.get(edge.source, -1), place.get(edge.target, -1)
        return bool(((found.source == source) & (found.target == target)).any())

    def _write(self, work: Callable[[Writer], T]) -> T:
        def known_by_revision(writer: Writer) -> T:
            found = work(writer)
            revision = writer.revision()
            if not isinstance(found, Entered) or not writer.journal(since=revision, limit=1):
                return found
            return replace(found, revision=revision + 1)

        found = self.services.store.write(known_by_revision, Signature(self.viewer.account or "", self.origin))
        self.services.moved()
        return found

    def _fresh_key(self, name: str, idempotency: str) -> str:
        """A key that people recognise; the same for the same account, name and idempotency key."""
        slug = re.sub(r"[^a-z0-9]+", "-", plain(name)).strip("-")[:60] or "ohne-namen"
        if idempotency:
            digest = uuid.uuid5(_NAMESPACE, f"{self.viewer.account} {idempotency}").hex[:12]
        else:
            digest = secrets.token_hex(6)
        return f"{slug}-{digest}"


def editable(name: str) -> Table:
    """A table of records that people edit; raises NotFound."""
    if name not in EDITABLE:
        raise NotFound(f"one of {', '.join(EDITABLE)}", name)
    return TABLES[name]


def relation(name: str) -> Table:
    """A table of relations that people edit; raises NotFound."""
    if name not in EDGES:
        raise NotFound(f"one of {', '.join(EDGES)}", name)
    table = TABLES[name]
    if table.edge not in EDGE_TABLES:
        raise NotFound("a table of relations", name)
    return table
