"""How the benchmarks measure and print: medians over repeated runs, each figure beside its target or an alternative."""

import gc
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing: what, what DESIGN.md asks for, what was seen, and what it was measured beside."""

    what: str
    target: str
    seen: str
    beside: str = ""


Bench = Callable[[], Iterator[Figure]]


def seconds(work: Callable[[], object], times: int = 5) -> float:
    """The median wall time of some runs."""
    taken = []
    for _ in range(times):
        gc.collect()
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def fastest(work: Callable[[], object], times: int = 5) -> float:
    """The least wall time of some runs: what the work takes where nothing else is in its way."""
    taken = []
    for _ in range(times):
        gc.collect()
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def once(work: Callable[[], T]) -> tuple[T, float]:
    """A result and the wall time of the single run that made it: for what cannot be repeated."""
    gc.collect()
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def duration(value: float) -> str:
    """A time as people say it."""
    if value < 1e-3:
        return f"{value * 1e6:.0f} µs"
    return f"{value * 1e3:.1f} ms" if value < 1 else f"{value:.2f} s"


def rate(count: int, value: float) -> str:
    """How many a second."""
    return f"{count / value:,.0f}/s"


def peak_memory() -> str:
    """The most memory this process has used so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return f"{peak / (1024 * 1024 if sys.platform == 'darwin' else 1024):,.0f} MB"


def table(figures: Iterator[Figure]) -> Iterator[str]:
    """Figures as the lines of a Markdown table, printed as they come."""
    yield "| what | target | seen | beside |"
    yield "| --- | --- | --- | --- |"
    for f in figures:
        yield f"| {f.what} | {f.target} | {f.seen} | {f.beside} |"
