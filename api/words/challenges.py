"""What is said of the challenges that a municipality has rated."""

from collections.abc import Sequence

from api.language import N_, Words
from graph_service.vocabulary import load_vocabulary
from matching.inventory.offers import Rating
from matching.peers.challenges import SEVERITY

NAMED = 3
"""How many are named before the rest is counted."""
SEVERITIES = (
    N_("0 of 4: none here"),
    N_("1 of 4: small"),
    N_("2 of 4: noticeable"),
    N_("3 of 4: large"),
    N_("4 of 4: very large"),
)


def severity_words(severity: float, words: Words) -> str:
    """How hard a challenge was rated; what lies between two steps has no word."""
    if not float(severity).is_integer():
        return words("{n} of 4", n=words.number(severity))
    return words(SEVERITIES[min(max(int(severity), 0), len(SEVERITIES) - 1)])


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


def rating_words(name: str, rating: Rating, words: Words) -> str:
    """Who rated how hard: Rems-Murr-Kreis 4 of 4 (administration, 1 May 2026)."""
    role = load_vocabulary().find("rater_role", rating.rater_role) if rating.rater_role else None
    about = [role.label(words.language)] if role else []
    about += [words.date(rating.rated_on)] if rating.rated_on else []
    severity = words("{n} of {most}", n=words.number(rating.severity), most=words.number(SEVERITY))
    return f"{name} {severity} ({', '.join(about)})" if about else f"{name} {severity}"
