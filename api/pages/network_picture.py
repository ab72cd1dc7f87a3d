"""A view of the network as SVG: shapes in colours, lines by strength, names that do not run into each other."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from markupsafe import Markup, escape

from api.language import Words
from api.pages.network_labels import FONT, LETTER, LETTER_ELSEWHERE, Name, placed_names
from api.questions.network_scene import radius_of
from api.words.network_views import ToldView

SHAPES: Mapping[str, str] = MappingProxyType(
    {
        "municipality": "M0-1a1 1 0 1 0 .001 0z",
        "actor": "M-.89-.89H.89V.89H-.89z",
        "alliance": "M0-1.2 1.2 0 0 1.2-1.2 0z",
        "practice": "M0-1.15 1.1.85H-1.1z",
        "unproven": "M0-1.15 1.1.85H-1.1z",
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
        "unproven": "#ffffff",
    }
)
EDGES: Mapping[str, float] = MappingProxyType({"group": 3, "unproven": 1.75})
"""How wide the edges of hollow signs are."""
MARGIN = 28.0
FEWEST_WIDE = 420.0
WHOLE = 1.2
"""A country that is at most so much higher than the picture is shown in whole."""
LEGEND_ROW = 26.0
SHOWN_WIDE, BESIDE = 820.0, 200.0
"""How wide it is shown, and how much of it names take beside the outermost nodes."""


def draw_view(told: ToldView, words: Words, chosen: int | None = None, *, alone: bool = False) -> Markup:
    """The picture, with the name of the chosen one; ``alone``: with its own colours and legend, as a file."""
    if not told.nodes:
        return Markup("")
    grown = _grown(told)
    # a file is shown with whatever letters are at hand
    letter = LETTER_ELSEWHERE if alone else LETTER
    names = list(placed_names(told.nodes, told.lines, grown, chosen, letter))
    left, top, width, height = _frame(told, names)
    body = "".join([*_ground(told), *_lines(told), *_nodes(told, grown), *_names(names, grown)])
    if not alone:
        label = escape(words("Picture of the network; the lists below say the same"))
        attributes = f'viewBox="{left:g} {top:g} {width:g} {height:g}" role="img" aria-label="{label}"'
        return Markup(  # noqa: S704  # numbers and escaped names
            f'<svg class="nw-picture" width="{width:g}" height="{height:g}" {attributes}>{body}</svg>'
        )
    head = f"<title>{escape(told.title)}</title><desc>{escape(told.sentence)}</desc>"
    legend, high = _legend(told, left + 8, top + height + 20, width - 16)
    height += 14 + high
    attributes = f'width="{width:g}" height="{height:g}" viewBox="{left:g} {top:g} {width:g} {height:g}" role="img"'
    ground = f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" fill="#fff"/>'
    return Markup(  # noqa: S704  # numbers and escaped names
        f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{head}{ground}{_dressed(body + legend)}</svg>'
    )


def _grown(told: ToldView) -> float:
    """How much larger letters are than usual: a wide picture is shown smaller than it is drawn."""
    across = [*(node.x for node in told.nodes), *(x for x, _ in told.ground)]
    return min(max((max(across) - min(across) + BESIDE) / SHOWN_WIDE, 1.0), 2.0)


def _frame(told: ToldView, names: Sequence[Name]) -> tuple[float, float, float, float]:
    """Left, top, width and height of everything with its names; few nodes are not blown up."""
    x0 = min([*(n.x - MARGIN for n in told.nodes), *(x - MARGIN for x, _ in told.ground), *(n.left for n in names)]) - 6
    right = (n.left + n.wide for n in names)
    x1 = max([*(n.x + MARGIN for n in told.nodes), *(x + MARGIN for x, _ in told.ground), *right]) + 6
    y0 = min([*(n.y - MARGIN for n in told.nodes), *(y - MARGIN for _, y in told.ground), *(n.y - 26 for n in names)])
    y1 = max([*(n.y + MARGIN for n in told.nodes), *(y + MARGIN for _, y in told.ground), *(n.y + 10 for n in names)])
    shore = [y for ring in told.land for _, y in ring]
    # of a map of the whole country all of it is shown, of a part nothing beyond
    if shore and max(shore) - min(shore) < WHOLE * (y1 - y0):
        y0, y1 = min(y0, min(shore) - 6), max(y1, max(shore) + 6)
    if (lacking := FEWEST_WIDE - (x1 - x0)) > 0:
        x0, x1 = x0 - lacking / 2, x1 + lacking / 2
    return x0, y0, x1 - x0, y1 - y0


def _dressed(body: str) -> str:
    """With colours and letters written at each shape: a file for elsewhere has no style sheet, and needs none."""
    edge = 'stroke="#171a2b" stroke-width="{}" vector-effect="non-scaling-stroke" fill-rule="evenodd"'
    text = 'font-family="Fira Sans, Arial, sans-serif" fill="#171a2b"'
    said = {
        'class="l s1"': 'fill="none" stroke="#8188a8" stroke-width="1.3"',
        'class="l s2"': 'fill="none" stroke="#6e7597" stroke-width="2.2"',
        'class="l s3"': 'fill="none" stroke="#6e7597" stroke-width="4"',
        'class="g"': 'fill="#8188a8"',
        'class="land"': 'fill="#f2f3f8" stroke="#b4b8cc"',
        'class="name"': f'{text} paint-order="stroke" stroke="#fff" stroke-width="0.4em" stroke-linejoin="round"',
        'class="count"': f'{text} font-weight="600"',
        'class="word"': f'{text} font-size="{FONT:g}"',
    }
    for kind, colour in COLOURS.items():
        for mark, wide in ((" m", 3), ("", EDGES.get(kind, 1))):
            said[f'class="n k-{kind}{mark}"'] = f'fill="{colour}" {edge.format(wide)}'
    for sign, attributes in said.items():
        body = body.replace(sign, attributes)
    return body


def _ground(told: ToldView) -> Iterator[str]:
    if told.land:
        rings = "".join(f"M{'L'.join(f'{x:g} {y:g}' for x, y in ring)}Z" for ring in told.land)
        yield f'<path class="land" d="{rings}"/>'
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


def _legend(told: ToldView, x: float, y: float, wide: float) -> tuple[str, float]:
    """Kinds in columns, as many as fit, and how high that is."""
    kinds = told.kinds
    column = 44 + max(len(word) for _, word in kinds) * LETTER_ELSEWHERE
    across = max(1, int(wide // column))
    found = []
    for i, (kind, word) in enumerate(kinds):
        left, base = x + i % across * column, y + i // across * LEGEND_ROW
        shape = SHAPES.get(kind, SHAPES["challenge"])
        found.append(f'<path class="n k-{kind}" transform="translate({left + 7:g} {base:g})scale(7)" d="{shape}"/>')
        found.append(f'<text class="word" x="{left + 20:g}" y="{base + 4:g}">{escape(word)}</text>')
    return "".join(found), -(-len(kinds) // across) * LEGEND_ROW
