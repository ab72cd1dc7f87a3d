"""Processes that cannot start: tried again with growing pauses, given up with one error where none ever answered."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from waiting import comes_true

from api.http.processes import LONGEST_PAUSE, MOST_FAILURES, pause_after

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that can fork")

PROGRAM = """
import os, sys, time
from pathlib import Path
import api.app
from api.http import processes
from api.cli.main import main

making, broken, tries = api.app.create_app, Path({broken!r}), Path({tries!r})

def create(*args, **options):
    with tries.open("a") as file:
        file.write(f"{{os.getpid()}}\\n")
    if broken.exists():
        {failure}
    return making(*args, **options)

api.app.create_app = create
processes.FIRST_PAUSE, processes.LONGEST_PAUSE = {pauses}
sys.argv = ["kompass", "--lang", "en", "serve", "--port", "0", "--workers", "2"]
main()
"""
RAISES = "raise RuntimeError('no such part')"


class Service:
    """A service whose processes fail while a file says so; they write down that they were started."""

    def __init__(self, folder: Path, pauses: tuple[float, float], failure: str) -> None:
        self.broken, self.tries = folder / "broken", folder / "tries"
        self.broken.touch()
        self.tries.touch()
        program = PROGRAM.format(broken=str(self.broken), tries=str(self.tries), pauses=pauses, failure=failure)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KOMPASS_")}
        environment |= {"KOMPASS_STORE": f"sqlite:///{folder}/kompass.db", "KOMPASS_STATE": str(folder)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True,
        )  # fmt: skip

    def started(self) -> list[int]:
        return [int(line) for line in self.tries.read_text().split()]

    def until(self, count: int) -> None:
        assert comes_true(lambda: len(self.started()) >= count, 120)

    def address(self) -> str:
        """Where it listens, once it says so."""
        found = re.search(r"http://\S+/", self.process.stdout.readline())
        assert found is not None
        return found[0]


def assert_answers(address: str) -> None:
    with urllib.request.urlopen(f"{address}health/live", timeout=60) as answer:
        assert answer.status == 200


def refuses(address: str) -> bool:
    """Whether nobody listens there any more."""
    try:
        urllib.request.urlopen(f"{address}health/live", timeout=60).close()
    except OSError as error:
        return "refused" in str(error)
    return False


@pytest.fixture
def service(tmp_path: Path) -> Iterator:
    made: list[Service] = []

    def make(pauses: tuple[float, float] = (0.1, 0.2), failure: str = RAISES) -> Service:
        made.append(Service(tmp_path, pauses, failure))
        return made[-1]

    yield make
    for each in made:
        # all of them: a process that outlives the one that started it would hold what that one writes to
        with suppress(ProcessLookupError):
            os.killpg(each.process.pid, signal.SIGKILL)
        each.process.communicate()


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
        # one that has ended is still there until somebody asks how
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text("utf-8")
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_each_pause_is_twice_the_one_before_up_to_half_a_minute():
    assert [pause_after(n) for n in range(1, 8)] == [1, 2, 4, 8, 16, 30, 30]
    assert pause_after(5_000) == LONGEST_PAUSE


@pytest.mark.parametrize(("failure", "cause"), [(RAISES, "no such part"), ("os.kill(os.getpid(), 9)", "status -9")])
def test_a_service_none_of_whose_processes_ever_starts_gives_up_and_says_why(service, failure, cause):
    tried = service(failure=failure)
    _, said = tried.process.communicate(timeout=120)
    assert tried.process.returncode == 1
    (error,) = [line for line in said.splitlines() if line.startswith("Error: ")]
    assert cause in error
    assert "a process that comes to answer" in error
    assert said.count("Traceback") <= 2, "where it failed is told once for each process"
    assert MOST_FAILURES <= len(tried.started()) <= 2 * MOST_FAILURES


def test_a_service_whose_processes_start_at_a_later_try_answers(service):
    tried = service()
    tried.until(3)
    tried.broken.unlink()
    address = tried.address()
    assert_answers(address)
    tried.process.send_signal(signal.SIGTERM)
    _, said = tried.process.communicate(timeout=60)
    assert tried.process.returncode == 0, said
    assert "could not start" in said


def test_one_that_waits_to_try_again_ends_at_once_when_told_to(service):
    tried = service(pauses=(3600.0, 3600.0))
    tried.until(2)
    line = tried.process.stderr.readline()
    while "could not start" not in line:
        assert line
        line = tried.process.stderr.readline()
    tried.process.send_signal(signal.SIGTERM)
    _, said = tried.process.communicate(timeout=60)
    assert tried.process.returncode == 0, said
    assert len(tried.started()) == 2


def test_where_one_has_answered_a_failure_of_others_is_tried_again_without_end(service):
    tried = service(pauses=(0.01, 0.01))
    tried.broken.unlink()
    address = tried.address()
    tried.until(2)
    assert_answers(address)
    tried.broken.touch()
    os.kill(tried.started()[0], signal.SIGKILL)
    tried.until(2 + MOST_FAILURES + 1)
    assert tried.process.poll() is None
    assert_answers(address)


def test_processes_whose_supervisor_was_killed_end_and_leave_the_address_free(service):
    tried = service()
    tried.broken.unlink()
    address = tried.address()
    tried.until(2)
    assert_answers(address)
    tried.process.kill()
    tried.process.wait()
    # one that was only just begun has not yet written down that it is there
    assert comes_true(lambda: refuses(address) and not any(map(is_alive, tried.started())))
