"""What has been tried: by challenge and context with reasons, or everything that is recorded, by field of action."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from api.http.caching import depends_on_graph, today
from api.http.current import snapshot, words
from api.language import N_
from api.pages.frame import record_url, term
from api.pages.names import name_of
from api.questions.peers import DEFAULT_LENS, shipped_lens
from api.questions.practices import find_practices, practice_question
from api.questions.profile import ratings
from api.words.peers import told_apart
from api.words.practices import (
    FIT,
    cautioned,
    evidence_meanings,
    headline,
    reason_rows,
    remark,
    scope,
    sentences,
    summary,
)
from api.words.suggestions import Explainer
from graph_service.errors import Ambiguous, NotFound
from graph_service.keys import Label, NodeKey
from graph_service.projection import Projection
from graph_service.vocabulary import load_vocabulary
from matching.naming.municipalities import plain
from matching.practices.answers import PracticeAnswer, PracticeSuggestion
from matching.practices.records import FAILED, REJECTED, Event, read_practices

practices = Blueprint("practice_pages", __name__)
depends_on_graph(practices)

A_PAGE = 20
MOST_NAMED = 3
MOST_SUGGESTED = 10


@dataclass(frozen=True, slots=True)
class Listed:
    """A practice in the list of all: where it is applied, and what it is for."""

    key: NodeKey
    name: str
    url: str
    places: tuple[NodeKey, ...]
    fields: tuple[str, ...]
    challenges: tuple[str, ...]
    statuses: frozenset[str]
    """Of all its applications."""
    status: str
    """Of what goes on where something does, else the one told last."""
    since: date | None
    failed: int
    """In how many places it did not work out."""
    declined: int
    """How many decided against it."""
    evidence: str
    description: str
    sought: str
    """Its words as they are looked through."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """A practice that fits a municipality's question."""

    rank: int
    name: str
    url: str
    fit: str
    score: float
    sentences: tuple[str, ...]
    reasons: tuple[tuple[str, str, str], ...]
    """What each adds, and what it could add; the last row is the sum."""


@practices.get("/municipalities/<string:code>/practices")
def of_municipality(code: str) -> Response:
    """Lead to the practices as seen from a municipality."""
    key = snapshot().municipality(code)
    return redirect(f"/practices?municipality={key.local}", 303)


@practices.get("/practices")
def show_practices() -> str:
    """Answer for a municipality and a challenge or words; else list what is recorded."""
    here, speak = snapshot(), words()
    text, challenge = request.args.get("text", "").strip()[:500], request.args.get("challenge", "").strip()[:80]
    name = request.args.get("municipality", "").strip()[:200]
    own, problem, candidates = _own(name)
    known = load_vocabulary().find("challenge", challenge) is not None
    if challenge and not known:
        problem, challenge = speak("The challenge “{id}” is not known.", id=challenge), ""
    answer = None
    if own is not None and (challenge or text):
        lens = shipped_lens(DEFAULT_LENS)
        question = practice_question(here, own, today(), challenge, text)
        answer = find_practices(here, lens, question, limit=MOST_SUGGESTED, among=_wanted())
    return render_template(
        "practices.html",
        own=own,
        own_name=name_of(own) if own else name,
        problem=problem,
        candidates=candidates,
        challenge=challenge,
        text=text,
        field=_chosen("field"),
        status=_chosen("practice_status", "status"),
        **_choices(challenge, asked=own is not None),
        remark=lambda said: remark(said, words()),
        hardest=_hardest(own) if own is not None and answer is None else (),
        name_of=name_of,
        **(_answered(answer) if answer else _listed(challenge, text)),
    )


def _hardest(own: NodeKey) -> list[tuple[str, str]]:
    """What a municipality rates hardest, each with the address of what others tried against it."""
    rated = [each for each in ratings(snapshot()).get(own, ()) if each.severity][:MOST_NAMED]
    return [
        (
            term("challenge", each.challenge),
            f"/practices?{urlencode({'municipality': own.local, 'challenge': each.challenge})}",
        )
        for each in rated
    ]


def _own(name: str) -> tuple[NodeKey | None, str, Sequence[tuple[str, str]]]:
    """The municipality that is meant, what is wrong with its name, and what it may mean instead."""
    if not name:
        return None, "", ()
    try:
        return snapshot().municipality(name), "", ()
    except Ambiguous as error:
        return (
            None,
            words()("Several are called that. Which one do you mean?"),
            told_apart(error.candidates, Explainer(snapshot().projection, words())),
        )
    except NotFound:
        return None, words()("No municipality is known as “{text}”.", text=name), ()


def _chosen(kind: str, name: str = "") -> str:
    """A term that the address names; nothing where the vocabulary does not know it."""
    found = request.args.get(name or kind, "").strip()[:80]
    return found if load_vocabulary().find(kind, found) else ""


def _choices(challenge: str, *, asked: bool) -> dict[str, object]:
    """What can be chosen: only what some practice is of, and what is chosen already.

    For a municipality also the other challenges of a field that some practice is for, which may help there as well.
    """
    everything, speak = snapshot().prepared("practice-list", _list), words()
    fields = {each for one in everything for each in one.fields} | {_chosen("field")}
    statuses = {each for one in everything for each in one.statuses} | {_chosen("practice_status", "status")}
    known = {each for one in everything for each in one.challenges} | {challenge}
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in load_vocabulary().terms("challenge"):
        field = (each.broader or "").rpartition(".")[2]
        if each.id in known or (asked and field in fields):
            groups.setdefault(term("field", field) if field else "", []).append((each.id, each.label(speak.language)))
    named = [(each.id, each.label(speak.language)) for each in load_vocabulary().terms("field") if each.id in fields]
    status = [each for each in load_vocabulary().terms("practice_status") if each.id in statuses]
    return {
        "challenges": sorted(groups.items(), key=lambda each: plain(each[0])),
        "fields": sorted(named, key=lambda each: plain(each[1])),
        "statuses": [(each.id, each.label(speak.language)) for each in status],
    }


def _wanted() -> frozenset[NodeKey] | None:
    """The practices of the chosen field and status; None where neither is chosen."""
    field, status = _chosen("field"), _chosen("practice_status", "status")
    if not field and not status:
        return None
    return frozenset(each.key for each in snapshot().prepared("practice-list", _list) if _is_of(each, field, status))


def _is_of(one: Listed, field: str, status: str) -> bool:
    return (not field or field in one.fields) and (not status or status in one.statuses)


def _answered(answer: PracticeAnswer) -> dict[str, object]:
    explainer = Explainer(snapshot().projection, words())
    told = [reason for each in answer.suggestions for reason in each.contributions if reason.feature == "evidence"]
    return {
        "meanings": evidence_meanings({str(each.other) for each in told}, words()),
        "answer": headline(answer, explainer),
        "scope": list(scope(answer, explainer)),
        "filters": list(_filters("", _chosen("field"), _chosen("practice_status", "status"), "")),
        "suggested": [_suggested(each, explainer) for each in answer.suggestions],
        "cautions": [cautioned(each, explainer) for each in answer.cautions],
        "listed": None,
    }


def _suggested(each: PracticeSuggestion, explainer: Explainer) -> Suggested:
    return Suggested(
        each.rank,
        each.name,
        record_url(each.key),
        explainer.words(FIT[each.fit]),
        each.score,
        tuple(sentences(each, explainer)),
        tuple(reason_rows(each, explainer)),
    )


def _listed(challenge: str, text: str) -> dict[str, object]:
    """All that is recorded, as far as it fits the filters."""
    speak, field, status = words(), _chosen("field"), _chosen("practice_status", "status")
    everything = snapshot().prepared("practice-list", _list)
    sought = plain(text).split()
    found = [
        each
        for each in everything
        if _is_of(each, field, status)
        and (not challenge or challenge in each.challenges)
        and all(word in each.sought for word in sought)
    ]
    pages = max(1, -(-len(found) // A_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    shown = [_with_places(each) for each in found[(page - 1) * A_PAGE : page * A_PAGE]]
    return {
        "answer": summary(len(found), len(everything), speak),
        "filters": list(_filters(challenge, field, status, text)),
        "recorded": len(everything),
        "listed": shown,
        "meanings": evidence_meanings([each.evidence for each in shown], speak),
        "found": len(found),
        "page": page,
        "pages": pages,
    }


def _filters(challenge: str, field: str, status: str, text: str) -> Iterator[str]:
    """What the list is narrowed to."""
    speak = words()
    chosen = ((N_("Challenge"), "challenge", challenge), (N_("Field of action"), "field", field),
              (N_("Status"), "practice_status", status))  # fmt: skip
    for label, kind, id in chosen:
        if id:
            yield f"{speak(label)} {speak('“{text}”', text=term(kind, id))}"
    if text:
        yield speak("“{text}”", text=text)


def _list(projection: Projection) -> tuple[Listed, ...]:
    """Every practice with its places and terms, the best documented first, then by name."""
    rank = {each.id: n for n, each in enumerate(load_vocabulary().terms("evidence"))}
    found = []
    for each in read_practices(projection):
        places = {event.municipality: projection.position(event.municipality) for event in each.events}
        named = {key: projection.name(Label.MUNICIPALITY, position) for key, position in places.items()}
        told = [event for event in each.events if event.status]
        dated = [event.since for event in each.events if event.since and event.kind != REJECTED]
        description = each.practice.description or ""
        found.append(
            Listed(
                each.key,
                each.name,
                f"/practices/{each.key.local}",
                tuple(sorted(places)),
                tuple(sorted(each.fields)),
                tuple(sorted(each.challenges)),
                frozenset(event.status for event in told),
                max(told, key=_present).status if told else "",
                min(dated) if dated else None,
                len({event.municipality for event in each.events if event.status == FAILED}),
                len({event.municipality for event in each.events if event.kind == REJECTED}),
                each.practice.evidence or "",
                description,
                plain(" ".join((each.name, description, *named.values()))),
            )
        )
    return tuple(sorted(found, key=lambda each: (-rank.get(each.evidence, -1), plain(each.name))))


def _with_places(each: Listed) -> Listed:
    """Its places by the alphabet, as they are displayed."""
    return replace(each, places=tuple(sorted(each.places, key=lambda key: (plain(name_of(key)), key))))


def _present(event: Event) -> tuple[bool, date]:
    goes_on = event.until is None and not event.status.startswith("ended")
    return goes_on, event.last or date.min
