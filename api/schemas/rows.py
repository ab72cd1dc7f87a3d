"""Records as rows of the exchange package, over HTTP: the columns are the package's, as JSON types."""

from functools import cache
from typing import Any, cast

import marshmallow as ma

from api.editing.rows import MOST_ITEMS, MOST_TEXT, PLAIN
from graph_service.cells import CellType, Column
from graph_service.exchange import TABLES, Table, vocabulary_of
from graph_service.model import Level, Scale, Visibility
from graph_service.vocabulary import load_vocabulary

_KEY = ma.validate.Regexp(r"^[A-Za-z0-9._-]{1,120}$")
_NODE = ma.validate.Regexp(r"^([a-z]+:)?[A-Za-z0-9._-]{1,120}$")


_ENTRY = r"^[^\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000;][^\x00-\x1f\x7f-\x9f;]*$"
"""An entry of a list begins with something to see; what counts as space is written out, for languages differ."""


class Whole(ma.fields.Integer):
    """A whole number, no text. In JSON 1.0 is one, too, though Python reads it as something else."""

    def __init__(self, **options: Any) -> None:
        """Take what `Integer` takes."""
        super().__init__(strict=True, **options)

    def _validated(self, value: Any) -> int:
        return super()._validated(int(value) if isinstance(value, float) and value.is_integer() else value)


@cache
def row_schema(name: str, *, partial: bool = False) -> type[ma.Schema]:
    """The schema of a table's rows. ``partial``: any columns, for changes, where null takes a value away."""
    table = TABLES[name]
    columns = [c for c in table.columns if not (partial and c.name in table.identity and table.label)]
    fields: dict[str, Any] = {c.name: _field(table, c, partial=partial) for c in columns}
    fields["Meta"] = type("Meta", (), {"unknown": ma.RAISE})
    title = "".join(part.capitalize() for part in name.split("_")) + ("ChangeSchema" if partial else "RowSchema")
    return cast("type[ma.Schema]", type(title, (ma.Schema,), fields))


def _field(table: Table, column: Column, *, partial: bool) -> ma.fields.Field[Any]:
    key = table.label is not None and column.name in table.identity
    required = not partial and not key and (column.filled or column.name in ("name", "title"))
    options: dict[str, Any] = {"required": required, "allow_none": partial and not column.filled}
    if column.type in (CellType.KEYS, CellType.TEXTS):
        item = ma.fields.String(validate=_item(table, column))
        return ma.fields.List(item, validate=ma.validate.Length(max=MOST_ITEMS), **options)
    if column.type is CellType.INTEGER:
        return Whole(validate=_range(column), **options)
    if column.type is CellType.NUMBER:
        return ma.fields.Float(allow_nan=False, validate=_range(column), **options)
    if column.type is CellType.DATE:
        return ma.fields.Date(**options)
    return ma.fields.String(validate=_item(table, column), **options)


def _range(column: Column) -> ma.validate.Range | None:
    return ma.validate.Range(column.low, column.high) if column.low is not None else None


def _item(table: Table, column: Column) -> Any:
    """What one text of a column must be: a term of its vocabulary, a key, or just not too long."""
    kind = vocabulary_of(table, column.name)
    if kind in load_vocabulary().kinds:
        return ma.validate.OneOf([term.id for term in load_vocabulary().terms(kind)])
    choices = {CellType.VISIBILITY: Visibility, CellType.LEVEL: Level, CellType.SCALE: Scale}.get(column.type)
    if choices is not None:
        return ma.validate.OneOf([each.value for each in choices])
    if column.type in (CellType.KEY, CellType.KEYS):
        return _KEY
    if column.type is CellType.NODE:
        return _NODE
    if column.type is CellType.TEXTS:
        return [ma.validate.Length(max=MOST_TEXT), ma.validate.Regexp(_ENTRY)]
    least = 1 if column.filled or column.name in ("name", "title") else 0
    return [ma.validate.Length(min=least, max=MOST_TEXT), ma.validate.Regexp(f"^{PLAIN}$")]
