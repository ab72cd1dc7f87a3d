"""What the nodes and groups of a view of the network are called, and what its choices are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from api.language import N_, Words
from api.questions.network_groups import AreaBy
from api.questions.network_shown import Item, Size, View
from api.words.network import Speaker
from graph_service.keys import Label, NodeKey
from graph_service.projection import Projection
from matching.practices.records import is_unproven

GROUPINGS: Mapping[AreaBy, str] = MappingProxyType(
    {
        AreaBy.STATE: N_("state"),
        AreaBy.DISTRICT: N_("district"),
        AreaBy.FIELD: N_("field of action"),
        AreaBy.COMMUNITY: N_("community"),
        AreaBy.KIND: N_("kind"),
    }
)
"""By what groups are made, as a noun."""
MEASURES: Mapping[Size, str] = MappingProxyType(
    {
        Size.TIES: N_("all relations of these kinds"),
        Size.SHOWN: N_("relations in the picture"),
        Size.EVEN: N_("nothing: all equal"),
    }
)
"""What the size of nodes shows."""
TERM_KINDS: Mapping[str, str] = MappingProxyType(
    {"challenge": N_("Challenge"), "field": N_("Field of action"), "target_group": N_("Target group")}
)
"""What the terms of a vocabulary are called that have a word of their own."""


@dataclass(frozen=True)
class ViewNames:
    """Knows what everything in one view is called in one language."""

    projection: Projection
    words: Words
    view: View

    @cached_property
    def speaker(self) -> Speaker:
        """Who knows the words of nodes and relations."""
        return Speaker(self.projection, self.words)

    def named(self, key: NodeKey) -> str:
        """What a node is called."""
        return self.speaker.concept(key) if key.label is Label.CONCEPT else self.speaker.name(key)

    def kind(self, item: Item) -> tuple[str, str]:
        """The kind that gives shape and colour, and its word."""
        if item.label is None:
            return "group", self.words("Group")
        if item.label is Label.CONCEPT:
            kind = NodeKey(item.key).local.partition(".")[0]
            return "challenge", self.term_kind(kind)
        if is_unproven(self.projection, NodeKey(item.key)):
            return "unproven", self.words("Entry without evidence")
        return item.label.value.lower(), self.speaker.term("node_label", item.label.value)

    def term_kind(self, kind: str) -> str:
        """What a vocabulary's terms are called."""
        return (
            self.words(TERM_KINDS[kind]) if kind in TERM_KINDS else self.speaker.term("node_label", Label.CONCEPT.value)
        )

    def name(self, item: Item) -> str:
        """What a node or group is called."""
        if item.label is not None:
            return self.named(NodeKey(item.key))
        _, by, id = item.key.split(":", 2)
        speak = self.words
        if id == "none":
            return speak("without {grouping}", grouping=self.grouping(AreaBy(by)))
        if id == "rest":
            return speak("all smaller groups")
        match AreaBy(by):
            case AreaBy.KIND:
                return self.speaker.term("node_label", id)
            case AreaBy.FIELD | AreaBy.STATE | AreaBy.DISTRICT:
                return self.named(NodeKey(id))
            case AreaBy.COMMUNITY:
                return speak("Around {name}", name=item.name) if item.name else speak("Community {n}", n=id)
        return item.name

    def grouping(self, by: AreaBy) -> str:
        """By what groups are made, as a noun."""
        return self.words(GROUPINGS[by])

    def measure(self, size: Size) -> str:
        """What the size of nodes shows, for the legend."""
        return self.words(MEASURES[size])

    def amounts(self, counts: dict[Label, int], unproven: int = 0) -> Iterator[str]:
        """How many of each kind; of practices how many are without evidence."""
        for label, n in counts.items():
            said = self.amount(label, n)
            if label is Label.PRACTICE and unproven:
                none = self.words.plural("one of them without evidence", "{n} of them without evidence", unproven)
                said = f"{said} ({none})" if n > 1 else f"{said} ({self.words('evidence: none')})"
            yield said

    def amount(self, label: Label, n: int) -> str:
        """So many of a kind."""
        speak = self.words
        match label:
            case Label.MUNICIPALITY:
                return speak.plural("one municipality", "{n} municipalities", n)
            case Label.ACTOR:
                return speak.plural("one actor", "{n} actors", n)
            case Label.ALLIANCE:
                return speak.plural("one alliance", "{n} alliances", n)
            case Label.PRACTICE:
                return speak.plural("one practice", "{n} practices", n)
            case Label.OFFER:
                return speak.plural("one offer", "{n} offers", n)
            case Label.REQUEST:
                return speak.plural("one request", "{n} requests", n)
            case Label.EXCHANGE:
                return speak.plural("one exchange", "{n} exchanges", n)
        return speak.plural("one term", "{n} terms", n)
