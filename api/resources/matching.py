"""Suggestions about records: partners for a need, supporters of a request, the practices of a challenge, the atlas."""

from typing import Any

from api.http.blueprint import Blueprint
from api.http.caching import depends_on_graph
from api.http.current import snapshot
from api.questions.alliances import check, compose
from api.questions.inventory import find_atlas
from api.questions.partners import find_partners
from api.questions.peers import DEFAULT_LENS, shipped_lens
from api.questions.records import known_key
from api.questions.supporters import find_supporters
from api.resources.records import actors, alliances, requests
from api.schemas.answers import (
    AtlasQuery,
    PartnersQuery,
    SupportersQuery,
    TeamQuery,
    atlas_question,
    partner_question,
    team_need,
)
from api.schemas.lists import DayQuery, day_of
from graph_service.keys import Label
from matching.inventory.answers import AtlasAnswer
from matching.partners.matcher import PartnerAnswer
from matching.supporters.answers import SupporterAnswer
from matching.teams.answer import TeamAnswer
from matching.teams.health import Health

inventory = Blueprint("atlas", __name__, url_prefix="/atlas", description="Offers and gaps of many municipalities.")
depends_on_graph(inventory)


@alliances.route("/suggestions")
@alliances.arguments(PartnersQuery, location="query")
@alliances.answers(PartnerAnswer)
def suggest_partners(query: dict[str, Any]) -> PartnerAnswer:
    """Suggest actors that can support what is planned, with reasons for and against."""
    here = snapshot()
    return find_partners(here, partner_question(here, query), limit=query["limit"])


@alliances.route("/composition")
@alliances.arguments(TeamQuery, location="query")
@alliances.answers(TeamAnswer)
def compose_alliance(query: dict[str, Any]) -> TeamAnswer:
    """Compose the smallest good team for a need, with reasons and who is missing."""
    here = snapshot()
    return compose(here, team_need(here, query))


@alliances.route("/<local:id>/check")
@alliances.arguments(DayQuery, location="query")
@alliances.answers(Health)
def check_one_alliance(query: dict[str, Any], id: str) -> Health:
    """Check how sound an alliance is: roles, one-sidedness, bridges, old records."""
    here = snapshot()
    return check(here, known_key(here, Label.ALLIANCE, id), day_of(query))


@requests.route("/<local:id>/matches")
@requests.arguments(SupportersQuery, location="query")
@requests.answers(SupporterAnswer)
def suggest_supporters(query: dict[str, Any], id: str) -> SupporterAnswer:
    """Suggest actors that can support a request."""
    here = snapshot()
    return find_supporters(here, known_key(here, Label.REQUEST, id), day_of(query), limit=query["limit"])


@actors.route("/<local:id>/requests")
@actors.arguments(SupportersQuery, location="query")
@actors.answers(SupporterAnswer)
def suggest_requests(query: dict[str, Any], id: str) -> SupporterAnswer:
    """Suggest requests that an actor can support."""
    here = snapshot()
    return find_supporters(here, known_key(here, Label.ACTOR, id), day_of(query), limit=query["limit"])


@inventory.route("")
@inventory.arguments(AtlasQuery, location="query")
@inventory.answers(AtlasAnswer)
def get_atlas(query: dict[str, Any]) -> AtlasAnswer:
    """Show offers, challenges and white spots of all municipalities of an area as one matrix."""
    here = snapshot()
    return find_atlas(here, shipped_lens(DEFAULT_LENS), atlas_question(here, query))
