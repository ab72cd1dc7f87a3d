"""Who together: the smallest good team for a need, and how sound an existing alliance is."""

from datetime import date

from api.questions.partners import partner_ranker
from api.questions.terms import check_terms
from api.snapshot import Snapshot
from graph_service.keys import NodeKey
from graph_service.role_templates import load_role_templates
from matching.partners.matcher import PartnerRanker
from matching.teams.answer import TeamAnswer
from matching.teams.composer import AllianceMatcher, Composer
from matching.teams.health import Health, check_alliance
from matching.teams.need import TeamNeed
from matching.teams.relevance import PartnerRelevance


def composer(snapshot: Snapshot, partners: PartnerRanker | None = None) -> Composer:
    """Composes teams on a snapshot, by the shipped weights unless a ranker of partners is given."""
    if partners is not None:
        return AllianceMatcher().fit(snapshot.projection, PartnerRelevance(partners))
    relevance = PartnerRelevance(partner_ranker(snapshot))
    return snapshot.prepared("teams", lambda projection: AllianceMatcher().fit(projection, relevance))


def compose(snapshot: Snapshot, need: TeamNeed, partners: PartnerRanker | None = None) -> TeamAnswer:
    """The best team that is found; raises NotFound for unknown ids and keys, InvalidValue for a wrong wish."""
    asked = (("field", need.fields), ("challenge", need.challenges), ("target_group", need.target_groups))
    for kind, ids in (*asked, ("alliance_role", need.roles)):
        check_terms(snapshot.projection, kind, ids)
    for key in (*need.include, *need.without):
        snapshot.projection.position(key)
    return composer(snapshot, partners).compose(need)


def check(snapshot: Snapshot, key: NodeKey, on: date) -> Health:
    """What is worth a look in an alliance, as of a day; raises NotFound."""
    return check_alliance(snapshot.projection, key, load_role_templates(), on)
