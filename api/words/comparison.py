"""What is said of municipalities side by side: where they lie close together, and how alike they are."""

from collections.abc import Sequence
from dataclasses import replace

from api.language import N_, Words
from api.questions.comparison import MOST, Compared, Comparison, Tried
from api.questions.peers import PeerExplained
from api.words.suggestions import Explainer


def named_beside(found: Comparison, explainer: Explainer) -> Comparison:
    """What was compared, with names by which nobody is taken for another of the same name."""
    return replace(found, names=tuple(explainer.name(key) for key in found.keys))


def answer_words(found: Comparison, words: Words) -> str:
    """The answer in a sentence: in how many indicators all lie close together."""
    if len(found.keys) == 1:
        return words(
            "Choose whom to compare {name} with: up to {n} municipalities side by side.", name=found.names[0], n=MOST
        )
    both = [
        each
        for each in found.rows
        if any(order is not None for order in each.orders[1:]) and each.orders[0] is not None
    ]
    if not both:
        return words("No indicator is known for {name} and any of the others.", name=found.names[0])
    return words.plural(
        "In one of {total} indicators all lie close together; in the others one or more are clearly higher or lower.",
        "In {n} of {total} indicators all lie close together; in the others one or more are clearly higher or lower.",
        sum(not each.differs for each in both),
        total=words.number(len(both)),
    )


def structure_words(pair: PeerExplained | None, explainer: Explainer) -> str:
    """How alike another one is in structure."""
    return explainer.closeness(pair) if pair else explainer.words("cannot be compared in structure")


def challenges_words(pair: PeerExplained | None, words: Words) -> str:
    """How alike another one rates its challenges."""
    if pair is None or not pair.challenges:
        return words("not rated by both")
    return words.plural(
        "one challenge rated by both, alike to {share}",
        "{n} challenges rated by both, alike to {share}",
        len(pair.challenges),
        share=words.percent(pair.challenge_score),
    )


def tried_words(tried: Tried, status: str, words: Words) -> str:
    """How a practice stands there, in the words for its status, and what came of it."""
    said = ": ".join(filter(None, (status, tried.outcome)))
    return said or (words("without evidence of what was done") if tried.unproven else "")


def difference_words(row: Compared, names: Sequence[str], words: Words) -> str:
    """Who lies clearly higher or lower than the first one."""
    if row.orders[0] is None or all(order is None for order in row.orders[1:]):
        return words("cannot be compared: a value is missing")
    parts = []
    for side, message in ((1, N_("higher: {names}")), (-1, N_("lower: {names}"))):
        there = [name for name, apart in zip(names[1:], row.apart, strict=True) if apart == side]
        if there:
            parts.append(words(message, names=", ".join(there)))
    return "; ".join(parts) or words("close together")
