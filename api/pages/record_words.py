"""What is said of a record and of its relations: labels of properties, and what an edge says, in a reader's words."""

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType

from babel import Locale, UnknownLocaleError

from api.http.current import words
from api.language import N_
from api.pages.frame import term, theirs
from api.words.practices import remark
from api.words.units import unbroken_law
from graph_service.errors import InvalidValue
from graph_service.keys import Label
from graph_service.model import EdgeType, check_period

PROPERTIES: Mapping[str, str] = MappingProxyType(
    {
        "name": N_("Name"),
        "kind": N_("Kind"),
        "description": N_("Description"),
        "legal_basis": N_("Legal basis"),
        "contact_role": N_("Who to ask"),
        "languages": N_("Languages"),
        "resources": N_("Resources"),
        "needs": N_("Needs"),
        "status": N_("Status"),
        "evidence": N_("Evidence"),
        "programme": N_("Programme"),
        "source": N_("Source"),
        "published_on": N_("Published"),
        "department": N_("Department"),
        "age_min": N_("From age"),
        "age_max": N_("Up to age"),
        "started_on": N_("Since"),
        "ended_on": N_("Until"),
        "open_from": N_("Open from"),
        "open_until": N_("Open until"),
        "funded_until": N_("Funded until"),
        "improvement_note": N_("What could be better"),
        "url": N_("Web page"),
        "assured_on": N_("Last confirmed"),
        "format": N_("Format"),
        "state": N_("State"),
        "planned_on": N_("Planned on"),
        "held_on": N_("Held on"),
        "longitude": N_("Longitude"),
        "latitude": N_("Latitude"),
    }
)
"""What properties are called, in the order in which they are told."""

VOCABULARIES: Mapping[tuple[Label, str], str] = MappingProxyType(
    {
        (Label.ACTOR, "kind"): "actor_kind",
        (Label.ACTOR, "resources"): "resource",
        (Label.ACTOR, "needs"): "resource",
        (Label.ALLIANCE, "kind"): "alliance_kind",
        (Label.ALLIANCE, "status"): "alliance_status",
        (Label.PRACTICE, "evidence"): "evidence",
        (Label.OFFER, "kind"): "offer_kind",
        (Label.OFFER, "status"): "offer_status",
        (Label.REQUEST, "resources"): "resource",
        (Label.REQUEST, "status"): "request_status",
        (Label.EXCHANGE, "format"): "exchange_format",
        (Label.EXCHANGE, "state"): "exchange_state",
    }
)
"""Of which vocabulary the values of a property are."""

RELATIONS: Mapping[tuple[EdgeType, str], str] = MappingProxyType(
    {
        (EdgeType.MEMBER_OF, "in"): N_("Who takes part"),
        (EdgeType.MEMBER_OF, "out"): N_("Takes part in"),
        (EdgeType.OFFERS, "in"): N_("Who offers it"),
        (EdgeType.OFFERS, "out"): N_("Offers"),
        (EdgeType.REQUESTED_BY, "out"): N_("Who is looking"),
        (EdgeType.REQUESTED_BY, "in"): N_("Is looking for"),
        (EdgeType.CARRIED_BY, "out"): N_("Who carries it"),
        (EdgeType.CARRIED_BY, "in"): N_("Carries"),
        (EdgeType.COOPERATES_WITH, "out"): N_("Works with"),
        (EdgeType.COOPERATES_WITH, "in"): N_("Works with"),
        (EdgeType.LOCATED_IN, "out"): N_("Where it is"),
        (EdgeType.SERVES, "out"): N_("For whom it is responsible"),
        (EdgeType.ACTS_IN, "out"): N_("Where it acts"),
        (EdgeType.INVOLVES, "out"): N_("Who takes part"),
        (EdgeType.INVOLVES, "in"): N_("Exchanges"),
        (EdgeType.ABOUT, "out"): N_("What it is about"),
        (EdgeType.ABOUT, "in"): N_("Exchanges about it"),
    }
)
"""What relations are called as headings, in the order in which they are told; places of a practice are its trail."""

TOPICS: Mapping[EdgeType, tuple[str, str]] = MappingProxyType(
    {
        EdgeType.ADDRESSES: (N_("Challenge"), N_("Challenges")),
        EdgeType.IN_FIELD: (N_("Field of action"), N_("Fields of action")),
        EdgeType.FOR_GROUP: (N_("Target group"), N_("Target groups")),
    }
)
"""What the terms of a record are called: one, and several."""
_ONE = {"languages": N_("Language"), "resources": N_("Resource")}
"""What a property is called that has one value where it may have several."""
_THEIR_WORDS = frozenset(
    {"name", "description", "legal_basis", "contact_role", "programme", "source", "department", "improvement_note"}
)
"""Properties that people fill in their own words."""
_TERMS = {
    "role": "alliance_role",
    "strength": "cooperation_strength",
    "status": "practice_status",
    "decision": "decision",
}


def property_title(name: str, value: object) -> str:
    """What a property is called that has this value."""
    one = isinstance(value, list | tuple) and len(value) == 1
    return words()(_ONE.get(name, PROPERTIES[name]) if one else PROPERTIES[name])


def property_words(label: Label, name: str, value: object) -> str:
    """The value of a property in the reader's words; nothing for an unknown one."""
    speak = words()
    if value is None or value == () or value == []:
        return ""
    if isinstance(value, date):
        return speak.date(value)
    if name == "languages" and isinstance(value, list | tuple):
        return ", ".join(_language(str(each)) for each in value)
    vocabulary = VOCABULARIES.get((label, name))
    if isinstance(value, list | tuple):
        # terms may hold commas themselves
        return "; ".join(term(vocabulary, str(each)) if vocabulary else str(each) for each in value)
    if isinstance(value, int | float):
        return speak.number(value)
    text = term(vocabulary, str(value)) if vocabulary else str(value)
    if label is Label.PRACTICE and name == "description" and (known := remark(text, speak)):
        return known
    if name in _THEIR_WORDS:
        return theirs(unbroken_law(text) if name == "legal_basis" else text)
    return _period(text) if name.endswith(("_on", "_from", "_until")) else text


def _period(text: str) -> str:
    """A day, month or year as people write it; what is none stays as somebody wrote it."""
    try:
        return words().period(check_period(text))
    except (InvalidValue, ValueError):
        return theirs(text)


def _language(code: str) -> str:
    """The name of a language; what is no known code stays as it is."""
    try:
        return Locale.parse(code).get_language_name(words().language) or code
    except (UnknownLocaleError, ValueError):
        return code


def edge_words(said: Mapping[str, object]) -> str:
    """What an edge says: role or status, from when to when, and somebody's own words."""
    return ", ".join(filter(None, _edge(said)))


def _edge(said: Mapping[str, object]) -> Iterator[str]:
    speak = words()
    for name, vocabulary in _TERMS.items():
        if said.get(name):
            yield term(vocabulary, str(said[name]))
    since, until = (str(said[name]) if said.get(name) else "" for name in ("since", "until"))
    if since and until:
        yield f"{speak.period(since)}–{speak.period(until)}"
    elif since:
        yield speak("since {year}", year=speak.period(since))
    elif until:
        yield speak("until {day}", day=speak.period(until))
    if said.get("on"):
        yield speak.period(str(said["on"]))
    for name in ("outcome", "reason"):
        if said.get(name):
            yield str(said[name])
