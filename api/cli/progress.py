"""Tells how far long work is: a bar on a terminal, a plain line now and then otherwise, always on standard error."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from api.language import Words
from importers.contract import Progress

EVERY_SECONDS = 5.0


@contextmanager
def shown(title: str, words: Words) -> Iterator[Progress]:
    """A progress to tell while something long is done."""
    if sys.stderr.isatty():
        with _bar(title, words) as progress:
            yield progress
    else:
        yield _Lines(title, words)


@contextmanager
def _bar(title: str, words: Words) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar
    from rich.text import Text

    class Count(ProgressColumn):
        """How much has been read, of how much."""

        def render(self, task: Task) -> Text:
            return Text(_count(int(task.completed), None if task.total is None else int(task.total), words))

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), Count(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _count(done: int, total: int | None, words: Words) -> str:
    if total:
        return words("{done} of {total}", done=words.number(done), total=words.number(total))
    return words.number(done) if done else ""


class _Lines:
    """Says a line at most every few seconds, so that a log stays short."""

    def __init__(self, title: str, words: Words) -> None:
        self._title = title
        self._words = words
        self._next = time.monotonic() + EVERY_SECONDS

    def __call__(self, done: int, total: int | None) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY_SECONDS
            click.echo(f"{self._title}: {_count(done, total, self._words)}", err=True)
