"""/municipalities: what is known of a municipality, who is comparable to it, and what is recorded there."""

from typing import Any

from api.http.blueprint import Blueprint
from api.http.caching import depends_on_graph
from api.http.current import snapshot, words
from api.questions.directory import Records, find_records
from api.questions.inventory import find_coverage
from api.questions.municipalities import Towns, find_towns
from api.questions.peers import PeerExplained, PeersFound, explain_pair, find_peers
from api.questions.practices import find_practices, practice_question
from api.questions.profile import Observed, Profile, find_profile, find_series
from api.schemas.answers import CoverageQuery, PracticesQuery, lens_of
from api.schemas.lists import NestedQuery, TownsQuery, day_of, records_asked, towns_asked
from api.schemas.observations import SeriesQuery
from api.schemas.paging import link_next
from api.schemas.peers import PeersQuery, peers_asked
from graph_service.keys import Label
from matching.inventory.answers import CoverageAnswer, CoverageQuestion
from matching.practices.answers import PracticeAnswer

municipalities = Blueprint(
    "municipalities",
    __name__,
    url_prefix="/municipalities",
    description="Municipalities, and who is comparable to whom.",
)
depends_on_graph(municipalities)


@municipalities.route("")
@municipalities.arguments(TownsQuery, location="query")
@municipalities.answers(Towns)
def list_municipalities(query: dict[str, Any]) -> Towns:
    """List municipalities in the order of their codes."""
    here = snapshot()
    found = find_towns(here, towns_asked(here, query))
    link_next(found.next)
    return found


@municipalities.route("/<place:code>")
@municipalities.answers(Profile)
def get_municipality(code: str) -> Profile:
    """Tell what is known of a municipality, with the latest value of each indicator."""
    here = snapshot()
    return find_profile(here, here.municipality(code), words())


@municipalities.route("/<place:code>/observations")
@municipalities.arguments(SeriesQuery, location="query")
@municipalities.answers(Observed)
def get_observations(query: dict[str, Any], code: str) -> Observed:
    """Tell how indicators developed over time."""
    here = snapshot()
    return find_series(here, here.municipality(code), words(), tuple(query["indicators"]))


@municipalities.route("/<place:code>/peers")
@municipalities.arguments(PeersQuery, location="query")
@municipalities.answers(PeersFound)
def list_peers(query: dict[str, Any], code: str) -> PeersFound:
    """Suggest comparable municipalities, nearest first, each with its reasons."""
    here = snapshot()
    return find_peers(here, peers_asked(here.municipality(code), query))


@municipalities.route("/<place:code>/peers/<place:other>")
@municipalities.arguments(PeersQuery, location="query")
@municipalities.answers(PeerExplained)
def explain_peer(query: dict[str, Any], code: str, other: str) -> PeerExplained:
    """Explain why another municipality is among the peers, or why it is not."""
    here = snapshot()
    return explain_pair(here, peers_asked(here.municipality(code), query), here.municipality(other))


@municipalities.route("/<place:code>/practices")
@municipalities.arguments(PracticesQuery, location="query")
@municipalities.answers(PracticeAnswer)
def suggest_practices(query: dict[str, Any], code: str) -> PracticeAnswer:
    """Suggest practices against a challenge, with reasons, warnings and what is here already."""
    here = snapshot()
    question = practice_question(
        here, here.municipality(code), day_of(query), query.get("challenge", ""), query["text"]
    )
    return find_practices(here, lens_of(query), question, limit=query["limit"])


@municipalities.route("/<place:code>/coverage")
@municipalities.arguments(CoverageQuery, location="query")
@municipalities.answers(CoverageAnswer)
def get_coverage(query: dict[str, Any], code: str) -> CoverageAnswer:
    """Take stock: what is on offer, what is missing, what comparable places have, what needs to be confirmed."""
    here = snapshot()
    question = CoverageQuestion(here.municipality(code), day_of(query), query["peers"])
    return find_coverage(here, lens_of(query), question)


@municipalities.route("/<place:code>/alliances")
@municipalities.arguments(NestedQuery, location="query")
@municipalities.answers(Records)
def list_municipality_alliances(query: dict[str, Any], code: str) -> Records:
    """List the alliances that act in a municipality."""
    return _nested(Label.ALLIANCE, query, code)


@municipalities.route("/<place:code>/actors")
@municipalities.arguments(NestedQuery, location="query")
@municipalities.answers(Records)
def list_municipality_actors(query: dict[str, Any], code: str) -> Records:
    """List the actors of a municipality."""
    return _nested(Label.ACTOR, query, code)


@municipalities.route("/<place:code>/offers")
@municipalities.arguments(NestedQuery, location="query")
@municipalities.answers(Records)
def list_municipality_offers(query: dict[str, Any], code: str) -> Records:
    """List the offers of a municipality."""
    return _nested(Label.OFFER, query, code)


def _nested(label: Label, query: dict[str, Any], code: str) -> Records:
    here = snapshot()
    found = find_records(here, records_asked(here, label, query, code))
    link_next(found.next)
    return found
