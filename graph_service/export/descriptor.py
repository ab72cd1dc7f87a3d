"""Describes an exchange package: its tables as Table Schema, its datasets as sources with their licences."""

import re
from collections.abc import Sequence

from graph_service.cells import CellType, Column
from graph_service.exchange import Table
from graph_service.export.view import View
from graph_service.model import Dataset, Level, Scale, Visibility

DEFAULT_NAME = "buendniskompass"

_LIST = "list, separated by ;"
_FORMS: dict[CellType, dict[str, object]] = {
    CellType.KEY: {"type": "string", "constraints": {"pattern": "[A-Za-z0-9._-]+"}},
    CellType.NODE: {"type": "string", "constraints": {"pattern": "([a-z]+:)?[A-Za-z0-9._-]+"}},
    CellType.KEYS: {"type": "string", "description": _LIST},
    CellType.TEXTS: {"type": "string", "description": _LIST},
    CellType.INTEGER: {"type": "integer"},
    CellType.NUMBER: {"type": "number"},
    CellType.DATE: {"type": "date"},
    CellType.PERIOD: {"type": "string", "description": "YYYY, YYYY-MM, YYYY-MM-DD or YYYY-Qn"},
    CellType.LEVEL: {"type": "string", "constraints": {"enum": [level.value for level in Level]}},
    CellType.SCALE: {"type": "string", "constraints": {"enum": [scale.value for scale in Scale]}},
    CellType.VISIBILITY: {"type": "string", "constraints": {"enum": [each.value for each in Visibility]}},
    CellType.JSON: {"type": "string", "description": "a JSON object"},
}


def describe(
    view: View, tables: Sequence[tuple[Table, list[Column], int]], name: str | None, whole: Dataset | None = None
) -> dict[str, object]:
    """The content of ``datapackage.json``; ``whole``, or a store's only dataset, gives the package name and title."""
    datasets = [status.dataset for status in view.datasets()]
    only = whole or (datasets[0] if len(datasets) == 1 else None)
    content: dict[str, object] = {
        "profile": "tabular-data-package",
        "name": name or (only.id if only else DEFAULT_NAME),
    }
    content["title"] = only.title if only else "Bündniskompass"
    if only:
        content |= _own(only)
    licences = list(dict.fromkeys(d.licence for d in datasets if d.licence))
    if licences:
        content["licenses"] = [{"name": _slug(licence), "title": licence} for licence in licences]
    if datasets:
        content["sources"] = [_source(dataset) for dataset in datasets]
    present = {table.name for table, _, _ in tables}
    content["resources"] = [_resource(table, columns, present) for table, columns, _ in tables]
    return content


def _own(dataset: Dataset) -> dict[str, object]:
    """What a package says of itself that is the whole of one dataset."""
    own: dict[str, object] = {}
    if dataset.note:
        own["description"] = dataset.note
    if dataset.url:
        own["homepage"] = dataset.url
    if dataset.publisher:
        own["contributors"] = [{"title": dataset.publisher, "role": "publisher"}]
    if dataset.retrieved_on:
        own["created"] = dataset.retrieved_on.isoformat()
    return own


def _source(dataset: Dataset) -> dict[str, object]:
    said: dict[str, object] = {
        "title": dataset.title,
        "path": dataset.url,
        "dataset": dataset.id,
        "publisher": dataset.publisher,
        "licence": dataset.licence,
        "retrieved_on": dataset.retrieved_on.isoformat() if dataset.retrieved_on else "",
        "territory_date": dataset.territory_date.isoformat() if dataset.territory_date else "",
        "note": dataset.note,
    }
    return {key: value for key, value in said.items() if value}


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.")[:100] or "other"


def _resource(table: Table, columns: list[Column], present: set[str]) -> dict[str, object]:
    schema: dict[str, object] = {"fields": [_field(column) for column in columns], "missingValues": [""]}
    if all(c.filled for c in columns if c.name in table.identity):
        schema["primaryKey"] = list(table.identity)
    keys = [
        {"fields": c.name, "reference": {"resource": "" if c.refers == table.name else c.refers, "fields": _key(c)}}
        for c in columns
        if c.refers in present and c.type is CellType.KEY
    ]
    if keys:
        schema["foreignKeys"] = keys
    return {
        "name": table.name,
        "path": table.file,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "doubleQuote": True, "lineTerminator": "\r\n"},
        "schema": schema,
    }


def _key(column: Column) -> str:
    return "id" if column.refers == "indicators" else "key"


def _field(column: Column) -> dict[str, object]:
    described: dict[str, object] = {"name": column.name, **_FORMS.get(column.type, {"type": "string"})}
    form = described.get("constraints")
    constraints: dict[str, object] = dict(form) if isinstance(form, dict) else {}
    if column.filled:
        constraints["required"] = True
    if column.low is not None and column.high is not None:
        bounds = {"minimum": column.low, "maximum": column.high}
        constraints |= {k: int(v) if column.type is CellType.INTEGER else v for k, v in bounds.items()}
    if constraints:
        described["constraints"] = constraints
    return described
