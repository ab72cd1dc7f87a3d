"""The page of one record: what it is, what it is related to, how fresh that is, and who says what since when."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from api.http.caching import depends_on_graph, today
from api.http.current import services, snapshot, words
from api.http.viewer import viewer
from api.language import N_
from api.pages.frame import PLACES, has_page, record_url, term
from api.pages.pictures import draw_timeline
from api.pages.practice_trail import draw_trail, how_far, trail
from api.pages.record_words import PROPERTIES, RELATIONS, TOPICS, edge_words, property_words
from api.questions.records import ActorFound, Freshness, OfferFound, PracticeFound, RecordFound, find_record
from api.questions.relations import Related
from api.questions.sources import find_claims, list_sources
from graph_service.errors import StoreError
from graph_service.keys import Label, NodeKey
from graph_service.model import Actor, Node

records = Blueprint("record_pages", __name__)
depends_on_graph(records)

LABELS = (Label.ACTOR, Label.ALLIANCE, Label.PRACTICE, Label.OFFER, Label.REQUEST)
_HIDDEN = frozenset({"name", "description", "url", "longitude", "latitude", "assured_on", "visibility", "key"})
"""What is told elsewhere on the page, or to machines alone."""


@dataclass(frozen=True, slots=True)
class Link:
    """Another record, and what the relation to it says."""

    name: str
    url: str
    about: str


@dataclass(frozen=True, slots=True)
class Section:
    """The records that a record is related to in one way."""

    heading: str
    links: tuple[Link, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Told:
    """What one dataset says of the record."""

    source: str
    about: str
    since: date
    facts: tuple[tuple[str, str], ...]


def _page(label: Label) -> Callable[[str], Response | str]:
    def page(id: str) -> Response | str:
        return show(label, id)

    page.__name__ = f"show_{label.value.lower()}"
    return page


for _label in LABELS:
    records.add_url_rule(f"{PLACES[_label]}/<string:id>", view_func=_page(_label))


def show(label: Label, id: str) -> Response | str:
    """The page of a record; another record of the same actor leads to the one that is shown."""
    here, speak = snapshot(), words()
    found = find_record(here, label, id, today())
    if found.key.local != id:
        return redirect(record_url(found.key), 303)
    node: Node = found.record  # type: ignore[attr-defined]  # every kind of RecordFound has one
    stops = list(trail(found)) if isinstance(found, PracticeFound) else []
    fresh = found.freshness if isinstance(found, ActorFound | OfferFound) else None
    return render_template(
        "record.html",
        label=label.value.lower(),
        key=found.key,
        name=found.name,
        description=getattr(node, "description", None) or "",
        web=_web(getattr(node, "url", None)),
        facts=[*_topics(found), *_facts(label, node)],
        fresh=fresh,
        fresh_words=_freshness(fresh) if fresh else "",
        sections=list(_sections(found)),
        stops=stops,
        answer=how_far(stops),
        map=draw_trail(stops, speak("Map: where {name} was tried, numbered as in the table", name=found.name)),
        timeline=draw_timeline(
            [each.span for each in stops if each.span], speak("Timeline: where {name} was tried", name=found.name)
        ),
        told=_told(label, found.key),
        crumbs=_crumbs(label),
        following=_next(label, found.key),
        contact=f"/contact?to={found.key}" if viewer().account is not None and has_page("/contact") else "",
        lawful=bool(isinstance(node, Actor) and node.legal_basis),
    )


def _crumbs(label: Label) -> list[tuple[str, str]]:
    lists = {
        Label.PRACTICE: N_("Practice"),
        Label.ALLIANCE: N_("Alliance"),
        Label.OFFER: N_("Offers"),
        Label.REQUEST: N_("Requests"),
    }
    path = PLACES[label]
    return [(words()(lists[label]), path)] if label in lists and has_page(path) else []


NEXT: tuple[tuple[Label, str, str], ...] = (
    (Label.REQUEST, N_("Who could support it?"), "/requests/{id}/supporters"),
    (Label.ALLIANCE, N_("How sound is this alliance?"), "/alliances/{id}/check"),
    (Label.ACTOR, N_("Which requests could it support?"), "/actors/{id}/requests"),
)
"""The page that goes on from a record, by its kind."""


def _next(label: Label, key: NodeKey) -> list[tuple[str, str]]:
    """Where one can go on from a record, as far as these pages are there."""
    found = []
    for kind, title, path in NEXT:
        if kind is label and has_page(path.format(id="x")):
            found.append((words()(title), path.format(id=quote(key.local))))
    if has_page("/network"):
        found.append((words()("Look at it in the network"), f"/network?{urlencode({'start': str(key)})}"))
    if label is Label.OFFER and viewer().account is not None and has_page("/offers/x/edit"):
        found.append((words()("Change or confirm"), f"/offers/{quote(key.local)}/edit"))
    return found


def _web(url: str | None) -> str:
    """A web address, if it is one that may be followed."""
    return url if url and url.startswith(("https://", "http://")) else ""


def _facts(label: Label, node: Node) -> Iterator[tuple[str, str]]:
    for name, title in PROPERTIES.items():
        if name not in _HIDDEN and (said := property_words(label, name, getattr(node, name, None))):
            yield words()(title), said


def _topics(found: RecordFound) -> Iterator[tuple[str, str]]:
    """Fields, target groups and challenges."""
    for type, title in TOPICS.items():
        named = []
        for relation in found.relations:
            if relation.type is type and relation.direction == "out":
                for each in relation.items:
                    kind, _, id = each.key.local.partition(".")
                    named.append(term(kind, id))
        if named:
            yield words()(title), ", ".join(sorted(named))


def _freshness(fresh: Freshness) -> str:
    speak = words()
    if fresh.assured_on is None or fresh.days is None:
        return speak("Nobody has confirmed this entry yet.")
    months = round(fresh.days / 30.4)
    age = (
        speak.plural("one month ago", "{n} months ago", months)
        if fresh.days > 45
        else speak.plural("one day ago", "{n} days ago", fresh.days)
    )
    sentence = speak("Last confirmed on {day}, {age}.", day=speak.date(fresh.assured_on), age=age)
    return f"{sentence} {speak('It should be confirmed anew.')}" if fresh.due else sentence


def _sections(found: RecordFound) -> Iterator[Section]:
    for kind, title in RELATIONS.items():
        for relation in found.relations:
            if (relation.type, relation.direction) == kind:
                links = tuple(_link(each) for each in relation.items)
                yield Section(words()(title), links, relation.count - len(links))


def _link(each: Related) -> Link:
    if each.key.label is Label.CONCEPT:
        kind, _, id = each.key.local.partition(".")
        return Link(term(kind, id), record_url(each.key), edge_words(each.properties))
    return Link(each.name, record_url(each.key), edge_words(each.properties))


def _told(label: Label, key: NodeKey) -> tuple[Told, ...] | None:
    """Who says what, in the order in which they are believed; None while the store cannot be asked."""
    try:
        claims = find_claims(services(), snapshot().audience, key).claims
        sources = {each.id: each for each in list_sources(services(), snapshot().audience).items}
    except StoreError:
        return None
    found = []
    for claim in claims:
        source = sources.get(claim.dataset)
        about = ", ".join(filter(None, (source.publisher, source.licence))) if source else ""
        facts = tuple(
            (words()(title), said)
            for name, title in PROPERTIES.items()
            if (said := property_words(label, name, claim.properties.get(name)))
        )
        found.append(Told(source.title if source else claim.dataset, about, claim.since.date(), facts))
    return tuple(found)
