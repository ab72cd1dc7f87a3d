"""Who may edit what: the office everything, an editor what belongs to the own municipality or oneself entered."""

from dataclasses import dataclass

from api.editing.rows import Row
from api.http.errors import Forbidden
from api.http.viewer import Role, Viewer
from api.snapshot import Snapshot
from graph_service.exchange import Table
from graph_service.keys import Label, NodeKey
from graph_service.model import Visibility
from graph_service.store.contract import Reader
from graph_service.visibility import own_records

_PLACES = ("municipality", "municipalities")
_OWNERS = {"provider": Label.ACTOR, "requester": Label.ACTOR, "carried_by": Label.ACTOR, "actor_a": Label.ACTOR,
           "alliance": Label.ALLIANCE}  # fmt: skip
"""Columns that name the record which a row belongs to, where it names no place."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What one viewer may do, judged on the revision that the viewer sees."""

    viewer: Viewer
    snapshot: Snapshot

    @property
    def _everything(self) -> bool:
        return self.viewer.role.covers(Role.OFFICE)

    def check_row(self, table: Table, row: Row) -> None:
        """May the viewer enter this? Raises Forbidden."""
        if self._everything:
            return
        if row.get("visibility") is Visibility.OFFICE:
            raise Forbidden("a visibility that this role may give", Visibility.OFFICE.value)
        if not self.viewer.role.covers(Role.EDITOR):
            raise Forbidden("the role editor", self.viewer.role.value)
        if not any(self._owns(key) for key in _belongs_to(row)):
            raise Forbidden("a record of the own municipality", table.name)

    def check_record(self, reader: Reader, key: NodeKey) -> None:
        """May the viewer change this? Raises Forbidden, and NotFound for what the viewer cannot see."""
        self.snapshot.projection.position(key)
        if self._everything:
            return
        if not self.viewer.role.covers(Role.EDITOR):
            raise Forbidden("the role editor", self.viewer.role.value)
        if not self._owns(key) and not self._entered(reader, key):
            raise Forbidden("a record of the own municipality", key)

    def covers(self, key: NodeKey) -> bool:
        """Whether this belongs to what the viewer edits, for a page to know which controls to show."""
        return self._everything or (self.viewer.role.covers(Role.EDITOR) and self._owns(key))

    def _owns(self, key: NodeKey) -> bool:
        place = self.snapshot.projection.arrays.keys.place.get(key)
        own = self.snapshot.prepared("own-records", lambda projection: own_records(projection, self.viewer.audience))
        return place is not None and bool(own[place])

    def _entered(self, reader: Reader, key: NodeKey) -> bool:
        """Whether the viewer entered the record in the first place."""
        lines = reader.journal(key=key, limit=1)
        return bool(lines) and lines[0].signature.author == self.viewer.account and lines[0].before is None


def _belongs_to(row: Row) -> list[NodeKey]:
    """The municipalities that a row names, or the record that it belongs to."""
    found: list[NodeKey] = []
    for name in _PLACES:
        value = row.get(name, ())
        found += [
            NodeKey.of(Label.MUNICIPALITY, str(each)) for each in (value if isinstance(value, tuple) else (value,))
        ]
    if found:
        return found
    for name, label in _OWNERS.items():
        value = row.get(name, ())
        for each in value if isinstance(value, tuple) else (value,):
            found.append(NodeKey(str(each)) if ":" in str(each) else NodeKey.of(label, str(each)))
    return found
