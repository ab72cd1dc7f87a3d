"""Prints sentences as paragraphs of the terminal's width, and knows which day it is."""

import shutil
import textwrap
from datetime import UTC, datetime
from typing import Any

import click

from api.cli.base import option
from api.language import N_, day_of

WIDTH = 100


def say(text: str, indent: int = 0, hang: int = 0) -> None:
    """Print a paragraph."""
    width = min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns)
    # a number and its unit stay on one line: textwrap breaks at spaces only, not at no-break ones
    click.echo(
        textwrap.fill(
            text,
            width,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hang),
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def _today() -> str:
    return day_of(datetime.now(UTC)).isoformat()


class _Day(click.DateTime):
    """A day; asked for as YYYY-MM-DD."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def get_metavar(self, *_: Any, **__: Any) -> str:
        """How it is written."""
        return "DATE"


DAY = _Day()

on_option = option("--on", type=DAY, default=_today, help=N_("The day from which ages are counted; today by default."))
