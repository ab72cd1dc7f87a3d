"""Reads the ``dataset.toml`` beside an importer: who publishes its source, and under which licence."""

import tomllib
from dataclasses import replace
from datetime import date
from importlib.resources import files

from graph_service.model import Dataset


def load_dataset(
    package: str, *, id: str = "", title: str = "", territory_date: date | None = None, note: str = ""
) -> Dataset:
    """The dataset described in ``importers.<package>/dataset.toml``, made specific by what a file says of itself."""
    table = tomllib.loads((files(f"importers.{package}") / "dataset.toml").read_text(encoding="utf-8"))
    dataset = Dataset(**table)
    return replace(
        dataset,
        id=id or dataset.id,
        title=title or dataset.title,
        territory_date=territory_date or dataset.territory_date,
        note=note or dataset.note,
    )
