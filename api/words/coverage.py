"""What is said of an inventory wherever it is shown: how old it is, and what it cannot tell."""

from collections.abc import Iterator

from api.language import Words
from matching.inventory.answers import CoverageAnswer


def how_old(answer: CoverageAnswer, words: Words) -> Iterator[str]:
    """When offers were confirmed and challenges rated, and which offers stand in no row."""
    if answer.assured:
        first, last = (words.date(day) for day in answer.assured)
        yield words("Offers were confirmed between {first} and {last}.", first=first, last=last)
    if answer.rated:
        first, last = (words.date(day) for day in answer.rated)
        yield words("Challenges were rated between {first} and {last}.", first=first, last=last)
    elif not answer.challenges:
        yield words("No challenge has been rated, so white spots cannot be told.")
    if answer.unsorted:
        yield words.plural(
            "One offer names no field of action and is in no row.",
            "{n} offers name no field of action and are in no row.",
            len(answer.unsorted),
        )
