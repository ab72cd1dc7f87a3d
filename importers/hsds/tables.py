"""The tables of an HSDS data package, put together as the objects that its JSON form has."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graph_service.errors import Place, SourceError
from importers.package.source import Files

Item = dict[str, Any]

MOST_VALUES = 5_000_000
_MOST_CELL = 131_072
_MOST_LINE = 4 << 20

_NAMES = {
    "organization": ("organizations",),
    "service": ("services",),
    "location": ("locations",),
    "address": ("addresses", "addresss", "physical_address", "physical_addresses"),
    "service_at_location": ("service_at_locations", "services_at_location"),
    "service_area": ("service_areas",),
    "language": ("languages",),
    "attribute": ("attributes", "service_attribute", "service_attributes"),
    "taxonomy_term": ("taxonomy_terms",),
    "taxonomy": ("taxonomies",),
    "contact": ("contacts",),
    "phone": ("phones",),
    "schedule": ("schedules",),
    "program": ("programs",),
    "funding": (),
    "cost_option": ("cost_options",),
    "required_document": ("required_documents",),
    "accessibility": (),
    "organization_identifier": ("organization_identifiers",),
}
TABLES: Mapping[str, str] = {name: table for table, others in _NAMES.items() for name in (table, *others)}
"""What a table may be called → its name in the singular."""

_INSIDE = {
    # table: (the column that says to what it belongs, the table it belongs to, the field it becomes)
    "address": (("location_id", "location", "addresses"),),
    "language": (("service_id", "service", "languages"), ("location_id", "location", "languages")),
    "service_area": (("service_id", "service", "service_areas"),),
    "service_at_location": (("service_id", "service", "service_at_locations"),),
    "contact": (
        ("organization_id", "organization", "contacts"),
        ("service_id", "service", "contacts"),
        ("location_id", "location", "contacts"),
    ),
    "phone": (
        ("organization_id", "organization", "phones"),
        ("service_id", "service", "phones"),
        ("location_id", "location", "phones"),
    ),
    "schedule": (("service_id", "service", "schedules"), ("location_id", "location", "schedules")),
    "funding": (("organization_id", "organization", "funding"), ("service_id", "service", "funding")),
    "cost_option": (("service_id", "service", "cost_options"),),
    "required_document": (("service_id", "service", "required_documents"),),
    "accessibility": (("location_id", "location", "accessibility"),),
    "program": (("organization_id", "organization", "programs"),),
    "organization_identifier": (("organization_id", "organization", "organization_identifiers"),),
}


def read_tables(files: Files, names: Mapping[str, str]) -> dict[str, list[Item]]:
    """The rows of the tables, empty cells left out; raises SourceError."""
    tables: dict[str, list[Item]] = {}
    values = 0
    for name, table in names.items():
        with files.open(name) as raw:
            for row in _rows(io.TextIOWrapper(raw, encoding="utf-8-sig", newline=""), name):
                values += len(row) + 1
                if values > MOST_VALUES:
                    raise SourceError(f"tables of at most {MOST_VALUES} values", "more", Place(file=name))
                tables.setdefault(table, []).append(row)
    return tables


def _rows(text: io.TextIOWrapper, name: str) -> Iterator[Item]:
    csv.field_size_limit(_MOST_CELL)  # the limit is the whole process's, and other libraries raise it
    lines = _lines(text, name)
    reader = csv.DictReader(lines, strict=True)
    try:
        for row in reader:
            if None in row:
                raise SourceError("as many cells as the header has", "more", Place(file=name, line=reader.line_num))
            yield {column: cell for column, cell in row.items() if cell}
    except csv.Error as error:
        raise SourceError(
            "cells of at most 131072 characters, quotation marks closed", error, Place(file=name, line=reader.line_num)
        ) from None
    except UnicodeDecodeError as error:
        raise SourceError("text in UTF-8", error.reason, Place(file=name, line=reader.line_num + 1)) from None


def _lines(text: io.TextIOWrapper, name: str) -> Iterator[str]:
    """Lines, refusing one that would not end."""
    while line := text.readline(_MOST_LINE):
        if len(line) == _MOST_LINE:
            raise SourceError(f"lines of at most {_MOST_LINE} bytes", "more", Place(file=name))
        yield line


def joined(tables: Mapping[str, Sequence[Item]]) -> tuple[list[Item], list[Item]]:
    """Organizations and services with everything that belongs to them inside; rows that say it themselves keep it."""
    terms = {str(row.get("id")): row for row in tables.get("taxonomy_term", ())}
    taxonomies = {str(row.get("id")): row for row in tables.get("taxonomy", ())}
    known = {table: {str(row.get("id")): row for row in rows} for table, rows in tables.items()}
    for attribute in tables.get("attribute", ()):
        _explain(attribute, terms, taxonomies)
        _put(
            known.get(TABLES.get(str(attribute.get("link_entity")), "service"), {}), attribute, "link_id", "attributes"
        )
    for table, owners in _INSIDE.items():
        for row in tables.get(table, ()):
            for column, owner, field in owners:
                _put(known.get(owner, {}), row, column, field)
    locations = known.get("location", {})
    for row in tables.get("service_at_location", ()):
        location = locations.get(str(row.get("location_id")))
        if location is not None:
            row.setdefault("location", location)
    for location in tables.get("location", ()):
        _put(known.get("organization", {}), location, "organization_id", "locations")
    return [*tables.get("organization", ())], [*tables.get("service", ())]


def _explain(attribute: Item, terms: Mapping[str, Item], taxonomies: Mapping[str, Item]) -> None:
    term = terms.get(str(attribute.get("taxonomy_term_id")))
    if term is not None:
        taxonomy = taxonomies.get(str(term.get("taxonomy_id")))
        attribute.setdefault("taxonomy_term", term if taxonomy is None else term | {"taxonomy_detail": taxonomy})


def _put(owners: Mapping[str, Item], row: Item, column: str, field: str) -> None:
    owner = owners.get(str(row[column])) if row.get(column) else None
    if owner is None or owner is row:
        return
    inside = owner.setdefault(field, [])
    if isinstance(inside, list):
        inside.append(row)
