"""The names in a picture of the network: whose comes first, and how they are written beside their nodes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.pages.network_placing import Spot, place_names
from api.questions.network_scene import radius_of
from api.words.network_views import ToldLine, ToldNode

FONT, LETTER = 13.0, 6.9
"""Height of letters, and how wide one is on average."""
LETTER_ELSEWHERE = 7.7
"""How wide one is where the letters of the pages are missing and wide ones stand in for them, such as DejaVu Sans."""
MOST_NAMES = 400
TIPS = {"alliance": 1.2, "offer": 1.1, "request": 1.1, "exchange": 1.1}
"""How far signs with tips and corners reach beyond their radius; names stay off these, too."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name beside its node."""

    x: float
    y: float
    anchor: str
    text: str
    left: float
    wide: float


@dataclass(frozen=True, slots=True)
class Order:
    """All nodes, the most important first, and for each the first node of its piece."""

    nodes: Sequence[int]
    pieces: Sequence[int]


def placed_names(
    nodes: Sequence[ToldNode],
    lines: Sequence[ToldLine] = (),
    grown: float = 1.0,
    chosen: int | None = None,
    letter: float = LETTER,
) -> Iterator[Name]:
    """The names that find a place, the most important first."""
    order = order_of(nodes, [(line.source, line.target) for line in lines], chosen)
    letter *= grown
    spots = [_spot(i, nodes[i], order, letter, sure=i == chosen) for i in order.nodes]
    ends = [(nodes[a].x, nodes[a].y, nodes[b].x, nodes[b].y) for a, b in {(x.source, x.target) for x in lines}]
    for placed in place_names(spots, ends, FONT * grown, MOST_NAMES):
        node = nodes[order.nodes[placed.index]]
        text = node.brief if placed.brief else node.short
        wide = len(text) * letter
        x = placed.x + {"start": 0.0, "middle": 0.5, "end": 1.0}[placed.anchor] * wide
        yield Name(x, placed.y, placed.anchor, text, placed.x, wide)


def _spot(i: int, node: ToldNode, order: Order, letter: float, *, sure: bool) -> Spot:
    full, brief = len(node.short) * letter, len(node.brief) * letter
    radius = radius_of(node.size) * TIPS.get(node.kind, 1.0)
    return Spot(node.x, node.y, radius, full, brief, order.pieces[i], sure or node.start)


def order_of(nodes: Sequence[ToldNode], lines: Sequence[tuple[int, int]], chosen: int | None = None) -> Order:
    """Whoever is chosen, where it begins, groups, what is joined with the chosen one, the largest and most joined."""
    near = frozenset(b if a == chosen else a for a, b in lines if chosen in (a, b))

    def rank(i: int) -> tuple[bool, bool, bool, bool, float, int, int]:
        node = nodes[i]
        return i != chosen, not node.start, node.kind != "group", i not in near, -node.size, -node.shown, i

    return Order(sorted(range(len(nodes)), key=rank), _pieces(len(nodes), lines))


def _pieces(count: int, lines: Sequence[tuple[int, int]]) -> list[int]:
    first = list(range(count))

    def find(i: int) -> int:
        while first[i] != i:
            first[i] = i = first[first[i]]
        return i

    for source, target in lines:
        one, other = find(source), find(target)
        first[max(one, other)] = min(one, other)
    return [find(i) for i in range(count)]
