"""A store's journal: who entered, changed or took back what, and which dataset was exchanged when.

It names authors by ids that only the service's accounts can resolve; it never knows names or addresses of persons.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import orjson

from graph_service.codec import edge_from, edge_properties, node_from, node_properties
from graph_service.model import Edge, Node


@dataclass(frozen=True, slots=True)
class Signature:
    """Who writes: an account's id ("" where nobody signed in), and through what, such as "api" or "import"."""

    author: str = ""
    origin: str = ""


UNSIGNED = Signature()

FIELDS = (
    "number", "revision", "at", "dataset", "author", "origin", "source", "target", "before", "after", "changes",
)  # fmt: skip
"""What both stores keep of an entry, flat."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: a record as it was and as it is since, or (both None) a dataset whose claims were exchanged."""

    number: int
    """Ascending in the order of writing, without meaning otherwise."""
    revision: int
    """The revision that this made; entries of one unit of work share it."""
    at: datetime
    dataset: str
    signature: Signature
    before: Node | Edge | None = None
    after: Node | Edge | None = None
    changes: Mapping[str, int] = field(default_factory=dict)
    """How many claims are new, changed and retired."""

    @property
    def ends(self) -> tuple[str, str]:
        """The keys that it is about: a node's and "", an edge's two, or "" twice for a dataset."""
        record = self.after or self.before
        if record is None:
            return "", ""
        return (record.key, "") if isinstance(record, Node) else (record.source, record.target)


def record_text(record: Node | Edge | None) -> str | None:
    """A record as JSON; None stays."""
    if record is None:
        return None
    parts: list[Any] = (
        [record.key, node_properties(record)]
        if isinstance(record, Node)
        else [record.type.value, record.source, record.target, edge_properties(record)]
    )
    return orjson.dumps(parts, default=str).decode()


def record_from(text: str | None) -> Node | Edge | None:
    """A record from its JSON."""
    if text is None:
        return None
    parts = orjson.loads(text)
    return node_from(*parts) if len(parts) == 2 else edge_from(*parts)


def counted(new: int, changed: int, retired: int) -> dict[str, int]:
    """Counts as an entry keeps them."""
    return {"new": new, "changed": changed, "retired": retired}


def plain_entry(entry: Entry) -> dict[str, Any]:
    """An entry as flat properties, as both stores keep it."""
    source, target = entry.ends
    return {
        "number": entry.number,
        "revision": entry.revision,
        "at": entry.at,
        "dataset": entry.dataset,
        **asdict(entry.signature),
        "source": str(source),
        "target": str(target),
        "before": record_text(entry.before),
        "after": record_text(entry.after),
        "changes": orjson.dumps(dict(entry.changes)).decode(),
    }


def entry_from(plain: Mapping[str, Any], at: datetime) -> Entry:
    """An entry from its flat properties."""
    return Entry(
        number=int(plain["number"]),
        revision=int(plain["revision"]),
        at=at,
        dataset=str(plain["dataset"]),
        signature=Signature(str(plain["author"]), str(plain["origin"])),
        before=record_from(plain.get("before")),
        after=record_from(plain.get("after")),
        changes=orjson.loads(plain["changes"]),
    )
