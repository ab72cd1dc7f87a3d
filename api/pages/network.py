"""The network explorer: a sentence, a picture and two lists of the same view; everything chosen is in the address."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

import marshmallow as ma
from flask import Blueprint, Response, make_response, redirect, render_template, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from api.http.caching import depends_on_graph
from api.http.current import services, snapshot, words
from api.language import N_
from api.pages.frame import record_url
from api.pages.network_lists import LINE_COLUMNS, NODE_COLUMNS, Listing, about_of, line_rows, node_rows
from api.pages.network_picture import draw_view
from api.questions.exports import FORMS
from api.questions.network_export import write_part
from api.questions.network_groups import AreaBy
from api.questions.network_layout import Layout
from api.questions.network_reach import fields_of, years_of
from api.questions.network_shown import MOST, MOST_AT_ALL, MOST_DEPTH, Entry, Size, ViewAsked
from api.questions.network_view import find_view
from api.schemas.network_view import ViewQuery, view_asked
from api.snapshot import Snapshot
from api.words.network_views import ToldView, ViewSpeaker
from graph_service.errors import Ambiguous, GraphServiceError, NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType

network = Blueprint("network_pages", __name__, url_prefix="/network")
depends_on_graph(network)

VIEW = (
    "start", "target", "entry", "depth", "labels", "types", "field", "year", "by", "layout", "size", "step", "most"
)  # fmt: skip
"""What of the address asks for another view; the rest is about this page."""
SEVERAL = ("labels", "types")
USUAL = {"entry": "whole", "layout": "force", "size": "ties", "most": str(MOST)}
EXPORTED = ("gexf", "graphml", "package")
MOST_RELATIONS = 15
CANVAS = {
    "name": N_("Network: arrow keys go along the relations, question mark lists all keys"),
    "nowhere": N_("No relation leads there."),
    "at": N_("{name}, {word}, joined to {n} others here"),
    "via": N_("by: {relation}"),
    "end": N_("The last step is undone."),
    "larger": N_("Larger"),
    "smaller": N_("Smaller"),
    "fit": N_("Show all"),
    "keys": N_("Keys"),
    "close": N_("Close"),
    "year": N_("State of the year, as slider"),
    "loading": N_("The picture is being drawn …"),
    "failed": N_("The picture could not be updated. The lists below are right; load the page anew."),
    "arrows": N_("Arrow keys: along a relation to the node in that direction"),
    "next": N_("N and P: to the next node and the one before, in the order of the list"),
    "home": N_("Home: to where it begins; Backspace: back to the node before"),
    "enter": N_("Enter: open its page, or the group"),
    "plus": N_("Plus: expand; minus: hide"),
    "middle": N_("M: put it in the middle"),
    "undo": N_("U: undo the last step"),
    "search": N_("Slash: to the field where it begins"),
    "zoom": N_("Page up and page down: larger and smaller; 0: show all"),
    "question": N_("Question mark: this list; Escape: close it"),
}
"""What the script says on the picture."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The address as it was understood: the view, its canonical query, who is chosen, and what was wrong in it."""

    view: ViewAsked
    query: tuple[tuple[str, str], ...]
    at: str = ""
    problem: str = ""
    candidates: tuple[tuple[str, str], ...] = ()

    def url(self, **changed: object) -> str:
        """The page of this view with some of it changed; None takes it away."""
        return self._address("/network", {"at": self.at, **changed})

    def data_url(self) -> str:
        """Where the picture's data are."""
        return self._address("/api/v1/network/view", {})

    def export_url(self, format: str) -> str:
        """Where the view can be had as a file."""
        return self._address(f"/network/export/{format}", {})

    def _address(self, path: str, changed: Mapping[str, object]) -> str:
        kept = [(name, value) for name, value in self.query if name not in changed]
        for name, value in changed.items():
            values = value if isinstance(value, tuple | list) else [value]
            kept += [(name, str(each)) for each in values if each is not None and each != ""]
        kept = [pair for pair in kept if USUAL.get(pair[0]) != pair[1]]
        return f"{path}?{urlencode(kept, safe=':,')}" if kept else path

    def step(self, act: str, key: str) -> str:
        """The page after one more step."""
        return self.url(step=[*self.steps, f"{act}:{key}"], at=key if act == "open" else None)

    def undone(self) -> str:
        """The page before the last step."""
        return self.url(step=self.steps[:-1])

    @property
    def steps(self) -> list[str]:
        """The steps of exploring so far."""
        return [value for name, value in self.query if name == "step"]


@network.get("")
def show_network() -> AnyResponse | str:
    """The page, or only what changed of it for the script; an address written otherwise goes on to the usual form."""
    here = snapshot()
    asked = _asked(here)
    wanted = asked.url(**_about_page())
    if not asked.problem and not asked.candidates and wanted != request.full_path.rstrip("?") and _differs(asked):
        return redirect(wanted, 303)
    view = find_view(here, asked.view)
    speaker = ViewSpeaker(here.projection, words(), view)
    told = speaker.told()
    selected = next((i for i, each in enumerate(told.nodes) if each.key == asked.at), None)
    if selected is None and (asked.view.start is not None and asked.view.target is None):
        selected = next((i for i, each in enumerate(told.nodes) if each.start), None)
    parts: dict[str, Any] = {
        "asked": asked,
        "view": view,
        "told": told,
        "speaker": speaker,
        "title": speaker.title,
        "selected": None if selected is None else told.nodes[selected],
        "relations": [] if selected is None else list(_relations(told, selected, speaker)),
        "most_relations": MOST_RELATIONS,
        "page_url": ""
        if selected is None or told.nodes[selected].kind == "group"
        else record_url(told.nodes[selected].key),
    }
    if request.headers.get("HX-Request") == "card":
        return render_template("network_card.html", **parts)
    parts |= {
        "picture": draw_view(told, words()),
        "kinds": _kinds(told),
        "node_columns": NODE_COLUMNS,
        "line_columns": LINE_COLUMNS,
        "has_alliances": bool(here.projection.spans[Label.ALLIANCE]),
        "nodes": Listing.of(node_rows(told), NODE_COLUMNS, "sort", "page"),
        "lines": Listing.of(line_rows(told, speaker), LINE_COLUMNS, "order", "lines"),
        **_controls(here, asked, speaker),
    }
    if request.headers.get("HX-Request") == "view":
        return render_template("network_view.html", **parts)
    return render_template("network.html", **parts)


@network.get("/export/<format>")
def export_view(format: str) -> Response:
    """The view as a file: a picture, or the nodes and relations in it."""
    here = snapshot()
    asked = _asked(here)
    if asked.candidates or asked.problem:
        raise NotFound("a view of the network", request.query_string.decode("utf-8", "replace")[:200])
    view = find_view(here, asked.view)
    speaker = ViewSpeaker(here.projection, words(), view)
    if format == "svg":
        response = make_response(str(draw_view(speaker.told(), words(), alone=True)))
        response.content_type = "image/svg+xml"
        response.headers["Content-Disposition"] = 'attachment; filename="netzwerk.svg"'
        return response
    if format not in EXPORTED:
        raise NotFound("one of " + ", ".join(("svg", *EXPORTED)), format)
    written = write_part(services(), here.audience, format, view.keys())
    name = f"netzwerk{FORMS[format].ending}"
    return send_file(written.path, written.media_type, as_attachment=True, download_name=name)


def _asked(here: Snapshot) -> Asked:
    """Understand the address; what cannot be understood is said, and left out."""
    schema = ViewQuery(unknown=ma.EXCLUDE)
    given: dict[str, Any] = {name: value.strip() for name, value in request.args.items() if value.strip()}
    given |= {name: ",".join(filter(None, request.args.getlist(name))) for name in SEVERAL if name in given}
    given["step"] = [each for each in request.args.getlist("step") if each]
    problem = ""
    candidates: tuple[tuple[str, str], ...] = ()
    speak = words()
    while True:
        try:
            query = schema.load(given)
            break
        except ma.ValidationError as error:
            wrong = sorted(set(error.messages_dict) & set(given))
            problem = speak(
                "This part of the address was not understood and is left out: {what}", what=", ".join(wrong)
            )
            given = {name: value for name, value in given.items() if name not in wrong} if wrong else {}
    try:
        view = view_asked(here, query)
        occurring = frozenset(type for type in EdgeType if len(here.projection.edges(type).source))
        if view.types and view.types == replace(view, types=frozenset()).relations & occurring:
            view = replace(view, types=frozenset())
        if view.depth and view.depth == replace(view, depth=0).steps_deep:
            view = replace(view, depth=0)
        if view.field:
            here.projection.position(NodeKey(f"concept:field.{view.field}"))
    except Ambiguous as error:
        problem, candidates = speak("Several are called that. Which one do you mean?"), error.candidates
    except NotFound as error:
        problem = speak("Nothing is known as “{text}”.", text=str(error.found)[:200])
    except GraphServiceError:
        problem = speak("This part of the address was not understood and is left out: {what}", what="step")
    if problem:
        kept = {n: query[n] for n in ("layout", "size") if n in query}
        view = view_asked(here, schema.load(kept))
    return Asked(view, tuple(_canonical(view)), request.args.get("at", ""), problem, candidates)


def _canonical(view: ViewAsked) -> Iterator[tuple[str, str]]:
    """A view as a query, always in the same order, without what is as usual."""
    several = {"labels": view.labels, "types": view.types}
    plain: dict[str, object] = {
        "start": view.start, "target": view.target, "entry": view.entry.value, "depth": view.depth or None,
        "labels": None, "types": None, "field": view.field, "year": view.year, "by": view.by and view.by.value,
        "layout": view.layout.value, "size": view.size.value, "most": view.most,
    }  # fmt: skip
    for name in VIEW:
        if name == "step":
            yield from (("step", f"{step.act.value}:{step.key}") for step in view.steps)
        elif name in several:
            if several[name]:
                yield name, ",".join(sorted(several[name]))
        elif (value := plain[name]) is not None and str(value) not in ("", USUAL.get(name)):
            yield name, str(value)


def _about_page() -> dict[str, list[str]]:
    return {name: request.args.getlist(name) for name in request.args if name not in VIEW}


def _differs(asked: Asked) -> bool:
    """Whether the address says the same view in other words than the usual ones."""
    given = [(name, value) for name in VIEW for value in request.args.getlist(name)]
    return given != list(asked.query)


@dataclass(frozen=True, slots=True)
class Joined:
    """Whom the chosen one is joined to. ``forth``: how it is to the other; ``back``: how the other is to it."""

    key: str
    name: str
    forth: str
    back: str


def _relations(told: ToldView, selected: int, speaker: ViewSpeaker) -> Iterator[Joined]:
    """With whom the chosen one is joined, closest first, each once."""
    found: dict[int, tuple[list[str], list[str]]] = {}
    for line in sorted(told.lines, key=lambda each: (-each.strength, -each.count)):
        if selected not in (line.source, line.target):
            continue
        out = line.source == selected
        said = speaker.speaker.term("edge_type", line.type) if line.type else line.says
        if about := about_of(line.says):
            said = f"{said} ({about})"
        found.setdefault(line.target if out else line.source, ([], []))[0 if out and line.type else 1].append(said)
    for other, (forth, back) in found.items():
        node = told.nodes[other]
        yield Joined(node.key, node.name, *(", ".join(dict.fromkeys(each)) for each in (forth, back)))


def _kinds(told: ToldView) -> list[tuple[str, str]]:
    """The kinds in the picture with their words, for the legend."""
    return list(dict.fromkeys((each.kind, each.word) for each in told.nodes))


def _controls(here: Snapshot, asked: Asked, speaker: ViewSpeaker) -> dict[str, Any]:
    speak, view, term = words(), asked.view, speaker.speaker.term
    shown = [label for label in Label if label is not Label.INDICATOR and here.projection.spans[label]]
    types = [
        type for type in EdgeType if type is not EdgeType.DIFFERENT_FROM and len(here.projection.edges(type).source)
    ]
    years = here.prepared("network-years", years_of)
    fields = here.prepared("network-fields", fields_of)
    return {
        "layouts": [
            (label, asked.url(layout=value.value), value is view.layout)
            for value, label in (
                (Layout.FORCE, speak("Forces")),
                (Layout.MAP, speak("Map")),
                (Layout.RINGS, speak("Rings")),
            )
        ],
        "entries": [
            (label, asked.url(**_fresh, entry=entry.value), view.start is None and view.entry is entry)
            for entry, label in (
                (Entry.WHOLE, speak("The whole network")),
                (Entry.COMMUNITIES, speak("Who works together?")),
                (Entry.BROKERS, speak("Who connects?")),
                (Entry.ISOLATED, speak("Who is alone?")),
            )
        ],
        "labels": [(each.value, term("node_label", each.value), each in view.labels) for each in shown],
        "types": [(each.value, term("edge_type", each.value), each in view.relations) for each in types],
        "types_chosen": bool(view.types),
        "fields": [(id, speaker.named(NodeKey(f"concept:field.{id}")), id == view.field) for id in fields],
        "years": years,
        "sizes": [(each.value, speaker.measure(each), each is view.size) for each in Size],
        "groupings": [(each.value, speaker.grouping(each), each is view.by) for each in AreaBy],
        "depths": range(1, MOST_DEPTH + 1),
        "most": MOST,
        "most_at_all": MOST_AT_ALL,
        "exports": [
            (label, asked.export_url(format))
            for format, label in (
                ("svg", speak("Picture (SVG)")),
                ("gexf", speak("for Gephi (GEXF)")),
                ("graphml", speak("for yEd, Gephi or networkx (GraphML)")),
                ("package", speak("exchange package (ZIP)")),
            )
        ],
        "data_url": asked.data_url(),
        "canvas_words": json.dumps({name: speak(text) for name, text in CANVAS.items()}, ensure_ascii=False),
        "full_url": request.host_url.rstrip("/") + quote(asked.url(), safe="/?=&:,%+.-_~"),
    }


_fresh = {
    "at": None,
    "start": None,
    "target": None,
    "depth": None,
    "step": None,
    "by": None,
    "labels": None,
    "types": None,
}
