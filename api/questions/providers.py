"""Who may be meant as the provider of an offer: the actors of a municipality and of what it lies in."""

from collections.abc import Mapping

from rapidfuzz import process

from api.language import N_
from api.questions.directory import directory
from api.snapshot import Snapshot
from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import Level
from graph_service.projection import LEVELS
from matching.naming.municipalities import plain
from matching.peers.nearness import above, position_keys

EXPECTED = N_("an actor that is recorded here; otherwise use the column Department")
NEAR_ENOUGH = 75


def providers_for(snapshot: Snapshot, key: NodeKey) -> dict[str, NodeKey]:
    """The actors in a municipality, in what lies in it and in what it lies in, by name."""
    projection = snapshot.projection
    known = directory(snapshot, Label.ACTOR)
    mask = known.within(key)
    for area in position_keys(projection, above(projection, projection.position(key))):
        if projection.municipalities.level[projection.position(area)] >= LEVELS.index(Level.DISTRICT):
            mask = mask | known.within(area)
    return {projection.name(Label.ACTOR, at): projection.key(Label.ACTOR, at) for at in mask.nonzero()[0].tolist()}


def find_provider(snapshot: Snapshot, providers: Mapping[str, NodeKey], text: str) -> NodeKey:
    """The provider that a name means, or any actor by its key; raises NotFound, which names the nearest."""
    known = snapshot.projection.known(f"actor:{text}")
    if known is not None:
        return known
    for name, actor in providers.items():
        if plain(name) == plain(text):
            return actor
    nearest = process.extractOne(text, list(providers), score_cutoff=NEAR_ENOUGH)
    raise NotFound(EXPECTED, f"{text} ({nearest[0]}?)" if nearest else text)
