"""Says in words how nodes of the network are tied."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.language import N_, Words
from api.words.places import called
from api.words.terms import term_words
from graph_service.keys import NodeKey
from graph_service.model import EdgeType
from graph_service.network.between import Link, LinkKind
from graph_service.network.ego import EgoNetwork, Neighbour
from graph_service.network.fields import Overlap
from graph_service.network.ties import Tie
from graph_service.projection import Projection
from matching.practices.records import is_unproven

LINKS = {
    LinkKind.COOPERATION: N_("Actors that cooperate"),
    LinkKind.JOINT_ALLIANCE: N_("Alliances with members from both"),
    LinkKind.ALLIANCE_IN_BOTH: N_("Alliances that act in both"),
    LinkKind.SERVES_BOTH: N_("Actors and offers that serve both"),
    LinkKind.EXCHANGE: N_("Exchanges of both"),
    LinkKind.SAME_PRACTICE: N_("Practices applied in both"),
    LinkKind.DECIDED_IN_BOTH: N_("Practices that both decided on"),
    LinkKind.ADJACENT: N_("Common borders"),
    LinkKind.SUCCESSION: N_("Territorial changes"),
    LinkKind.PART: N_("One is part of the other"),
}
BACK = {
    EdgeType.PART_OF: N_("includes"),
    EdgeType.SUCCEEDED_BY: N_("emerged from"),
    EdgeType.OF_TYPE: N_("is the type of"),
    EdgeType.LOCATED_IN: N_("is the place of"),
    EdgeType.SERVES: N_("is served by"),
    EdgeType.ACTS_IN: N_("is where this acts:"),
    EdgeType.MEMBER_OF: N_("has as a member"),
    EdgeType.OFFERS: N_("is offered by"),
    EdgeType.REQUESTED_BY: N_("is looking for"),
    EdgeType.APPLIED_IN: N_("applies"),
    EdgeType.CARRIED_BY: N_("carries"),
    EdgeType.FACES: N_("is faced by"),
    EdgeType.ADDRESSES: N_("is addressed by"),
    EdgeType.IN_FIELD: N_("is the field of"),
    EdgeType.FOR_GROUP: N_("is the target group of"),
    EdgeType.INVOLVES: N_("takes part in"),
    EdgeType.ABOUT: N_("is the topic of"),
    EdgeType.ADOPTED: N_("was decided on by"),
}
"""How the target of a relation stands to its source, where that is said otherwise than the other way round."""
USUAL = "cooperates"
NAMED = 5
"""How many names are said before the rest is counted."""


@dataclass(frozen=True)
class Speaker:
    """Knows what nodes, relations and terms are called in one language."""

    projection: Projection
    words: Words

    def name(self, key: NodeKey) -> str:
        """What a node is called."""
        return called(self.projection, self.words, key)

    def term(self, kind: str, id: str) -> str:
        """What a term is called."""
        return term_words(self.projection, self.words.language, kind, id)

    def concept(self, key: NodeKey) -> str:
        """What a concept of the graph is called."""
        kind, _, id = key.local.partition(".")
        return self.term(kind, id)

    def tie(self, tie: Tie) -> str:
        """A relation as a sentence in its own direction: who stands how to whom, with what else is said."""
        sentence = f"{self.name(tie.source)} {self.relation(tie.type, tie.source)} {self.name(tie.target)}"
        said = self.details(tie)
        return f"{sentence} ({said})" if said else sentence

    def relation(self, type: EdgeType, source: NodeKey | None, *, back: bool = False) -> str:
        """How a source, None for a group, stands to its target; ``back``: the target to its source."""
        if source is not None and type is EdgeType.APPLIED_IN and is_unproven(self.projection, source):
            return self.words("is where this is known from:") if back else self.words("is known from")
        return self.words(BACK[type]) if back and type in BACK else self.term("edge_type", type.value)

    def details(self, tie: Tie) -> str:
        """What else is said of a relation: role, strength, time."""
        return ", ".join(text for name, value in tie.properties.items() if (text := self._said(name, value)))

    def _said(self, name: str, value: str | int | float) -> str:
        match name:
            case "role":
                return self.term("alliance_role", str(value))
            case "strength" if value != USUAL:  # the relation itself says that two cooperate
                return self.term("cooperation_strength", str(value))
            case "since":
                return self.words("since {period}", period=self.words.period(str(value)))
            case "until":
                return self.words("until {period}", period=self.words.period(str(value)))
        return ""

    def step(self, ties: Sequence[Tie]) -> str:
        """A step of a way: its strongest tie, and how many more there are between the two."""
        text = self.tie(ties[0])
        if (rest := len(ties) - 1) > 0:
            text += " " + self.words.plural("and one more tie", "and {n} more ties", rest)
        return text

    def joined(self, ego: EgoNetwork, node: Neighbour) -> str:
        """How a node of an ego network is tied to the one before it on the best way."""
        ends = {node.key, node.via}
        found = [tie for tie in ego.ties if {tie.source, tie.target} == ends]
        return self.tie(found[0]) if found else ""

    def link_kind(self, kind: LinkKind) -> str:
        """What a kind of link between municipalities is called."""
        return self.words(LINKS[kind])

    def link(self, link: Link) -> str:
        """A link between two municipalities: the common thing, and who stands for either side."""
        sides = f"{self._listed(link.one)} – {self._listed(link.other)}"
        return f"{self._listed(link.via)}: {sides}" if link.via else sides

    def _listed(self, named: Sequence[tuple[NodeKey, str]]) -> str:
        text = ", ".join(name for _, name in named[:NAMED])
        if (rest := len(named) - NAMED) > 0:
            text += " " + self.words.plural("and one more", "and {n} more", rest)
        return text

    def overlap(self, overlap: Overlap) -> str:
        """How two fields of action overlap."""
        return self.words.plural(
            "{one} and {other}: one actor in both ({share} of all in either), {pairs} pairs across.",
            "{one} and {other}: {n} actors in both ({share} of all in either), {pairs} pairs across.",
            overlap.actors,
            one=self.concept(overlap.one),
            other=self.concept(overlap.other),
            share=self.words.percent(overlap.share, 1),
            pairs=self.words.number(overlap.pairs),
        )
