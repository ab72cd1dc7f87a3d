"""/search: records by name, code, misspelling or description."""

from typing import Any

import marshmallow as ma
from webargs.fields import DelimitedList

from api.http.blueprint import Blueprint
from api.http.caching import depends_on_graph
from api.http.current import snapshot
from api.questions.search import find
from api.questions.searched import MOST_LETTERS, SEARCHED, SearchAsked, SearchFound
from graph_service.keys import Label

search = Blueprint("search", __name__, url_prefix="/search", description="What a person may mean by a few words.")
depends_on_graph(search)


class SearchQuery(ma.Schema):
    """What was typed, and among which kinds of records."""

    q = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, MOST_LETTERS),
        metadata={"description": "A name (former ones and small mistakes are understood), a code, or words."},
    )
    kinds = DelimitedList(
        ma.fields.String(validate=ma.validate.OneOf([label.value.lower() for label in SEARCHED])),
        load_default=list,
        validate=ma.validate.Length(min=1),
        metadata={"description": "Kinds of records, separated by commas; all if none is named."},
    )
    limit = ma.fields.Integer(load_default=20, validate=ma.validate.Range(1, 100))


@search.route("")
@search.arguments(SearchQuery, location="query")
@search.answers(SearchFound)
def find_records(query: dict[str, Any]) -> SearchFound:
    """Find what is meant, the surest first."""
    labels = frozenset(Label(kind.capitalize()) for kind in query["kinds"]) or frozenset(SEARCHED)
    return find(snapshot(), SearchAsked(text=query["q"], labels=labels, limit=query["limit"]))
