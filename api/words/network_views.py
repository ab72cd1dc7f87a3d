"""A view of the network in words, as pictures and lists need it: its sentences, its nodes, and how two are joined."""

from dataclasses import dataclass, fields

from api.questions.network_shown import Drawn, Item, Line
from api.words.network_sentences import ViewSentences


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldNode(Drawn):
    """A node or group of the picture in words. ``kind`` names its shape and colour, ``word`` says it."""

    kind: str
    word: str
    about: str


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
        drawn = {each.name: getattr(item, each.name) for each in fields(Drawn)}
        drawn |= {"name": self.name(item), "size": round(item.size, 3)}
        return ToldNode(**drawn, kind=kind, word=word, about=about)

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
