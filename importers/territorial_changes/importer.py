"""Territorial changes: the yearly list of Destatis, and the conversion keys of the BBSR."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from graph_service.errors import Place, SourceError
from graph_service.model import Dataset
from importers.contract import Issues, Progress, Reading, silent
from importers.datasets import load_dataset
from importers.spreadsheets import open_workbook
from importers.territorial_changes import conversion, yearly
from importers.territorial_changes.conversion import ConversionKeys
from importers.territorial_changes.succession import records


class TerritorialChangesImporter:
    """Reads which unit was dissolved into which, gave a part to which, or changed its key."""

    id = "territorial-changes"

    def read(self, paths: Sequence[Path], issues: Issues, progress: Progress = silent) -> Reading:
        """Recognise the publisher by content; every year, and every set of keys, is a dataset of its own."""
        if len(paths) != 1:
            raise SourceError("one file", f"{len(paths)} files")
        book = open_workbook(paths[0])
        listed = yearly.find_changes(book, issues)
        if listed is not None:
            progress(listed.read, listed.read)
            return Reading(_yearly_dataset(listed.year), records(listed.successions), read=lambda: listed.read)
        keys = conversion.find_changes(book, issues)
        if keys is not None:
            progress(keys.read, keys.read)
            return Reading(_conversion_dataset(keys), records(keys.successions), read=lambda: keys.read)
        raise SourceError(
            "a list of territorial changes (Destatis) or conversion keys (BBSR)",
            f"sheets {', '.join(book.sheet_names[:5])}",
            Place(file=paths[0].name),
        )


def _yearly_dataset(year: int) -> Dataset:
    return load_dataset(
        "territorial_changes",
        id=f"territorial-changes-{year}",
        title=f"Gebietsänderungen {year}",
        note="Datum: juristische Wirksamkeit.",
    )


def _conversion_dataset(keys: ConversionKeys) -> Dataset:
    what, name = ("districts", "Kreise") if keys.districts else ("municipalities", "Gemeinden")
    years = f"{keys.first_year}-{keys.last_year}"
    dataset = load_dataset(
        "territorial_changes",
        id=f"territorial-changes-bbsr-{what}-{years}",
        title=f"Umsteigeschlüssel {name} {keys.first_year} bis {keys.last_year}",
        note="Datum: Gebietsstand, zu dem der neue Schlüssel gilt; Anteile nach Bevölkerung.",
    )
    return replace(
        dataset,
        publisher="Bundesinstitut für Bau-, Stadt- und Raumforschung (BBSR)",
        licence="Datenlizenz Deutschland - Namensnennung - 2.0",
        url="https://www.bbsr.bund.de/BBSR/DE/forschung/raumbeobachtung/Raumabgrenzungen/umstiegsschluessel/umstiegsschluessel.html",
        precedence=70,
    )
