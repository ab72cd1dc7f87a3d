"""Where sources contradict one another: who says what since when, which one is believed, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from flask import Blueprint, render_template, request

from api.http.caching import depends_on_graph
from api.http.current import services, snapshot, words
from api.language import N_, day_of
from api.pages.data_frame import HOME, name_of, part_of, tabs, title_of
from api.pages.frame import record_url, term, url_with
from api.pages.record_words import PROPERTIES, property_words
from api.questions.conflicts import Disagreement, Saying, list_disagreements
from api.questions.sources import Source, list_sources
from graph_service.keys import Label, NodeKey
from graph_service.model import CURATED

data_conflicts = Blueprint("data_conflicts", __name__, url_prefix=f"{HOME}/conflicts")
depends_on_graph(data_conflicts)

KINDS = {
    Label.MUNICIPALITY: N_("Municipalities"),
    Label.ACTOR: N_("Actors"),
    Label.ALLIANCE: N_("Alliances"),
    Label.PRACTICE: N_("Practices"),
    Label.OFFER: N_("Offers"),
    Label.REQUEST: N_("Requests"),
    Label.EXCHANGE: N_("Exchanges"),
    Label.CONCEPT: N_("Terms"),
    Label.INDICATOR: N_("Indicators"),
}
MORE: Mapping[str, str] = MappingProxyType(
    {
        "level": N_("Level"),
        "population": N_("Inhabitants"),
        "area_km2": N_("Area in km²"),
        "territory_date": N_("Territory as of"),
        "population_date": N_("Inhabitants as of"),
        "valid_from": N_("Valid from"),
        "valid_until": N_("Valid until"),
        "visibility": N_("Visible for"),
        "label_en": N_("English name"),
        "broader": N_("Broader term"),
        "unit": N_("Unit"),
        "theme": N_("Theme"),
        "polarity": N_("Polarity"),
        "scale": N_("Scale"),
        "source": N_("Source"),
        "licence": N_("Licence"),
    }
)
"""What properties are called that the pages of records tell otherwise."""
SPELT_OUT: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "scale": {"linear": N_("evenly"), "log": N_("over several orders of magnitude"), "share": N_("as a share")},
        "polarity": {"1": N_("more is better"), "-1": N_("less is better"), "0": N_("neither better nor worse")},
    }
)
"""What values mean that are short signs in the data."""
_TERMS = {"level": "level", "visibility": "visibility", "theme": "theme"}


@dataclass(frozen=True, slots=True)
class Said:
    """What one dataset says."""

    value: str
    title: str
    since: date
    believed: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """A disagreement in words."""

    name: str
    url: str
    property: str
    sayings: tuple[Said, ...]
    why: str


def property_name(name: str) -> str:
    """What a property is called."""
    found = PROPERTIES.get(name) or MORE.get(name)
    return words()(found) if found else name


def value_words(label: Label, name: str, value: object) -> str:
    """The value of a property in words."""
    if name in _TERMS:
        return term(_TERMS[name], str(value))
    if str(value) in SPELT_OUT.get(name, {}):
        return words()(SPELT_OUT[name][str(value)])
    return property_words(label, name, value)


@data_conflicts.get("")
def show_conflicts() -> str:
    """The list, of one kind of record or of all, or of one record."""
    here, speak = snapshot(), words()
    found = list_disagreements(services(), here.audience).items
    about = request.args.get("key", "")[:300]
    if about:
        found = tuple(each for each in found if each.key == about)
    counts: dict[Label, int] = {}
    for each in found:
        counts[each.key.label] = counts.get(each.key.label, 0) + 1
    asked = request.args.get("kind", "")
    chosen = [each for each in found if not asked or each.key.label.value.lower() == asked]
    part = part_of(chosen)
    sources = {each.id: each for each in list_sources(services(), here.audience).items}
    kinds = [(f"{speak('All')} ({speak.number(len(found))})", url_with(kind=None, page=None), not asked)]
    kinds += [
        (
            f"{speak(KINDS[label])} ({speak.number(count)})",
            url_with(kind=label.value.lower(), page=None),
            label.value.lower() == asked,
        )
        for label, count in counts.items()
    ]
    return render_template(
        "data_conflicts.html",
        tabs=tabs(),
        kinds=kinds if len(counts) > 1 else [],
        count=len(found),
        records=len({each.key for each in found}),
        part=part,
        items=[_conflict(each, sources) for each in part.items],
        about=name_of(chosen[0].key) if about and chosen else "",
        asked=about,
        back=record_url(NodeKey(about)) if about and chosen else "",
    )


def _conflict(each: Disagreement, sources: Mapping[str, Source]) -> Conflict:
    return Conflict(
        name_of(each.key),
        record_url(each.key),
        property_name(each.property),
        tuple(
            Said(
                value_words(each.key.label, each.property, saying.value),
                _title(saying, sources),
                day_of(saying.since),
                saying is each.sayings[0],
            )
            for saying in each.sayings
        ),
        _why(each, sources),
    )


def _title(saying: Saying, sources: Mapping[str, Source]) -> str:
    source = sources.get(saying.dataset)
    return title_of(saying.dataset, source.title if source else saying.dataset)


def _why(each: Disagreement, sources: Mapping[str, Source]) -> str:
    """Why the first one is believed."""
    speak = words()
    first = each.sayings[0].dataset
    if first == CURATED.id:
        return speak("What is entered by hand comes before every dataset.")
    ranks = [sources[saying.dataset].precedence for saying in each.sayings if saying.dataset in sources]
    if len(ranks) > 1 and ranks[0] == ranks[1]:
        return speak("Both datasets have the rank {rank}; then the order of their ids counts.", rank=ranks[0])
    if len(ranks) > 1:
        return speak(
            "Its dataset has the rank {rank}, the next one the rank {next}; the lower comes first.",
            rank=ranks[0],
            next=ranks[1],
        )
    return ""
