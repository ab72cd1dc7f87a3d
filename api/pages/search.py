"""Searching: results by kind of record, all of one kind page by page, and the suggestions below a search field."""

from dataclasses import dataclass, replace

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from api.http.caching import depends_on_graph
from api.http.current import snapshot, words
from api.language import N_
from api.pages.frame import has_page, record_url, term
from api.pages.names import name_of
from api.questions.search import find
from api.questions.searched import MOST_LETTERS, SEARCHED, Hit, How, SearchAsked, SearchFound
from api.words.places import beside
from graph_service.keys import Label
from graph_service.model import Actor, Level

searching = Blueprint("searching", __name__, url_prefix="/search")
depends_on_graph(searching)

SUGGESTED, SUGGESTED_EACH = 8, 5
LISTED, LISTED_EACH = 60, 15
A_PAGE = 50
MOST_FOUND = 1_000
"""So many of one kind can be leafed through; more than these nobody reads, and another word serves better."""

HEADINGS = {
    Label.MUNICIPALITY: N_("Municipalities"),
    Label.ACTOR: N_("Actors"),
    Label.PRACTICE: N_("Practices"),
    Label.ALLIANCE: N_("Alliances"),
    Label.OFFER: N_("Offers"),
    Label.REQUEST: N_("Requests"),
    Label.CONCEPT: N_("Challenges and fields of action"),
}
"""What kinds of records are called as a heading."""


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A hit as a line: name, address, and what tells it from others of that name."""

    kind: str
    name: str
    url: str
    value: str
    about: str


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """The hits of one kind, and whether there are more."""

    kind: str
    heading: str
    hits: list[ShownHit]
    more: bool


@searching.get("")
def show_results() -> Response | str:
    """Results by kind; a hit that is certainly meant opens at once."""
    asked = _asked(LISTED, LISTED_EACH)
    found = find(snapshot(), asked)
    sure = found.sure
    if sure is not None and (target := _target(sure)):
        return redirect(target, 303)
    if len(asked.labels) == 1:
        return _of_one_kind(asked)
    groups = _groups(found)
    return render_template("search.html", text=asked.text, groups=groups, count=len(found.hits), more=found.more)


def _of_one_kind(asked: SearchAsked) -> str:
    """All that fits of one kind of record, page by page."""
    found = find(snapshot(), replace(asked, limit=MOST_FOUND, most_each=MOST_FOUND))
    pages = max(1, -(-len(found.hits) // A_PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    (label,) = asked.labels
    return render_template(
        "search_kind.html",
        text=asked.text,
        heading=words()(HEADINGS[label]),
        hits=[_shown(hit) for hit in found.hits[(page - 1) * A_PAGE : page * A_PAGE]],
        count=len(found.hits),
        more=bool(found.more),
        page=page,
        pages=pages,
    )


@searching.get("/suggestions")
def show_suggestions() -> str:
    """The few best hits as a list for a search field."""
    found = find(snapshot(), replace(_asked(SUGGESTED, SUGGESTED_EACH), texts=False))
    return render_template(
        "search_suggestions.html", text=found.text, groups=_groups(found), count=len(found.hits), then=_then()
    )


def _asked(limit: int, most_each: int) -> SearchAsked:
    kind = request.args.get("kind", "")
    labels = frozenset(label for label in SEARCHED if label.value.lower() == kind) or frozenset(SEARCHED)
    return SearchAsked(
        text=request.args.get("q", "")[:MOST_LETTERS].strip(), labels=labels, limit=limit, most_each=most_each
    )


def _then() -> str:
    """Which page of a municipality the reader wants to go on to."""
    wanted = request.args.get("then", "")
    return wanted if wanted.isalpha() and has_page(f"/municipalities/x/{wanted}") else ""


def _target(hit: Hit) -> str:
    """The page of a hit, or the page of it that was asked for."""
    meant = hit.now or hit.key
    if meant.label is Label.MUNICIPALITY and _then():
        return f"/municipalities/{meant.local}/{_then()}"
    return record_url(meant)


def _groups(found: SearchFound) -> list[ShownGroup]:
    return [
        ShownGroup(label.value.lower(), words()(HEADINGS[label]), [_shown(hit) for hit in hits], label in found.more)
        for label, hits in found.by_label()
    ]


def _shown(hit: Hit) -> ShownHit:
    kind = hit.key.label.value.lower()
    if hit.key.label is Label.CONCEPT:
        id = hit.key.local.partition(".")[2]
        return ShownHit(hit.kind, term(hit.kind, id), _target(hit), hit.key, "")
    about = _about(hit)
    return ShownHit(kind, beside(name_of(hit.key), about), _target(hit), hit.key.local, about)


def _about(hit: Hit) -> str:
    """Kind, place and code in a line; for a municipality that is no more what it became."""
    speak = words()
    parts = []
    if hit.key.label is Label.ACTOR:
        node = snapshot().projection.node(hit.key)
        kind = term("actor_kind", node.kind) if isinstance(node, Actor) and node.kind else ""
        parts += [kind] if kind and kind.partition(",")[0] not in hit.name else []
    elif hit.kind:
        parts.append(term("municipality_kind", hit.kind))
    elif hit.level is not None:
        parts.append(term("level", hit.level))
    parts += [each for each in hit.within if each.partition(",")[0] not in hit.name]
    if hit.key.label is Label.MUNICIPALITY and hit.level is not Level.STATE:
        parts.append(hit.key.local)
    if hit.until:
        parts.append(
            speak("until {day}, today {name}", day=speak.period(hit.until), name=hit.now_name)
            if hit.now_name
            else speak("until {day}", day=speak.period(hit.until))
        )
    if hit.how is How.TEXT:
        parts.append(speak("by its description"))
    return " · ".join(parts)
