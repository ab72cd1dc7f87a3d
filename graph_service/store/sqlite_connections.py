"""Connections to one SQLite file: one for each thread, opened when first needed, closed when nobody works on it.

It knows when a connection may go, and nothing of what is written with it.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PATIENCE_SECONDS = 5.0
"""For so long closing waits for who still works; what is then left open ends with its thread or with the process."""


@dataclass(slots=True)
class _Held:
    connection: sqlite3.Connection
    lock: threading.RLock = field(default_factory=threading.RLock)
    closed: bool = False

    def close(self) -> bool:
        # to close a connection that another thread works on could end the process
        if self.lock.acquire(timeout=PATIENCE_SECONDS):
            try:
                self.closed = True
                self.connection.close()
            finally:
                self.lock.release()
        return self.closed


class Connections:
    """A connection per thread, made by ``opened``."""

    def __init__(self, opened: Callable[[], sqlite3.Connection]) -> None:
        """``opened`` opens one; it must not insist on being used by one thread alone."""
        self._opened = opened
        self._held: dict[threading.Thread, _Held] = {}
        self._lock = threading.Lock()

    @contextmanager
    def mine(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection, not closed by others while the block runs; blocks may lie in one another."""
        while True:
            held = self._mine()
            with held.lock:
                if not held.closed:
                    yield held.connection
                    return

    def close(self) -> None:
        """Close all, each once its thread has done what it is at; the next use opens anew."""
        for thread, held in self._everybody():
            if held.close():
                self._forget(thread, held)

    def __len__(self) -> int:
        """How many are open."""
        return len(self._held)

    def _mine(self) -> _Held:
        me = threading.current_thread()
        held = self._held.get(me)
        if held is None or held.closed:
            held = _Held(self._opened())
            with self._lock:
                self._held[me] = held
            for thread, other in self._everybody():
                if not thread.is_alive() and other.close():
                    self._forget(thread, other)
        return held

    def _everybody(self) -> list[tuple[threading.Thread, _Held]]:
        with self._lock:
            return list(self._held.items())

    def _forget(self, thread: threading.Thread, held: _Held) -> None:
        with self._lock:
            if self._held.get(thread) is held:
                del self._held[thread]
