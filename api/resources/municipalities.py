"""/municipalities: what is known of a municipality, and who is comparable to it."""

from typing import Any

from api.blueprint import Blueprint
from api.caching import depends_on_graph
from api.current import snapshot
from api.questions.peers import PeersFound, find_peers
from api.schemas.peers import PeersQuery, peers_asked

municipalities = Blueprint(
    "municipalities",
    __name__,
    url_prefix="/municipalities",
    description="Municipalities, and who is comparable to whom.",
)
depends_on_graph(municipalities)


@municipalities.route("/<string:code>/peers")
@municipalities.arguments(PeersQuery, location="query")
@municipalities.answers(PeersFound)
def list_peers(query: dict[str, Any], code: str) -> PeersFound:
    """Suggest comparable municipalities, nearest first, each with its reasons."""
    here = snapshot()
    return find_peers(here, peers_asked(here.municipality(code), query))
