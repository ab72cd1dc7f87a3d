"""Schemas of answers, made from the dataclasses themselves, so that the documentation cannot say anything else."""

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, cast

import marshmallow as ma


@cache
def schema_of(kind: type, name: str = "") -> type[ma.Schema]:
    """The schema of a dataclass; nested ones get schemas of their own. Raises TypeError for a type without one."""
    hints = typing.get_type_hints(kind)
    fields: dict[str, Any] = {f.name: _field(hints[f.name]) for f in dataclasses.fields(kind)}
    for field in fields.values():
        field.required = True
    # a subclass may say more, and later versions may
    fields["Meta"] = type("Meta", (), {"unknown": ma.EXCLUDE})
    made = type(name or f"{_prefix(kind)}{kind.__name__}Schema", (ma.Schema,), {**fields, "__doc__": kind.__doc__})
    return cast("type[ma.Schema]", made)


def _prefix(kind: type) -> str:
    """What tells classes of one name apart: those of the network are called so."""
    return "Network" if kind.__module__.startswith("graph_service.network.") else ""


def _field(hint: Any) -> ma.fields.Field[Any]:
    """The field for a type hint."""
    options = [each for each in typing.get_args(hint) if each is not types.NoneType]
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        optional = len(options) < len(typing.get_args(hint))
        if len(options) == 1:
            field = _field(options[0])
            field.allow_none = optional
            return field
        return ma.fields.Raw(allow_none=optional, metadata={"type": _json_types(options)})
    return _plain(hint, options)


def _json_types(options: Sequence[Any]) -> list[str]:
    names = {str: "string", float: "number", int: "integer", bool: "boolean"}
    return sorted({names.get(each, "string") for each in options})


def _plain(hint: Any, options: list[Any]) -> ma.fields.Field[Any]:
    origin = typing.get_origin(hint) or hint
    if origin in (tuple, list, frozenset, set) or origin is Sequence:
        inner = [each for each in options if each is not Ellipsis]
        if origin is tuple and Ellipsis not in options:
            return ma.fields.List(ma.fields.Raw(), metadata={"minItems": len(inner), "maxItems": len(inner)})
        return ma.fields.List(_field(inner[0]))
    if origin is dict or origin is Mapping:
        return ma.fields.Dict(keys=ma.fields.String(), values=_field(options[1]))
    if dataclasses.is_dataclass(origin):
        return ma.fields.Nested(schema_of(cast("type", origin)))
    return _scalar(origin)


def _scalar(kind: Any) -> ma.fields.Field[Any]:
    if kind is object or kind is Any:
        return ma.fields.Raw(allow_none=True)
    if issubclass(kind, StrEnum):
        return ma.fields.String(validate=ma.validate.OneOf([each.value for each in kind]))
    made: Mapping[type, type[ma.fields.Field[Any]]] = {
        bool: ma.fields.Boolean,
        int: ma.fields.Integer,
        float: ma.fields.Float,
        datetime: ma.fields.DateTime,
        date: ma.fields.Date,
        str: ma.fields.String,
    }
    for base, field in made.items():
        if issubclass(kind, base):
            # a number that cannot be told is null in JSON
            return field(allow_none=True) if base is float else field()
    raise TypeError(f"no schema for {kind}")
