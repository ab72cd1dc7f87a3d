"""Writes the districts of a dump of INKAR's database in the form of INKAR's own export, for the importer of the latter.

A dump holds hundreds of indicators for thousands of regions of every kind; only what is chosen is written.
"""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow.parquet as parquet

from graph_service.errors import InvalidValue, Place
from scripts.sample.choice import Input

Value = tuple[str, str, str, float]
"""District, year, column, value."""

_DOMESTIC = "Raumbeobachtung DE"
"""Short names come back with other meanings in the parts on Europe and on central places."""
_DECIMALS = 4
"""Dumps carry sums such as 703.8599999999999; INKAR publishes two decimals."""


def write_export(source: Input, folder: Path, columns: Sequence[str], target: Path) -> None:
    """Write the chosen columns of a dump as an export of INKAR (CSV); raises InvalidValue where one is not there."""
    read = {"wide": _wide, "numbered": _numbered, "covariates": _covariates}[source.dump]
    names = _names(source, folder, columns)
    values: dict[str, dict[tuple[str, str], float]] = {}
    years: dict[str, set[str]] = {column: set() for column in columns}
    for district, year, column, value in read(source, folder, columns):
        values.setdefault(district, {})[column, year] = value
        years[column].add(year)
    places = [(column, year) for column in columns for year in sorted(years[column])]
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Kennziffer", "Raumeinheit", "Aggregat", *(names[column] for column, _ in places)])
        writer.writerow(["", "", "", *(year for _, year in places)])
        for district in sorted(values):
            found = values[district]
            writer.writerow([district, "", "Kreise", *(_german(found.get(place)) for place in places)])


def _german(value: float | None) -> str:
    return "" if value is None else format(round(value, _DECIMALS), f".{_DECIMALS}f").replace(".", ",")


def _names(source: Input, folder: Path, columns: Sequence[str]) -> Mapping[str, str]:
    """What INKAR calls each column."""
    table = parquet.read_table(folder / source.names).to_pylist()
    if source.dump == "numbered":
        known = {f"x{row['id']}": row["kurzname"] for row in table}
    else:
        known = {row["kuerzel"]: row["kurzname"] for row in table if row["rubrik"] == _DOMESTIC}
        if source.dump == "covariates":
            with (folder / source.codebook).open(encoding="utf-8", newline="") as file:
                codes = {row["variable"]: row["inkar_code"] for row in csv.DictReader(file)}
            known = {column: known[code] for column, code in codes.items() if code in known}
    missing = [column for column in columns if column not in known]
    if missing:
        raise InvalidValue("columns that INKAR names", missing, Place(file=source.names))
    return {column: str(known[column]) for column in columns}


def _wide(source: Input, folder: Path, columns: Sequence[str]) -> Iterator[Value]:
    """A dump with the official code and the kind of region in every row."""
    wanted = ["kennziffer", "zeitbezug", *columns]
    table = parquet.read_table(folder / source.path, columns=wanted, filters=[("raumbezug", "=", "Kreise")])
    for row in table.to_pylist():
        yield from _cells(row["kennziffer"][:5], str(row["zeitbezug"]), row, columns)


def _numbered(source: Input, folder: Path, columns: Sequence[str]) -> Iterator[Value]:
    """A dump with regions by number; their codes lost the leading zero."""
    regions = parquet.read_table(folder / source.regions, filters=[("raumbezug", "=", "Kreise")]).to_pylist()
    codes = {row["id"]: f"{int(row['kennziffer']):05d}" for row in regions}
    table = parquet.read_table(folder / source.path, columns=["region_id", "zeitbezug", *columns])
    for row in table.to_pylist():
        if row["region_id"] in codes:
            yield from _cells(codes[row["region_id"]], str(row["zeitbezug"]), row, columns)


def _covariates(source: Input, folder: Path, columns: Sequence[str]) -> Iterator[Value]:
    with (folder / source.path).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            numbers = {column: float(row[column]) if row[column] else None for column in columns}
            yield from _cells(row["county_code"], str(int(float(row["year"]))), numbers, columns)


def _cells(district: str, year: str, row: Mapping[str, object], columns: Iterable[str]) -> Iterator[Value]:
    for column in columns:
        value = row[column]
        if isinstance(value, int | float) and not math.isnan(value):
            yield district, year, column, float(value)
