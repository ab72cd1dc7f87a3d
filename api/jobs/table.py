"""The job table: long work is asked for here, confirmed, cancelled and looked at; ``leases`` is the worker's side.

Nothing here knows what the kinds of jobs do.
"""

import json
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from api.http.errors import Conflict
from api.language import N_
from api.state import StateDatabase
from graph_service.errors import NotFound

Clock = Callable[[], datetime]

_STEPS = (
    """
    CREATE TABLE job (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        stage TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'confirming', 'done', 'failed', 'cancelled')),
        payload TEXT NOT NULL,
        created_by TEXT,
        confirmed_by TEXT,
        created_at TEXT NOT NULL,
        not_before TEXT NOT NULL,
        started_at TEXT,
        finished_at TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        cancelling INTEGER NOT NULL DEFAULT 0,
        lease TEXT,
        lease_until TEXT,
        done INTEGER NOT NULL DEFAULT 0,
        total INTEGER,
        message TEXT NOT NULL DEFAULT '',
        report TEXT,
        error TEXT
    );
    CREATE UNIQUE INDEX job_one_running ON job (state) WHERE state = 'running';
    CREATE INDEX job_by_state ON job (state, number);
    CREATE TABLE job_issue (
        job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        issue TEXT NOT NULL,
        PRIMARY KEY (job, position)
    ) WITHOUT ROWID;
    """,
)


class JobState(StrEnum):
    """Where a job stands; the last three are ends."""

    QUEUED = "queued"
    RUNNING = "running"
    CONFIRMING = "confirming"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running job is; ``message`` is an English message id."""

    done: int = 0
    total: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One job as it stands. ``stage`` is the step of its kind that is done next or last."""

    number: int
    id: str
    kind: str
    stage: str
    state: JobState
    payload: Mapping[str, Any]
    created_by: str | None
    confirmed_by: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    attempts: int
    lease: str | None
    cancelling: bool
    progress: Progress
    report: Mapping[str, Any] | None
    error: Mapping[str, Any] | None


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def new_id() -> str:
    """An id that nobody can guess and that is fit for a folder's name."""
    return secrets.token_hex(8)


class Jobs:
    """The jobs of a state database."""

    def __init__(self, database: StateDatabase, clock: Clock = now) -> None:
        """Bring the tables up to date; raises StoreError."""
        self.database = database
        self._clock = clock
        database.migrate("jobs", _STEPS)

    # --- asking

    def job(self, id: str) -> Job:
        """One job; raises NotFound."""
        with self.database.read() as connection:
            return read_job(connection, id)

    def jobs(
        self, *, before: int | None = None, limit: int = 50, kind: str = "", state: JobState | None = None
    ) -> list[Job]:
        """Jobs, the newest first; ``before`` is the number of the last one of the page before."""
        query = """
            SELECT * FROM job
            WHERE (:before IS NULL OR number < :before) AND (:kind = '' OR kind = :kind)
              AND (:state IS NULL OR state = :state)
            ORDER BY number DESC LIMIT :limit
        """
        with self.database.read() as connection:
            rows = connection.execute(query, {"before": before, "kind": kind, "state": state, "limit": limit})
            return [as_job(row) for row in rows]

    def issues(self, id: str, *, after: int = 0, limit: int = 100) -> list[tuple[int, Mapping[str, Any]]]:
        """What a job's report lists singly, as (position, issue), from the first position after ``after``."""
        query = "SELECT position, issue FROM job_issue WHERE job = ? AND position > ? ORDER BY position LIMIT ?"
        with self.database.read() as connection:
            return [
                (row["position"], json.loads(row["issue"])) for row in connection.execute(query, (id, after, limit))
            ]

    # --- for people

    def enqueue(
        self, kind: str, payload: Mapping[str, Any], *, stage: str = "", created_by: str | None = None, id: str = ""
    ) -> Job:
        """Ask for a job; durable when it returns."""
        id = id or new_id()
        time = as_text(self._clock())
        with self.database.write() as connection:
            connection.execute(
                "INSERT INTO job (id, kind, stage, state, payload, created_by, created_at, not_before)"
                " VALUES (?, ?, ?, 'queued', ?, ?, ?, ?)",
                (id, kind, stage, json.dumps(payload), created_by, time, time),
            )
            return read_job(connection, id)

    def confirm(self, id: str, stage: str, by: str | None = None) -> Job:
        """Let a job that waits for a person go on with this stage; raises Conflict, NotFound."""
        with self.database.write() as connection:
            self._expect(connection, id, N_("a job that waits for confirmation"), JobState.CONFIRMING)
            connection.execute("UPDATE job SET confirmed_by = ? WHERE id = ?", (by, id))
            return queue(connection, id, stage, self._clock())

    def retry(self, id: str) -> Job:
        """Take up a failed job again where it failed; raises Conflict, NotFound."""
        with self.database.write() as connection:
            job = self._expect(connection, id, N_("a job that failed"), JobState.FAILED)
            return queue(connection, id, job.stage, self._clock())

    def cancel(self, id: str) -> Job:
        """Cancel a job: at once, or as soon as a worker has seen to it; raises Conflict, NotFound."""
        with self.database.write() as connection:
            ongoing = (JobState.QUEUED, JobState.CONFIRMING, JobState.RUNNING)
            job = self._expect(connection, id, N_("a job that has not ended"), *ongoing)
            # what was begun may have been written: only a worker can tell
            if job.state is JobState.RUNNING or (job.state is JobState.QUEUED and job.attempts):
                connection.execute("UPDATE job SET cancelling = 1 WHERE id = ?", (id,))
            else:
                end(connection, id, JobState.CANCELLED, self._clock())
            return read_job(connection, id)

    def expire(self, *, waiting: timedelta, ended: timedelta) -> int:
        """Cancel what nobody confirmed for so long, forget jobs that ended so long ago; return how many."""
        time = self._clock()
        with self.database.write() as connection:
            old = connection.execute(
                "UPDATE job SET state = 'cancelled', finished_at = ? WHERE state = 'confirming' AND started_at < ?",
                (as_text(time), as_text(time - waiting)),
            ).rowcount
            return old + connection.execute("DELETE FROM job WHERE finished_at < ?", (as_text(time - ended),)).rowcount

    @staticmethod
    def _expect(connection: sqlite3.Connection, id: str, expected: str, *states: JobState) -> Job:
        job = read_job(connection, id)
        if job.state not in states:
            raise Conflict(expected, job.state)
        return job


def read_job(connection: sqlite3.Connection, id: str) -> Job:
    """One job within a transaction; raises NotFound."""
    row = connection.execute("SELECT * FROM job WHERE id = ?", (id,)).fetchone()
    if row is None:
        raise NotFound("the id of a job", id)
    return as_job(row)


def queue(connection: sqlite3.Connection, id: str, stage: str, time: datetime) -> Job:
    """Let a job begin a stage within a transaction."""
    connection.execute(
        "UPDATE job SET state = 'queued', stage = ?, attempts = 0, cancelling = 0, not_before = ?, error = NULL,"
        " finished_at = NULL, lease = NULL, lease_until = NULL WHERE id = ?",
        (stage, as_text(time), id),
    )
    return read_job(connection, id)


def end(
    connection: sqlite3.Connection, id: str, state: JobState, time: datetime, error: Mapping[str, Any] | None = None
) -> None:
    """End a job within a transaction."""
    connection.execute(
        "UPDATE job SET state = ?, error = ?, finished_at = ?, lease = NULL, lease_until = NULL WHERE id = ?",
        (state, json.dumps(error) if error else None, as_text(time), id),
    )


def as_text(time: datetime) -> str:
    """A time as the tables hold it: texts sort as times do."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def as_job(row: sqlite3.Row) -> Job:
    """A row of the job table."""
    return Job(
        number=row["number"],
        id=row["id"],
        kind=row["kind"],
        stage=row["stage"],
        state=JobState(row["state"]),
        payload=json.loads(row["payload"]),
        created_by=row["created_by"],
        confirmed_by=row["confirmed_by"],
        created_at=datetime.fromisoformat(row["created_at"]),
        started_at=_time(row["started_at"]),
        finished_at=_time(row["finished_at"]),
        attempts=row["attempts"],
        lease=row["lease"],
        cancelling=bool(row["cancelling"]),
        progress=Progress(row["done"], row["total"], row["message"]),
        report=json.loads(row["report"]) if row["report"] else None,
        error=json.loads(row["error"]) if row["error"] else None,
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
