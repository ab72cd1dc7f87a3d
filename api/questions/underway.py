"""Answers that may take longer than anybody waits: they are worked out all the same, for whoever asks again."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Any, TypeVar

from api.http.errors import TooMany
from api.snapshot import Snapshot

T = TypeVar("T")

PATIENCE = 5.0
"""For how many seconds a program waits for an answer before it is told to ask again."""
MOST_AT_ONCE = 16
"""How many answers are worked out at the same time where somebody may not wait for them."""


class Underway:
    """What is being worked out, each once however many want it. Threads share it."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._making: dict[Hashable, Future[Any]] = {}
        self._lock = Lock()

    def within(self, seconds: float, name: Hashable, make: Callable[[], T]) -> T | None:
        """What ``make`` (which keeps what it makes, and makes no None) finds; None if it is not there in time."""
        with self._lock:
            making: Future[T] | None = self._making.get(name)
            if making is None:
                if len(self._making) >= MOST_AT_ONCE:
                    return None
                making = self._making[name] = Future()
                Thread(target=self._make, args=(making, name, make), daemon=True).start()
        try:
            return making.result(seconds)
        except TimeoutError:
            return None

    def _make(self, making: "Future[T]", name: Hashable, make: Callable[[], T]) -> None:
        try:
            making.set_result(make())
        except Exception as error:  # whoever waits is told; the next who asks tries anew
            making.set_exception(error)
        finally:
            with self._lock:
                del self._making[name]


def wait_for(snapshot: Snapshot, name: Hashable, make: Callable[[], T]) -> T:
    """What ``make`` prepares on a snapshot; raises TooMany where that takes longer than whoever asks waits."""
    underway = snapshot.prepared("underway", lambda _: Underway())
    return there(underway.within(PATIENCE, name, make))


def there(found: T | None) -> T:
    """What was found in time; raises TooMany for nothing."""
    if found is None:
        raise TooMany("an answer that is ready", "one that is still being worked out")
    return found
