"""What the atlas says: of an area in two or three sentences, and of a cell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.language import Words
from api.words.suggestions import Explainer
from graph_service.model import Level
from matching.inventory.answers import AtlasCell, AtlasRow
from matching.peers.challenges import SEVERITY


@dataclass(frozen=True, slots=True)
class Count:
    """A field over all rows: in how many municipalities what is recorded."""

    field: str
    rated: int
    hard: int
    offers: int
    practices: int
    """With evidence."""
    unproven: int
    """Where practices are known without evidence alone."""
    white: int


def cells_of(row: AtlasRow, field: str) -> tuple[AtlasCell, ...]:
    """The cells of a row that are looked at: one field's, or all."""
    return tuple(cell for cell in row.cells if not field or cell.field == field)


def answer(
    rows: Sequence[AtlasRow], counts: Sequence[Count], field: str, level: Level, explainer: Explainer
) -> Iterator[str]:
    """What the atlas knows, in two or three sentences; ``field``: the only one that is looked at, or ""."""
    speak = explainer.words
    if not rows:
        yield speak("No municipality of this level is recorded here.")
        return
    seen = [each for each in counts if not field or each.field == field]
    offers = sum(row.recorded for row in rows)
    rated = sum(any(cell.severity is not None for cell in row.cells) for row in rows)
    if any(each.white for each in seen):
        yield _white_spots(rows, seen, field, level, explainer)
    elif not offers and not rated:
        yield speak(
            "Neither offers nor challenges are recorded for any of the {total} {level}, so gaps cannot be shown.",
            total=speak.number(len(rows)),
            level=_called(level, speak),
        )
    elif offers and rated and field:
        yield speak(
            "No gap is known in {field}: every hard challenge that was rated meets an offer, as far as recorded.",
            field=explainer.term("field", field),
        )
    elif offers and rated:
        yield speak("No gap is known: every hard challenge that was rated meets an offer, as far as recorded.")
    yield from _practices(rows, seen, field, level, explainer)
    yield from _how_much(offers, rated, len(rows), speak)


def _called(level: Level, words: Words) -> str:
    return words("districts and independent cities") if level is Level.DISTRICT else words("municipalities")


def counted(level: Level, words: Words) -> str:
    """What a number of this level counts, where all levels could be meant."""
    if level is not Level.DISTRICT:
        return words("Municipalities are counted, not districts.")
    return words("Districts and independent cities are counted; what a municipality has counts for its district.")


def _white_spots(
    rows: Sequence[AtlasRow], seen: Sequence[Count], field: str, level: Level, explainer: Explainer
) -> str:
    speak = explainer.words
    return speak.plural(
        "One hard challenge meets no recorded offer: in “{field}”.",
        "{n} times a hard challenge meets no recorded offer, in {places} of {total} {level}; most in “{field}”.",
        sum(each.white for each in seen),
        places=speak.number(sum(any(cell.white for cell in cells_of(row, field)) for row in rows)),
        total=speak.number(len(rows)),
        level=_called(level, speak),
        field=explainer.term("field", max(seen, key=lambda each: each.white).field),
    )


def _practices(
    rows: Sequence[AtlasRow], seen: Sequence[Count], field: str, level: Level, explainer: Explainer
) -> Iterator[str]:
    """For how many practices are recorded, of which field most, and for how many there are entries without evidence."""
    speak = explainer.words
    practised = sum(any(cell.proven for cell in cells_of(row, field)) for row in rows)
    known = sum(any(cell.practices for cell in cells_of(row, field)) for row in rows)
    told = {
        "total": speak.number(len(rows)),
        "level": _called(level, speak),
        "field": explainer.term("field", max(seen, key=lambda each: each.practices).field),
    }
    if practised and field:
        yield speak.plural(
            "Practices in “{field}” are recorded for one of {total} {level}.",
            "Practices in “{field}” are recorded for {n} of {total} {level}.",
            practised,
            **told,
        )
    elif practised:
        yield speak.plural(
            "Practices with a field of action are recorded for one of {total} {level}.",
            "Practices with a field of action are recorded for {n} of {total} {level}, most often in “{field}”.",
            practised,
            **told,
        )
    if known > practised:
        only = known - practised
        yield (
            speak.plural(
                "For one there are only entries without evidence, such as an award.",
                "For {n} there are only entries without evidence, such as an award.",
                only,
            )
            if field
            else speak.plural(
                "In a field of action one has only entries without evidence, such as an award.",
                "In a field of action {n} have only entries without evidence, such as an award.",
                only,
            )
        )


def _how_much(offers: int, rated: int, total: int, words: Words) -> Iterator[str]:
    """For how many something is recorded, and what cannot be told without it."""
    told = {"offers": words.number(offers), "rated": words.number(rated), "total": words.number(total)}
    if offers and rated:
        yield words(
            "Offers are recorded for {offers} of {total} municipalities; {rated} have rated challenges.",
            **told,
        )
    elif offers:
        yield words(
            "Offers are recorded for {offers} of {total} municipalities; "
            "nobody has rated challenges, so gaps cannot be shown.",
            **told,
        )
    elif rated:
        yield words(
            "Challenges were rated by {rated} of {total} municipalities; "
            "offers are not recorded, so gaps cannot be shown.",
            **told,
        )


def in_order(sort: str, rated: bool, explainer: Explainer) -> str:
    """How the rows follow each other; ``rated``: whether challenges have a part in it."""
    speak, by, other = explainer.words, sort.removeprefix("-"), sort.startswith("-")
    if by == "name":
        return speak("In reverse alphabetical order.") if other else speak("In alphabetical order.")
    return speak("By “{field}”: {first}.", field=explainer.term("field", by), first=first_by(other, rated, speak))


def first_by(other: bool, rated: bool, words: Words) -> str:
    """What comes first in the order by a field, or in the ``other`` way round."""
    if rated and other:
        return words("mildest or unrated challenge first, then most offers and practices")
    if rated:
        return words("hardest challenge first, then fewest offers and practices")
    return words("most offers and practices first") if other else words("fewest offers and practices first")


def in_cell(cell: AtlasCell, words: Words) -> str:
    """What a cell holds, as a list without an end."""
    told = []
    if cell.severity is not None:
        told.append(words("challenge {n} of {most}", n=words.number(cell.severity), most=SEVERITY))
    if cell.offers is not None:
        told.append(words.plural("one offer", "{n} offers", cell.offers) if cell.offers else words("no offer recorded"))
    if cell.proven:
        told.append(words.plural("one practice", "{n} practices", cell.proven))
    if cell.unproven:
        told.append(words.plural("one entry without evidence", "{n} entries without evidence", cell.unproven))
    return ", ".join(told) or words("nothing recorded")


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of one cell, and of the same field elsewhere."""

    hardest: float | None
    """How hard the hardest challenge is rated."""
    offers: int
    practices: int
    """With evidence."""
    unproven: int
    recorded: bool
    """Whether offers are recorded for the municipality at all."""
    looked_at: int
    """Among how many of the nearest municipalities was looked."""
    havers: tuple[str, ...]
    """Those of them that have something in the field, the nearest first."""
    asked: str
    """With whom of them an exchange is proposed first; "" for nobody."""


def about_cell(told: Told, words: Words) -> Iterator[str]:
    """How much there is here and nearby, then what is missing, and how hard the challenges are."""
    yield _here_and_nearby(told, words)
    if told.asked and told.asked != told.havers[0]:
        yield words("For an exchange, {name} is the first to ask.", name=told.asked)
    if not told.recorded:
        yield words("No offers at all are recorded for this municipality, so nobody can say whether there is a gap.")
    elif not told.offers and (told.practices or told.unproven):
        yield words("No offer of this field is recorded.")
    if told.hardest is None:
        yield words("No challenge of this field has been rated here.")
    else:
        yield words(
            "The hardest challenge of this field is rated {n} of {most}.", n=words.number(told.hardest), most=SEVERITY
        )


def _here_and_nearby(told: Told, words: Words) -> str:
    things = []
    if told.practices:
        things.append(words.plural("one practice", "{n} practices", told.practices))
    if told.unproven:
        things.append(words.plural("one entry without evidence", "{n} entries without evidence", told.unproven))
    if told.offers:
        things.append(words.plural("one running offer", "{n} running offers", told.offers))
    here = (
        words("Recorded in this field: {things}", things=words.list(things))
        if things
        else words("Neither practices nor offers of this field are recorded here")
    )
    if not told.looked_at:
        return f"{here}."
    if not told.havers:
        nearby = words(
            "nothing in it is recorded for any of the {total} most similar municipalities",
            total=words.number(told.looked_at),
        )
    else:
        nearby = words.plural(
            "something in this field is recorded for one of the {total} most similar municipalities, {first}",
            "something in this field is recorded for {n} of the {total} most similar municipalities, first {first}",
            len(told.havers),
            total=words.number(told.looked_at),
            first=told.havers[0],
        )
    return f"{here}; {nearby}."
