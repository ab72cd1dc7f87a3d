"""How the reconciliation service is asked in JSON; forms and addresses carry the same as text."""

from typing import Any

import marshmallow as ma
import orjson
from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from api.reconciliation import BATCH, MOST_IDS, MOST_PROPERTIES
from matching.reconciliation.matcher import MOST
from matching.reconciliation.values import TYPES

_SPACES = r"\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
WORDS = rf"^[^{_SPACES}][^\x00-\x1f\x7f-\x9f]{{0,300}}$"
"""Begins with something to see; what counts as space is written out, for languages of programs differ."""


class _Strict(ma.Schema):
    class Meta:
        """Says in the description, too, that nothing else is taken."""

        unknown = ma.RAISE


class PropertyValueSchema(_Strict):
    """What a list says of a row besides its name."""

    pid = ma.fields.String(required=True, validate=ma.validate.Length(1, 200))
    v = ma.fields.String(required=True, validate=ma.validate.Length(max=1000))


class QuerySchema(_Strict):
    """A row of a list: its name, and what else is known of it."""

    query = ma.fields.String(required=True, validate=ma.validate.Regexp(WORDS))
    type = ma.fields.String(validate=ma.validate.OneOf(TYPES))
    limit = ma.fields.Integer(validate=ma.validate.Range(1, MOST))
    properties = ma.fields.List(ma.fields.Nested(PropertyValueSchema), validate=ma.validate.Length(max=MOST_PROPERTIES))
    type_strict = ma.fields.String()


class PropertyIdSchema(_Strict):
    """A property by its id."""

    id = ma.fields.String(required=True, validate=ma.validate.Length(1, 200))


class ExtensionSchema(_Strict):
    """Of which entities which properties."""

    ids = ma.fields.List(ma.fields.String(), required=True, validate=ma.validate.Length(max=MOST_IDS))
    properties = ma.fields.List(
        ma.fields.Nested(PropertyIdSchema), required=True, validate=ma.validate.Length(max=MOST_PROPERTIES)
    )


class BatchSchema(_Strict):
    """Queries by an id of the client's choice, or a question for values; the manifest where there is neither."""

    queries = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Nested(QuerySchema),
        validate=ma.validate.Length(max=BATCH),
        metadata={"maxProperties": BATCH},
    )
    extend = ma.fields.Nested(ExtensionSchema)


class SuggestQuery(ma.Schema):
    """What was typed so far. What else a client sends is passed over, as the protocol wants it."""

    prefix = ma.fields.String(load_default="", validate=ma.validate.Length(max=200))
    cursor = ma.fields.Integer(load_default=0, validate=ma.validate.Range(0, 10_000))
    type = ma.fields.String(validate=ma.validate.Length(max=100))


class PropertiesQuery(ma.Schema):
    """For entities of which type."""

    type = ma.fields.String(validate=ma.validate.Length(max=100))
    limit = ma.fields.Integer(load_default=0, validate=ma.validate.Range(0, 1000))


def sent(batch: dict[str, Any]) -> tuple[str | bytes | None, str | bytes | None]:
    """Queries and the question for values as JSON text: of a form's fields, as the protocol has it, or of the body."""
    if request.mimetype == "application/x-www-form-urlencoded":
        return request.form.get("queries"), request.form.get("extend")
    if not request.is_json:
        raise UnsupportedMediaType()
    queries, extend = (None if batch.get(name) is None else orjson.dumps(batch[name]) for name in ("queries", "extend"))
    return queries, extend
