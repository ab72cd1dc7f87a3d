"""Who can support a request, and which requests an actor can support."""

from datetime import date

from api.snapshot import Snapshot
from graph_service.keys import NodeKey
from matching.supporters.answers import SupporterAnswer, SupporterQuestion
from matching.supporters.matcher import SupporterMatcher, SupporterRanker


def supporter_ranker(snapshot: Snapshot) -> SupporterRanker:
    """The requests and actors of a snapshot, prepared once."""
    return snapshot.prepared("supporters", SupporterMatcher().fit)


def find_supporters(
    snapshot: Snapshot, key: NodeKey, on: date, *, limit: int, arrived: frozenset[NodeKey] | None = None
) -> SupporterAnswer:
    """Actors for a request, or requests for an actor; ``arrived`` keeps to those actors. Raises NotFound."""
    return supporter_ranker(snapshot).answer(SupporterQuestion(key, on, arrived), limit=limit)


def find_news(snapshot: Snapshot, on: date, arrived: frozenset[NodeKey], *, limit: int) -> list[SupporterAnswer]:
    """For each open request the supporters among those who arrived; requests without any are left out."""
    return supporter_ranker(snapshot).news(on, arrived, limit=limit)
