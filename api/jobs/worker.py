"""The worker: takes jobs one after the other, keeps their leases alive, and says what became of them.

What a kind of job does is for the kinds to know; periodic tasks run beside the jobs. A worker may be killed at any
moment: a job that it held is taken up again when the lease has run out.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

from api.jobs.leases import MOST_ATTEMPTS, LeaseLost, Leases
from api.jobs.periodic import Periodic, Periodicals
from api.jobs.table import Clock, Job, Jobs, Progress, now
from api.language import N_
from graph_service.errors import GraphServiceError, InvalidPackage, StoreBusy, StoreError, StoreUnavailable

IDLE_SECONDS = 2.0
MOST_PROBLEMS = 1000

log = logging.getLogger(__name__)


class Stopped(Exception):
    """The worker is to end; the job is given back undone."""


class Cancelled(Exception):
    """A person cancelled the job; nothing was written."""


@dataclass(frozen=True, slots=True)
class Done:
    """The job is done. ``then`` belongs to saying so: both happen or neither."""

    report: Mapping[str, Any]
    issues: Iterable[Mapping[str, Any]] = ()
    then: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A person must say whether the job goes on."""

    report: Mapping[str, Any]
    issues: Iterable[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class GoOn:
    """The next stage can begin."""

    stage: str
    payload: Mapping[str, Any]


Outcome = Done | Ask | GoOn


class Task:
    """A job at work: tells its progress, and learns whether it may go on. A thread renews the lease meanwhile."""

    def __init__(self, job: Job, leases: Leases, stopping: threading.Event) -> None:
        """Take a job that was just claimed."""
        self.job = job
        self.settling = job.cancelling
        """It was begun before and cancelled since: find out whether it was written, and write nothing."""
        self._leases = leases
        self._stopping = stopping
        self._progress = Progress()
        self._cancelled = self._lost = False
        self._ended = threading.Event()
        self._pulse = threading.Thread(target=self._beat, name="lease", daemon=True)

    def say(self, message: str) -> None:
        """Tell what is being done, as an English message id."""
        self._progress = Progress(message=message)
        self.check()

    def tick(self, done: int, total: int | None) -> None:
        """Tell how far it is; raises Cancelled, Stopped, LeaseLost."""
        self._progress = Progress(done, total, self._progress.message)
        self.check()

    def check(self) -> None:
        """Raises Cancelled, Stopped or LeaseLost where the job must not go on."""
        if self._stopping.is_set():
            raise Stopped
        self._check_ours()

    def hold(self) -> None:
        """Asked last before something is written for good; raises Cancelled, LeaseLost. A stopping worker still may."""
        self._check_ours()
        if self._leases.hold(self.job) and not self.settling:
            raise Cancelled

    def _check_ours(self) -> None:
        if self._lost:
            raise LeaseLost(self.job.id)
        if self._cancelled:
            raise Cancelled

    def _beat(self) -> None:
        while not self._ended.wait(self._leases.pulse):
            try:
                self._cancelled = self._leases.beat(self.job, self._progress) and not self.settling
            except LeaseLost:
                self._lost = True
            except StoreError as error:
                # the lease lasts a while; whether it lasted is asked again before anything is written
                log.warning("job %s: the lease could not be renewed (%s)", self.job.id, error.code)

    def __enter__(self) -> Self:
        self._pulse.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._pulse.join()


Kind = Callable[[Task], Outcome]


class Worker:
    """Works off jobs until it is stopped."""

    def __init__(
        self,
        jobs: Jobs,
        kinds: Mapping[str, Kind],
        tasks: Sequence[Periodic] = (),
        *,
        leases: Leases | None = None,
        clock: Clock = now,
    ) -> None:
        """Know how each kind of job is done, and what is to be done now and then."""
        self._database = jobs.database
        self._kinds = kinds
        self._periodicals = Periodicals(jobs.database, tasks, clock)
        self._leases = leases or Leases(jobs)
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Ask it to end: what runs is given back at its next progress, or ends if it is being written."""
        self._stopping.set()

    def run(self, *, once: bool = False) -> None:
        """Work until stopped, or ``once`` until nothing is left to do now."""
        if once:
            self._run_due()
            while not self._stopping.is_set() and self.work_one():
                pass
            return
        # mails and the like must not wait for a long import
        beside = threading.Thread(target=self._repeat, args=(self._run_due,), name="tasks")
        beside.start()
        try:
            self._repeat(self.work_one)
        finally:
            self._stopping.set()
            beside.join()

    def _repeat(self, step: Callable[[], bool]) -> None:
        """Do a step again and again, at once where it found something to do."""
        while not self._stopping.is_set():
            try:
                worked = step()
            except StoreError as error:
                log.warning("nothing could be done: %s", error)
                worked = False
            if not worked:
                self._stopping.wait(IDLE_SECONDS)

    def _run_due(self) -> bool:
        """Run the tasks that are due; one that fails is logged and comes again, the others go on."""
        due = self._periodicals.due()
        for task in due:
            try:
                task.run()
            except GraphServiceError as error:
                log.warning("task=%s outcome=%s: %s", task.name, error.code, error)
            except Exception:
                log.exception("task=%s outcome=error", task.name)
        return bool(due)

    def work_one(self) -> bool:
        """Take one job and do it; false where there was none to take."""
        job = self._leases.claim()
        if job is None:
            return False
        begun = time.monotonic()
        try:
            said = self._work(job)
        except LeaseLost:
            said = "lost"
        log.info(
            "job=%s kind=%s stage=%s attempt=%d outcome=%s seconds=%.1f",
            job.id, job.kind, job.stage, job.attempts, said, time.monotonic() - begun,
        )  # fmt: skip
        return True

    def _work(self, job: Job) -> str:
        """Do a job and say what became of it, in a word; raises LeaseLost."""
        leases = self._leases
        try:
            with Task(job, leases, self._stopping) as task:
                outcome = self._kind(job)(task)
        except Cancelled:
            leases.cancel(job)
            return "cancelled"
        except Stopped:
            leases.give_back(job)
            return "given-back"
        except (StoreUnavailable, StoreBusy) as error:
            return self._try_later(job, error)
        except GraphServiceError as error:
            leases.fail(job, error_details(error), problems(error))
            return error.code
        except MemoryError:
            leases.fail(job, {"code": "out-of-memory", "expected": N_("enough memory"), "found": ""})
            return "out-of-memory"
        except LeaseLost:
            raise
        except Exception as error:
            log.exception("job %s: a mistake in the program", job.id)
            leases.fail(job, {"code": "error", "expected": N_("a job that ends"), "found": type(error).__name__})
            return "error"
        return self._conclude(job, outcome)

    def _kind(self, job: Job) -> Kind:
        kind = self._kinds.get(job.kind)
        if kind is None:
            raise GraphServiceError("a kind of job that this version knows", job.kind)
        return kind

    def _conclude(self, job: Job, outcome: Outcome) -> str:
        match outcome:
            case Done(report, issues, then):
                with self._database.write():
                    self._leases.finish(job, report, issues)
                    if then is not None:
                        then()
                return "done"
            case Ask(report, issues):
                self._leases.wait_for_confirmation(job, report, issues)
                return "confirming"
            case GoOn(stage, payload):
                self._leases.go_on(job, stage, payload)
                return stage

    def _try_later(self, job: Job, error: StoreError) -> str:
        """A store that cannot be reached now may be later; not for ever."""
        if job.attempts >= MOST_ATTEMPTS:
            self._leases.fail(job, error_details(error))
        else:
            self._leases.give_back(job, after=timedelta(seconds=30 * job.attempts), counted=True)
        return error.code


def error_details(error: GraphServiceError) -> dict[str, Any]:
    """An error as a job keeps it."""
    return {"code": error.code, "expected": error.expected, "found": error.found, "place": asdict(error.place)}


def problems(error: GraphServiceError) -> list[dict[str, Any]]:
    """The single problems of a package, as issues of the job."""
    if not isinstance(error, InvalidPackage):
        return []
    return [{"kind": each.code, "note": False, **error_details(each)} for each in error.problems[:MOST_PROBLEMS]]
