"""A view of the network as SVG: shapes in colours, lines by strength, names that do not run into each other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from markupsafe import Markup, escape

from api.language import Words
from api.questions.network_layout import radius_of
from api.words.network_views import ToldNode, ToldView

SHAPES: Mapping[str, str] = MappingProxyType(
    {
        "municipality": "M0-1a1 1 0 1 0 .001 0z",
        "actor": "M-.89-.89H.89V.89H-.89z",
        "alliance": "M0-1.2 1.2 0 0 1.2-1.2 0z",
        "practice": "M0-1.15 1.1.85H-1.1z",
        "offer": "M0-1.1 1.08-.3.67.98H-.67L-1.08-.3z",
        "request": "M-.38-1.1H.38V-.38H1.1V.38H.38V1.1H-.38V.38H-1.1V-.38H-.38z",
        "exchange": "M-1.1-.6H1.1V.6H-1.1z",
        "challenge": "M0-1a1 1 0 1 0 .001 0zM0-.5a.5.5 0 1 1-.001 0z",
        "group": "M0-1a1 1 0 1 0 .001 0z",
    }
)
"""The same shapes as beside the words elsewhere, around 0 with a radius of about 1."""
COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "municipality": "#0072b2",
        "actor": "#009e73",
        "alliance": "#d55e00",
        "practice": "#cc79a7",
        "offer": "#56b4e9",
        "request": "#e69f00",
        "challenge": "#6e7597",
        "exchange": "#6e7597",
        "group": "#ffffff",
    }
)
FONT, LETTER = 13.0, 6.9
"""Height of letters, and how wide one is on average."""
MOST_NAMES = 400
LONGEST = 34
MARGIN = 28.0
FEWEST_WIDE = 420.0
SHOWN_WIDE = 820.0


@dataclass(frozen=True, slots=True)
class Name:
    """A name beside its node."""

    x: float
    y: float
    anchor: str
    text: str
    left: float
    wide: float


def draw_view(told: ToldView, words: Words, *, alone: bool = False) -> Markup:
    """The picture; ``alone``: with its own colours, title and legend, as a file for elsewhere."""
    if not told.nodes:
        return Markup("")
    grown = _grown(told)
    names = list(placed_names(told.nodes, grown))
    left, top, width, height = _frame(told, names)
    body = "".join([*_ground(told), *_lines(told), *_nodes(told, grown), *_names(names, grown)])
    if not alone:
        label = escape(words("Picture of the network; the lists below say the same"))
        attributes = f'viewBox="{left:g} {top:g} {width:g} {height:g}" role="img" aria-label="{label}"'
        return Markup(  # noqa: S704  # numbers and escaped names
            f'<svg class="nw-picture" width="{width:g}" height="{height:g}" {attributes}>{body}</svg>'
        )
    head = f"<title>{escape(told.title)}</title><desc>{escape(told.sentence)}</desc>"
    legend = "".join(_legend(told, left + 8, top + height + 20))
    height += 40
    attributes = f'width="{width:g}" height="{height:g}" viewBox="{left:g} {top:g} {width:g} {height:g}" role="img"'
    ground = f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" fill="#fff"/>'
    return Markup(  # noqa: S704  # numbers and escaped names
        f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{head}{ground}{_dressed(body + legend)}</svg>'
    )


def _grown(told: ToldView) -> float:
    """How much larger letters are than usual: a wide picture is shown smaller than it is drawn."""
    across = [*(node.x for node in told.nodes), *(x for x, _ in told.ground)]
    return min(max((max(across) - min(across)) / SHOWN_WIDE, 1.0), 2.0)


def _frame(told: ToldView, names: Sequence[Name]) -> tuple[float, float, float, float]:
    """Left, top, width and height of everything with its names; few nodes are not blown up."""
    x0 = min([*(n.x - MARGIN for n in told.nodes), *(x for x, _ in told.ground), *(n.left for n in names)]) - 6
    x1 = max([*(n.x + MARGIN for n in told.nodes), *(x for x, _ in told.ground), *(n.left + n.wide for n in names)]) + 6
    y0 = min([*(n.y - MARGIN for n in told.nodes), *(y for _, y in told.ground)])
    y1 = max([*(n.y + MARGIN for n in told.nodes), *(y for _, y in told.ground)])
    if (lacking := FEWEST_WIDE - (x1 - x0)) > 0:
        x0, x1 = x0 - lacking / 2, x1 + lacking / 2
    return x0, y0, x1 - x0, y1 - y0


def _dressed(body: str) -> str:
    """With colours and letters written at each shape: a file for elsewhere has no style sheet, and needs none."""
    edge = 'stroke="#171a2b" stroke-width="{}" vector-effect="non-scaling-stroke" fill-rule="evenodd"'
    text = 'font-family="Fira Sans, Arial, sans-serif" fill="#171a2b"'
    said = {
        'class="l s1"': 'fill="none" stroke="#8d93b0" stroke-width="1.3"',
        'class="l s2"': 'fill="none" stroke="#6e7597" stroke-width="2.2"',
        'class="l s3"': 'fill="none" stroke="#6e7597" stroke-width="4"',
        'class="g"': 'fill="#d8dae5"',
        'class="name"': f'{text} paint-order="stroke" stroke="#fff" stroke-width="3" stroke-linejoin="round"',
        'class="count"': f'{text} font-weight="600"',
        'class="word"': f'{text} font-size="{FONT:g}"',
    }
    for kind, colour in COLOURS.items():
        for mark, wide in ((" m", 3), ("", 3 if kind == "group" else 1)):
            said[f'class="n k-{kind}{mark}"'] = f'fill="{colour}" {edge.format(wide)}'
    for sign, attributes in said.items():
        body = body.replace(sign, attributes)
    return body


def _ground(told: ToldView) -> Iterator[str]:
    for x, y in told.ground:
        yield f'<circle class="g" cx="{x:g}" cy="{y:g}" r="3"/>'


def _lines(told: ToldView) -> Iterator[str]:
    """One path for each strength: many lines, few elements."""
    for strength in (1, 2, 3):
        path = "".join(
            f"M{a.x:g} {a.y:g}L{b.x:g} {b.y:g}"
            for line in told.lines
            if line.strength == strength
            for a, b in ((told.nodes[line.source], told.nodes[line.target]),)
        )
        if path:
            yield f'<path class="l s{strength}" d="{path}"/>'


def _nodes(told: ToldView, grown: float) -> Iterator[str]:
    for node in told.nodes:
        radius = radius_of(node.size)
        title = escape(f"{node.name} ({node.word}{', ' + node.about if node.about else ''})")
        mark = " m" if node.start else ""
        yield (
            f'<path class="n k-{node.kind}{mark}" transform="translate({node.x:g} {node.y:g})scale({radius:.3g})"'
            f' d="{SHAPES.get(node.kind, SHAPES["challenge"])}"><title>{title}</title></path>'
        )
        if node.kind == "group":
            place = f'x="{node.x:g}" y="{node.y + 4 * grown:g}" font-size="{11 * grown:.3g}"'
            yield f'<text class="count" {place} text-anchor="middle">{_short(node.count)}</text>'


def _short(count: int) -> str:
    """A count that fits into a circle."""
    return str(count) if count < 1000 else f"{count / 1000:.0f}k" if count >= 10_000 else f"{count / 1000:.1f}k"


def _names(names: Sequence[Name], grown: float) -> Iterator[str]:
    for name in names:
        place = f'x="{name.x:.5g}" y="{name.y:.5g}" text-anchor="{name.anchor}" font-size="{FONT * grown:.3g}"'
        yield f'<text class="name" {place}>{escape(name.text)}</text>'


def placed_names(nodes: tuple[ToldNode, ...], grown: float = 1.0) -> Iterator[Name]:
    """The names of the most important nodes that fit beside them without touching a node or another name."""
    taken = _Taken()
    for node in nodes:
        r = radius_of(node.size)
        taken.add(node.x - r, node.y - r, node.x + r, node.y + r)
    order = sorted(range(len(nodes)), key=lambda i: (not nodes[i].start, nodes[i].kind != "group", -nodes[i].size, i))
    for i in order[:MOST_NAMES]:
        node = nodes[i]
        text = node.name if len(node.name) <= LONGEST else f"{node.name[: LONGEST - 1]}…"
        wide, r = len(text) * LETTER * grown, radius_of(node.size) + 3
        for x, y, anchor, low in (
            (node.x + r, node.y + 4 * grown, "start", node.x + r),
            (node.x - r, node.y + 4 * grown, "end", node.x - r - wide),
            (node.x, node.y + r + 11 * grown, "middle", node.x - wide / 2),
            (node.x, node.y - r - 3, "middle", node.x - wide / 2),
        ):
            box = (low, y - 11 * grown, low + wide, y + 3 * grown)
            if taken.free(*box):
                taken.add(*box)
                yield Name(x, y, anchor, text, low, wide)
                break


class _Taken:
    """Boxes that something stands in, found by squares of a grid."""

    _SQUARE = 40.0

    def __init__(self) -> None:
        self._boxes: dict[tuple[int, int], list[tuple[float, float, float, float]]] = {}

    def _squares(self, x0: float, y0: float, x1: float, y1: float) -> Iterator[tuple[int, int]]:
        for i in range(int(x0 // self._SQUARE), int(x1 // self._SQUARE) + 1):
            for j in range(int(y0 // self._SQUARE), int(y1 // self._SQUARE) + 1):
                yield i, j

    def add(self, x0: float, y0: float, x1: float, y1: float) -> None:
        for square in self._squares(x0, y0, x1, y1):
            self._boxes.setdefault(square, []).append((x0, y0, x1, y1))

    def free(self, x0: float, y0: float, x1: float, y1: float) -> bool:
        return not any(
            x0 < right and left < x1 and y0 < bottom and top < y1
            for square in self._squares(x0, y0, x1, y1)
            for left, top, right, bottom in self._boxes.get(square, ())
        )


def _legend(told: ToldView, x: float, y: float) -> Iterator[str]:
    for kind, word in dict.fromkeys((each.kind, each.word) for each in told.nodes):
        shape = SHAPES.get(kind, SHAPES["challenge"])
        yield f'<path class="n k-{kind}" transform="translate({x + 7:g} {y:g})scale(7)" d="{shape}"/>'
        yield f'<text class="word" x="{x + 20:g}" y="{y + 4:g}">{escape(word)}</text>'
        x += 44 + len(word) * LETTER
