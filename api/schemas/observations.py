"""How values of indicators are asked for over HTTP."""

import marshmallow as ma

from api.schemas.answers import several
from api.schemas.lists import level
from graph_service.model import Level


class SeriesQuery(ma.Schema):
    """Of which indicators."""

    indicators = several("The ids of indicators; all by default.")


class ValuesQuery(ma.Schema):
    """Of which municipalities, and when."""

    level = level(load_default=Level.DISTRICT.value)
    period = ma.fields.String(
        validate=ma.validate.Regexp(r"^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?|-Q[1-4])?$"),
        metadata={"description": "A period such as 2022; by default each municipality's latest."},
    )
