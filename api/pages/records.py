"""The page of one record: what it is, what it is related to, how fresh that is, and who says what since when."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from flask import Blueprint, redirect, render_template
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from api.http.caching import depends_on_graph, today
from api.http.current import services, snapshot, words
from api.http.viewer import viewer
from api.language import N_
from api.pages.frame import PLACES, has_page, record_url, term, theirs
from api.pages.names import name_of
from api.pages.pictures import draw_timeline
from api.pages.practice_trail import Stop, draw_trail, has_towns, how_far, not_recorded, only_named, trail
from api.pages.record_words import PROPERTIES, RELATIONS, TOPICS, edge_words, property_title, property_words
from api.questions.records import ActorFound, Freshness, OfferFound, PracticeFound, RecordFound, find_record
from api.questions.relations import Related
from api.questions.sources import ClaimFound, Source, find_claims, list_sources
from api.words.datasets import dataset_licences, dataset_title, own_words
from api.words.practices import evidence_meanings
from graph_service.errors import StoreError
from graph_service.keys import Label, NodeKey
from graph_service.model import Actor, EdgeType, Node, Practice
from matching.about import fields_of
from matching.naming.municipalities import plain

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
    """The publication that tells of it where one is recorded, else the dataset."""
    when: str
    """When that was published; of a dataset since when it is recorded here."""
    about: str
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
    named = isinstance(found, PracticeFound) and only_named(found.record, stops)
    fresh = found.freshness if isinstance(found, ActorFound | OfferFound) else None
    asking = _asking(node, stops)
    return render_template(
        "record.html",
        label=label.value.lower(),
        key=found.key,
        name=found.name,
        description=property_words(label, "description", getattr(node, "description", None)),
        web=_web(getattr(node, "url", None)),
        host=urlsplit(_web(getattr(node, "url", None))).netloc.removeprefix("www."),
        facts=[*_topics(found), *_facts(label, node)],
        fresh=fresh,
        fresh_words=_freshness(fresh) if fresh else "",
        sections=list(_sections(found)),
        stops=stops,
        answer=how_far(stops, named=named),
        named=named,
        unsaid=not_recorded(stops),
        towns=has_towns(stops),
        map=draw_trail(found.name, stops, named=named),
        timeline=draw_timeline(
            [each.span for each in stops if each.span], speak("Timeline: where {name} was tried", name=found.name)
        ),
        told=_told(label, found.key),
        crumbs=_crumbs(label),
        following=_next(label, found.key, asking),
        outside_first=not asking,
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


def _asking(node: Node, stops: Sequence[Stop]) -> str:
    """Where an exchange about a practice is proposed; nothing where nobody knows whether it was ever put to use."""
    if not isinstance(node, Practice) or node.unproven or not has_page("/exchanges/new"):
        return ""
    places = [each.key.local for each in stops if not each.declined]
    query = [("practice", node.key.local), *(("with", place) for place in places if len(places) == 1)]
    return f"/exchanges/new?{urlencode(query)}"


def _next(label: Label, key: NodeKey, asking: str) -> list[tuple[str, str]]:
    """Where one can go on from a record, as far as these pages are there."""
    found = [(words()("Propose an exchange about it"), asking)] if asking else []
    for kind, title, path in NEXT:
        if kind is label and has_page(path.format(id="x")):
            found.append((words()(title), path.format(id=quote(key.local))))
    if has_page("/network"):
        found.append((words()("Show in the network"), f"/network?{urlencode({'start': str(key)})}"))
    if label is Label.OFFER and viewer().account is not None and has_page("/offers/x/edit"):
        found.append((words()("Change or confirm"), f"/offers/{quote(key.local)}/edit"))
    return found


def _web(url: str | None) -> str:
    """A web address, if it is one that may be followed."""
    return url if url and url.startswith(("https://", "http://")) else ""


def _facts(label: Label, node: Node) -> Iterator[tuple[str, str]]:
    for name in PROPERTIES:
        value = getattr(node, name, None)
        if name not in _HIDDEN and (said := property_words(label, name, value)):
            note = _note(node, name) if isinstance(node, Practice) else ""
            yield property_title(name, value), _noted(said, note) if note else said


def _note(practice: Practice, name: str) -> str:
    """What a level of evidence means, and that a source has no address; nothing where there is no need."""
    if name == "evidence":
        return next((meaning for _, meaning in evidence_meanings([practice.evidence or ""], words())), "")
    if name == "source" and not _web(practice.url):
        return words()("Where the source itself can be read online is not recorded.")
    return ""


def _noted(said: str, note: str) -> Markup:
    return Markup('{}<br><span class="bk-meta">{}</span>').format(said, note)


def _topics(found: RecordFound) -> Iterator[tuple[str, str]]:
    """Fields, target groups and challenges; of a practice they lead to all that are for the same."""
    linked = isinstance(found, PracticeFound)
    for type, (one, several) in TOPICS.items():
        about = {each.key.local for r in found.relations if r.type is type and r.direction == "out" for each in r.items}
        if type is EdgeType.IN_FIELD and linked:
            about |= {f"field.{each}" for each in _fields_of_challenges(found)}
        named = sorted(((term(*id.partition(".")[::2]), id) for id in about), key=lambda each: plain(each[0]))
        shown = [_linked(name, record_url(f"concept:{id}") if linked else "") for name, id in named]
        if shown:
            # terms may hold commas themselves
            yield words()(one if len(shown) == 1 else several), Markup("; ").join(shown)


def _fields_of_challenges(found: RecordFound) -> set[str]:
    """The fields of the challenges that a practice addresses, which are its own as well."""
    addressed = {
        each.key.local.partition(".")[2]
        for relation in found.relations
        if relation.type is EdgeType.ADDRESSES and relation.direction == "out"
        for each in relation.items
    }
    return set(fields_of(snapshot().projection, addressed).values())


def _linked(text: str, url: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(url, text) if url else escape(text)


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
    return Link(name_of(each.key), record_url(each.key), edge_words(each.properties))


def _told(label: Label, key: NodeKey) -> tuple[Told, ...] | None:
    """Who says what, in the order in which they are believed; None while the store cannot be asked."""
    try:
        claims = find_claims(services(), snapshot().audience, key).claims
        sources = {each.id: each for each in list_sources(services(), snapshot().audience).items}
    except StoreError:
        return None
    return tuple(_said_by(label, claim, sources.get(claim.dataset)) for claim in claims)


def _said_by(label: Label, claim: ClaimFound, source: Source | None) -> Told:
    """Who says it: the publication that is named for it, and then the list it was taken from; else the dataset."""
    speak, said = words(), claim.properties
    title = dataset_title(speak, claim.dataset, source.title) if source else claim.dataset
    facts = tuple(
        (property_title(name, said[name]), told)
        for name in PROPERTIES
        if (told := property_words(label, name, said.get(name)))
    )
    here = speak("recorded here since {day}", day=speak.date(claim.since))
    if publication := property_words(label, "source", said.get("source")):
        published = property_words(label, "published_on", said.get("published_on"))
        when = speak("published {day}", day=published) if published else speak("date not known")
        return Told(publication, when, speak("Taken from “{title}”, {here}.", title=title, here=here), facts)
    publisher = own_words(speak, source.publisher) if source and source.publisher else ""
    licences = [theirs(text) for text, _ in dataset_licences(speak, source.licence)] if source else []
    return Told(title, here, Markup(", ").join(filter(None, [publisher, *licences])), facts)
