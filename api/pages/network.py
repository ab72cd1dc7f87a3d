"""The network explorer: a sentence, a picture and two lists of the same view; everything chosen is in the address."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from api.http.caching import depends_on_graph
from api.http.current import services, snapshot, words
from api.pages.frame import record_url
from api.pages.network_address import Asked, about_page, differs, read_address
from api.pages.network_controls import controls
from api.pages.network_emptied import emptied
from api.pages.network_lists import LINE_COLUMNS, line_list, node_list
from api.pages.network_picture import draw_view
from api.questions.exports import FORMS
from api.questions.network_export import write_part
from api.questions.network_view import find_view_within
from api.questions.underway import there
from api.words.network_views import ToldView, ViewSpeaker
from graph_service.errors import NotFound
from graph_service.keys import Label
from matching.naming.municipalities import plain

network = Blueprint("network_pages", __name__, url_prefix="/network")
depends_on_graph(network)

EXPORTED = ("gexf", "graphml", "package")
MOST_RELATIONS = 15
PATIENCE = 3.0
"""For how many seconds a reader waits for a view before the page says that it takes longer."""
AGAIN = 3
"""After how many seconds that page looks again."""


@network.get("")
def show_network() -> AnyResponse | str:
    """The page, or only what changed of it for the script; an address written otherwise goes on to the usual form."""
    here = snapshot()
    asked = read_address(here)
    wanted = asked.url(**about_page())
    if not asked.problem and not asked.candidates and wanted != request.full_path.rstrip("?") and differs(asked):
        return redirect(wanted, 303)
    view = find_view_within(here, asked.view, PATIENCE)
    if view is None:
        return _not_yet()
    speaker = ViewSpeaker(here.projection, words(), view)
    told = speaker.told()
    parts = {"asked": asked, "view": view, "told": told, "speaker": speaker, "title": speaker.title}
    parts |= _card(asked, told, speaker)
    if request.headers.get("HX-Request") == "card":
        return render_template("network_card.html", **parts)
    nodes, columns = node_list(told, from_start=view.asked.start is not None)
    parts |= {
        "picture": draw_view(told, words(), _selected(asked, told)),
        "emptied": emptied(here, asked, view, speaker),
        "kinds": told.kinds,
        "node_columns": columns,
        "line_columns": LINE_COLUMNS,
        "has_alliances": bool(here.projection.spans[Label.ALLIANCE]),
        "nodes": nodes,
        "lines": line_list(told, speaker),
        **controls(here, asked, speaker),
    }
    return render_template(
        "network_view.html" if request.headers.get("HX-Request") == "view" else "network.html", **parts
    )


def _not_yet() -> Response:
    """Nobody waits long for a large network: the page says so and looks again by itself. 202 is not kept."""
    response = make_response(render_template("network_wait.html"), 202)
    response.headers["Refresh"] = str(AGAIN)
    return response


def _selected(asked: Asked, told: ToldView) -> int | None:
    """Who is chosen: whoever the address names, else the one in the middle."""
    selected = next((i for i, each in enumerate(told.nodes) if each.key == asked.at), None)
    if selected is None and asked.view.start is not None and asked.view.target is None:
        selected = next((i for i, each in enumerate(told.nodes) if each.start), None)
    return selected


def _card(asked: Asked, told: ToldView, speaker: ViewSpeaker) -> dict[str, Any]:
    """What the card says of whoever is chosen."""
    selected = _selected(asked, told)
    if selected is None:
        return {"selected": None, "relations": [], "most_relations": MOST_RELATIONS, "page_url": ""}
    node = told.nodes[selected]
    return {
        "selected": node,
        "relations": list(_relations(told, selected, speaker)),
        "most_relations": MOST_RELATIONS,
        "page_url": "" if node.kind == "group" else record_url(node.key),
    }


@network.get("/export/<format>")
def export_view(format: str) -> Response:
    """The view as a file: a picture, or the nodes and relations in it."""
    here = snapshot()
    asked = read_address(here)
    if asked.candidates or asked.problem:
        raise NotFound("a view of the network", request.query_string.decode("utf-8", "replace")[:200])
    view = there(find_view_within(here, asked.view, PATIENCE))
    speaker = ViewSpeaker(here.projection, words(), view)
    if format == "svg":
        response = make_response(str(draw_view(speaker.told(), words(), alone=True)))
        response.content_type = "image/svg+xml"
        response.headers["Content-Disposition"] = 'attachment; filename="netzwerk.svg"'
        return response
    if format not in EXPORTED:
        raise NotFound("one of " + ", ".join(("svg", *EXPORTED)), format)
    written = write_part(services(), here.audience, format, view)
    name = f"netzwerk{FORMS[format].ending}"
    return send_file(written.path, written.media_type, as_attachment=True, download_name=name)


@dataclass(frozen=True, slots=True)
class Joined:
    """Whom the chosen one is joined to, how, and what else is said of that."""

    key: str
    name: str
    how: str
    about: str


def _relations(told: ToldView, selected: int, speaker: ViewSpeaker) -> Iterator[Joined]:
    """With whom the chosen one is joined, closest first, each once."""
    found: dict[int, list[tuple[str, str]]] = {}
    pairs = zip(told.lines, speaker.view.lines, strict=True)
    joins = [
        (line, shown, line.target if line.source == selected else line.source)
        for line, shown in pairs
        if selected in (line.source, line.target)
    ]
    joins.sort(key=lambda each: (-each[0].strength, -each[0].count, plain(told.nodes[each[2]].name)))
    for line, shown, other in joins:
        out = line.source == selected
        said = speaker.relation(shown, back=not out)
        how = said if line.type else words()("{relations} with", relations=said)
        found.setdefault(other, []).append((how, speaker.about(shown)))
    for other, ways in found.items():
        node = told.nodes[other]
        hows, abouts = (dict.fromkeys(filter(None, column)) for column in zip(*ways, strict=True))
        yield Joined(node.key, node.name, ", ".join(hows), "; ".join(abouts))
