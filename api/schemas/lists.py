"""How lists and records are asked for over HTTP."""

from datetime import date
from typing import Any

import marshmallow as ma

from api.http.caching import today
from api.questions.directory import RecordsAsked
from api.questions.municipalities import TownsAsked
from api.schemas.paging import PageQuery
from api.snapshot import Snapshot
from graph_service.keys import Label
from graph_service.model import Level

TERM = r"^[A-Za-z0-9._-]{1,100}$"
ACTOR = r"^(actor:)?[A-Za-z0-9._-]{1,200}$"


def place(description: str, example: str = "08119", **options: Any) -> ma.fields.String:
    """A municipality in a query: its code, key or name."""
    said = {"description": description, "examples": [example]}
    return ma.fields.String(validate=ma.validate.Length(1, 100), metadata=said, **options)


def term(description: str, example: str = "", **options: Any) -> ma.fields.String:
    """The id of a term of a vocabulary in a query."""
    said = {"description": description} | ({"examples": [example]} if example else {})
    return ma.fields.String(validate=ma.validate.Regexp(TERM), metadata=said, **options)


def part_of_name() -> ma.fields.String:
    """Part of a name in a query."""
    return ma.fields.String(
        load_default="",
        validate=ma.validate.Length(max=100),
        metadata={"description": "Part of the name, or the beginning of the key."},
    )


def level(**options: Any) -> ma.fields.String:
    """A level of municipalities in a query."""
    return ma.fields.String(validate=ma.validate.OneOf([each.value for each in Level]), **options)


def longer_text(description: str) -> ma.fields.String:
    """Free text in a query."""
    return ma.fields.String(
        load_default="", validate=ma.validate.Length(max=2000), metadata={"description": description}
    )


class DayQuery(ma.Schema):
    """The day that ages are counted to."""

    on = ma.fields.Date(metadata={"description": "The day that ages are counted to; today by default."})


class TownsQuery(PageQuery):
    """Which municipalities."""

    level = level()
    state = place("The state that they lie in.", "Baden-Württemberg")
    parent = place("What they lie in directly.", "0811")
    q = part_of_name()


class RecordsQuery(PageQuery):
    """Which records; a condition that a kind of record does not know finds nothing."""

    municipality = place("In this municipality, or in what lies within it.")
    field = term("In this field of action.", "school")
    target_group = term("For this target group.", "age-12-15")
    challenge = term("Against this challenge.", "late-entrants")
    kind = term("Of this kind (of an exchange: its format, of a practice: its evidence).")
    status = term("In this state.")
    q = part_of_name()


class NestedQuery(PageQuery):
    """Which of a municipality's records."""

    field = term("In this field of action.", "school")
    target_group = term("For this target group.", "age-12-15")
    kind = term("Of this kind.")
    status = term("In this state.")
    q = part_of_name()


def towns_asked(here: Snapshot, query: dict[str, Any]) -> TownsAsked:
    """The municipalities of a query; raises NotFound, Ambiguous."""
    return TownsAsked(
        level=Level(query["level"]) if "level" in query else None,
        state=here.municipality(query["state"], Level.STATE) if "state" in query else None,
        parent=here.municipality(query["parent"]) if "parent" in query else None,
        q=query["q"],
        limit=query["limit"],
        cursor=query.get("cursor", ""),
    )


def records_asked(here: Snapshot, label: Label, query: dict[str, Any], municipality: str = "") -> RecordsAsked:
    """The records of a query; raises NotFound, Ambiguous."""
    where = municipality or query.get("municipality", "")
    return RecordsAsked(
        label=label,
        municipality=here.municipality(where) if where else None,
        kind=query.get("kind", ""),
        status=query.get("status", ""),
        field=query.get("field", ""),
        target_group=query.get("target_group", ""),
        challenge=query.get("challenge", ""),
        q=query["q"],
        limit=query["limit"],
        cursor=query.get("cursor", ""),
    )


def day_of(query: dict[str, Any]) -> date:
    """The day of a query, today by default."""
    on: date | None = query.get("on")
    return on or today()
