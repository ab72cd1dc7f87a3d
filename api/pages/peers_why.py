"""Why a municipality is among the peers or not, in sentences and as a table of all reasons."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request

from api.http.current import snapshot, words
from api.pages.peers_view import View
from api.questions.peers import PeerExplained, explain_pair
from api.words.peers import elsewhere_words, told_apart
from api.words.suggestions import Explainer
from graph_service.errors import Ambiguous, NotFound
from graph_service.model import Municipality
from matching.contract import Contribution


def reason_cells(contributions: tuple[Contribution, ...], explainer: Explainer) -> Iterator[tuple[str, ...]]:
    """Every reason as cells; the last row is the sum."""
    speak = explainer.words
    for each in contributions:
        yield (
            explainer.label(each.feature),
            explainer.value(each.own) if each.own is not None or each.other is not None else "–",
            explainer.value(each.other) if each.own is not None or each.other is not None else "–",
            explainer.unit(each.unit) or "–",
            speak.period(each.period) or "–",
            speak.number(each.possible, 4) if each.possible is not None else "–",
            speak.number(each.amount, 4),
        )
    yield (speak("Sum"), "", "", "", "", "", speak.number(sum(each.amount for each in contributions), 4))


@dataclass(frozen=True, slots=True)
class Explained:
    """Why somebody is in the list or not."""

    text: str
    problem: str = ""
    name: str = ""
    sentences: tuple[str, ...] = ()
    reasons: tuple[tuple[str, ...], ...] = ()
    candidates: tuple[tuple[str, str], ...] = ()


def explained(view: View, explainer: Explainer) -> Explained | None:
    """The answer to “why” in the address; None where nobody asks."""
    text = request.args.get("why", "").strip()[:200]
    if not text:
        return None
    here, speak = snapshot(), words()
    own = here.projection.node(view.asked.municipality)
    try:
        other = here.municipality(text, own.level if isinstance(own, Municipality) else None)
    except Ambiguous as error:
        problem = speak("Several are called that. Which one do you mean?")
        return Explained(text, problem, candidates=told_apart(error.candidates, explainer))
    except NotFound:
        return Explained(text, speak("No municipality is known as “{text}”.", text=text))
    name = explainer.name(other)
    if other == own.key:
        return Explained(text, speak("That is the municipality itself, with which all others are compared."), name)
    try:
        pair = explain_pair(here, view.asked, other)
    except NotFound:
        return Explained(text, elsewhere_words(other, explainer), name)
    return Explained(text, "", name, tuple(_why(pair, explainer)), tuple(reason_cells(pair.contributions, explainer)))


def _why(pair: PeerExplained, explainer: Explainer) -> Iterator[str]:
    speak = explainer.words
    if pair.rank:
        yield speak(
            "{name} stands at place {rank}: {closeness}.",
            name=explainer.name(pair.key),
            rank=speak.number(pair.rank),
            closeness=explainer.closeness(pair),
        )
    else:
        yield speak(
            "{name} is left out by the filters, lies within or around the municipality, or too little is known of it.",
            name=explainer.name(pair.key),
        )
    yield from explainer.reasons(pair)
