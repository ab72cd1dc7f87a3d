"""Who can support a request, and which requests an actor can support."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from api.questions.terms import check_terms
from api.snapshot import Snapshot
from graph_service.keys import Label, NodeKey
from graph_service.network.places import inside
from matching.naming.municipalities import plain
from matching.supporters.answers import SupporterAnswer, SupporterQuestion
from matching.supporters.matcher import SupporterMatcher, SupporterRanker
from matching.supporters.records import Profile, Supporter, Wanted

LOOKING = ("open", "later")
"""States of a request that looks for somebody, now or soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoughtAsked:
    """Which requests, or which actors with something to give: every condition that is given must hold."""

    municipality: NodeKey | None = None
    """In it, or in what lies within it."""
    resource: str = ""
    field: str = ""
    group: str = ""
    text: str = ""
    """Part of the name or description."""
    all_states: bool = False
    """Also requests that look for nobody any more."""


def supporter_ranker(snapshot: Snapshot) -> SupporterRanker:
    """The requests and actors of a snapshot, prepared once."""
    return snapshot.prepared("supporters", SupporterMatcher().fit, ahead=True)


def find_supporters(
    snapshot: Snapshot, key: NodeKey, on: date, *, limit: int, arrived: frozenset[NodeKey] | None = None
) -> SupporterAnswer:
    """Actors for a request, or requests for an actor; ``arrived`` keeps to those actors. Raises NotFound."""
    return supporter_ranker(snapshot).answer(SupporterQuestion(key, on, arrived), limit=limit)


def find_news(snapshot: Snapshot, on: date, arrived: frozenset[NodeKey], *, limit: int) -> list[SupporterAnswer]:
    """For each open request the supporters among those who arrived; requests without any are left out."""
    return supporter_ranker(snapshot).news(on, arrived, limit=limit)


def find_requests(snapshot: Snapshot, asked: SoughtAsked, on: date) -> list[Wanted]:
    """Requests, those that end first before the others; raises NotFound for an unknown municipality or term."""
    fits = _fits(snapshot, asked)
    found = [
        each
        for each in supporter_ranker(snapshot).requests.values()
        if (asked.all_states or each.state(on) in LOOKING) and fits(each)
    ]
    return sorted(
        found,
        key=lambda each: (each.state(on) not in LOOKING, each.open_until or date.max, plain(each.name), each.key),
    )


def find_resources(snapshot: Snapshot, asked: SoughtAsked) -> list[Supporter]:
    """Actors with something to give, by name; raises NotFound for an unknown municipality or term."""
    fits = _fits(snapshot, asked)
    found = [each for each in supporter_ranker(snapshot).actors.values() if each.resources and fits(each)]
    return sorted(found, key=lambda each: (plain(each.name), each.key))


def _fits(snapshot: Snapshot, asked: SoughtAsked) -> Callable[[Profile], bool]:
    projection = snapshot.projection
    for kind, id in (("resource", asked.resource), ("field", asked.field), ("target_group", asked.group)):
        check_terms(projection, kind, [id] if id else [])
    there = None
    if asked.municipality is not None:
        places = inside(projection, asked.municipality).tolist()
        there = {projection.key(Label.MUNICIPALITY, place) for place in places}
    wanted = plain(asked.text)

    def fits(each: Profile) -> bool:
        return (
            (there is None or not there.isdisjoint(each.places))
            and (not asked.resource or asked.resource in each.resources)
            and (not asked.field or asked.field in each.fields)
            and (not asked.group or asked.group in each.groups)
            and (not wanted or wanted in plain(each.words))
        )

    return fits
