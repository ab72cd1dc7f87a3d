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
        yield speak("No municipality of this level is recorded there.")
        return
    number = speak.number
    seen = [each for each in counts if not field or each.field == field]
    white, most = sum(each.white for each in seen), max(seen, key=lambda each: each.white, default=None)
    offers, practised = (
        sum(row.recorded for row in rows),
        sum(any(c.practices for c in cells_of(row, field)) for row in rows),
    )
    rated = sum(any(cell.severity is not None for cell in row.cells) for row in rows)
    what = speak("districts and independent cities") if level is Level.DISTRICT else speak("municipalities")
    if white and most:
        places = sum(any(cell.white for cell in cells_of(row, field)) for row in rows)
        yield speak.plural(
            "One hard challenge meets no recorded offer: in {field}.",
            "{n} times a hard challenge meets no recorded offer, in {places} of {total} {level}; most in {field}.",
            white,
            places=number(places),
            total=number(len(rows)),
            level=what,
            field=explainer.term("field", most.field),
        )
    elif not offers and not rated:
        yield speak(
            "Neither offers nor challenges are recorded for any of the {total} {level}, so white spots cannot be told.",
            total=number(len(rows)),
            level=what,
        )
    elif offers and rated:
        yield speak("No white spot is known: every hard challenge that was rated meets an offer, as far as recorded.")
    most_practised = max(seen, key=lambda each: each.practices, default=None)
    if practised and most_practised:
        yield speak.plural(
            "Practice at work is recorded for one of {total}.",
            "Practice at work is recorded for {n} of {total}; most often in {field}.",
            practised,
            total=number(len(rows)),
            field=explainer.term("field", most_practised.field),
        )
    if offers and rated:
        yield speak(
            "Offers are recorded for {offers} of {total}, challenges were rated by {rated}.",
            offers=number(offers),
            rated=number(rated),
            total=number(len(rows)),
        )
    elif offers:
        yield speak(
            "Offers are recorded for {offers} of {total}; nobody has rated challenges, so white spots cannot be told.",
            offers=number(offers),
            total=number(len(rows)),
        )
    elif rated:
        yield speak(
            "Challenges were rated by {rated} of {total}; offers are not recorded, so white spots cannot be told.",
            rated=number(rated),
            total=number(len(rows)),
        )


def in_cell(cell: AtlasCell, words: Words) -> str:
    """What a cell holds, as a list without an end."""
    told = []
    if cell.severity is not None:
        told.append(words("challenge {n} of {most}", n=words.number(cell.severity), most=SEVERITY))
    if cell.offers is not None:
        told.append(words.plural("one offer", "{n} offers", cell.offers) if cell.offers else words("no offer recorded"))
    if cell.practices:
        told.append(words.plural("one practice", "{n} practices", cell.practices))
    return ", ".join(told) or words("nothing recorded")


def about_cell(
    name: str, hardest: float | None, offers: int, havers: Sequence[str], words: Words, *, recorded: bool
) -> Iterator[str]:
    """What is known of one cell: the hardest challenge, how many offers, and who (the closest first) has something.

    ``recorded``: whether offers are recorded for the municipality at all.
    """
    if hardest is None:
        yield words("No challenge of this field has been rated here.")
    else:
        yield words(
            "The hardest challenge of this field is rated {n} of {most}.", n=words.number(hardest), most=SEVERITY
        )
    if offers:
        yield words.plural("One running offer is recorded.", "{n} running offers are recorded.", offers)
    elif recorded:
        yield words("No offer of this field is recorded.")
    else:
        yield words("No offers at all are recorded for {name}, so nobody can say whether there is a gap.", name=name)
    if havers:
        yield words.plural(
            "One comparable municipality has something here: {first}.",
            "{n} comparable municipalities have something here; the closest is {first}.",
            len(havers),
            first=havers[0],
        )
