"""Column maps: TOML that says what the columns of a table mean. Every mistake in a map is one clear error."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import cast

from graph_service.errors import Place, SourceError
from graph_service.exchange import TABLES
from importers.table.sources import Form, Join

FORMS = ("ags", "district", "municipality", "state", "ars", "text")
"""How official codes may be written; see `values.official_code`."""


@dataclass(frozen=True)
class Rule:
    """How a cell of the target comes from the source: columns, a constant, a slug of columns, values replaced."""

    columns: tuple[str, ...] = ()
    value: str | None = None
    values: Mapping[str, tuple[str, ...]] | None = None
    form: str = ""
    forms: tuple[str, Mapping[str, str]] | None = None
    separator: str = ""
    slug: bool = False


@dataclass(frozen=True)
class Measure:
    """An indicator: the column (or the category) it is read from, and what is known of it."""

    id: str
    column: str
    about: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Rest:
    """All other columns are indicators too; what they mean may stand in a companion file."""

    skip: tuple[str, ...] = ()
    prefix: str = ""
    about: Mapping[str, object] = field(default_factory=dict)
    file: str = ""
    id: str = ""
    id_prefix: str = ""
    label: str = ""
    themes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Observed:
    """A table of indicators: a row is a municipality and a period, with its values side by side or one by one."""

    municipality: Rule
    period: Rule
    measures: tuple[Measure, ...] = ()
    rest: Rest | None = None
    category: str = ""
    value: str = ""
    zero_is_missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """A table of the exchange package that each row fills."""

    table: str
    columns: Mapping[str, Rule]


@dataclass(frozen=True)
class TableMap:
    """What a map says."""

    name: str
    dataset: Mapping[str, object]
    form: Form = field(default_factory=Form)
    decimal: str | None = None
    missing: frozenset[str] = frozenset()
    keep: Mapping[str, frozenset[str]] = field(default_factory=dict)
    recognise: tuple[str, ...] = ()
    observed: Observed | None = None
    targets: tuple[Target, ...] = ()
    id_from_file: bool = False
    ignore: tuple[str, ...] = ()
    headings: str = ""
    """Instead of rules: the table whose usual headings the list has."""


def shipped_maps() -> list[TableMap]:
    """The maps that come with the project."""
    found = sorted((f for f in _folder().iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return [parse_map(f.read_text("utf-8"), f.name) for f in found]


def shipped_map_path(name: str) -> Path | None:
    """Where a shipped map lies, for a command line that takes its name."""
    if not re.fullmatch(r"[a-z0-9-]+", name):
        return None
    path = Path(str(_folder() / f"{name}.toml"))
    return path if path.is_file() else None


def _folder() -> Traversable:
    return files("importers.table") / "maps"


def read_map(path: Path) -> TableMap:
    """Read a map from a file; raises SourceError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError("a column map (TOML in UTF-8)", error, Place(file=path.name)) from None
    return parse_map(text, path.name)


def parse_map(text: str, name: str) -> TableMap:
    """Read a map; raises SourceError that says which entry is wrong."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SourceError("a column map (TOML in UTF-8)", error, Place(file=name)) from None
    reader = _Reader(name)
    top = reader.entry(content, "", _TOP)
    if not isinstance(top.get("dataset"), dict) or sum(part in top for part in _PARTS) != 1:
        raise SourceError(
            "a map with [dataset] and one of [observations], [[records]] and headings", ", ".join(top), Place(file=name)
        )
    source = reader.entry(top.get("source", {}), "source", _SOURCE)
    dataset = dict(cast("dict[str, object]", top["dataset"]))
    id_from_file = dataset.pop("id_from_file", False) is True
    return TableMap(
        name=name.removesuffix(".toml"),
        dataset=dataset,
        form=reader.form(source),
        decimal=reader.text(source, "decimal") or None,
        missing=frozenset(reader.texts(source.get("missing", []), "source.missing")),
        keep={c: frozenset(reader.texts(v, "source.keep")) for c, v in reader.table(source, "keep").items()},
        recognise=reader.texts(top.get("recognise", []), "recognise"),
        observed=reader.observed(top["observations"]) if "observations" in top else None,
        targets=tuple(reader.targets(top.get("records", []))),
        id_from_file=id_from_file,
        ignore=reader.texts(top.get("ignore", []), "ignore"),
        headings=reader.text(top, "headings"),
    )


_PARTS = ("observations", "records", "headings")
_TOP = {"dataset", "source", "recognise", "ignore", *_PARTS}
_SOURCE = {"sheet", "header", "header_lines", "encoding", "delimiter", "decimal", "missing", "keep", "join"}
_RULE = {"column", "columns", "value", "values", "form", "forms", "separator", "slug"}
_OBSERVED = {"municipality", "period", "indicators", "rest", "category", "value", "zero_is_missing"}
_REST = {"skip", "prefix", "about", "file", "id", "id_prefix", "label", "themes"}


@dataclass(frozen=True)
class _Reader:
    """Reads parts of a map and says where they are wrong."""

    file: str

    def fail(self, expected: str, found: object, where: str) -> SourceError:
        return SourceError(expected, found, Place(file=self.file, column=where))

    def entry(self, content: object, where: str, known: set[str]) -> dict[str, object]:
        if not isinstance(content, dict):
            raise self.fail("a table of settings", content, where)
        unknown = sorted(content.keys() - known)
        if unknown:
            raise self.fail(f"one of {', '.join(sorted(known))}", ", ".join(unknown), where)
        return content

    def text(self, content: Mapping[str, object], name: str, default: str = "") -> str:
        value = content.get(name, default)
        if isinstance(value, date):
            return value.isoformat()
        if not isinstance(value, str | int | float):
            raise self.fail("a text", value, name)
        return str(value)

    def beside(self, content: Mapping[str, object], where: str) -> str:
        """The name of a companion file; a stranger's map must not lead to other places."""
        name = self.text(content, "file")
        if name.strip() in (".", "..") or any(c in name for c in "/\\:\0"):
            raise self.fail("the name of a file beside the table", name, where)
        return name

    def texts(self, value: object, where: str) -> tuple[str, ...]:
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list) or not all(isinstance(v, str | int | float) for v in value):
            raise self.fail("a list of texts", value, where)
        return tuple(str(v) for v in value)

    def table(self, content: Mapping[str, object], name: str) -> dict[str, object]:
        value = content.get(name, {})
        if not isinstance(value, dict):
            raise self.fail("a table of settings", value, name)
        return value

    def form(self, source: Mapping[str, object]) -> Form:
        header = source.get("header", 1)
        if not isinstance(header, int) or header < 1:
            raise self.fail("the number of the header's line, from 1", header, "source.header")
        lines = source.get("header_lines", 1)
        if not isinstance(lines, int) or not 1 <= lines <= 10:
            raise self.fail("how many lines the header has, from 1 to 10", lines, "source.header_lines")
        joins = source.get("join", [])
        if not isinstance(joins, list):
            raise self.fail("a list of joins", joins, "source.join")
        entries = [self.entry(j, "source.join", {"file", "on", "key", "columns"}) for j in joins]
        return Form(
            sheet=self.text(source, "sheet"),
            header=header,
            header_lines=lines,
            encoding=self.text(source, "encoding") or None,
            delimiter=self.text(source, "delimiter") or None,
            joins=tuple(
                Join(
                    self.beside(j, "source.join"),
                    self.text(j, "on"),
                    self.text(j, "key"),
                    self.texts(j.get("columns", []), "join"),
                )
                for j in entries
            ),
        )

    def rule(self, value: object, where: str) -> Rule:
        if isinstance(value, str):
            return Rule(columns=(value,))
        entry = self.entry(value, where, _RULE)
        columns = self.texts(entry.get("columns", entry.get("column", [])), where)
        form = self.text(entry, "form")
        if form and form not in FORMS:
            raise self.fail(f"one of {', '.join(FORMS)}", form, where)
        if not columns and "value" not in entry and "forms" not in entry:
            raise self.fail("a column, columns or a value", ", ".join(entry) or "nothing", where)
        values = {k: self.texts(v, where) for k, v in self.table(entry, "values").items()}
        by = self.table(entry, "forms")
        return Rule(
            columns=columns,
            value=self.text(entry, "value") if "value" in entry else None,
            values=values if "values" in entry else None,
            form=form,
            forms=self._forms(by, where) if by else None,
            separator=self.text(entry, "separator"),
            slug=entry.get("slug") is True,
        )

    def _forms(self, by: Mapping[str, object], where: str) -> tuple[str, dict[str, str]]:
        column = self.text(by, "column")
        forms = {kind: str(form) for kind, form in self.table(by, "values").items()}
        if not column or not forms or any(form not in FORMS for form in forms.values()):
            raise self.fail(f"forms with a column and values, each one of {', '.join(FORMS)}", by, where)
        return column, forms

    def observed(self, content: object) -> Observed:
        entry = self.entry(content, "observations", _OBSERVED)
        for name in ("municipality", "period"):
            if name not in entry:
                raise self.fail("a rule for municipality and period", ", ".join(entry), "observations")
        rest = self.entry(entry["rest"], "observations.rest", _REST) if "rest" in entry else None
        return Observed(
            municipality=self.rule(entry["municipality"], "observations.municipality"),
            period=self.rule(entry["period"], "observations.period"),
            measures=tuple(self._measures(self.table(entry, "indicators"))),
            rest=None if rest is None else self._rest(rest),
            category=self.text(entry, "category"),
            value=self.text(entry, "value"),
            zero_is_missing=self.texts(entry.get("zero_is_missing", []), "observations.zero_is_missing"),
        )

    def _measures(self, indicators: Mapping[str, object]) -> Iterator[Measure]:
        known = {c.name for c in TABLES["indicators"].columns} - {"id"}
        for id, about in indicators.items():
            entry = self.entry(about, f"observations.indicators.{id}", known | {"column"})
            rest = {name: value for name, value in entry.items() if name != "column"}
            yield Measure(id, self.text(entry, "column", id), rest)

    def _rest(self, rest: Mapping[str, object]) -> Rest:
        return Rest(
            skip=self.texts(rest.get("skip", []), "observations.rest.skip"),
            prefix=self.text(rest, "prefix"),
            about=self.table(rest, "about"),
            file=self.beside(rest, "observations.rest"),
            id=self.text(rest, "id"),
            id_prefix=self.text(rest, "id_prefix"),
            label=self.text(rest, "label"),
            themes={k: str(v) for k, v in self.table(rest, "themes").items()},
        )

    def targets(self, records: object) -> Iterator[Target]:
        if not isinstance(records, list):
            raise self.fail("a list of records", records, "records")
        for each in records:
            entry = self.entry(each, "records", {"table", "columns"})
            name = self.text(entry, "table")
            table = TABLES.get(name)
            if table is None or name in ("links", "observations"):
                raise self.fail("a table of the exchange package", name, "records.table")
            columns = self.table(entry, "columns")
            self._check_columns(name, tuple(columns), tuple(c.name for c in table.columns))
            yield Target(name, {column: self.rule(rule, f"{name}.{column}") for column, rule in columns.items()})

    def _check_columns(self, table: str, given: Sequence[str], known: Sequence[str]) -> None:
        for column in given:
            if column not in known:
                raise self.fail(f"a column of {table}: {', '.join(known)}", column, f"records.{table}")
