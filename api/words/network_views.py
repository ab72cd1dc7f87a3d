"""A view of the network in words, as pictures and lists need it: its sentences, its nodes, and how two are joined."""

from dataclasses import dataclass, fields

from api.questions.network_shown import Drawn, Item, Line
from api.words.network_sentences import ViewSentences
from api.words.network_short import BRIEF, LONGEST, in_pictures, left_to_neighbours
from graph_service.keys import Label, NodeKey
from matching.naming.municipalities import plain

ALL_NAMED = 8
"""So few nodes have their names on every screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldNode(Drawn):
    """A node or group of the picture in words. ``kind`` names its shape and colour, ``word`` says it."""

    short: str
    """Its name as it stands in the picture."""
    brief: str
    """The same where there is little room."""
    rank: int
    """Its place in the list: nearest and most joined first, then by the alphabet."""
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
    land: tuple[tuple[tuple[float, float], ...], ...]

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """The kinds in the picture with their words, for a legend: what is without evidence after all others."""
        kinds = dict.fromkeys((each.kind, each.word) for each in self.nodes)
        return sorted(kinds, key=lambda each: each[0] == "unproven")


class ViewSpeaker(ViewSentences):
    """Knows what to say of one view in one language."""

    def told(self) -> ToldView:
        """The whole view in words."""
        view = self.view
        names = [self.name(each) for each in view.items]
        order = sorted(range(len(names)), key=lambda i: (view.items[i].hops, -view.items[i].shown, plain(names[i]), i))
        places = {name for name, item in zip(names, view.items, strict=True) if item.label is Label.MUNICIPALITY}
        shorts, briefs = in_pictures(names, places)
        beside = self._beside()
        shorts = left_to_neighbours(names, shorts, LONGEST, beside)
        briefs = left_to_neighbours(names, briefs, BRIEF, beside)
        rank = {i: n for n, i in enumerate(order)}
        return ToldView(
            view.revision,
            self.title,
            " ".join(self.sentences),
            view.asked.layout.value,
            tuple(self._node(item, names[i], shorts[i], briefs[i], rank[i]) for i, item in enumerate(view.items)),
            tuple(self.line(each) for each in view.lines),
            view.places,
            view.land,
        )

    def _beside(self) -> dict[int, int]:
        """The one municipality that a node is joined with, for those that are joined with nothing else."""
        joined: dict[int, set[int]] = {}
        for line in self.view.lines:
            joined.setdefault(line.source, set()).add(line.target)
            joined.setdefault(line.target, set()).add(line.source)
        alone = {i: next(iter(others)) for i, others in joined.items() if len(others) == 1}
        return {i: other for i, other in alone.items() if self.view.items[other].label is Label.MUNICIPALITY}

    @property
    def unnamed(self) -> str:
        """How to see the names that find no place in the picture, or none in full; nothing where all have room."""
        if len(self.view.items) <= ALL_NAMED:
            return ""
        return self.words(
            "Names that do not fit in, or not in full, appear when you point at a sign or choose it: in the picture,"
            " by keyboard or in the lists, which hold all names."
        )

    def _node(self, item: Item, name: str, short: str, brief: str, rank: int) -> ToldNode:
        """A node in words."""
        kind, word = self.kind(item)
        about = self.words.list(self.amounts(item.counts)) if item.label is None else ""
        drawn = {each.name: getattr(item, each.name) for each in fields(Drawn)}
        drawn |= {"name": name, "size": round(item.size, 3)}
        return ToldNode(**drawn, short=short, brief=brief, rank=rank, kind=kind, word=word, about=about)

    def about(self, line: Line) -> str:
        """What else is said of a single relation: role, strength, time."""
        return self.speaker.details(self.view.ties.tie(line.edge)) if line.type and line.edge >= 0 else ""

    def relation(self, line: Line, *, back: bool = False) -> str:
        """How the source of a line stands to its target; of lines of groups how many relations they are."""
        if line.type is None:
            return self.words.plural("one relation", "{n} relations", line.count)
        source = self.view.items[line.source]
        return self.speaker.relation(line.type, NodeKey(source.key) if source.label else None, back=back)

    def line(self, line: Line) -> ToldLine:
        """What joins two in words."""
        if line.type is None:
            says = self.relation(line)
        elif line.edge >= 0:
            says = self.speaker.tie(self.view.ties.tie(line.edge))
        else:
            ends = (self.name(self.view.items[i]) for i in (line.source, line.target))
            says = f" {self.speaker.term('edge_type', line.type.value)} ".join(ends)
        return ToldLine(line.source, line.target, line.type.value if line.type else "", says, line.count, line.strength)
