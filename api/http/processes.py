"""Processes that answer together: one that ends is replaced, after a growing pause where it never came to answer."""

import logging
import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import NoReturn

from graph_service.errors import GraphServiceError

log = logging.getLogger(__name__)

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
MOST_FAILURES = 5
"""So often in a row starting may fail before any process has answered; then the service gives up."""
_ENDS = (signal.SIGTERM, signal.SIGINT)
_ANSWERS = b"+"

Work = Callable[[Callable[[], None]], None]
"""What a process does; it calls what it is given once it can answer."""


class NotStarted(GraphServiceError):
    """No process of the service ever came to answer."""

    code = "not-started"


def pause_after(failures: int) -> float:
    """For how many seconds nothing is started after so many failures in a row: twice as long each time."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures - 1, 30))


@dataclass(slots=True)
class _Process:
    """A process, and the end of a pipe on which it says that it answers, or why it cannot."""

    ear: int
    answers: bool = False
    cause: str = ""

    def hear(self) -> None:
        with suppress(BlockingIOError):
            said = os.read(self.ear, 1000)
            if said.startswith(_ANSWERS):
                self.answers = True
            elif said:
                self.cause = said.decode("utf-8", "replace")


class Crew:
    """So many processes at the same work. Made where no thread was started and nothing was opened yet."""

    def __init__(self, work: Work, size: int) -> None:
        """Start nothing yet."""
        self._work, self._size = work, size
        self._running: dict[int, _Process] = {}
        self._signals: list[int] = []
        self._lifeline, self._held = -1, -1
        """A pipe whose one end this process alone holds: it closes when this process ends, however it does."""
        self._ending = False
        self._answered = False
        self._failures = 0
        self._cause = ""
        self._due = 0.0
        """Nothing is started before this moment of the monotonic clock."""

    def run(self) -> None:
        """Keep them at it until told to end (SIGTERM, SIGINT); raises NotStarted where none ever answered."""
        with _pipe() as (self._lifeline, self._held), _woken(self._signals) as wake:
            while True:
                self._begin_missing()
                self._wait(wake)
                for process in self._running.values():
                    self._listen(process)
                self._reap()
                self._pass_on()
                if self._running:
                    continue
                if self._ending:
                    return
                if self._is_hopeless():
                    raise NotStarted("a process that comes to answer", self._cause)

    def _is_hopeless(self) -> bool:
        return not self._answered and self._failures >= MOST_FAILURES

    def _begin_missing(self) -> None:
        if self._ending or self._is_hopeless() or time.monotonic() < self._due:
            return
        while len(self._running) < self._size:
            self._begin()

    def _wait(self, wake: int) -> None:
        """Until a process ends or says something, a signal arrives, or what is missing may be started."""
        missing = len(self._running) < self._size and not (self._ending or self._is_hopeless())
        patience = max(0.0, self._due - time.monotonic()) if missing else None
        ears = [each.ear for each in self._running.values() if not (each.answers or each.cause)]
        ready, _, _ = select.select([wake, *ears], [], [], patience)
        if wake in ready:
            os.read(wake, 1000)

    def _listen(self, process: _Process) -> None:
        if process.answers:
            return
        process.hear()
        if process.answers:
            self._answered, self._failures = True, 0

    def _reap(self) -> None:
        while self._running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            process = self._running.pop(pid, None)
            if process is None:
                continue
            self._listen(process)
            os.close(process.ear)
            if not self._ending:
                self._note(pid, os.waitstatus_to_exitcode(status), process)

    def _note(self, pid: int, status: int, process: _Process) -> None:
        if process.answers:
            log.error("worker %d ended with status %d and is replaced", pid, status)
            return
        self._cause = process.cause or f"status {status}"
        now = time.monotonic()
        if now >= self._due:  # others of the same round that fail as well are no further failure
            self._failures += 1
            self._due = now + pause_after(self._failures)
        log.error("worker %d could not start: %s", pid, self._cause)

    def _pass_on(self) -> None:
        while self._signals:
            number = self._signals.pop(0)
            if number in _ENDS:
                self._ending = True
                for pid in self._running:
                    os.kill(pid, number)

    def _begin(self) -> None:
        ear, mouth = os.pipe()
        os.set_blocking(ear, False)
        # a signal that comes before the new process has forgotten its parent's handlers would be lost
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
        try:
            pid = os.fork()
            if not pid:
                self._live(mouth)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)
        os.close(mouth)
        self._running[pid] = _Process(ear)

    def _live(self, mouth: int) -> NoReturn:
        """What the new process does; it never returns to what its parent was at."""
        status, answers = 1, False

        def ready() -> None:
            nonlocal answers
            answers = True
            os.write(mouth, _ANSWERS)

        try:
            signal.set_wakeup_fd(-1)
            for number in (*_ENDS, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            os.close(self._held)
            threading.Thread(target=_end_when_alone, args=(self._lifeline,), daemon=True).start()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)
            self._work(ready)
            status = 0
        except (SystemExit, KeyboardInterrupt):
            status = 0
        except BaseException as error:
            ours = isinstance(error, GraphServiceError)
            # where in the program it failed is told once, not at every further attempt
            if answers or not (ours or self._failures):
                log.exception("a worker failed")
            with suppress(OSError):
                os.write(mouth, (str(error) if ours else f"{type(error).__name__}: {error}").encode()[:1000])
        finally:
            os._exit(status)


def _end_when_alone(lifeline: int) -> None:
    """Wait until nobody supervises this process any more; if it stayed, a new service could not have the address."""
    os.read(lifeline, 1)
    log.error("nobody supervises this worker any more: it ends")
    os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _pipe() -> Iterator[tuple[int, int]]:
    """The end to read from, and the one to write to; both are closed afterwards."""
    ends = os.pipe()
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


@contextmanager
def _woken(signals: list[int]) -> Iterator[int]:
    """What becomes readable when a signal arrives; SIGTERM and SIGINT are appended to the list."""

    def note(number: int, _: object) -> None:
        signals.append(number)

    with _pipe() as (wake, write):
        for end in (wake, write):
            os.set_blocking(end, False)
        before = {number: signal.signal(number, note) for number in (*_ENDS, signal.SIGCHLD)}
        woken_before = signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        try:
            yield wake
        finally:
            signal.set_wakeup_fd(woken_before)
            for number, handler in before.items():
                signal.signal(number, handler)
