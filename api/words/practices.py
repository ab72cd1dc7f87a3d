"""What is said about practices: what fits and why, where to ask, what did not work and why not."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

from api.language import N_, Words
from api.words.suggestions import Explainer
from graph_service.model import Actor
from graph_service.vocabulary import load_vocabulary
from matching.practices.answers import Caution, PracticeAnswer, PracticeSuggestion, Step
from matching.practices.records import REJECTED

FIT = {
    "challenge": N_("fits the challenge itself"),
    "related": N_("fits another challenge of the same field"),
    "field": N_("fits the field of action"),
    "text": N_("fits by its words alone"),
}
FEATURES = {
    "peer": N_("how comparable the municipality is"),
    "status": N_("the status of the practice"),
    "evidence": N_("the evidence"),
    "success": N_("how often it worked"),
    "freshness": N_("how recent the news is"),
    "challenge": N_("how well the challenge fits"),
    "text": N_("how well the text fits"),
}
START = N_("what is expected where nothing is known")
GENERAL_WAY = N_(
    "Where no contact is recorded, you can try the municipality's administration, though they may not know of it. "
    "The page of the municipality shows which bodies are recorded."
)
REMARKS: Mapping[str, str] = MappingProxyType(
    {
        "Bekannt ist die Auszeichnung im Bundeswettbewerb „Zusammenleben Hand in Hand“ 2018, nicht das Vorhaben.": N_(
            "Only the award in the federal competition “Zusammenleben Hand in Hand” 2018 is known, not what was done."
        ),
        "Bekannt ist die Auszeichnung im Wettbewerb „Menschen und Erfolge“ 2015, nicht das Vorhaben.": N_(
            "Only the award in the competition “Menschen und Erfolge” 2015 is known, not what was done."
        ),
        "Bekannt ist die Teilnahme am Programm, nicht, was vor Ort daraus wurde.": N_(
            "Only that they took part in the programme is known, not what came of it there."
        ),
        "Beitrag zum Bundeswettbewerb „Zusammenleben Hand in Hand“ 2018.": N_(
            "Entry to the federal competition “Zusammenleben Hand in Hand” 2018."
        ),
        "Im Bundeswettbewerb „Zusammenleben Hand in Hand“ 2018 als Einzelprojekt ausgezeichnet.": N_(
            "Received an award as a single project in the federal competition “Zusammenleben Hand in Hand” 2018."
        ),
        "Träger: Diakonieverband (Migrationszentrum).": N_("Carried by Diakonieverband (Migrationszentrum)."),
        "Träger: Caritas Ahaus-Vreden.": N_("Carried by Caritas Ahaus-Vreden."),
    }
)
"""What our own list of practices remarks of them, as its descriptions have it; what others describe stays as it is."""
MOST = 6
"""How many steps of a trail, or variants, are named before the rest is counted."""
MOST_PLACES = 3
"""How many places a first sentence names before the rest is counted."""


def headline(answer: PracticeAnswer, explainer: Explainer) -> str:
    """The answer in a sentence."""
    words = explainer.words
    subject = subject_of(answer, explainer)
    if answer.suggestions:
        return words.plural(
            "One practice may help {name} with {subject}: {first}.",
            "{n} practices may help {name} with {subject}; first of all: {first}.",
            len(answer.suggestions),
            name=explainer.name(answer.key),
            subject=subject,
            first=answer.suggestions[0].name,
        )
    return words("No recorded practice fits {subject} for {name}.", subject=subject, name=explainer.name(answer.key))


def subject_of(answer: PracticeAnswer, explainer: Explainer) -> str:
    """What was asked about, in quotation marks."""
    label = explainer.term("challenge", answer.challenge) if answer.challenge else answer.text
    return explainer.words("“{text}”", text=label)


def scope(answer: PracticeAnswer, explainer: Explainer) -> Iterator[str]:
    """Among how many, how old, what is here already, and what helps where nothing fits."""
    words = explainer.words
    if not answer.practices:
        yield words("No practices are recorded yet: `kompass import` takes lists of them.")
        return
    yield words.plural(
        "One practice is recorded; {fitting} fit.",
        "{n} practices are recorded; {fitting} fit.",
        answer.practices,
        fitting=words.number(answer.candidates),
    )
    if answer.dated:
        first, last = (words.date(day) for day in answer.dated)
        yield words("What is known of them dates from {first} to {last}.", first=first, last=last)
    if answer.undated:
        yield words.plural(
            "For one application no date is known.", "For {n} applications no date is known.", answer.undated
        )
    if answer.suggestions and answer.coverage < 1:
        share = words.percent(answer.coverage)
        yield words(
            "How comparable a place is, is known for {share} of the places where they are applied.", share=share
        )
    if answer.here:
        yield words("Already here: {names}.", names=words.list(name for _, name in answer.here[:MOST]))
    if answer.elsewhere:
        named = words.list(
            words("{label} ({count})", label=explainer.term("challenge", id), count=words.number(count))
            for id, count in answer.elsewhere
        )
        yield words("There are practices for other challenges: {named}.", named=named)


def sentences(each: PracticeSuggestion, explainer: Explainer) -> Iterator[str]:
    """Where to ask, what speaks for and against it, what is unknown, who came after whom, and what is like it."""
    words = explainer.words
    if each.witness is None:
        yield words("It is not known where it is applied.")
    else:
        place, who = placed(each.witness, explainer), whom_to_ask(each.witness, explainer)
        yield (
            words("Ask here: {who}, {place}.", who=who, place=place)
            if who
            else words("Recorded for {place}; whom to ask there is not recorded.", place=place)
        )
    told = {c.feature: c for c in each.contributions}
    for said, sign in ((N_("Speaks for it: {features}."), 1), (N_("Speaks against it: {features}."), -1)):
        found = [f for f in FEATURES if f in told and told[f].amount * sign > 1e-9]
        found.sort(key=lambda f: -abs(told[f].amount))
        if found:
            yield words(said, features="; ".join(_reason(f, told[f].own, told[f].other, explainer) for f in found))
    if missing := [words(FEATURES[f]) for f in FEATURES if f in told and abs(told[f].amount) <= 1e-9]:
        yield words("Neither helps nor harms, for nothing is known of it: {named}.", named=words.list(missing))
    if len(each.trail) > 1:
        steps = "; ".join(placed(step, explainer) for step in each.trail[:MOST])
        rest = len(each.trail) - MOST
        more = f"; {words.plural('and one more', 'and {n} more', rest)}" if rest > 0 else ""
        # an order is told only where every step has its day
        ordered = all(step.event.since for step in each.trail)
        said = N_("Who came after whom: {steps}.") if ordered else N_("Recorded for: {steps}.")
        yield words(said, steps=steps + more)
    if each.variants:
        yield words.plural("One more is much like it.", "{n} more are much like it.", len(each.variants))


def _reason(feature: str, own: object, other: object, explainer: Explainer) -> str:
    """A reason with what was compared, where that can be said in a word."""
    words = explainer.words
    label = words(FEATURES[feature])
    match feature:
        case "status" | "evidence":
            kind = "evidence" if feature == "evidence" else "practice_status"
            said = explainer.term(kind, str(other))
            if said == other:
                said = explainer.term("decision", str(other))
        case "success":
            said = words("{worked} of {tried}", worked=own, tried=other)
        case "peer":
            said = str(other)
        case "freshness":
            said = words.period(str(other))
        case _:
            return label
    return f"{label} ({said})"


def reason_rows(each: PracticeSuggestion, explainer: Explainer) -> Iterator[tuple[str, str, str]]:
    """Every reason with what it adds and could add, the weightiest first; the last row is the sum."""
    words = explainer.words
    for reason in each.contributions:
        label = words(FEATURES.get(reason.feature) or START)
        most = "–" if reason.possible is None else words.number(reason.possible, 4)
        yield label, most, words.number(reason.amount, 4)
    yield words("Sum"), "", words.number(sum(reason.amount for reason in each.contributions), 4)


def summary(found: int, recorded: int, words: Words) -> str:
    """How many of all that are recorded fit what was asked."""
    if not recorded:
        return words("No practices are recorded yet.")
    if found == recorded:
        return words.plural("One practice is recorded.", "{n} practices are recorded.", found)
    return words.plural(
        "One of {all} practices fits.", "{n} of {all} practices fit.", found,
        all=words.number(recorded),
    )  # fmt: skip


def whom_to_ask(step: Step, explainer: Explainer) -> str:
    """The role and body that did it; nothing where only the municipality is known."""
    projection, id = explainer.projection, step.event.actor
    key = projection.known(f"actor:{id}") if id else None
    node = projection.node(key) if key else None
    if not isinstance(node, Actor):
        return ""
    return ", ".join(filter(None, (node.contact_role, node.name or node.key.local)))


def placed(step: Step, explainer: Explainer) -> str:
    """A place with what happened there and when: Ravensburg (läuft, seit 2018; ähnlicher als 92 % aller Paare)."""
    words, event = explainer.words, step.event
    kind, id = ("practice_status", event.status) if event.kind == "applied" else ("decision", event.kind)
    parts = [explainer.term(kind, id)] if id else []
    if event.since:
        day = words.date(event.since)
        # a decision is of one day, and does not go on
        parts.append(words("since {day}", day=day) if event.kind == "applied" else words("on {day}", day=day))
    if event.until:
        parts.append(words("until {day}", day=words.date(event.until)))
    if step.nearness is not None:
        parts.append(words("closer than {share} of all pairs", share=words.percent(min(step.nearness, 0.99))))
    name = explainer.name(step.municipality)
    if not parts:
        return name
    said = ", ".join(parts)
    # what tells it from others of its name is in brackets already
    return f"{name[:-1]}; {said})" if name.endswith(")") else f"{name} ({said})"


def cautioned(caution: Caution, explainer: Explainer) -> str:
    """What did not work out, and why, in the words of those who know."""
    words, event = explainer.words, caution.step.event
    place = explainer.name(caution.step.municipality)
    said = words("because: {reason}", reason=event.said) if event.said else words("no reason is recorded")
    if event.kind == REJECTED:
        return words("{place} decided against “{practice}”; {said}", place=place, practice=caution.name, said=said)
    return words(
        "“{practice}” ended without success in {place}; {said}",
        place=place, practice=caution.name, said=said,
    )  # fmt: skip


def remark(text: str, words: Words) -> str:
    """A remark of our own in the reader's language; nothing where the words are somebody else's."""
    return words(REMARKS[text]) if text in REMARKS else ""


def fortunes(places: Sequence[str], failed: int, declined: int, words: Words, *, named: bool) -> Iterator[str]:
    """Where a practice was tried, in how many places without success, and how many decided against it."""
    if places:
        rest = len(places) - MOST_PLACES
        # one that is left over is named as well: it takes no more room than its number
        shown = list(places[:MOST_PLACES]) if rest > 1 else list(places)
        if rest > 1:
            shown.append(words.plural("one more", "{n} more", rest))
        told = words.list(shown)
        yield (
            words.plural(
                "Known from one municipality: {places}.",
                "Known from {n} municipalities: {places}.",
                len(places),
                places=told,
            )
            if named
            else words.plural(
                "Tried in one municipality: {places}.",
                "Tried in {n} municipalities: {places}.",
                len(places),
                places=told,
            )
        )
    if failed and len(places) == 1:
        yield words("It did not work out there; what is known of it stands below.")
    elif failed:
        yield words.plural(
            "In one of them it did not work out; what is known of it stands below.",
            "In {n} of them it did not work out; what is known of it stands below.",
            failed,
        )
    if declined:
        yield words.plural(
            "One municipality decided against it; what is known of it stands below.",
            "{n} municipalities decided against it; what is known of it stands below.",
            declined,
        )


def evidence_meanings(ids: Collection[str], words: Words) -> list[tuple[str, str]]:
    """What the levels of evidence that occur mean, the best first."""
    known = reversed(load_vocabulary().terms("evidence"))
    return [(each.label(words.language), each.definition(words.language)) for each in known if each.id in ids]
