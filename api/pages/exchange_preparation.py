"""The sheet that prepares an exchange, made from the profiles of those who take part."""

from dataclasses import dataclass

from flask import Blueprint, render_template

from api.http.current import snapshot, words
from api.http.viewer import viewer
from api.pages.exchange import exchange_facts, exchange_of
from api.pages.frame import record_url, term
from api.questions.exchanges import Preparation, fields_about, prepare
from api.words.exchanges import Phase, checklist
from api.words.preparation import alike, further, named_sides, questions, unlike
from api.words.suggestions import Explainer
from matching.peers.challenges import SEVERITY
from matching.practices.records import FAILED, Event

preparation = Blueprint("exchange_preparation", __name__)

MOST_PAIRS = 4


@dataclass(frozen=True, slots=True)
class Pair:
    """The preparation of two sides in words."""

    own: str
    other: str
    closeness: str
    alike: list[str]
    unlike: list[str]
    further: list[str]
    sides: tuple[tuple[str, list[tuple[str, str, str]], list[tuple[str, str]]], ...]
    """For each side its name, its practices with their state, and its offers."""
    challenges: list[tuple[str, str, str]]
    questions: list[str]


@preparation.get("/exchanges/<local:id>/preparation")
def show_preparation(id: str) -> str:
    """A sheet to send ahead: what both sides share, where one is further, and what is worth asking."""
    found = exchange_of(id)
    explainer = Explainer(snapshot().projection, words())
    fields = fields_about(snapshot(), found)
    # whoever reads looks from the own side
    first, *others = sorted(found.municipalities, key=lambda key: key not in viewer().municipalities) or (None,)
    told = [prepare(snapshot(), first, other, fields) for other in others[:MOST_PAIRS]] if first else []
    told = [named_sides(each, explainer) for each in told]
    return render_template(
        "exchange_preparation.html",
        found=found,
        facts=exchange_facts(found),
        fields=[term("field", each) for each in sorted(fields)],
        pairs=[_pair(each, explainer) for each in told],
        checks=checklist(found.record.format, Phase.DURING, explainer),
        most=SEVERITY,
        sources=explainer.sources(
            dict.fromkeys(c.feature for each in told if each.pair for c in each.pair.contributions)
        ),
    )


def _pair(told: Preparation, explainer: Explainer) -> Pair:
    speak = explainer.words

    def rated(value: float | None) -> str:
        return speak("not rated") if value is None else speak.number(value)

    return Pair(
        told.own.name,
        told.other.name,
        explainer.closeness(told.pair) if told.pair else "",
        alike(told, explainer),
        unlike(told, explainer),
        list(further(told, explainer)),
        tuple(
            (
                side.name,
                [(known.name, record_url(known.key), _status(event)) for known, event in side.practices],
                [(each.name, record_url(each.key)) for each in side.offers],
            )
            for side in (told.own, told.other)
        ),
        [(explainer.term("challenge", id), rated(mine), rated(theirs)) for id, mine, theirs in told.challenges],
        list(questions(told, explainer)),
    )


def _status(event: Event) -> str:
    status = event.status or (FAILED if event.failed else "")
    return term("practice_status", status) if status else ""
