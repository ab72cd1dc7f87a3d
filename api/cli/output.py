"""Answers on standard output: tables for people, JSON and CSV for programs."""

import csv
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import click

from api.cli.base import FORMATS, option
from api.json import to_json
from api.language import N_, Words

Cell = str | int | float | date | None

format_option = option(
    "--format", "form", type=click.Choice(FORMATS), default="table", help=N_("A table to read, JSON, or CSV.")
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a listing: its name in JSON and CSV, and its heading for people."""

    name: str
    heading: str


def list_rows(form: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], words: Words) -> None:
    """Print a listing in one of FORMATS."""
    if form == "csv":
        print_csv([column.name for column in columns], rows)
    elif form == "json":
        names = [column.name for column in columns]
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        print_table(columns, rows, words)


def print_csv(names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Print RFC 4180; an unknown cell is empty."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_plain(cell) for cell in row] for row in rows)


def _plain(cell: Cell) -> str | int | float:
    return "" if cell is None else cell.isoformat() if isinstance(cell, date) else cell


def print_json(value: object, default: Callable[[Any], Any] | None = None) -> None:
    """Print JSON; numbers are finite (what is not becomes null), dataclasses become objects."""
    click.echo(to_json(value, indent=True, default=default).decode())


def print_table(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], words: Words) -> None:
    """Print a table as wide as the terminal allows, numbers to the right; never cut off where nobody looks on."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    kept = [list(row) for row in rows]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for i, column in enumerate(columns):
        numeric = bool(kept) and all(isinstance(row[i], int | float | None) for row in kept)
        table.add_column(column.heading, justify="right" if numeric else "left", overflow="fold")
    for row in kept:
        table.add_row(*(Text(readable(cell, words)) for cell in row))
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160, highlight=False).print(table)


def readable(cell: Cell, words: Words) -> str:
    """A cell as people read it."""
    match cell:
        case None:
            return "–"
        case int() | float():
            return words.number(cell)
        case date():
            return words.date(cell)
    return cell
