"""The journal as people and other systems read it: only lines about what the reader may see."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from api.editing.editor import Editor
from api.editing.rights import Rights
from api.http.errors import Forbidden
from api.snapshot import Snapshot
from graph_service.codec import edge_properties, node_properties
from graph_service.errors import NotFound
from graph_service.keys import NodeKey
from graph_service.model import Edge, Node, Visibility
from graph_service.store.contract import Reader
from graph_service.store.journal import Entry

STEP = 500
MOST_STEPS = 6
EXCHANGED = "exchanged"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal; who, and how it was before, only for those who may change the record."""

    revision: int
    at: datetime
    kind: str
    """new, changed or retired; exchanged for a whole dataset."""
    type: str = ""
    """The edge's type, or "" for a node or a dataset."""
    source: str = ""
    target: str = ""
    dataset: str = ""
    changes: Mapping[str, int] = field(default_factory=dict)
    author: str | None = None
    origin: str | None = None
    before: Mapping[str, object] | None = None
    after: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines in order; ``revision`` is the one to ask from next time, ``more`` whether that brings more now."""

    revision: int
    lines: list[Line]
    more: bool


Knows = Callable[[Reader, Entry], bool]
"""Whether the reader may know who did it, and how it was before."""


def changes_since(editor: Editor, since: int, limit: int, key: str | None = None) -> Lines:
    """What has changed, without who and what: for systems that keep a copy."""
    return _lines(editor, since, limit, key, lambda _reader, _entry: False)


def journal_since(editor: Editor, since: int, limit: int, key: str | None = None) -> Lines:
    """The same with who and what, where the viewer may change the record."""
    return _lines(editor, since, limit, key, _knows(editor))


def _knows(editor: Editor) -> Knows:
    """The viewer may know of what he or she may change."""
    rights = Rights(editor.viewer, editor.snapshot)

    def knows(reader: Reader, entry: Entry) -> bool:
        source, _ = entry.ends
        if editor.viewer.audience.sees_all or not source:
            return editor.viewer.audience.sees_all
        try:
            rights.check_record(reader, NodeKey(source))
        except (Forbidden, NotFound):
            return False
        return True

    return knows


@dataclass(frozen=True, slots=True)
class Pages:
    """Lines from the newest on; ``before`` is the revision to ask on from, 0 where nothing is left."""

    lines: list[Line]
    before: int


def journal_before(editor: Editor, before: int, limit: int, key: str | None = None) -> Pages:
    """The latest lines about what the viewer may change, the newest revision first, those before a revision.

    Whole revisions, and no more than MOST_STEPS steps into the past at once.
    """
    knows, about = _knows(editor), None if key is None else NodeKey(key)
    latest = editor.snapshot.revision + 1
    upper = min(before, latest) if before else latest

    def work(reader: Reader) -> Pages:
        lines: list[Line] = []
        last = upper
        for _ in range(MOST_STEPS):
            first = 0 if about else max(last - 1 - STEP, 0)
            entries = [e for e in reader.journal(since=first, key=about) if e.revision < last]
            groups = [(revision, list(found)) for revision, found in groupby(entries, lambda entry: entry.revision)]
            for revision, found in reversed(groups):
                told = [_line(e, whole=True) for e in found if _visible(editor.snapshot, e) and knows(reader, e)]
                if lines and len(lines) + len(told) > limit:
                    return Pages(lines, last)
                lines += told
                last = revision
            last = first + 1
            if first == 0:
                return Pages(lines, 0)
        return Pages(lines, last)

    return editor.services.store.read(work)


def _lines(editor: Editor, since: int, limit: int, key: str | None, knows: Knows) -> Lines:
    """Whole revisions, so that asking on from the last one misses nothing; the first even if it is long."""
    about = None if key is None else NodeKey(key)

    def work(reader: Reader) -> Lines:
        lines: list[Line] = []
        last = since
        for revision, entries in _revisions(reader, since, about):
            if revision > editor.snapshot.revision:
                break
            found = [_line(e, whole=knows(reader, e)) for e in entries if _visible(editor.snapshot, e)]
            if lines and len(lines) + len(found) > limit:
                return Lines(last, lines, more=True)
            lines += found
            last = revision
        return Lines(editor.snapshot.revision, lines, more=False)

    return editor.services.store.read(work)


def _revisions(reader: Reader, since: int, key: NodeKey | None) -> Iterator[tuple[int, list[Entry]]]:
    """The entries by revision, read in steps."""
    step = STEP
    while True:
        entries = reader.journal(since=since, key=key, limit=step)
        groups = [(revision, list(found)) for revision, found in groupby(entries, lambda entry: entry.revision)]
        if len(entries) < step:
            yield from groups
            return
        if len(groups) == 1:  # longer than a step: read all of it
            step *= 2
            continue
        yield from groups[:-1]  # the last may be torn
        since, step = groups[-2][0], STEP


def _visible(snapshot: Snapshot, entry: Entry) -> bool:
    """Whether a viewer may know that this happened. That some dataset was exchanged is no secret; which one may be."""
    if snapshot.audience.sees_all:
        return True
    record = entry.after or entry.before
    if record is None:
        return True
    if any(
        each is not None and each.visibility not in (None, Visibility.PUBLIC) for each in (entry.before, entry.after)
    ):
        return False
    place = snapshot.projection.arrays.keys.place
    if isinstance(record, Edge):
        return record.source in place and record.target in place
    # of a record that is gone nothing but its key is told
    return record.key in place or entry.after is None


def _line(entry: Entry, *, whole: bool) -> Line:
    record = entry.after or entry.before
    source, target = entry.ends
    kind = EXCHANGED if record is None else next((name for name, count in entry.changes.items() if count), "changed")
    line = Line(entry.revision, entry.at, kind, record.type.value if isinstance(record, Edge) else "", source, target)
    if not whole:
        return line
    line = replace(line, author=entry.signature.author, origin=entry.signature.origin)
    if record is None:
        return replace(line, dataset=entry.dataset, changes=entry.changes)
    return replace(line, before=_plain(entry.before), after=_plain(entry.after))


def _plain(record: Node | Edge | None) -> Mapping[str, object] | None:
    if record is None:
        return None
    return node_properties(record) if isinstance(record, Node) else edge_properties(record)
