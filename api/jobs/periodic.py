"""What is done now and then, by one worker of all: the database knows when each task is due."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from api.jobs.table import Clock, as_text, now
from api.state import StateDatabase

_STEPS = ("CREATE TABLE periodic (name TEXT PRIMARY KEY, next_at TEXT NOT NULL) WITHOUT ROWID",)


GRACE = timedelta(seconds=30)
"""For so long a task may be overdue while a worker runs: others are before it."""


@dataclass(frozen=True, slots=True)
class Periodic:
    """A task that takes seconds, not minutes. It may be killed, and is then done the next time."""

    name: str
    every: timedelta
    run: Callable[[], None]


class Periodicals:
    """Knows which tasks are due."""

    def __init__(self, database: StateDatabase, tasks: Sequence[Periodic], clock: Clock = now) -> None:
        """Bring the table up to date; raises StoreError."""
        self._database = database
        self._tasks = tasks
        self._clock = clock
        database.migrate("periodic", _STEPS)

    def due(self) -> list[Periodic]:
        """The tasks that are due and ours to run now."""
        return [task for task in self._tasks if self._take(task)]

    def _take(self, task: Periodic) -> bool:
        """Whether the task is due and ours."""
        time = self._clock()
        with self._database.read() as connection:
            if not _due(connection, task, as_text(time)):
                return False
        with self._database.write() as connection:
            if not _due(connection, task, as_text(time)):
                return False  # another worker was faster
            connection.execute("INSERT OR REPLACE INTO periodic VALUES (?, ?)", (task.name, as_text(time + task.every)))
            return True


def attended(database: StateDatabase, name: str, clock: Clock = now, *, grace: timedelta = GRACE) -> bool:
    """Whether a worker runs, as a task that comes often shows: it would not be overdue for so long."""
    database.migrate("periodic", _STEPS)
    with database.read() as connection:
        row = connection.execute("SELECT next_at FROM periodic WHERE name = ?", (name,)).fetchone()
    return row is not None and bool(row["next_at"] > as_text(clock() - grace))


def _due(connection: sqlite3.Connection, task: Periodic, time: str) -> bool:
    row = connection.execute("SELECT next_at FROM periodic WHERE name = ?", (task.name,)).fetchone()
    return row is None or bool(row["next_at"] <= time)
