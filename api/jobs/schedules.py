"""Imports that come again: which address is asked how often, and which file was imported last."""

import calendar
import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from api.jobs.table import ENDED, Clock, Jobs, as_text, new_id, now
from api.language import ZONE
from graph_service.errors import NotFound

_STEPS = (
    """
    CREATE TABLE import_schedule (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        every TEXT NOT NULL CHECK (every IN ('daily', 'weekly', 'monthly')),
        payload TEXT NOT NULL,
        created_by TEXT,
        created_at TEXT NOT NULL,
        next_at TEXT NOT NULL,
        sha256 TEXT NOT NULL DEFAULT '',
        imported_at TEXT,
        last_job TEXT
    )
    """,
)


class Every(StrEnum):
    """How often."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"

    def after(self, time: datetime) -> datetime:
        """The same time of day a day, a week or a month later; a month's last days stay within the next month."""
        time = time.astimezone(ZONE)  # so that a night's import stays at night when the clocks change
        if self is Every.DAILY:
            return time + timedelta(days=1)
        if self is Every.WEEKLY:
            return time + timedelta(weeks=1)
        year, month = (time.year + 1, 1) if time.month == 12 else (time.year, time.month + 1)
        return time.replace(year=year, month=month, day=min(time.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Schedule:
    """One address that is asked again and again."""

    number: int
    id: str
    every: Every
    payload: Mapping[str, Any]
    created_by: str | None
    created_at: datetime
    next_at: datetime
    imported_at: datetime | None
    """When a file from there was written last."""
    last_job: str | None


class Schedules:
    """The imports that come again, of a state database."""

    def __init__(self, jobs: Jobs, clock: Clock = now) -> None:
        """Bring the table up to date; raises StoreError."""
        self._jobs = jobs
        self._database = jobs.database
        self._clock = clock
        self._database.migrate("schedules", _STEPS)

    def add(self, every: Every, payload: Mapping[str, Any], by: str | None) -> Schedule:
        """Ask for an import now and again and again."""
        id, time = new_id(), as_text(self._clock())
        kept = json.dumps({**payload, "schedule": id})
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO import_schedule (id, every, payload, created_by, created_at, next_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (id, every, kept, by, time, time),
            )
            return _schedule(connection, id)

    def schedule(self, id: str) -> Schedule:
        """One of them; raises NotFound."""
        with self._database.read() as connection:
            return _schedule(connection, id)

    def schedules(self) -> list[Schedule]:
        """All of them, in the order in which they were added."""
        with self._database.read() as connection:
            return [_read(row) for row in connection.execute("SELECT * FROM import_schedule ORDER BY number")]

    def remove(self, id: str) -> None:
        """Ask no more; what was imported stays. Raises NotFound."""
        with self._database.write() as connection:
            _schedule(connection, id)
            connection.execute("DELETE FROM import_schedule WHERE id = ?", (id,))

    def known(self, id: str, sha256: str) -> bool:
        """Whether this file was the one that was written last."""
        with self._database.read() as connection:
            row = connection.execute("SELECT sha256 FROM import_schedule WHERE id = ?", (id,)).fetchone()
            return row is not None and row["sha256"] == sha256

    def imported(self, id: str, sha256: str) -> None:
        """Remember which file was written last; a schedule that is gone by now needs no memory."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE import_schedule SET sha256 = ?, imported_at = ? WHERE id = ?",
                (sha256, as_text(self._clock()), id),
            )

    def queue_due(self, queue: Callable[[Mapping[str, Any], str | None], str]) -> None:
        """Queue the imports that are due. One that still waits for a person is not asked for once more."""
        with self._database.read() as connection:
            due = connection.execute(
                "SELECT id FROM import_schedule WHERE next_at <= ? ORDER BY number", (as_text(self._clock()),)
            ).fetchall()
        for row in due:
            with self._database.write() as connection, suppress(NotFound):  # removed meanwhile
                self._queue(connection, _schedule(connection, row["id"]), queue)

    def _queue(
        self, connection: sqlite3.Connection, schedule: Schedule, queue: Callable[[Mapping[str, Any], str | None], str]
    ) -> None:
        time = self._clock()
        if schedule.next_at > time:
            return  # another worker was faster
        following = schedule.every.after(schedule.next_at)
        while following <= time:  # what was missed while nothing ran is not made up for
            following = schedule.every.after(following)
        job = schedule.last_job if self._open(schedule.last_job) else queue(schedule.payload, schedule.created_by)
        connection.execute(
            "UPDATE import_schedule SET next_at = ?, last_job = ? WHERE id = ?", (as_text(following), job, schedule.id)
        )

    def _open(self, job: str | None) -> bool:
        if job is None:
            return False
        try:
            return self._jobs.job(job).state not in ENDED
        except NotFound:
            return False


def _schedule(connection: sqlite3.Connection, id: str) -> Schedule:
    row = connection.execute("SELECT * FROM import_schedule WHERE id = ?", (id,)).fetchone()
    if row is None:
        raise NotFound("the id of a scheduled import", id)
    return _read(row)


def _read(row: sqlite3.Row) -> Schedule:
    return Schedule(
        number=row["number"],
        id=row["id"],
        every=Every(row["every"]),
        payload=json.loads(row["payload"]),
        created_by=row["created_by"],
        created_at=datetime.fromisoformat(row["created_at"]),
        next_at=datetime.fromisoformat(row["next_at"]),
        imported_at=datetime.fromisoformat(row["imported_at"]) if row["imported_at"] else None,
        last_job=row["last_job"],
    )
