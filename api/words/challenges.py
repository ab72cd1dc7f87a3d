"""What is said of the challenges that a municipality has rated."""

from collections.abc import Sequence

from api.language import N_, Words

NAMED = 3
"""How many are named before the rest is counted."""
SEVERITIES = (
    N_("0 of 4: none here"),
    N_("1 of 4: small"),
    N_("2 of 4: noticeable"),
    N_("3 of 4: large"),
    N_("4 of 4: very large"),
)


def severity_words(severity: int, words: Words) -> str:
    """How hard a challenge was rated."""
    return words(SEVERITIES[min(max(severity, 0), len(SEVERITIES) - 1)])


def answer_words(name: str, challenges: Sequence[str], words: Words) -> str:
    """The answer in a sentence: how many are rated, and which were last."""
    if not challenges:
        return words("Nobody has rated challenges for {name} yet.", name=name)
    return words.plural(
        "One challenge is rated for {name}: {named}.",
        "{n} challenges are rated for {name}, last of all: {named}.",
        len(challenges),
        name=name,
        named=words.list(challenges[:NAMED]),
    )
