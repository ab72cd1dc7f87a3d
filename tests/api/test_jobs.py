"""The job table: one job at a time, taken up again when its worker dies, cancelled and confirmed by people."""

from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from clock import Clock
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from api.http.errors import Conflict
from api.jobs.leases import MOST_ATTEMPTS, LeaseLost, Leases
from api.jobs.table import ENDED, Job, Jobs, JobState, Progress
from api.state import StateDatabase
from graph_service.errors import NotFound

LEASE = timedelta(seconds=30)


@pytest.fixture
def time() -> Clock:
    return Clock()


@pytest.fixture
def jobs(tmp_path: Path, time: Clock) -> Iterator[Jobs]:
    with closing(StateDatabase.within(tmp_path)) as database:
        yield Jobs(database, time)


@pytest.fixture
def worker(jobs: Jobs, time: Clock) -> Leases:
    return Leases(jobs, time, lease=LEASE)


@pytest.fixture
def other(jobs: Jobs, time: Clock) -> Leases:
    return Leases(jobs, time, lease=LEASE)


def taken(worker: Leases) -> Job:
    job = worker.claim()
    assert job is not None
    return job


def test_a_job_that_was_asked_for_is_found_again_with_what_it_needs(jobs: Jobs, time: Clock) -> None:
    job = jobs.enqueue("import", {"source": "table", "größe": 3}, stage="check", created_by="ada")
    assert jobs.job(job.id) == job
    assert (job.state, job.payload, job.created_by) == (JobState.QUEUED, {"source": "table", "größe": 3}, "ada")
    assert job.created_at == time.now
    with pytest.raises(NotFound):
        jobs.job("unknown")


def test_jobs_are_listed_newest_first_in_pages_that_stay_whole_under_new_jobs(jobs: Jobs) -> None:
    ids = [jobs.enqueue("import", {}).id for _ in range(5)]
    first = jobs.jobs(limit=2)
    jobs.enqueue("import", {})
    second = jobs.jobs(limit=9, before=first[-1].number)
    assert [job.id for job in (*first, *second)] == ids[::-1]


def test_one_job_runs_at_a_time_over_all_workers_the_oldest_first(jobs: Jobs, worker: Leases, other: Leases) -> None:
    first, second = jobs.enqueue("a", {}), jobs.enqueue("b", {})
    job = taken(worker)
    assert job.id == first.id
    assert other.claim() is None
    worker.finish(job, {"read": 1})
    assert jobs.job(first.id).state is JobState.DONE
    assert taken(other).id == second.id


def test_a_worker_that_renews_its_lease_keeps_the_job_and_tells_how_far_it_is(
    jobs: Jobs, worker: Leases, other: Leases, time: Clock
) -> None:
    jobs.enqueue("a", {})
    job = taken(worker)
    for done in range(5):
        time.goes_on(seconds=20)
        assert worker.beat(job, Progress(done, 5, "Reading")) is False
        assert other.claim() is None
    assert jobs.job(job.id).progress == Progress(4, 5, "Reading")


def test_the_job_of_a_dead_worker_goes_first_once_its_lease_ran_out(
    jobs: Jobs, worker: Leases, other: Leases, time: Clock
) -> None:
    dead = jobs.enqueue("a", {})
    jobs.enqueue("b", {})
    job = taken(worker)
    time.goes_on(seconds=29)
    assert other.claim() is None
    time.goes_on(seconds=2)
    again = taken(other)
    assert (again.id, again.attempts) == (dead.id, 2)
    for late in (
        lambda: worker.beat(job, Progress()),
        lambda: worker.hold(job),
        lambda: worker.finish(job, {}),
        lambda: worker.fail(job, {}),
        lambda: worker.give_back(job),
        lambda: worker.wait_for_confirmation(job, {}),
    ):
        with pytest.raises(LeaseLost):
            late()
    assert jobs.job(dead.id).state is JobState.RUNNING


def test_a_lease_that_ran_out_but_that_nobody_took_is_still_good(jobs: Jobs, worker: Leases, time: Clock) -> None:
    jobs.enqueue("a", {})
    job = taken(worker)
    time.goes_on(hours=3)
    worker.finish(job, {})
    assert jobs.job(job.id).state is JobState.DONE


def test_a_job_that_kills_its_worker_again_and_again_fails_and_the_next_one_runs(
    jobs: Jobs, worker: Leases, time: Clock
) -> None:
    deadly = jobs.enqueue("a", {})
    harmless = jobs.enqueue("b", {})
    for _ in range(MOST_ATTEMPTS):
        assert taken(worker).id == deadly.id
        time.goes_on(seconds=31)
    assert taken(worker).id == harmless.id
    failed = jobs.job(deadly.id)
    assert failed.state is JobState.FAILED
    assert failed.error is not None
    assert failed.error["code"] == "job-crashed"


def test_a_job_waits_for_a_person_with_its_report_and_goes_on_when_confirmed(jobs: Jobs, worker: Leases) -> None:
    id = jobs.enqueue("import", {}, stage="check").id
    worker.wait_for_confirmation(taken(worker), {"new": 3}, [{"kind": "unknown-key"}, {"kind": "no-name"}])
    waiting = jobs.job(id)
    assert (waiting.state, waiting.report) == (JobState.CONFIRMING, {"new": 3})
    assert worker.claim() is None, "nothing happens before a person says so"
    queued = jobs.confirm(id, "write", "ada")
    assert (queued.state, queued.stage, queued.attempts, queued.confirmed_by) == (JobState.QUEUED, "write", 0, "ada")
    worker.finish(taken(worker), {"new": 3}, [{"kind": "no-name"}])
    assert jobs.issues(id) == [(1, {"kind": "no-name"})], "the issues of the last run alone"


def test_issues_come_in_pages(jobs: Jobs, worker: Leases) -> None:
    id = jobs.enqueue("import", {}).id
    worker.finish(taken(worker), {}, ({"n": n} for n in range(1, 251)))
    found, after = [], 0
    while page := jobs.issues(id, after=after):
        found += [issue["n"] for _, issue in page]
        after = page[-1][0]
    assert found == list(range(1, 251))


@pytest.mark.parametrize("waits", [False, True])
def test_a_job_that_has_not_begun_or_waits_for_a_person_is_cancelled_at_once(
    jobs: Jobs, worker: Leases, waits: bool
) -> None:
    id = jobs.enqueue("a", {}).id
    if waits:
        worker.wait_for_confirmation(taken(worker), {})
    assert jobs.cancel(id).state is JobState.CANCELLED
    assert worker.claim() is None


def test_a_running_job_is_cancelled_when_its_worker_notices(jobs: Jobs, worker: Leases) -> None:
    id = jobs.enqueue("a", {}).id
    job = taken(worker)
    assert jobs.cancel(id).state is JobState.RUNNING
    assert worker.beat(job, Progress()) is True
    worker.cancel(job)
    assert jobs.job(id).state is JobState.CANCELLED


def test_what_a_person_cancels_while_its_check_ends_does_not_wait_for_that_person(jobs: Jobs, worker: Leases) -> None:
    id = jobs.enqueue("a", {}).id
    job = taken(worker)
    jobs.cancel(id)
    worker.wait_for_confirmation(job, {})
    assert jobs.job(id).state is JobState.CANCELLED


def test_a_begun_job_that_is_cancelled_after_its_worker_died_is_left_to_a_worker_to_settle(
    jobs: Jobs, worker: Leases, time: Clock
) -> None:
    id = jobs.enqueue("a", {}).id
    taken(worker)
    jobs.cancel(id)
    time.goes_on(seconds=31)
    again = taken(worker)
    assert (again.id, again.cancelling) == (id, True)
    worker.give_back(again, counted=True)
    assert jobs.cancel(id).state is JobState.QUEUED
    assert taken(worker).cancelling


def test_a_job_given_back_is_taken_again_not_before_its_time(jobs: Jobs, worker: Leases, time: Clock) -> None:
    id = jobs.enqueue("a", {}).id
    worker.give_back(taken(worker))
    job = taken(worker)
    assert job.attempts == 1, "giving back at a shutdown is no failed attempt"
    worker.give_back(job, after=timedelta(minutes=1), counted=True)
    assert worker.claim() is None
    time.goes_on(minutes=1)
    again = taken(worker)
    assert (again.id, again.attempts) == (id, 2)


def test_a_failed_job_is_tried_again_where_it_failed_and_nothing_else_can_be(jobs: Jobs, worker: Leases) -> None:
    id = jobs.enqueue("import", {}, stage="check").id
    worker.wait_for_confirmation(taken(worker), {})
    jobs.confirm(id, "write")
    worker.fail(taken(worker), {"code": "store"})
    failed = jobs.job(id)
    assert (failed.state, failed.error) == (JobState.FAILED, {"code": "store"})
    queued = jobs.retry(id)
    assert (queued.state, queued.stage, queued.error, queued.attempts) == (JobState.QUEUED, "write", None, 0)
    for refused in (lambda: jobs.retry(id), lambda: jobs.confirm(id, "write")):
        with pytest.raises(Conflict, match="queued"):
            refused()
    worker.finish(taken(worker), {})
    with pytest.raises(Conflict, match="done"):
        jobs.cancel(id)


def test_one_stage_hands_over_to_the_next(jobs: Jobs, worker: Leases) -> None:
    id = jobs.enqueue("fetch", {"url": "x"}, stage="fetch").id
    worker.go_on(taken(worker), "check", {"url": "x", "files": ["a.csv"]})
    job = taken(worker)
    assert (job.id, job.stage, job.payload["files"], job.attempts) == (id, "check", ["a.csv"], 1)


def test_old_jobs_are_forgotten_and_what_nobody_confirms_is_cancelled(jobs: Jobs, worker: Leases, time: Clock) -> None:
    done = jobs.enqueue("a", {}).id
    worker.finish(taken(worker), {}, [{"n": 1}])
    waiting = jobs.enqueue("a", {}).id
    worker.wait_for_confirmation(taken(worker), {})
    queued = jobs.enqueue("a", {}).id
    time.goes_on(days=20)
    assert jobs.expire(waiting=timedelta(days=14), ended=timedelta(days=100)) == 1
    assert jobs.job(waiting).state is JobState.CANCELLED
    time.goes_on(days=90)
    jobs.expire(waiting=timedelta(days=14), ended=timedelta(days=100))
    assert {job.id for job in jobs.jobs()} == {waiting, queued}
    assert jobs.issues(done) == []


class Machine(RuleBasedStateMachine):
    """Two workers that live, sleep and die, and people who confirm, cancel and retry, in any order."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        from tempfile import TemporaryDirectory

        self.folder = TemporaryDirectory()
        self.database = StateDatabase.within(Path(self.folder.name))
        self.time = Clock()
        self.jobs = Jobs(self.database, self.time)
        self.workers = [Leases(self.jobs, self.time, lease=LEASE) for _ in range(2)]
        self.held: dict[int, Job] = {}
        self.ended: dict[str, JobState] = {}

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()

    @rule(target=ids)
    def ask(self) -> str:
        return self.jobs.enqueue("import", {}, stage="check").id

    @rule(id=ids, what=st.sampled_from(["confirm", "cancel", "retry"]))
    def person(self, id: str, what: str) -> None:
        before = self.jobs.job(id).state
        with suppress(Conflict):
            self.jobs.confirm(id, "write") if what == "confirm" else getattr(self.jobs, what)(id)
            if what == "retry":
                assert before is JobState.FAILED
                self.ended.pop(id, None)

    @rule(which=st.integers(0, 1))
    def claim(self, which: int) -> None:
        job = self.workers[which].claim()
        if job is not None:
            self.held[which] = job

    @rule(
        which=st.integers(0, 1), how=st.sampled_from(["finish", "fail", "cancel", "wait", "give_back", "beat", "die"])
    )
    def work(self, which: int, how: str) -> None:
        job = self.held.pop(which, None)
        if job is None or how == "die":
            return
        worker = self.workers[which]
        row = self.jobs.job(job.id)
        try:
            if how == "beat":
                worker.beat(job, Progress())
                self.held[which] = job
            elif how == "wait":
                worker.wait_for_confirmation(job, {})
            elif how in ("finish", "fail"):
                getattr(worker, how)(job, {"a": 1})
            else:
                getattr(worker, how)(job)
        except LeaseLost:
            assert row.lease != job.lease
        else:
            assert row.lease == job.lease

    @rule(seconds=st.sampled_from([1, 20, 31, 3600]))
    def wait(self, seconds: int) -> None:
        self.time.goes_on(seconds=seconds)

    @invariant()
    def one_runs_at_most_and_what_ended_stays(self) -> None:
        jobs = self.jobs.jobs()
        assert sum(job.state is JobState.RUNNING for job in jobs) <= 1
        for job in jobs:
            assert (job.lease is not None) == (job.state is JobState.RUNNING)
            assert (job.finished_at is not None) == (job.state in ENDED)
            if job.id in self.ended:
                assert job.state is self.ended[job.id]
            if job.state in ENDED:
                self.ended[job.id] = job.state


def test_whatever_workers_and_people_do_one_job_runs_at_a_time_and_an_end_is_an_end() -> None:
    run_state_machine_as_test(Machine, settings=settings(max_examples=40, stateful_step_count=30, deadline=None))
