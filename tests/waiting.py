"""Waiting in tests for what comes to be in its own time; how long it takes is never what is tested."""

import time
from collections.abc import Callable


def comes_true(condition: Callable[[], object], seconds: float = 60) -> bool:
    """Whether the condition holds within the time; it is asked once more at the end, however slow asking is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return bool(condition())
