"""A view of the network in words, as pictures and lists need it: its sentences, its nodes, and how two are joined."""

from dataclasses import dataclass

from api.questions.network_shown import Item, Line
from api.words.network_sentences import ViewSentences


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


class ViewSpeaker(ViewSentences):
    """Knows what to say of one view in one language."""

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

    def node(self, item: Item) -> ToldNode:
        """A node in words."""
        kind, word = self.kind(item)
        about = self.words.list(self.amounts(item.counts)) if item.label is None else ""
        return ToldNode(
            item.key, self.name(item), kind, word, about, item.count, item.hops, item.ties, item.shown,
            round(item.size, 3), item.x, item.y, item.start, item.opened,
        )  # fmt: skip

    def about(self, line: Line) -> str:
        """What else is said of a single relation: role, strength, time."""
        return self.speaker.details(self.view.ties.tie(line.edge)) if line.type and line.edge >= 0 else ""

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
