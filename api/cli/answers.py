"""Prints answers about peers as a colleague would give them: who, how close, why, and what is unknown."""

from collections.abc import Iterator, Sequence

import click

from api.cli.output import Column, print_table
from api.cli.paragraphs import say
from api.words.peers import described, not_known
from api.words.suggestions import Explainer
from matching.contract import Contribution
from matching.peers.lens import Filters, Lens
from matching.peers.matcher import PeerAnswer, PeerSuggestion


def print_answer(
    answer: PeerAnswer, lens: Lens, explainer: Explainer, kind: str = "", filters: Filters | None = None
) -> None:
    """Print an answer; ``kind`` is one of api.words.suggestions.MEANING, or empty for plain peers."""
    say(explainer.special_answer(answer, kind) if kind else explainer.answer(answer))
    say(described(answer, lens, explainer, filters))
    click.echo()
    for suggestion in answer.suggestions:
        print_suggestion(suggestion, answer, explainer)
    for line in notes(answer, lens, explainer):
        say(line, hang=2 if line.startswith("- ") else 0)


def notes(answer: PeerAnswer, lens: Lens, explainer: Explainer) -> Iterator[str]:
    """How to read the answer, what is unknown, and where the data come from."""
    yield from not_known(answer, lens, explainer)
    if sources := explainer.sources(answer.weights):
        yield explainer.words("Sources:")
        yield from (f"- {source}" for source in sources)


def print_suggestion(suggestion: PeerSuggestion, answer: PeerAnswer, explainer: Explainer) -> None:
    """Print one of the list."""
    place = explainer.place(suggestion.key)
    click.echo(f"{suggestion.rank:>2}  " + click.style(suggestion.name, bold=True) + (f" · {place}" if place else ""))
    firm = explainer.stability(suggestion)
    say(explainer.closeness(suggestion) + (f"; {firm}" if firm else ""), indent=4)
    for sentence in [*explainer.reasons(suggestion), *explainer.special(suggestion)]:
        say(sentence, indent=4)
    # what is unknown of the own municipality is said once, below
    if missing := [each for each in suggestion.unknown if each not in answer.unknown]:
        say(explainer.words("Unknown here: {named}.", named=explainer.named(missing)), indent=4)
    click.echo()


def print_reasons(suggestion: PeerSuggestion, challenges: Sequence[Contribution], explainer: Explainer) -> None:
    """Print every reason of one suggestion, and apart from it how alike the challenges are; each ends with its sum."""
    words = explainer.words
    place = explainer.place(suggestion.key)
    rank = words("rank {rank}", rank=suggestion.rank) if suggestion.rank else words("excluded by the filters")
    say(f"{suggestion.name} · {place}: {explainer.closeness(suggestion)}; {rank}")
    _print_contributions(suggestion.contributions, explainer)
    if challenges:
        say(words("Challenges, as both have rated them:"))
        _print_contributions(challenges, explainer)


def _print_contributions(contributions: Sequence[Contribution], explainer: Explainer) -> None:
    words = explainer.words
    columns = [
        Column("feature", words("Reason")),
        Column("own", words("Own value")),
        Column("other", words("Other value")),
        Column("unit", words("Unit")),
        Column("period", words("Year")),
        Column("possible", words("Adds at most")),
        Column("amount", words("Adds")),
    ]
    rows: list[list[str | int | float | None]] = [
        [
            explainer.label(c.feature),
            c.own,
            c.other,
            explainer.unit(c.unit),
            words.period(c.period),
            c.possible,
            c.amount,
        ]
        for c in contributions
    ]
    rows.append([words("Sum"), None, None, "", "", None, sum(c.amount for c in contributions)])
    print_table(columns, rows, words)
