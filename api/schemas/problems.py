"""The form of every error: problem details (RFC 9457)."""

import marshmallow as ma


class PlaceSchema(ma.Schema):
    """Where in a source something was found."""

    file = ma.fields.String()
    table = ma.fields.String()
    line = ma.fields.Integer()
    column = ma.fields.String()


class CandidateSchema(ma.Schema):
    """One of several that answer to a name."""

    key = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class ProblemSchema(ma.Schema):
    """What went wrong: for people in ``detail``, for programs in ``code``."""

    type = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String(required=True)
    code = ma.fields.String(required=True)
    expected = ma.fields.String()
    found = ma.fields.String()
    place = ma.fields.Nested(PlaceSchema)
    candidates = ma.fields.List(ma.fields.Nested(CandidateSchema))
    problems = ma.fields.List(ma.fields.Dict())
    errors = ma.fields.Dict()
