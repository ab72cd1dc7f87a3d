"""Says a view of the network in words: a sentence for the whole, a name for each node, and how two are joined."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from api.language import Words
from api.questions.network_groups import AreaBy
from api.questions.network_shown import Entry, Item, Line, Size, View
from api.words.network import Speaker
from graph_service.keys import Label, NodeKey
from graph_service.projection import Projection

NAMED = 3


@dataclass(frozen=True, slots=True)
class ToldNode:
    """A node or group of the picture in words. ``kind`` names its shape and colour, ``word`` says it."""

    key: str
    name: str
    kind: str
    word: str
    about: str
    count: int
    hops: int
    ties: int
    shown: int
    size: float
    x: float
    y: float
    start: bool
    opened: bool


@dataclass(frozen=True, slots=True)
class ToldLine:
    """What joins two nodes, by their positions, in words. ``strength``: 1 loose, 2 usual, 3 close or much."""

    source: int
    target: int
    type: str
    says: str
    count: int
    strength: int


@dataclass(frozen=True, slots=True)
class ToldView:
    """A view of the network as a picture needs it. ``x`` and ``y`` go rightwards and downwards."""

    revision: int
    title: str
    sentence: str
    layout: str
    nodes: tuple[ToldNode, ...]
    lines: tuple[ToldLine, ...]
    ground: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class ViewSpeaker:
    """Knows what to say of one view in one language."""

    projection: Projection
    words: Words
    view: View

    @cached_property
    def speaker(self) -> Speaker:
        """Who knows the words of nodes and relations."""
        return Speaker(self.projection, self.words)

    def told(self) -> ToldView:
        """The whole view in words."""
        view = self.view
        return ToldView(
            view.revision,
            self.title,
            " ".join(self.sentences),
            view.asked.layout.value,
            tuple(self.node(each) for each in view.items),
            tuple(self.line(each) for each in view.lines),
            view.places,
        )

    def named(self, key: NodeKey) -> str:
        """What a node is called."""
        return self.speaker.concept(key) if key.label is Label.CONCEPT else self.speaker.name(key)

    def node(self, item: Item) -> ToldNode:
        """A node in words."""
        kind, word = self.kind(item)
        about = self.words.list(self.amounts(item.counts)) if item.label is None else ""
        return ToldNode(
            item.key, self.name(item), kind, word, about, item.count, item.hops, item.ties, item.shown,
            round(item.size, 3), item.x, item.y, item.start, item.opened,
        )  # fmt: skip

    def kind(self, item: Item) -> tuple[str, str]:
        """The kind that gives shape and colour, and its word."""
        if item.label is None:
            return "group", self.words("Group")
        if item.label is Label.CONCEPT:
            kind = NodeKey(item.key).local.partition(".")[0]
            return "challenge", self.term_kind(kind)
        return item.label.value.lower(), self.speaker.term("node_label", item.label.value)

    def term_kind(self, kind: str) -> str:
        """What a vocabulary's terms are called."""
        speak = self.words
        match kind:
            case "challenge":
                return speak("Challenge")
            case "field":
                return speak("Field of action")
            case "target_group":
                return speak("Target group")
        return self.speaker.term("node_label", Label.CONCEPT.value)

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
            case AreaBy.FIELD:
                return self.named(NodeKey(id))
            case AreaBy.COMMUNITY:
                return speak("Around {name}", name=item.name) if item.name else speak("Community {n}", n=id)
        return item.name

    def grouping(self, by: AreaBy) -> str:
        """By what groups are made, as a noun."""
        speak = self.words
        match by:
            case AreaBy.STATE:
                return speak("state")
            case AreaBy.DISTRICT:
                return speak("district")
            case AreaBy.FIELD:
                return speak("field of action")
            case AreaBy.COMMUNITY:
                return speak("community")
            case AreaBy.KIND:
                return speak("kind")

    def measure(self, size: Size) -> str:
        """What the size of nodes shows, for the legend."""
        speak = self.words
        match size:
            case Size.TIES:
                return speak("all relations recorded")
            case Size.SHOWN:
                return speak("relations in the picture")
            case Size.EVEN:
                return speak("nothing: all equal")

    def line(self, line: Line) -> ToldLine:
        """What joins two in words."""
        if line.type is None:
            says = self.words.plural("one relation", "{n} relations", line.count)
        elif line.edge >= 0:
            says = self.speaker.tie(self.view.ties.tie(line.edge))
        else:
            ends = (self.name(self.view.items[i]) for i in (line.source, line.target))
            says = f" {self.speaker.term('edge_type', line.type.value)} ".join(ends)
        return ToldLine(line.source, line.target, line.type.value if line.type else "", says, line.count, line.strength)

    def amounts(self, counts: dict[Label, int]) -> Iterator[str]:
        """How many of each kind."""
        for label, n in counts.items():
            yield self.amount(label, n)

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
                return speak.plural("one practice approach", "{n} practice approaches", n)
            case Label.OFFER:
                return speak.plural("one offer", "{n} offers", n)
            case Label.REQUEST:
                return speak.plural("one request", "{n} requests", n)
            case Label.EXCHANGE:
                return speak.plural("one exchange", "{n} exchanges", n)
        return speak.plural("one term", "{n} terms", n)

    @cached_property
    def title(self) -> str:
        """What is looked at."""
        asked, speak = self.view.asked, self.words
        if asked.start is not None and asked.target is not None:
            return speak("Network: from {one} to {other}", one=self.named(asked.start), other=self.named(asked.target))
        if asked.start is not None:
            steps = speak.plural("one step far", "{n} steps far", asked.steps_deep)
            return speak("Network: {name}, {steps}", name=self.named(asked.start), steps=steps)
        match asked.entry:
            case Entry.COMMUNITIES:
                return speak("Network: who works together more than with others")
            case Entry.BROKERS:
                return speak("Network: who connects those that are otherwise apart")
            case Entry.ISOLATED:
                return speak("Network: who is not connected yet")
        return speak("Network")

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """What the picture shows: how much, how it hangs together, and what had to be put together."""
        return tuple(filter(None, (self._shown(), self._together(), self._groups(), self._left_out())))

    def _shown(self) -> str:
        view, speak, asked = self.view, self.words, self.view.asked
        amounts = speak.list(self.amounts(view.counts))
        if not view.nodes:
            return ""
        if asked.start is not None and asked.target is not None:
            return self._ways(asked.start, asked.target)
        relations = speak.plural("one relation", "{n} relations", view.edges)
        if asked.start is not None:
            if view.nodes == 1:
                return speak("{name} has no ties of this kind yet.", name=self.named(asked.start))
            return speak(
                "Around {name}: {amounts}, joined by {relations}.",
                name=self.named(asked.start),
                amounts=amounts,
                relations=relations,
            )
        match asked.entry:
            case Entry.ISOLATED:
                return speak("Not joined to anybody by work so far, as far as is recorded: {amounts}.", amounts=amounts)
            case Entry.BROKERS:
                return speak("Those that most shortest ways pass, and whom they join: {amounts}, {relations}.",
                             amounts=amounts, relations=relations)  # fmt: skip
        return speak("Whoever works with somebody, as far as is recorded: {amounts}, joined by {relations}.",
                     amounts=amounts, relations=relations)  # fmt: skip

    def _ways(self, start: NodeKey, target: NodeKey) -> str:
        speak, view = self.words, self.view
        ends = {"one": self.named(start), "other": self.named(target)}
        if not view.ways:
            return speak("{one} and {other} are not connected through these relations.", **ends)
        between = [self.name(each) for each in view.items if not each.start]
        ways = speak.plural("One way leads", "The {n} best ways lead", view.ways)
        if not between:
            return speak("{ways} from {one} to {other}, directly.", ways=ways, **ends)
        if len(between) > NAMED + 2:
            return speak("{ways} from {one} to {other}, past {n} in between.", ways=ways, n=len(between), **ends)
        return speak("{ways} from {one} to {other}, past {between}.", ways=ways, between=speak.list(between), **ends)

    def _together(self) -> str:
        view, speak = self.view, self.words
        found = []
        if view.parts > 1 and view.edges and view.by is None:
            found.append(
                speak("The picture falls into {n} pieces that nothing recorded joins.", n=speak.number(view.parts))
            )
        if view.holders:
            names = speak.list(each.name for each in view.holders[:NAMED])
            found.append(
                speak.plural(
                    "One actor holds pieces together, without it others would be cut off: {names}.",
                    "{n} actors hold pieces together, without them others would be cut off; most of all {names}.",
                    len(view.holders),
                    names=names,
                )
            )
        if 0 < view.hanging < view.nodes - 2 and view.asked.start is not None:
            found.append(
                speak.plural(
                    "One is joined to most others through {name} alone.",
                    "{n} are joined to most others through {name} alone.",
                    view.hanging,
                    name=self.named(view.asked.start),
                )
            )
        return " ".join(found)

    def _groups(self) -> str:
        view, speak = self.view, self.words
        if view.by is None:
            return ""
        groups = sum(each.label is None for each in view.items)
        return speak.plural(
            "So that it stays readable, one group by {grouping} is shown; it can be opened.",
            "So that it stays readable, {n} groups by {grouping} are shown; each can be opened.",
            groups,
            grouping=self.grouping(view.by),
        )

    def _left_out(self) -> str:
        speak, left_out = self.words, self.view.edges_left_out
        said = []
        if left_out > 0:
            said.append(
                speak.plural("One weaker relation is not drawn.", "{n} weaker relations are not drawn.", left_out)
            )
        if not self.view.complete:
            said.append(speak("The search was given up: there may be more or better ways."))
        return " ".join(said)
