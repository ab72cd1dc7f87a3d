"""Whatever is cancelled, stopped or dead: an import is written whole or not at all, and taken up again."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.jobs.leases import Leases
from api.jobs.table import Job, JobState
from api.jobs.worker import Task
from importers import run as run_module
from tests.api.jobs.conftest import House, both_stores, zipped


def at_progress(monkeypatch: pytest.MonkeyPatch, what: Callable[[], None]) -> None:
    """Let something happen while the files are being read."""
    real = run_module._checked

    def checked(*given: Any) -> Any:
        what()
        return real(*given)

    monkeypatch.setattr(run_module, "_checked", checked)


@both_stores
def test_a_cancelled_import_stops_and_writes_nothing(
    house: House, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = house.upload(zipped(package), "bears.zip", source="package")
    house.work()
    house.imports.confirm(job.id, "ada")
    at_progress(monkeypatch, lambda: house.jobs.cancel(job.id))
    house.work()
    assert house.state(job) is JobState.CANCELLED
    assert house.names() == []
    assert house.store.read(lambda reader: reader.revision()) == 0


def test_a_worker_that_is_stopped_gives_its_job_back_and_another_does_it(
    house: House, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = house.upload(zipped(package), "bears.zip", source="package")
    worker = house.worker()
    with monkeypatch.context() as patch:
        at_progress(patch, worker.stop)
        worker.run()
    given_back = house.jobs.job(job.id)
    assert (given_back.state, given_back.attempts) == (JobState.QUEUED, 0)
    house.work()
    assert house.state(job) is JobState.CONFIRMING


@both_stores
def test_a_worker_that_slept_too_long_writes_nothing_because_the_job_is_anothers_by_now(
    house: House, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = house.upload(zipped(package), "bears.zip", source="package")
    house.work()
    house.imports.confirm(job.id, "ada")
    taken: list[Job | None] = []

    def sleep() -> None:
        house.time.goes_on(minutes=5)
        taken.append(Leases(house.jobs, house.time).claim())

    with monkeypatch.context() as patch:
        at_progress(patch, sleep)
        house.work()
    assert [other.id for other in taken if other] == [job.id]
    assert house.names() == [], "the sleeper must not write"
    house.time.goes_on(minutes=5)
    house.work()
    assert house.state(job) is JobState.DONE


@both_stores
def test_a_job_that_was_written_but_not_ticked_off_is_done_again_without_harm(house: House, package: Path) -> None:
    job = house.upload(zipped(package), "bears.zip", source="package")
    house.work()
    house.imports.confirm(job.id, "ada")
    leases = Leases(house.jobs, house.time)
    claimed = leases.claim()
    assert claimed is not None
    with Task(claimed, leases, threading.Event()) as task:
        house.imports.kind(lambda: house.store)(task)
    names, revision = house.names(), house.store.read(lambda reader: reader.revision())
    house.time.goes_on(minutes=5)
    house.work()
    done = house.jobs.job(job.id)
    assert (done.state, done.attempts) == (JobState.DONE, 2)
    assert (house.names(), house.store.read(lambda reader: reader.revision())) == (names, revision)


@both_stores
@pytest.mark.parametrize("written", [True, False])
def test_a_job_cancelled_after_its_worker_died_ends_as_what_really_happened(
    house: House, package: Path, written: bool
) -> None:
    job = house.upload(zipped(package), "bears.zip", source="package")
    house.work()
    house.imports.confirm(job.id, "ada")
    leases = Leases(house.jobs, house.time)
    claimed = leases.claim()
    assert claimed is not None
    if written:
        with Task(claimed, leases, threading.Event()) as task:
            house.imports.kind(lambda: house.store)(task)
    house.jobs.cancel(job.id)
    house.time.goes_on(minutes=5)
    house.work()
    assert house.state(job) is (JobState.DONE if written else JobState.CANCELLED)
    assert bool(house.names()) is written
