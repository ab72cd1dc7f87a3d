"""Errors that a caller can act on: a stable code, what was expected, what was found, and where.

The words of a message are chosen where the language is known (``api``): an error carries short English phrases, which
are the message ids of the translations.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where in a source something was found; what does not apply stays empty."""

    file: str = ""
    table: str = ""
    line: int | None = None
    column: str = ""

    def __str__(self) -> str:
        parts = [self.file, self.table, f"line {self.line}" if self.line is not None else "", self.column]
        return ", ".join(part for part in parts if part)


class GraphServiceError(Exception):
    """The root of everything this project raises on purpose; ``code`` is stable and documented."""

    code = "error"

    def __init__(self, expected: str, found: object = "", place: Place | None = None) -> None:
        """Say what was expected (a phrase), what was found instead, and where."""
        self.expected = expected
        self.found = "" if found is None else str(found)[:300]
        self.place = place or Place()
        super().__init__(expected, self.found, self.place)

    def __str__(self) -> str:
        text = f"expected {self.expected}" + (f", found {self.found!r}" if self.found else "")
        return f"{self.place}: {text}" if str(self.place) else text


class InvalidValue(GraphServiceError):
    """A value cannot be what it claims to be: a key, a date, a number, a term."""

    code = "invalid-value"


class NotFound(GraphServiceError):
    """Nothing is known under this key."""

    code = "not-found"


class Ambiguous(GraphServiceError):
    """Several things answer to this name; ``candidates`` lists them as (key, name)."""

    code = "ambiguous"

    def __init__(self, expected: str, found: object, candidates: tuple[tuple[str, str], ...]) -> None:
        """Keep the candidates so that a person can choose."""
        super().__init__(expected, found)
        self.candidates = candidates


class SourceError(GraphServiceError):
    """A file as a whole cannot be imported: wrong kind, truncated, too large, a column missing."""

    code = "unreadable-source"


class InvalidPackage(SourceError):
    """An exchange package is broken; ``problems`` lists every single one."""

    code = "invalid-package"

    def __init__(self, problems: tuple[GraphServiceError, ...], place: Place | None = None) -> None:
        """Refuse the package with all its problems."""
        super().__init__(
            "a package without problems", "a problem" if len(problems) == 1 else f"{len(problems)} problems", place
        )
        self.problems = problems


class TargetError(GraphServiceError):
    """An export cannot be written where it should go."""

    code = "unwritable-target"


class StoreError(GraphServiceError):
    """The store cannot do what was asked."""

    code = "store"


class StoreUnavailable(StoreError):
    """The store cannot be reached now; trying again later may help."""

    code = "store-unavailable"


class StoreUnauthorised(StoreError):
    """The store refuses this user or password."""

    code = "store-unauthorised"


class StoreTooOld(StoreError):
    """The server's version is older than what the project supports."""

    code = "store-too-old"


class StoreTooNew(StoreError):
    """The database was written by a newer version of the project."""

    code = "store-too-new"


class StoreNotMigrated(StoreError):
    """The database needs ``kompass migrate`` first."""

    code = "store-not-migrated"


class StoreReadOnly(StoreError):
    """The store cannot be written: a read-only file or folder."""

    code = "store-read-only"


class StoreCorrupt(StoreError):
    """The file is not a database, or a damaged one."""

    code = "store-corrupt"


class StoreFull(StoreError):
    """No space is left for the write; the earlier state is whole."""

    code = "store-full"


class StoreBusy(StoreError):
    """Another writer holds the store for longer than we wait."""

    code = "store-busy"
