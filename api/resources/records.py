"""/actors, /alliances, /practices, /offers, /requests, /exchanges: lists of records, and one with its relations."""

from typing import Any

from flask import Response

from api.editing.editor import Editor
from api.files.calendar import calendar
from api.http.blueprint import Blueprint
from api.http.caching import depends_on_graph
from api.http.current import services, snapshot, words
from api.http.viewer import viewer
from api.questions.directory import Records, find_records
from api.questions.exchanges import calendar_entry, find_exchange
from api.questions.records import FOUND, find_record, known_key
from api.schemas.lists import DayQuery, RecordsQuery, day_of, records_asked
from api.schemas.paging import link_next
from api.words.places import called
from graph_service.keys import Label

actors = Blueprint("actors", __name__, url_prefix="/actors", description="Organisations, never persons.")
alliances = Blueprint("alliances", __name__, url_prefix="/alliances", description="Actors acting together.")
practices = Blueprint("practices", __name__, url_prefix="/practices", description="Practice approaches.")
offers = Blueprint("offers", __name__, url_prefix="/offers", description="What can be used.")
requests = Blueprint("requests", __name__, url_prefix="/requests", description="Needs that look for supporters.")
exchanges = Blueprint("exchanges", __name__, url_prefix="/exchanges", description="Municipalities learning together.")

PLURALS = (
    (actors, Label.ACTOR, "an actor"),
    (alliances, Label.ALLIANCE, "an alliance"),
    (practices, Label.PRACTICE, "a practice"),
    (offers, Label.OFFER, "an offer"),
    (requests, Label.REQUEST, "a request"),
    (exchanges, Label.EXCHANGE, "an exchange"),
)


def _add_reading(blueprint: Blueprint, label: Label, one: str) -> None:
    """Give a kind of records its list and its items: they are the same for every kind."""

    @blueprint.arguments(RecordsQuery, location="query")
    @blueprint.answers(Records)
    def listed(query: dict[str, Any]) -> Records:
        here = snapshot()
        found = find_records(here, records_asked(here, label, query))
        link_next(found.next)
        return found

    @blueprint.arguments(DayQuery, location="query")
    @blueprint.answers(FOUND[label])
    def item(query: dict[str, Any], id: str) -> Any:
        return find_record(snapshot(), label, id, day_of(query))

    listed.__doc__ = f"List {blueprint.name} in the order of their keys."
    item.__doc__ = f"Tell what is known of {one}, and what it is related to."
    blueprint.add_url_rule("", f"list_{blueprint.name}", listed)
    blueprint.add_url_rule("/<local:id>", f"get_{label.value.lower()}", item)
    depends_on_graph(blueprint)


for _blueprint, _label, _one in PLURALS:
    _add_reading(_blueprint, _label, _one)


@exchanges.route("/<local:id>/calendar")
@exchanges.response(200, {"type": "string"}, content_type="text/calendar", description="An iCalendar file.")
def get_exchange_calendar(id: str) -> Response:
    """Give an exchange that has a date as an entry for calendars (iCalendar)."""
    here = snapshot()
    found = find_exchange(Editor(services(), viewer(), here, "api"), known_key(here, Label.EXCHANGE, id))
    page = f"{services().settings.url}/exchanges/{found.key.local}" if services().settings.url else ""
    names = [called(here.projection, words(), each) for each in found.municipalities]
    entry = calendar_entry(found, names, page)
    body = calendar([entry], services().store_identity, words())
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.key.local}.ics"'
    return response
