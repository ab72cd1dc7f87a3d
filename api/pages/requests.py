"""Requests looking for supporters, and actors with something to give: both lists, and who fits whom, with reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from api.http.caching import depends_on_graph, today
from api.http.current import snapshot, words
from api.http.viewer import Role, viewer
from api.pages.frame import SIGN_IN, has_page, record_url, term
from api.pages.names import name_of
from api.pages.request_filters import read_filters, terms_of
from api.questions.records import known_key
from api.questions.supporters import (
    LOOKING,
    find_requests,
    find_resources,
    find_supporters,
    supporter_ranker,
)
from api.words.suggestions import Explainer
from api.words.supporters import FIT, cut_headline, list_headline, scope, sentences, state_words, where
from graph_service.errors import Ambiguous, NotFound
from graph_service.keys import Label, NodeKey
from matching.naming.municipalities import plain
from matching.naming.nodes import find_actor
from matching.supporters.answers import SupporterAnswer, SupporterSuggestion
from matching.supporters.records import Supporter, Wanted

requests = Blueprint("request_pages", __name__)
depends_on_graph(requests)

LIST, RESOURCES = "/requests", "/requests/resources"
A_PAGE = 20
MOST_MATCHES = 20


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """A request in the list."""

    key: NodeKey
    name: str
    url: str
    matches: str
    by: str
    places: str
    resources: str
    until: date | None
    state: str


@dataclass(frozen=True, slots=True)
class ShownGiver:
    """An actor with something to give."""

    name: str
    url: str
    about: str
    resources: str
    matches: str


@dataclass(frozen=True, slots=True)
class ShownMatch:
    """An actor for a request, or a request for an actor, with reasons."""

    rank: int
    key: NodeKey
    name: str
    url: str
    about: str
    fit: str
    share: float
    sentences: tuple[str, ...]


@requests.get(LIST)
def show_requests() -> Response | str:
    """The requests that are open, by filters; an actor who is named goes on to those it could support."""
    actor, problem, people = _named_actor()
    if actor is not None:
        return redirect(f"/actors/{actor.local}/requests", 303)
    filters = read_filters()
    found = find_requests(snapshot(), filters.asked, today())
    page, pages = _page(len(found))
    known = len(supporter_ranker(snapshot()).requests)
    return render_template(
        "requests.html",
        answer=list_headline(
            [each.name for each in found if each.state(today()) in LOOKING],
            len(found),
            known,
            words(),
            narrowed=bool(request.args),
        ),
        filters=filters,
        problem=problem,
        people=people,
        found=len(found),
        items=[_shown(each) for each in found[(page - 1) * A_PAGE : page * A_PAGE]],
        known=known,
        page=page,
        pages=pages,
        **_choices(),
    )


def _named_actor() -> tuple[NodeKey | None, str, tuple[tuple[str, str], ...]]:
    """The actor whose name was typed, or what is wrong with it and whom it may mean."""
    text = request.args.get("actor", "").strip()[:200]
    if not text:
        return None, "", ()
    try:
        return find_actor(snapshot().projection, text), "", ()
    except Ambiguous as error:
        candidates = tuple((NodeKey(key).local, name) for key, name in error.candidates)
        return None, words()("Several actors are called “{text}”. Which one do you mean?", text=text), candidates
    except NotFound:
        return None, words()("No actor is recorded as “{text}”.", text=text), ()


@requests.get(RESOURCES)
def show_resources() -> str:
    """Who has what to give."""
    filters = read_filters()
    found = find_resources(snapshot(), filters.asked)
    page, pages = _page(len(found))
    speak = words()
    return render_template(
        "requests_resources.html",
        answer=speak.plural("One recorded actor could help.", "{n} recorded actors could help.", len(found))
        if found
        else speak("No recorded actor says that it has this to give."),
        by_law=_by_law(found),
        filters=filters,
        found=len(found),
        items=[_giver(each) for each in found[(page - 1) * A_PAGE : page * A_PAGE]],
        page=page,
        pages=pages,
        **_choices(),
    )


@requests.get("/actors/<local:id>/requests")
def show_for_actor(id: str) -> Response | str:
    """The open requests that an actor could support."""
    here, speak = snapshot(), words()
    key = known_key(here, Label.ACTOR, id)
    if key.local != id:
        return redirect(f"/actors/{key.local}/requests", 303)
    answer = find_supporters(here, key, today(), limit=MOST_MATCHES)
    explainer = Explainer(here.projection, speak)
    return render_template(
        "requests_matches.html",
        key=key,
        name=answer.name,
        url=record_url(key),
        heading=speak("What could {name} support?", name=answer.name),
        answer=cut_headline(answer, MOST_MATCHES, speak),
        scope=list(scope(answer, explainer)),
        matches=matches(answer, explainer),
        for_actor=True,
    )


def matches(answer: SupporterAnswer, explainer: Explainer) -> list[ShownMatch]:
    """The suggestions of an answer with their reasons."""
    return [_match(each, explainer) for each in answer.suggestions]


def _match(each: SupporterSuggestion, explainer: Explainer) -> ShownMatch:
    speak = explainer.words
    place = _places(each.key)
    km = speak("{km} km away", km=speak.number(each.km, 0)) if each.km is not None and each.km >= 1 else ""
    about = [explainer.term("actor_kind", each.kind) if each.kind else "", place, km]
    url = record_url(each.key)
    return ShownMatch(
        each.rank,
        each.key,
        each.name,
        url,
        " · ".join(filter(None, about)),
        speak(FIT[each.fit]),
        each.score,
        tuple(sentences(each, explainer)),
    )


def _places(key: NodeKey) -> str:
    ranker = supporter_ranker(snapshot())
    profile = ranker.actors.get(key) or ranker.requests.get(key)
    return ", ".join([name_of(each) for each in (profile.places if profile else ())[:2]])


def _shown(each: Wanted) -> ShownRequest:
    projection, speak = snapshot().projection, words()
    asking = [key for key in each.by if projection.known(key)]
    # where an alliance asks, its members do too; its name says it
    asking = [key for key in asking if key.label is Label.ALLIANCE] or asking
    state = each.state(today())
    return ShownRequest(
        each.key,
        each.name,
        record_url(each.key),
        f"{LIST}/{each.key.local}/supporters",
        speak.list(sorted(name_of(key) for key in asking[:2])),
        _places(each.key),
        ", ".join(sorted((term("resource", id) for id in each.resources), key=plain)),
        each.open_until,
        "" if state == "open" else state_words(state, Explainer(projection, speak)),
    )


def _by_law(found: Sequence[Supporter]) -> str:
    """That nobody asked the bodies by law; nothing where none of them is in the list."""
    count, speak = sum(each.by_law for each in found), words()
    if not count:
        return ""
    if count == len(found):
        return speak.plural(
            "It is a statutory body: what it can give follows from its task; nobody has asked it.",
            "They are statutory bodies: what they can give follows from their task; nobody has asked them.",
            count,
        )
    return speak.plural(
        "One of them is a statutory body: what it can give follows from its task; nobody has asked it.",
        "{n} of them are statutory bodies: what they can give follows from their task; nobody has asked them.",
        count,
    )


def _giver(each: Supporter) -> ShownGiver:
    kind = term("actor_kind", each.kind) if each.kind else ""
    # what the name says already is not said again
    about = [kind if kind not in each.name else "", where(each, Explainer(snapshot().projection, words()))]
    return ShownGiver(
        each.name,
        record_url(each.key),
        " · ".join(filter(None, about)),
        ", ".join(sorted((term("resource", id) for id in each.resources), key=plain)),
        f"/actors/{each.key.local}/requests" if supporter_ranker(snapshot()).requests else "",
    )


def _page(count: int) -> tuple[int, int]:
    pages = max(-(-count // A_PAGE), 1)
    return min(max(request.args.get("page", 1, type=int), 1), pages), pages


def _choices() -> dict[str, object]:
    """What every list offers."""
    return {
        "resources": terms_of("resource"),
        "fields": terms_of("field"),
        "groups": terms_of("target_group"),
        "enter": enter_url(),
    }


def enter_url() -> str:
    """Where a request is entered, by way of signing in; nothing for those who may not."""
    if viewer().role.covers(Role.EDITOR):
        return f"{LIST}/new"
    if viewer().role is not Role.ANONYMOUS or not has_page(SIGN_IN):
        return ""
    return f"{SIGN_IN}?{urlencode({'next': f'{LIST}/new'})}"
