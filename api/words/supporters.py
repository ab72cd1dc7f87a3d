"""Sentences about supporters of requests and requests for supporters, for the command line and the pages."""

from collections.abc import Iterator, Sequence

from babel import Locale

from api.language import N_, Words
from api.words.suggestions import Explainer
from graph_service.keys import Label, NodeKey
from matching.contract import Contribution
from matching.supporters.answers import SupporterAnswer, SupporterSuggestion
from matching.supporters.records import Supporter

FIT = {
    "resources": N_("brings what is looked for"),
    "text": N_("describes itself alike"),
    "field": N_("works in the field; ask whether it can help"),
}
FEATURES = {
    "resources": N_("resources"),
    "text": N_("the words"),
    "place": N_("the place"),
    "field": N_("the field of action"),
    "language": N_("languages"),
    "target_group": N_("the target group"),
    "freshness": N_("last confirmed"),
}
NEAR = {
    "same-place": N_("same place"),
    "same-area": N_("works there"),
    "same-district": N_("same district"),
    "neighbour": N_("neighbouring area"),
    "distance": N_("near"),
    "same-state": N_("same state"),
    "elsewhere": N_("elsewhere"),
}
STATES = {
    "open": N_("open"),
    "later": N_("not open yet"),
    "past": N_("its time is over"),
}
TERMS = {"resources": "resource", "field": "field", "target_group": "target_group"}
GOOD = 0.5
"""From this share of what an aspect could add on it speaks for the suggestion, below against it."""


def headline(answer: SupporterAnswer, words: Words) -> str:
    """The answer in a sentence."""
    if answer.key.label is Label.ACTOR:
        if not answer.suggestions:
            return words("No open request looks for what {name} is known to bring.", name=answer.name)
        return words.plural(
            "{name} can support one request: {first}.",
            "{name} can support {n} requests; first of all: {first}.",
            len(answer.suggestions),
            name=answer.name,
            first=answer.suggestions[0].name.removesuffix("."),
        )
    if not answer.suggestions:
        return words("Nobody is recorded who can support “{name}”.", name=answer.name)
    return words.plural(
        "One actor can support “{name}”: {first}.",
        "{n} actors can support “{name}”; first of all: {first}.",
        len(answer.suggestions),
        name=answer.name,
        first=answer.suggestions[0].name.removesuffix("."),
    )


def scope(answer: SupporterAnswer, explainer: Explainer, *, later: bool = False, counted: bool = True) -> Iterator[str]:
    """Whether the request is open, among how many was looked, and how old that is.

    ``later``: only among the new. ``counted``: whether it is to be told among how many; headlines of pages tell it.
    """
    words = explainer.words
    if answer.key.label is Label.ACTOR:
        yield words.plural("One request is recorded.", "{n} requests are recorded.", answer.considered)
        if answer.coverage < 1:
            share = words.percent(answer.coverage)
            yield words("Of {name} {share} of what is compared is known.", name=answer.name, share=share)
        return
    if answer.state != "open":
        yield words("State of the request: {state}.", state=state_words(answer.state, explainer))
    if counted:
        yield words.plural("Looked for among one actor.", "Looked for among {n} actors.", answer.considered)
    if later and answer.earlier:
        yield words.plural(
            "One other was there before and fits.", "{n} others were there before and fit.", answer.earlier
        )
    yield from _assurance(answer, words)


def _assurance(answer: SupporterAnswer, words: Words) -> Iterator[str]:
    """How old the entries of the supporters are, and how many were never confirmed."""
    never = answer.unassured
    if not answer.assured:
        if never:
            yield words.plural("One was never confirmed.", "{n} were never confirmed.", never)
        return
    first, last = (words.date(day) for day in answer.assured)
    if first == last:
        said = words("Last confirmed on {day}", day=first)
    else:
        said = words("Last confirmed between {first} and {last}", first=first, last=last)
    rest = words.plural("one was never confirmed", "{n} were never confirmed", never) if never else ""
    yield "; ".join(filter(None, (said, rest))) + "."


def state_words(state: str, explainer: Explainer) -> str:
    """Whether a request is open."""
    return explainer.words(STATES[state]) if state in STATES else explainer.term("request_status", state)


def sentences(each: SupporterSuggestion, explainer: Explainer) -> Iterator[str]:
    """What speaks for and against it, what is unknown, whom to ask, and until when."""
    words = explainer.words
    known = [c for c in each.contributions if c.other is not None]
    good = [c for c in known if c.amount >= GOOD * (c.possible or 0)]
    if good:
        told = "; ".join(_reason(c, explainer, good=True) for c in good)
        yield words("Speaks for it: {features}.", features=told)
    if poor := [c for c in known if c not in good]:
        told = "; ".join(_reason(c, explainer, good=False) for c in poor)
        yield words("Speaks against it: {features}.", features=told)
    if missing := [words(FEATURES[c.feature]) for c in each.contributions if c.other is None]:
        yield words("Not known, and so not counted: {named}.", named=words.list(missing))
    if each.contact_role:
        yield words("Whom to ask: {role}.", role=each.contact_role)
    if each.open_until:
        yield words("Open until {day}.", day=words.date(each.open_until))


def _reason(reason: Contribution, explainer: Explainer, *, good: bool) -> str:
    """An aspect with what is looked for and what is there."""
    words, feature = explainer.words, reason.feature
    label = words(FEATURES[feature])
    if feature in TERMS or feature == "language":
        own, other = (
            (", " if feature == "language" else " · ").join(
                _term(feature, id, explainer) for id in str(side).split(";")
            )
            for side in (reason.own, reason.other)
        )
        return words("{label} (looked for: {own} – there: {other})", label=label, own=own, other=other)
    if feature == "place":
        return f"{label} ({words(NEAR[str(reason.other)])})"
    if feature == "freshness":
        return words("last confirmed {day}", day=words.period(str(reason.other)))
    if feature == "text":
        return words("the words fit") if good else words("its words say nothing of it")
    return label


def _term(feature: str, id: str, explainer: Explainer) -> str:
    if feature in TERMS:
        return explainer.term(TERMS[feature], id)
    name: str = Locale.parse(explainer.words.locale).languages.get(id, id)
    return name


def list_headline(looking: Sequence[str], found: int, known: int, words: Words, *, narrowed: bool) -> str:
    """How many requests look for somebody, the next to end first; ``found`` pass the filters, ``known`` there are."""
    if looking:
        return words.plural(
            "One request looks for support: {first}.",
            "{n} requests look for support; the next to end is {first}.",
            len(looking),
            first=looking[0].removesuffix("."),
        )
    if not known:
        return words("No request is recorded yet.")
    if found:
        return words.plural(
            "One request fits; it looks for nobody any more.",
            "{n} requests fit; they look for nobody any more.",
            found,
        )
    return words("No open request fits these filters.") if narrowed else words("No request is open at the moment.")


def cut_headline(answer: SupporterAnswer, most: int, words: Words) -> str:
    """The answer in a sentence; a list of supporters that is cut at ``most`` does not count how many there are."""
    if answer.key.label is Label.REQUEST and len(answer.suggestions) == most:
        return words.plural(
            "Of {count} recorded actors one fits: {first}.",
            "Of {count} recorded actors these {n} fit best, first of all: {first}.",
            most,
            count=words.number(answer.considered),
            first=answer.suggestions[0].name.removesuffix("."),
        )
    return headline(answer, words)


def where(actor: Supporter, explainer: Explainer) -> str:
    """The places of an actor; of one that its name tells already only what and where that is."""
    return "; ".join(filter(None, (_place(actor.name, place, explainer) for place in actor.places[:2])))


def _place(said: str, place: NodeKey, explainer: Explainer) -> str:
    name = explainer.name(place)
    if not any(f" {form} " in f" {said} " for form in (name, name.partition(" (")[0])):
        return name
    # what it is may stand anywhere; Brandenburg an der Havel says nothing of where it is, Hamburg does
    kind, *where_it_is = explainer.place(place).split(", ")
    kept = [kind] if f" {kind} " not in f" {said} " else []
    return ", ".join(kept + [part for part in where_it_is if not said.endswith(f" {part}")])
