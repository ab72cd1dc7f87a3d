"""/network: who is near, between, together, alone, or recorded twice.

What takes long on a large graph is prepared meanwhile: whoever asked is told after some seconds to ask again.
"""

from typing import Any

from api.http.blueprint import Blueprint
from api.http.caching import depends_on_graph
from api.http.current import snapshot, words
from api.questions import underway
from api.questions.network import (
    CommunitiesFound,
    CommunityFound,
    DuplicatesFound,
    Grouping,
    brokers,
    communities,
    duplicate_ranker,
    fields,
    find_aggregate,
    find_community,
    find_duplicates,
    find_ego,
    find_paths,
    largest_communities,
)
from api.questions.network_view import find_view_within
from api.questions.underway import there, wait_for
from api.schemas.answers import actor_key
from api.schemas.network import (
    AggregateQuery,
    BetweenQuery,
    DuplicatesQuery,
    EgoQuery,
    FewQuery,
    IsolatedQuery,
    PathsQuery,
    chosen_ties,
)
from api.schemas.network_view import ViewQuery, view_asked
from api.words.network_views import ToldView, ViewSpeaker
from graph_service.network.aggregate import Aggregate
from graph_service.network.between import Between, find_between
from graph_service.network.brokers import Brokers
from graph_service.network.ego import EgoNetwork
from graph_service.network.fields import Fields
from graph_service.network.isolated import Isolated, find_isolated
from graph_service.network.paths import Paths

network = Blueprint("network", __name__, url_prefix="/network", description="How actors are joined.")
depends_on_graph(network)


@network.route("/ego")
@network.arguments(EgoQuery, location="query")
@network.answers(EgoNetwork)
def get_ego_network(query: dict[str, Any]) -> EgoNetwork:
    """Show what is around a node, the nearest first."""
    here = snapshot()
    nodes, options = chosen_ties(here, query, "node")
    return find_ego(here, nodes[0], depth=query["depth"], **options)


@network.route("/paths")
@network.arguments(PathsQuery, location="query")
@network.answers(Paths)
def find_shortest_paths(query: dict[str, Any]) -> Paths:
    """Show the best ways from one node to another."""
    here = snapshot()
    nodes, options = chosen_ties(here, query, "source", "target")
    return find_paths(here, nodes[0], nodes[1], **options)


@network.route("/aggregate")
@network.arguments(AggregateQuery, location="query")
@network.answers(Aggregate)
def aggregate_network(query: dict[str, Any]) -> Aggregate:
    """Show the network in groups, and what joins these."""
    here, by = snapshot(), Grouping(query["by"])
    wait_for(here, ("aggregate", by), lambda: find_aggregate(here, by, limit=1))
    return find_aggregate(here, by, limit=query["limit"])


@network.route("/communities")
@network.arguments(FewQuery, location="query")
@network.answers(CommunitiesFound)
def list_communities(query: dict[str, Any]) -> CommunitiesFound:
    """Show who works together more than with others."""
    here = snapshot()
    wait_for(here, "communities", lambda: communities(here))
    return largest_communities(here, limit=query["limit"])


@network.route("/communities/<int(min=1, max=1000000):number>")
@network.answers(CommunityFound)
def get_community(number: int) -> CommunityFound:
    """Show one community with its members."""
    here = snapshot()
    wait_for(here, "communities", lambda: communities(here))
    return find_community(here, number)


@network.route("/brokers")
@network.arguments(FewQuery, location="query")
@network.answers(Brokers)
def list_brokers(query: dict[str, Any]) -> Brokers:
    """Show who connects those that are otherwise apart."""
    here = snapshot()
    wait_for(here, "brokers", lambda: brokers(here, limit=1))
    return brokers(here, limit=query["limit"])


@network.route("/isolated")
@network.arguments(IsolatedQuery, location="query")
@network.answers(Isolated)
def list_isolated(query: dict[str, Any]) -> Isolated:
    """Show actors without ties, and islands apart from the large network."""
    here = snapshot()
    where = here.municipality(query["municipality"]) if "municipality" in query else None
    return find_isolated(here.projection, municipality=where, limit=query["limit"])


@network.route("/fields")
@network.answers(Fields)
def list_fields() -> Fields:
    """Show how dense the network is in each field of action, and which fields overlap."""
    here = snapshot()
    return wait_for(here, "fields", lambda: fields(here))


@network.route("/between")
@network.arguments(BetweenQuery, location="query")
@network.answers(Between)
def find_links_between(query: dict[str, Any]) -> Between:
    """Show what links two municipalities."""
    here = snapshot()
    one, other = here.municipality(query["one"]), here.municipality(query["other"])
    return find_between(here.projection, one, other, limit=query["limit"])


@network.route("/duplicates")
@network.arguments(DuplicatesQuery, location="query")
@network.answers(DuplicatesFound)
def list_duplicates(query: dict[str, Any]) -> DuplicatesFound:
    """Show actors that are probably recorded twice, with reasons."""
    actor = actor_key(query["actor"]) if "actor" in query else None
    here = snapshot()
    wait_for(here, "duplicates", lambda: duplicate_ranker(here))
    return find_duplicates(here, actor, limit=query["limit"])


@network.route("/view")
@network.arguments(ViewQuery, location="query")
@network.answers(ToldView)
def get_view(query: dict[str, Any]) -> ToldView:
    """Show a view of the network as a picture: what stands where, in groups where there is too much."""
    here = snapshot()
    view = there(find_view_within(here, view_asked(here, query), underway.PATIENCE))
    return ViewSpeaker(here.projection, words(), view).told()
