"""Who can support what somebody plans."""

from api.snapshot import Snapshot
from graph_service.errors import NotFound
from graph_service.projection import Projection
from matching.partners.matcher import PartnerAnswer, PartnerMatcher, PartnerQuestion, PartnerRanker
from matching.partners.model import Model, shipped_model
from matching.text import Synonyms, shipped_synonyms


def partner_ranker(snapshot: Snapshot, model: Model | None = None, synonyms: Synonyms | None = None) -> PartnerRanker:
    """The actors of a snapshot by the shipped weights and synonyms, which are prepared once, or by given ones."""
    if model is None and synonyms is None:
        return snapshot.prepared("partners", _prepared, ahead=True)
    return PartnerMatcher(model or shipped_model(), synonyms or shipped_synonyms()).fit(snapshot.projection)


def _prepared(projection: Projection) -> PartnerRanker:
    """The ranker with its signals, which cost seconds where there are many actors: made while others wait for them."""
    ranker = PartnerMatcher().fit(projection)
    _ = ranker.signals
    return ranker


def find_partners(snapshot: Snapshot, question: PartnerQuestion, *, limit: int) -> PartnerAnswer:
    """Answer by the shipped weights; raises NotFound for unknown ids and keys."""
    for key in question.members:
        snapshot.projection.position(key)
    return partner_ranker(snapshot).answer(question, limit=limit)


def something(*said: object) -> None:
    """Make sure that a need says anything at all; raises NotFound: nobody can be found for nothing."""
    if not any(each.strip() if isinstance(each, str) else each for each in said):
        raise NotFound("a municipality, field, target group, challenge, resource, role, text or member", "")
