"""Long lists in pages: the cursor is where the last page ended, so that nothing is skipped or told twice when somebody
writes meanwhile."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import marshmallow as ma
from flask import Response, after_this_request, request

MOST = 200
CURSOR = r"^[A-Za-z0-9._-]{1,200}$"


class PageQuery(ma.Schema):
    """Which part of a list: how many, and after which."""

    limit = ma.fields.Integer(
        load_default=50, validate=ma.validate.Range(1, MOST), metadata={"description": "How many at most."}
    )
    cursor = ma.fields.String(
        validate=ma.validate.Regexp(CURSOR),
        metadata={"description": "`next` of the page before; what it consists of may change."},
    )


def link_next(cursor: str | None) -> None:
    """Name the next page of this list in the Link header of the answer (RFC 8288)."""
    if cursor is None:
        return
    query: Mapping[str, Any] = {**request.args.to_dict(flat=False), "cursor": [cursor]}
    address = f"{request.path}?{urlencode(query, doseq=True)}"

    @after_this_request
    def add(response: Response) -> Response:
        response.headers["Link"] = f'<{address}>; rel="next"'
        return response
