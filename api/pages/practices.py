"""What has been tried: by challenge and context with reasons, or everything that is recorded, by field of action."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from api.http.caching import depends_on_graph, today
from api.http.current import snapshot, words
from api.pages.frame import record_url, term
from api.questions.peers import DEFAULT_LENS, shipped_lens
from api.questions.practices import find_practices, practice_question
from api.words.practices import FIT, cautioned, headline, placed, scope, sentences
from api.words.suggestions import Explainer
from graph_service.errors import Ambiguous, NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType, Practice
from graph_service.projection import Projection
from graph_service.vocabulary import load_vocabulary
from matching.naming.municipalities import plain
from matching.practices.answers import PracticeAnswer, PracticeSuggestion

practices = Blueprint("practice_pages", __name__)
depends_on_graph(practices)

A_PAGE = 20
MOST_SUGGESTED = 10


@dataclass(frozen=True, slots=True)
class Listed:
    """A practice in the list of all: where it is applied, and what it is for."""

    key: NodeKey
    name: str
    url: str
    places: tuple[tuple[str, str], ...]
    fields: tuple[str, ...]
    challenges: tuple[str, ...]
    status: str
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
    where: str
    reasons: tuple[tuple[str, str], ...]


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
        answer = find_practices(here, lens, question, limit=MOST_SUGGESTED)
    return render_template(
        "practices.html",
        own=own,
        own_name=here.projection.name(Label.MUNICIPALITY, here.projection.position(own)) if own else name,
        problem=problem,
        candidates=candidates,
        challenge=challenge,
        text=text,
        field=_field(),
        challenges=_challenges(speak.language),
        fields=_terms("field", speak.language),
        **(_answered(answer) if answer else _listed(challenge, text)),
    )


def _own(name: str) -> tuple[NodeKey | None, str, Sequence[tuple[str, str]]]:
    """The municipality that is meant, what is wrong with its name, and what it may mean instead."""
    if not name:
        return None, "", ()
    try:
        return snapshot().municipality(name), "", ()
    except Ambiguous as error:
        return None, words()("Several are called that. Which one do you mean?"), error.candidates
    except NotFound:
        return None, words()("No municipality is known as “{text}”.", text=name), ()


def _field() -> str:
    found = request.args.get("field", "").strip()[:80]
    return found if load_vocabulary().find("field", found) else ""


def _terms(kind: str, language: str) -> list[tuple[str, str]]:
    found = [(each.id, each.label(language)) for each in load_vocabulary().terms(kind) if not each.deprecated]
    return sorted(found, key=lambda each: plain(each[1]))


def _challenges(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The challenges by field of action."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in load_vocabulary().terms("challenge"):
        if not each.deprecated:
            field = (each.broader or "").rpartition(".")[2]
            groups.setdefault(term("field", field) if field else "", []).append((each.id, each.label(language)))
    return sorted(groups.items())


def _answered(answer: PracticeAnswer) -> dict[str, object]:
    explainer = Explainer(snapshot().projection, words())
    return {
        "answer": headline(answer, explainer),
        "scope": list(scope(answer, explainer)),
        "suggested": [_suggested(each, explainer) for each in answer.suggestions],
        "cautions": [cautioned(each, explainer) for each in answer.cautions],
        "listed": None,
    }


def _suggested(each: PracticeSuggestion, explainer: Explainer) -> Suggested:
    told = list(sentences(each, explainer))
    return Suggested(
        each.rank,
        each.name,
        record_url(each.key),
        explainer.words(FIT[each.fit]),
        each.score,
        tuple(told),
        placed(each.witness, explainer) if each.witness else "",
        tuple((explainer.words.phrase(c.feature), explainer.words.number(c.amount, 4)) for c in each.contributions),
    )


def _listed(challenge: str, text: str) -> dict[str, object]:
    """All that is recorded, as far as it fits the filters."""
    speak, field = words(), _field()
    everything = snapshot().prepared(("practice-list", speak.language), _list)
    sought = plain(text).split()
    found = [
        each
        for each in everything
        if (not field or field in each.fields)
        and (not challenge or challenge in each.challenges)
        and all(word in each.sought for word in sought)
    ]
    pages = max(1, -(-len(found) // A_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    return {
        "answer": _summary(len(found), len(everything)),
        "listed": found[(page - 1) * A_PAGE : page * A_PAGE],
        "page": page,
        "pages": pages,
    }


def _summary(found: int, recorded: int) -> str:
    speak = words()
    if not recorded:
        return speak("No practice approaches are recorded yet.")
    if found == recorded:
        return speak.plural("One practice approach is recorded.", "{n} practice approaches are recorded.", found)
    return speak.plural(
        "One of {all} practice approaches fits.", "{n} of {all} practice approaches fit.", found,
        all=speak.number(recorded),
    )  # fmt: skip


def _list(projection: Projection) -> tuple[Listed, ...]:
    """Every practice with its places and terms, by name; in the language of the first who asks."""
    terms: dict[int, dict[str, list[str]]] = {}
    for type, kind in ((EdgeType.IN_FIELD, "field"), (EdgeType.ADDRESSES, "challenge")):
        edges = projection.edges(type)
        for source, target in zip(edges.source.tolist(), edges.target.tolist(), strict=True):
            id = projection.arrays.keys[target].partition(f"{kind}.")[2]
            terms.setdefault(source, {}).setdefault(kind, []).append(id)
    places, statuses = _applications(projection)
    found = []
    for i, at in enumerate(projection.spans[Label.PRACTICE]):
        node = projection.node(projection.key(Label.PRACTICE, i))
        if not isinstance(node, Practice):
            raise TypeError(node.key)
        about = terms.get(at, {})
        found.append(
            Listed(
                node.key,
                node.name or node.key.local,
                f"/practices/{node.key.local}",
                tuple(places.get(at, ())),
                tuple(about.get("field", ())),
                tuple(about.get("challenge", ())),
                statuses.get(at, ""),
                node.evidence or "",
                node.description or "",
                plain(" ".join((node.name or "", node.description or "", *(name for _, name in places.get(at, ()))))),
            )
        )
    return tuple(sorted(found, key=lambda each: plain(each.name)))


def _applications(projection: Projection) -> tuple[dict[int, list[tuple[str, str]]], dict[int, str]]:
    """For each practice its municipalities (key, name), and the status told last."""
    edges = projection.edges(EdgeType.APPLIED_IN)
    start = projection.spans[Label.MUNICIPALITY].start
    places: dict[int, list[tuple[str, str]]] = {}
    statuses: dict[int, str] = {}
    for i, (source, target) in enumerate(zip(edges.source.tolist(), edges.target.tolist(), strict=True)):
        key = projection.key(Label.MUNICIPALITY, target - start)
        entry = (key.local, projection.name(Label.MUNICIPALITY, target - start))
        if entry not in places.setdefault(source, []):
            places[source].append(entry)
        if status := str(edges.property(i).get("status", "")):
            statuses[source] = status
    return places, statuses
