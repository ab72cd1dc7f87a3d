"""Guesses what a list without a map is by its headings, and says what was guessed."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from graph_service.errors import Place, SourceError
from graph_service.exchange import TABLES
from importers.contract import Issues
from importers.spreadsheets import cell_text
from importers.table.maps import Rule, TableMap, Target, shipped_maps
from importers.table.rules import spoken
from importers.table.sources import Source

_BESIDE = {"practices": "applications"}
_LEAST = 2
"""Headings that must be known for a guess: one alone ("Name") says nothing."""


def map_for(source: Source, issues: Issues) -> TableMap:
    """The shipped map whose columns are there, or a map made of known headings. Raises SourceError."""
    for table_map in shipped_maps():
        line = table_map.form.header or 1
        lines = table_map.form.header_lines
        if table_map.recognise and set(table_map.recognise) <= set(source.headings(line, lines)):
            issues.note("guessed-map", "the map whose columns are in the file", table_map.name, source.place())
            source.take_header(line, lines)
            return table_map
    return by_headings(source, issues)


def by_headings(source: Source, issues: Issues, only: str = "") -> TableMap:
    """A map made of known headings, of one table or of whichever fits best. Raises SourceError."""
    if only and only not in _synonyms():
        raise SourceError(f"headings of one of {', '.join(_synonyms())}", only, source.place())
    best: tuple[int, int, str, dict[str, str]] = (0, 0, "", {})
    for line, cells in source.head:
        header = [cell_text(c) for c in cells]
        for table in [only] if only else [name for name in _synonyms() if name not in _BESIDE.values()]:
            found = _matches(table, header)
            if _complete(table, found):
                best = max(best, (len(found), -line, table, found), key=lambda b: b[:2])
    count, line, table, found = best
    if count < _LEAST:
        known = ", ".join(names[0] for names in _synonyms()[only or "actors"].values())
        line, cells = next((each for each in source.head if any(each[1])), (1, ()))
        heading = ", ".join(filter(None, map(cell_text, cells)))
        raise SourceError(f"a column map, or headings such as {known}", heading, source.place(line))
    source.take_header(-line)
    issues.note("guessed-table", "the table that the headings belong to", f"a table of {table}", source.place(-line))
    for column, heading in found.items():
        issues.note(
            "guessed-column", f"the heading of {table}: {spoken(column)}", heading, source.place(-line, heading)
        )
    rules = {column: Rule(columns=(heading,)) for column, heading in found.items()}
    return TableMap(name=table, dataset={}, targets=(Target(table, rules), *_beside(table, found, source, issues)))


def _note_heading(issues: Issues, table: str, column: str, place: Place) -> None:
    issues.note("guessed-column", f"the heading of {table}: {spoken(column)}", place.column, place)


def _beside(table: str, found: Mapping[str, str], source: Source, issues: Issues) -> Iterator[Target]:
    """A list of practices usually says in the same row where each is applied."""
    other = _BESIDE.get(table)
    if other is None:
        return
    spare = [heading if heading not in found.values() else "" for heading in source.header]
    columns = _matches(other, spare)
    if "municipality" in columns:
        for column, heading in columns.items():
            issues.note(
                "guessed-column", f"the heading of {other}: {spoken(column)}", heading, source.place(column=heading)
            )
        key = Rule(columns=(found["key"],)) if "key" in found else Rule(columns=(found["title"],), slug=True)
        yield Target(other, {"practice": key, **{c: Rule(columns=(h,)) for c, h in columns.items()}})


def _matches(table: str, header: Sequence[str]) -> dict[str, str]:
    """Target column → heading, each heading once, in the order of how well a heading is known."""
    found: dict[str, str] = {}
    plain = {_plain(h): h for h in reversed(header) if h}
    for column, names in _synonyms()[table].items():
        heading = next((plain[p] for n in (*names, column) if (p := _plain(n)) in plain), None)
        if heading is not None and heading not in found.values():
            found[column] = heading
    return found


def known_headings(table: str, header: Sequence[str]) -> dict[str, str]:
    """Column of a table → the heading that stands for it, as far as headings are known."""
    return _matches(table, header)


def _complete(table: str, found: Mapping[str, str]) -> bool:
    return all(c.name in found for c in TABLES[table].columns if c.required and c.name != "key")


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


@cache
def _synonyms() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((files("importers.table") / "synonyms.toml").read_text("utf-8"))
