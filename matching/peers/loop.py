"""The scoring loop as machine code, made by numba; until it is ready, and where numba cannot work, arrays do the same.

Making it takes about a second, mostly for numba itself, so that a process that asks a few questions, as on the command
line, never begins; one that goes on asking gets it in the background and is answered meanwhile.
"""

import logging
from collections.abc import Callable
from threading import Lock, Thread
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from matching import machine_code

Single: TypeAlias = npt.NDArray[np.float32]
Short: TypeAlias = npt.NDArray[np.int16]
Loop: TypeAlias = Callable[[Short, Single, Single, Single, Single, np.float32, Single], None]

STEPS = 16_000
"""Whole steps from 0 to 1: values of 16 bits take half the processor's cache."""
MISSING = 32_767
"""The step that stands for a missing value: farther from every value than two values are from each other."""
FARTHEST = 16_383
"""No two values are farther apart; all values are from what is missing."""

BLOCK = 1024
"""Rows whose sums stay in the processor's first cache."""
WORTH = 60_000_000
"""Values compared before the loop is made: about a hundred questions among all municipalities of Germany."""
MUCH = 2_000_000_000
"""Values compared in one go for which waiting for the loop takes less time than beginning without it."""
SIGNATURE = "void(i2[:,::1], f4[:,::1], f4[::1], f4[::1], f4[::1], f4, f4[:,::1])"
FASTER = {"contract"}
"""Of all liberties with floating point only that of multiplying and adding at once: it changes no comparison."""

logger = logging.getLogger(__name__)


def score(
    columns: Short, own: Single, straight: Single, squared: Single, weights: Single, least: np.float32, scores: Single
) -> None:
    """Score rows of values against all: ``columns`` are indicators × rows in steps, ``own`` the rows asked for.

    A score is 1 minus the weighted mean of the differences, minus infinity where less than ``least`` is known of both.
    ``straight`` and ``squared`` are what a step and a squared step weigh; what is missing is NaN in ``own``.
    """
    none, one, worst, farthest = np.float32(0), np.float32(1), np.float32(-np.inf), np.float32(FARTHEST)
    apart, known = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    for start in range(0, columns.shape[1], BLOCK):
        count = min(BLOCK, columns.shape[1] - start)
        for row in range(len(own)):
            apart[:] = none
            known[:] = none
            for j in range(len(columns)):
                value = own[row, j]
                if np.isnan(value):
                    continue
                others = columns[j, start : start + count]
                once, twice, weight = straight[j], squared[j], weights[j]
                for i in range(count):
                    distance = abs(np.float32(others[i]) - value)
                    both = distance <= farthest
                    apart[i] += distance * (once + twice * distance) if both else none
                    known[i] += weight if both else none
            for i in range(count):
                scores[row, start + i] = one - apart[i] / known[i] if known[i] >= least else worst


def compiled() -> Loop:
    """The loop as machine code; raises ImportError without a numba that fits, OSError where none may be made."""
    return machine_code.compiled(score, SIGNATURE, fastmath=FASTER, error_model="numpy")


class Compiler:
    """Has the loop of a process made once that is worth it."""

    def __init__(self, make: Callable[[], Loop] = compiled, worth: int = WORTH) -> None:
        """Nothing is made yet."""
        self._make = make
        self._worth = worth
        self._lock = Lock()
        self._thread: Thread | None = None
        self._loop: Loop | None = None

    def loop(self, values: int) -> Loop | None:
        """The loop if it is ready, for somebody about to compare so many values."""
        if self._loop is None and self._thread is None:
            self._worth -= values  # threads may lose a count: it is an estimate
            if self._worth <= 0:
                self._begin()
        return self._loop

    def expect(self, values: int) -> None:
        """Before so many values are compared: wait for the loop if that pays."""
        if values >= MUCH:
            self.ready()

    def ready(self) -> bool:
        """Wait until the loop is made or cannot be."""
        self._begin().join()
        return self._loop is not None

    def _begin(self) -> Thread:
        with self._lock:
            if self._thread is None:
                # not a daemon: a process must not end in the middle of a compilation
                self._thread = Thread(target=self._work, name="compile")
                self._thread.start()
            return self._thread

    def _work(self) -> None:
        try:
            self._loop = self._make()
        except (ImportError, OSError) as error:
            logger.info("scoring goes on with arrays: %s", error)
        else:
            logger.info("scoring goes on with machine code")


COMPILER = Compiler()
"""A process has one, as it has one numba."""
