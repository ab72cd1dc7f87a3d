"""What an importer is: it knows its file and nothing else: no store, no network, no clock.

A value is handled, explicitly ignored, or reported as an issue; nothing vanishes in silence and nothing is guessed.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from graph_service.errors import GraphServiceError, Place
from graph_service.keys import NodeKey
from graph_service.model import Dataset, Record
from graph_service.store.contract import Changes

Progress = Callable[[int, int | None], None]
"""Told now and then: rows (or bytes) read so far, and how many there are where that is known."""


def silent(done: int, total: int | None) -> None:
    """A progress that tells nobody."""


def unplaced(_: NodeKey) -> Sequence[Place]:
    """The places of a key where an importer keeps none."""
    return ()


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing noticed in a source. ``kind`` is a stable code; the row is skipped unless ``note`` is true.

    ``row_kept``: only the value is left out, the rest of the row is used.
    """

    kind: str
    expected: str
    found: str
    place: Place
    note: bool = False
    suggestion: str = ""
    row_kept: bool = False


@dataclass
class Issues:
    """Collects what an importer noticed: counts by kind, and the issues themselves up to a bound per kind."""

    keep: int = 10_000
    counts: Counter[str] = field(default_factory=Counter)
    kept: dict[str, list[Issue]] = field(default_factory=dict)
    skipped: int = 0
    _unplaced: set[Issue] = field(default_factory=set)

    def add(self, error: GraphServiceError, place: Place | None = None, *, kind: str = "") -> None:
        """Report a row that is skipped because of this error."""
        self._keep(Issue(kind or error.code, error.expected, error.found, place or error.place))
        self.skipped += 1

    def leave_out(self, error: GraphServiceError, place: Place, *, kind: str = "", suggestion: str = "") -> None:
        """Report a value that is left out because of this error, while the rest of its row is used."""
        found = (kind or error.code, error.expected, error.found, place)
        self._keep(Issue(*found, suggestion=suggestion, row_kept=True))

    def note(
        self,
        kind: str,
        expected: str,
        found: object = "",
        place: Place | None = None,
        suggestion: str = "",
        times: int = 1,
    ) -> None:
        """Report something that was handled or ignored on purpose, so that nobody need wonder.

        ``times`` counts many equal ones at once, of which this is the first.
        """
        self._keep(Issue(kind, expected, str(found)[:300], place or Place(), note=True, suggestion=suggestion), times)

    def _keep(self, issue: Issue, times: int = 1) -> None:
        self.counts[issue.kind] += times
        kept = self.kept.setdefault(issue.kind, [])
        if len(kept) < self.keep and issue not in self._unplaced:
            kept.append(issue)
            if issue.place.line is None:  # the same once more would tell nobody anything: it is counted
                self._unplaced.add(issue)

    def examples(self, most: int = 20) -> list[Issue]:
        """The first issues of each kind, what was left out before what is only noted."""
        found = [issue for kind in sorted(self.kept) for issue in self.kept[kind][:most]]
        return sorted(found, key=lambda issue: issue.note)


@dataclass(frozen=True)
class Reading:
    """What an importer recognised: the dataset its files are, and its records, which may be read lazily.

    ``complete`` false: the source describes some records only, so endpoints may be unknown without harm.
    """

    dataset: Dataset
    records: Iterable[Record]
    read: Callable[[], int] = lambda: 0
    """How many rows of the source were read; asked after the records were consumed."""
    must_be_whole: bool = False
    """Refuse everything when a record points nowhere (exchange packages), instead of skipping that record."""
    mentions: Callable[[NodeKey], Sequence[Place]] = unplaced
    """Where in the files a key stands that other rows or sources must know; asked after the records were consumed."""


class Importer(Protocol):
    """A source of records. Registered by an entry point of the group ``buendniskompass.importers``."""

    id: str
    """The name on the command line, as in ``kompass import genesis``."""

    def read(self, paths: Sequence[Path], issues: Issues, progress: Progress = silent) -> Reading:
        """Recognise the files by content; raises SourceError where they are of another kind or broken.

        Bad rows become issues; records come lazily, so a SourceError may also come while they are consumed.
        """
        ...


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do."""

    source: str
    dataset: Dataset
    read: int
    changes: Changes
    issues: Issues
    dry_run: bool = False
