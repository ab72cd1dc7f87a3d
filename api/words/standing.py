"""What is said of figures beside those of others: what stands out, and where a value lies. Nobody is graded."""

from collections.abc import Sequence

from api.language import N_, Words
from api.questions.standing import Standing
from api.words.suggestions import Explainer

NAMED = 3
"""How many indicators the first sentences name on either side before the rest is counted."""


def standing_words(told: Sequence[Standing], explainer: Explainer) -> tuple[str, ...]:
    """What lies off the middle of its level and how much does not, in sentences; nothing where nobody can say."""
    speak = explainer.words
    compared = [each for each in told if each.value is not None and (each.below or each.above)]
    if not compared:
        return ()
    sentences = []
    for side, message in ((1, N_("Unusually high: {named}.")), (-1, N_("Unusually low: {named}."))):
        off = _extreme(compared, side)
        if off:
            named = "; ".join(
                speak(
                    "{label} at {value}", label=explainer.label(each.indicator.key.local), value=_value(each, explainer)
                )
                for each in off[:NAMED]
            )
            if (rest := len(off) - NAMED) > 0:
                named += " " + speak.plural("and one more", "and {n} more", rest)
            sentences.append(speak(message, named=named))
    usual = sum(each.outside == 0 for each in compared)
    sentences.append(
        speak.plural(
            "One of {total} indicators lies in the middle, where four fifths of all lie.",
            "{n} of {total} indicators lie in the middle, where four fifths of all lie.",
            usual,
            total=speak.number(len(compared)),
        )
    )
    return tuple(sentences)


def _extreme(told: Sequence[Standing], side: int) -> list[Standing]:
    off = [each for each in told if each.outside == side]
    return sorted(off, key=lambda each: each.above if side > 0 else each.below)


def off_words(told: Sequence[Standing], side: int, explainer: Explainer) -> list[str]:
    """What lies off the middle on one side (1 or -1), each with its value and place."""
    return [
        f"{explainer.label(each.indicator.key.local)}: {_value(each, explainer)}, {place_words(each, explainer.words)}"
        for each in _extreme(told, side)
    ]


def _value(each: Standing, explainer: Explainer) -> str:
    return explainer.value(each.value, each.indicator.unit or "")


def place_words(each: Standing, words: Words) -> str:
    """Where a value lies among the others; nothing where there are no others."""
    if not (each.below or each.above):
        return ""
    if each.above == 0:
        return words("the highest value")
    if each.below == 0:
        return words("the lowest value")
    if each.below >= each.above:
        return words("higher than {share} of the others", share=words.percent(int(each.below * 100) / 100))
    return words("lower than {share} of the others", share=words.percent(int(each.above * 100) / 100))
