"""The worker's side of the job table: one job at a time is held by a lease; where that runs out, another worker begins.

Whoever writes for good asks ``hold`` first, so that a worker that slept too long changes nothing.
"""

import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from api.jobs.table import Clock, Job, Jobs, JobState, Progress, as_text, end, now, queue, read_job
from api.language import N_

LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 3
"""A job that takes its worker down with it does so no more than this often."""

Report = Mapping[str, Any]


class LeaseLost(Exception):
    """The job may be another worker's by now."""


class Leases:
    """Takes jobs, one at a time, and says what became of them. All but `claim` raise LeaseLost."""

    def __init__(self, jobs: Jobs, clock: Clock = now, *, lease: timedelta = LEASE) -> None:
        """Work on these jobs; a lease lasts so long unless it is renewed."""
        self._database = jobs.database
        self._clock = clock
        self._lease = lease

    @property
    def pulse(self) -> float:
        """After how many seconds a lease should be renewed."""
        return min(1.0, self._lease.total_seconds() / 3)

    def claim(self) -> Job | None:
        """Take the job that is next, unless another one runs: one whose worker died goes first.

        It may be one that a person cancelled after it was begun: then what was written already is to be found out.
        """
        time = self._clock()
        with self._database.write() as connection:
            row = connection.execute("SELECT * FROM job WHERE state = 'running'").fetchone()
            if row is not None and row["lease_until"] > as_text(time):
                return None
            if row is None or not self._take_from_the_dead(connection, row):
                row = connection.execute(
                    "SELECT id FROM job WHERE state = 'queued' AND not_before <= ? ORDER BY number LIMIT 1",
                    (as_text(time),),
                ).fetchone()
            if row is None:
                return None
            connection.execute(
                "UPDATE job SET state = 'running', lease = ?, lease_until = ?, started_at = ?, done = 0, total = NULL,"
                " message = '', attempts = attempts + 1 WHERE id = ?",
                (secrets.token_hex(8), as_text(time + self._lease), as_text(time), row["id"]),
            )
            return read_job(connection, row["id"])

    def beat(self, job: Job, progress: Progress) -> bool:
        """Renew the lease and tell how far the job is; true where it was asked to stop."""
        with self._held(job) as connection:
            connection.execute(
                "UPDATE job SET lease_until = ?, done = ?, total = ?, message = ? WHERE id = ?",
                (as_text(self._clock() + self._lease), progress.done, progress.total, progress.message, job.id),
            )
            return read_job(connection, job.id).cancelling

    def hold(self, job: Job) -> bool:
        """Renew the lease before something is written for good; true where the job was asked to stop."""
        with self._held(job) as connection:
            until = as_text(self._clock() + self._lease)
            connection.execute("UPDATE job SET lease_until = ? WHERE id = ?", (until, job.id))
            return read_job(connection, job.id).cancelling

    def wait_for_confirmation(self, job: Job, report: Report, issues: Iterable[Report] = ()) -> None:
        """Keep the report of what would be done, and wait for a person; not where the job was cancelled meanwhile."""
        with self._held(job) as connection:
            _keep_report(connection, job.id, report, issues)
            if read_job(connection, job.id).cancelling:
                end(connection, job.id, JobState.CANCELLED, self._clock())
                return
            connection.execute(
                "UPDATE job SET state = 'confirming', lease = NULL, lease_until = NULL WHERE id = ?", (job.id,)
            )

    def finish(self, job: Job, report: Report, issues: Iterable[Report] = ()) -> None:
        """The job is done."""
        with self._held(job) as connection:
            _keep_report(connection, job.id, report, issues)
            end(connection, job.id, JobState.DONE, self._clock())

    def fail(self, job: Job, error: Report, issues: Sequence[Report] = ()) -> None:
        """The job failed for a reason that trying again at once does not mend."""
        with self._held(job) as connection:
            if issues:
                _keep_issues(connection, job.id, issues)
            end(connection, job.id, JobState.FAILED, self._clock(), error)

    def cancel(self, job: Job) -> None:
        """The job stopped because it was asked to."""
        with self._held(job) as connection:
            end(connection, job.id, JobState.CANCELLED, self._clock())

    def go_on(self, job: Job, stage: str, payload: Mapping[str, Any]) -> None:
        """One stage is done; the next one is queued with what it needs."""
        with self._held(job) as connection:
            if read_job(connection, job.id).cancelling:
                end(connection, job.id, JobState.CANCELLED, self._clock())
                return
            connection.execute("UPDATE job SET payload = ? WHERE id = ?", (json.dumps(payload), job.id))
            queue(connection, job.id, stage, self._clock())

    def give_back(self, job: Job, *, after: timedelta = timedelta(), counted: bool = False) -> None:
        """Let go of a job undone, for another attempt; ``counted`` attempts are bounded."""
        with self._held(job) as connection:
            connection.execute(
                "UPDATE job SET state = 'queued', not_before = ?, lease = NULL, lease_until = NULL,"
                " attempts = attempts - ? WHERE id = ?",
                (as_text(self._clock() + after), int(not counted), job.id),
            )

    @contextmanager
    def _held(self, job: Job) -> Iterator[sqlite3.Connection]:
        """A transaction on a job that is still ours, so that nobody can take it before the transaction ends."""
        with self._database.write() as connection:
            row = connection.execute("SELECT lease FROM job WHERE id = ? AND state = 'running'", (job.id,)).fetchone()
            if row is None or row["lease"] != job.lease:
                raise LeaseLost(job.id)
            yield connection

    def _take_from_the_dead(self, connection: sqlite3.Connection, row: sqlite3.Row) -> bool:
        """Whether a job whose lease ran out is to be tried again; otherwise it is ended."""
        if row["attempts"] >= MOST_ATTEMPTS:
            error = {"code": "job-crashed", "expected": N_("a worker that lives to the end of the job")}
            error |= {"found": f"{row['attempts']} attempts"}
            end(connection, row["id"], JobState.FAILED, self._clock(), error)
            return False
        return True


def _keep_report(connection: sqlite3.Connection, id: str, report: Report, issues: Iterable[Report]) -> None:
    connection.execute("UPDATE job SET report = ? WHERE id = ?", (json.dumps(report), id))
    _keep_issues(connection, id, issues)


def _keep_issues(connection: sqlite3.Connection, id: str, issues: Iterable[Report]) -> None:
    connection.execute("DELETE FROM job_issue WHERE job = ?", (id,))
    rows = ((id, position, json.dumps(issue)) for position, issue in enumerate(issues, 1))
    connection.executemany("INSERT INTO job_issue VALUES (?, ?, ?)", rows)
