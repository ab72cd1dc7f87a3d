"""What goes wrong ends one job alone, and is told; leases and progress while a job runs."""

import logging
import threading
from datetime import datetime
from pathlib import Path

import pytest
from waiting import comes_true

from api.jobs.leases import MOST_ATTEMPTS, Leases
from api.jobs.table import JobState, Progress
from api.jobs.worker import Done, Task
from graph_service.errors import GraphServiceError, StoreUnavailable
from graph_service.store.contract import GraphStore
from tests.api.jobs.conftest import House, zipped


def test_a_store_that_cannot_be_reached_is_tried_again_later_but_not_for_ever(house: House, package: Path) -> None:
    job = house.upload(zipped(package), "bears.zip", source="package")
    asked = []

    def gone() -> GraphStore:
        asked.append(house.time.now)
        raise StoreUnavailable("a server that answers")

    worker = house.worker(**{"import": house.imports.kind(gone)})
    for _ in range(10):
        worker.run(once=True)
        house.time.goes_on(minutes=2)
    failed = house.jobs.job(job.id)
    assert failed.error is not None
    assert (failed.state, failed.error["code"]) == (JobState.FAILED, "store-unavailable")
    assert len(asked) == MOST_ATTEMPTS
    house.jobs.retry(job.id)
    house.work()
    assert house.state(job) is JobState.CONFIRMING


def test_a_mistake_in_a_kind_of_job_ends_that_job_alone(house: House, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: Task) -> Done:
        raise ZeroDivisionError

    one, other = house.jobs.enqueue("broken", {}), house.jobs.enqueue("fine", {})
    worker = house.worker(broken=broken, fine=lambda task: Done({"ok": True}))
    worker.run(once=True)
    assert house.state(one) is JobState.FAILED
    assert house.state(other) is JobState.DONE
    assert "ZeroDivisionError" in caplog.text


def test_a_kind_of_job_that_is_not_known_fails(house: House) -> None:
    job = house.jobs.enqueue("unheard-of", {})
    house.work()
    assert house.state(job) is JobState.FAILED


def test_what_belongs_to_being_done_happens_with_it_or_not_at_all(house: House) -> None:
    def fail() -> None:
        raise GraphServiceError("x")

    job = house.jobs.enqueue("odd", {})
    worker = house.worker(odd=lambda task: Done({}, then=fail))
    with pytest.raises(GraphServiceError):
        worker.work_one()
    assert house.state(job) is JobState.RUNNING


def test_one_line_is_logged_for_a_job_with_ids_and_no_contents(
    house: House, package: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "api.jobs.worker")
    job = house.upload(zipped(package), "geheim.zip", source="package")
    house.work()
    (line,) = [record.getMessage() for record in caplog.records if record.name == "api.jobs.worker"]
    assert line.startswith(f"job={job.id} kind=import stage=check attempt=1 outcome=confirming seconds=")
    assert "geheim" not in line


def test_the_lease_is_renewed_and_progress_told_while_a_job_runs(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Leases, "pulse", 0.01)

    def slow(task: Task) -> Done:
        task.say("Reading")
        task.tick(3, 7)
        assert comes_true(lambda: house.jobs.job(task.job.id).progress == Progress(3, 7, "Reading"))
        for _ in range(3):
            before = until(house)
            house.time.goes_on(seconds=20)
            assert comes_true(lambda before=before: until(house) > before)
        return Done({})

    job = house.jobs.enqueue("slow", {})
    house.worker(slow=slow).work_one()
    assert house.state(job) is JobState.DONE


def until(house: House) -> datetime:
    with house.database.read() as connection:
        row = connection.execute("SELECT lease_until FROM job WHERE state = 'running'").fetchone()
        return datetime.fromisoformat(row[0])


def test_cancelling_is_noticed_at_the_next_progress(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Leases, "pulse", 0.01)

    def endless(task: Task) -> Done:
        house.jobs.cancel(task.job.id)
        for n in range(1000):
            task.tick(n, None)
            threading.Event().wait(0.01)
        return Done({})

    job = house.jobs.enqueue("endless", {})
    house.worker(endless=endless).work_one()
    assert house.state(job) is JobState.CANCELLED
