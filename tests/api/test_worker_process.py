"""The worker as a process: it does what is queued, ends when told to, and may be killed together with the service."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from waiting import comes_true

from api.jobs.imports import ImportOrder
from api.jobs.table import Job, JobState
from api.services import Services
from api.settings import Settings
from scripts.chaos import package as versioned
from scripts.chaos import run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def services(store: str, tmp_path: Path) -> Iterator[Services]:
    with closing(Services(Settings(store=store, cache=tmp_path))) as made:
        yield made


def upload(services: Services, actors: int) -> Job:
    imports = services.imports
    files = imports.files.keep("job1", [("list.zip", io.BytesIO(versioned(actors, 1)))])
    return imports.ask(ImportOrder(source="package", files=files), None, "job1")


def test_the_command_does_what_is_queued_and_ends(kompass, services: Services) -> None:
    job = upload(services, 3)
    before = signal.getsignal(signal.SIGTERM)
    kompass("worker", "--once")
    assert services.imports.jobs.job(job.id).state is JobState.CONFIRMING
    assert signal.getsignal(signal.SIGTERM) is before
    services.imports.confirm(job.id, None)
    kompass("worker", "--once")
    assert services.imports.jobs.job(job.id).state is JobState.DONE
    assert kompass("worker", "--once").output == ""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("busy", [False, True])
def test_a_worker_that_is_asked_to_end_ends_well_and_holds_nothing(
    services: Services, store: str, tmp_path: Path, busy: bool
) -> None:
    jobs = services.imports.jobs
    job = upload(services, 30_000) if busy else None
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KOMPASS_")}
    environment |= {"KOMPASS_STORE": store, "KOMPASS_CACHE": str(tmp_path)}
    worker = subprocess.Popen(
        [sys.executable, "-m", "api.cli.main", "worker"], env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    assert comes_true(lambda: _periodic_ran(services) and (job is None or jobs.job(job.id).attempts))
    worker.send_signal(signal.SIGTERM)
    _, said = worker.communicate(timeout=60)
    assert worker.returncode == 0, said
    if job is not None:
        assert jobs.job(job.id).state in (JobState.QUEUED, JobState.CONFIRMING)
        assert f"job={job.id} kind=import stage=check" in said


def _periodic_ran(services: Services) -> bool:
    with services.state.read() as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'periodic'").fetchone():
            return False
        return connection.execute("SELECT count(*) FROM periodic").fetchone()[0] > 0


def test_whatever_is_killed_when_nothing_acknowledged_is_lost_and_nothing_is_half_written(tmp_path: Path) -> None:
    figures = run(rounds=2, actors=300, seed=5, folder=tmp_path)
    assert figures.rounds == 2
    assert figures.looked == sum(figures.kills.values())
