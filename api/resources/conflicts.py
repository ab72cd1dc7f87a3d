"""/conflicts: where datasets say different things of the same record."""

from dataclasses import dataclass
from typing import Any

import marshmallow as ma

from api.http.blueprint import Blueprint
from api.http.caching import depends_on_graph
from api.http.current import services, snapshot
from api.questions.conflicts import Disagreement, list_disagreements
from api.schemas.paging import PageQuery, link_next

conflicts = Blueprint(
    "conflicts", __name__, url_prefix="/conflicts", description="Where datasets contradict one another."
)
depends_on_graph(conflicts)


class ConflictsQuery(PageQuery):
    """Which part of the list; the cursor is a number."""

    cursor = ma.fields.String(
        load_default="0",
        validate=ma.validate.Regexp(r"^[0-9]{1,9}$"),
        metadata={"description": "`next` of the page before."},
    )


@dataclass(frozen=True, slots=True)
class ConflictsListed:
    """A page of disagreements; ``next`` is the cursor of the next page."""

    revision: int
    count: int
    items: tuple[Disagreement, ...]
    next: str | None


@conflicts.route("")
@conflicts.arguments(ConflictsQuery, location="query")
@conflicts.answers(ConflictsListed)
def list_conflicts(query: dict[str, Any]) -> ConflictsListed:
    """List properties of records of which datasets say different things; what is said first is believed."""
    found = list_disagreements(services(), snapshot().audience)
    first = int(query["cursor"])
    last = first + query["limit"]
    following = str(last) if last < len(found.items) else None
    link_next(following)
    return ConflictsListed(found.revision, len(found.items), found.items[first:last], following)
