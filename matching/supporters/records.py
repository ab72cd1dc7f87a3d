"""Requests and actors as they are matched: what is looked for and brought, where, for whom, in which words."""

from dataclasses import dataclass
from datetime import date

from graph_service.keys import Label, NodeKey
from graph_service.model import Actor, EdgeType, Offer, Request
from graph_service.projection import Projection
from matching.about import concepts, sources, targets
from matching.languages import language_code, named_languages

CLOSED = frozenset({"fulfilled", "withdrawn", "expired", "draft"})
"""Status of a request that looks for nobody (any more, or yet)."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What is compared of either side; a set that is empty says nothing."""

    key: NodeKey
    name: str
    words: str
    resources: frozenset[str]
    languages: frozenset[str]
    fields: frozenset[str]
    groups: frozenset[str]
    places: tuple[NodeKey, ...]


@dataclass(frozen=True, slots=True)
class Wanted(Profile):
    """A request; ``by`` are those who ask, who are no supporters of themselves."""

    by: frozenset[NodeKey]
    open_from: date | None
    open_until: date | None
    status: str

    def state(self, on: date) -> str:
        """Whether it is open on a day: open, later, past, or the status that closes it."""
        if self.status in CLOSED:
            return self.status
        if self.open_until is not None and self.open_until < on:
            return "past"
        return "later" if self.open_from is not None and self.open_from > on else "open"


@dataclass(frozen=True, slots=True)
class Supporter(Profile):
    """An actor; its places are where it sits and what it serves."""

    kind: str
    contact_role: str
    assured_on: date | None
    by_law: bool = False
    """Whether it is there because a law wants it, and what it can give is taken from that."""


def read_supporters(projection: Projection) -> list[Supporter]:
    """Every actor, in key order."""
    label = Label.ACTOR
    fields = concepts(projection, EdgeType.IN_FIELD, label, "field")
    groups = concepts(projection, EdgeType.FOR_GROUP, label, "target_group")
    located, serves = targets(projection, EdgeType.LOCATED_IN, label), targets(projection, EdgeType.SERVES, label)
    offers = targets(projection, EdgeType.OFFERS, label)
    names = {node.key: node.name or "" for node in projection.nodes(Label.OFFER) if isinstance(node, Offer)}
    none: frozenset[str] = frozenset()
    return [
        Supporter(
            node.key,
            node.name or node.key.local,
            " ".join(filter(None, [node.name, node.description, *(names[k] for k in offers.get(node.key, ()))])),
            frozenset(node.resources or ()),
            frozenset(map(language_code, node.languages or ())),
            fields.get(node.key, none),
            groups.get(node.key, none),
            tuple(dict.fromkeys((*located.get(node.key, ()), *serves.get(node.key, ())))),
            node.kind or "",
            node.contact_role or "",
            node.assured_on,
            bool(node.legal_basis),
        )
        for node in projection.nodes(label)
        if isinstance(node, Actor)
    ]


def read_requests(projection: Projection, languages: frozenset[str]) -> list[Wanted]:
    """Every request, in key order; of the languages that actors speak it asks for those that its text names."""
    label = Label.REQUEST
    fields = concepts(projection, EdgeType.IN_FIELD, label, "field")
    groups = concepts(projection, EdgeType.FOR_GROUP, label, "target_group")
    located, asked_by = (
        targets(projection, EdgeType.LOCATED_IN, label),
        targets(projection, EdgeType.REQUESTED_BY, label),
    )
    homes = targets(projection, EdgeType.LOCATED_IN, Label.ACTOR)
    acts = targets(projection, EdgeType.ACTS_IN, Label.ALLIANCE)
    members = sources(projection, EdgeType.MEMBER_OF, Label.ALLIANCE)
    none: frozenset[str] = frozenset()
    found = []
    for node in projection.nodes(label):
        if isinstance(node, Request):
            by = asked_by.get(node.key, ())
            words = " ".join(filter(None, [node.name, node.description]))
            home = [place for each in by for place in (*homes.get(each, ()), *acts.get(each, ()))]
            found.append(
                Wanted(
                    node.key,
                    node.name or node.key.local,
                    words,
                    frozenset(node.resources or ()),
                    named_languages(words, languages),
                    fields.get(node.key, none),
                    groups.get(node.key, none),
                    located.get(node.key, ()) or tuple(dict.fromkeys(home)),
                    frozenset(by) | {member for each in by for member in members.get(each, ())},
                    node.open_from,
                    node.open_until,
                    node.status or "",
                )
            )
    return found
