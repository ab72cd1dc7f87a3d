"""What a worker does now and then beside its jobs."""

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from waiting import comes_true

from api.jobs import worker as worker_module
from api.jobs.leases import Leases
from api.jobs.periodic import Periodic
from api.jobs.table import Job, JobState
from api.jobs.worker import Done, Task
from graph_service.errors import StoreUnavailable
from tests.api.jobs.conftest import House, zipped


def test_tasks_run_when_they_are_due_once_over_all_workers_and_a_failing_one_stops_nobody(house: House) -> None:
    ran: list[str] = []

    def fail() -> None:
        raise ValueError("x")

    tasks = (
        Periodic("failing", timedelta(hours=1), fail),
        Periodic("hourly", timedelta(hours=1), lambda: ran.append("hourly")),
        Periodic("daily", timedelta(days=1), lambda: ran.append("daily")),
    )
    house.worker(*tasks).run(once=True)
    house.worker(*tasks).run(once=True)
    assert ran == ["hourly", "daily"]
    house.time.goes_on(minutes=61)
    house.worker(*tasks).run(once=True)
    assert ran == ["hourly", "daily", "hourly"]


def test_tasks_do_not_wait_for_a_long_job_and_a_busy_database_ends_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker_module, "IDLE_SECONDS", 0.01)
    ran: list[str] = []
    working = threading.Event()

    def long(task: Task) -> Done:
        working.set()
        assert comes_true(lambda: len(ran) >= 2)
        return Done({})

    def soon() -> None:
        working.wait(10)
        ran.append("soon")

    job = house.jobs.enqueue("long", {})
    worker = house.worker(Periodic("soon", timedelta(), soon), long=long)
    real = Leases.claim
    troubles = iter([StoreUnavailable("a database")])

    def claim(leases: Leases) -> Job | None:
        for trouble in troubles:
            raise trouble
        return real(leases)

    monkeypatch.setattr(Leases, "claim", claim)
    thread = threading.Thread(target=worker.run)
    thread.start()
    assert comes_true(lambda: house.state(job) is JobState.DONE)
    worker.stop()
    thread.join(60)
    assert not thread.is_alive()
    assert "nothing could be done" in caplog.text


def test_files_are_kept_while_an_import_needs_them_and_removed_after(house: House, package: Path) -> None:
    house.time.now = datetime.now(UTC)
    done = house.upload(zipped(package), "bears.zip", source="package")
    house.work()
    house.imports.confirm(done.id, "ada")
    house.work()
    failed = house.upload("x;y\n", source="inkar")
    house.work()
    waiting = house.upload(zipped(package), "bears.zip", source="package")
    house.work()
    folder = house.database.path.parent / "imports"

    def tidy() -> list[str]:
        for each in folder.iterdir():
            os.utime(each, (0, 0))
        house.imports.tidy()
        return sorted(each.name for each in folder.iterdir())

    assert tidy() == sorted([failed.id, waiting.id])
    house.time.goes_on(days=15)
    assert tidy() == [waiting.id]
    house.time.goes_on(days=16)
    assert tidy() == []
    assert house.state(waiting) is JobState.CANCELLED
    house.time.goes_on(days=181)
    house.imports.tidy()
    assert house.jobs.jobs() == []
