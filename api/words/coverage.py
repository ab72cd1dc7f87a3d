"""What is said of an inventory wherever it is shown: how much there is, what is missing, how old it is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from api.language import Words
from api.words.suggestions import Explainer
from matching.inventory.answers import Cell, CoverageAnswer
from matching.inventory.matcher import FEWEST_PEERS
from matching.inventory.stock import HARD


def named_stock(answer: CoverageAnswer, explainer: Explainer) -> CoverageAnswer:
    """The answer with names by which nobody is taken for another of the same name."""
    lacking = (
        replace(lack, examples=tuple(replace(e, place=explainer.name(e.municipality)) for e in lack.examples))
        for lack in answer.lacking
    )
    return replace(answer, name=explainer.name(answer.key), lacking=tuple(lacking))


def confirmed(days: tuple[date, date], words: Words) -> str:
    """When offers were confirmed, from the first day to the last."""
    first, last = (words.date(day) for day in days)
    if first == last:
        return words("Offers were confirmed on {day}.", day=first)
    return words("Offers were confirmed between {first} and {last}.", first=first, last=last)


def how_old(answer: CoverageAnswer, words: Words) -> Iterator[str]:
    """When offers were confirmed and challenges rated, and which offers stand in no row."""
    if answer.assured:
        yield confirmed(answer.assured, words)
    if answer.rated:
        first, last = (words.date(day) for day in answer.rated)
        if first == last:
            yield words("Challenges were rated on {day}.", day=first)
        else:
            yield words("Challenges were rated between {first} and {last}.", first=first, last=last)
    elif not answer.challenges:
        yield words("No challenge has been rated, so gaps cannot be shown.")
    if answer.unsorted:
        yield words.plural(
            "One offer names no field of action and is in no row.",
            "{n} offers name no field of action and are in no row.",
            len(answer.unsorted),
        )


def how_much(answer: CoverageAnswer, words: Words) -> Iterator[str]:
    """The answer: how much is on offer, and how many hard challenges meet nothing."""
    if not answer.recorded:
        yield words("For {name} no offers are recorded yet, so nothing can be said about gaps.", name=answer.name)
        if answer.white_spots or any(each.rating.severity >= HARD for each in answer.challenges):
            yield words("Hard challenges are rated, though: with the offers entered, gaps show.")
        return
    fields = {cell.field for cell in answer.cells if cell.offers}
    yield words.plural(
        "{name} has one running offer on record, in {fields} of {all} fields of action.",
        "{name} has {n} running offers on record, in {fields} of {all} fields of action.",
        answer.running,
        name=answer.name,
        fields=len(fields),
        all=len(answer.fields),
    )
    if answer.white_spots:
        yield words.plural(
            "One hard challenge meets no offer.", "{n} hard challenges meet no offer.", len(answer.white_spots)
        )
    if answer.to_confirm:
        yield words.plural(
            "One entry should be confirmed anew.", "{n} entries should be confirmed anew.", len(answer.to_confirm)
        )


def compared_with(answer: CoverageAnswer, seen: int, words: Words) -> Iterator[str]:
    """With how many peers, of whom offers are recorded for ``seen``; and how old everything is."""
    if answer.peers and not seen:
        yield words.plural(
            "For the closest peer no offers are recorded.",
            "For none of the {n} closest peers are offers recorded.",
            len(answer.peers),
        )
    elif answer.peers:
        yield words.plural(
            "Compared with the closest peer; offers are recorded for {seen}.",
            "Compared with the {n} closest peers; offers are recorded for {seen} of them.",
            len(answer.peers),
            seen=words.number(seen),
        )
        if answer.recorded and seen < FEWEST_PEERS:
            yield words("That is too few to say what half of them have.")
    yield from how_old(answer, words)


def in_cell(cell: Cell, answer: CoverageAnswer, seen: int, words: Words) -> str:
    """What a cell of the matrix holds, as a list without an end."""
    told = [
        words.plural("one offer", "{n} offers", len(cell.offers))
        if cell.offers
        else words("no offer recorded")
        if answer.recorded
        else words("nothing recorded")
    ]
    if cell.peers:
        told.append(words("{peers} of {of} peers have one", peers=words.number(cell.peers), of=words.number(seen)))
    if cell.white:
        told.append(words("gap"))
    return ", ".join(told)
