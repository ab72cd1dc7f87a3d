"""What is said around an answer about peers: through which lens, with how much data, and what is not known."""

from collections.abc import Iterator

from api.words.suggestions import Explainer
from matching.peers.lens import Lens
from matching.peers.matcher import PeerAnswer


def lens_name(lens: Lens, language: str) -> str:
    """What a lens is called."""
    return (lens.title_en if language == "en" else lens.title_de) or lens.id


def described(answer: PeerAnswer, lens: Lens, explainer: Explainer) -> str:
    """Through which lens, with how much data, and among whom."""
    words = explainer.words
    text = words.plural(
        "Lens: {title} ({count} indicators, {years}), compared with one municipality.",
        "Lens: {title} ({count} indicators, {years}), compared with {n} municipalities.",
        answer.candidates,
        title=lens_name(lens, words.language),
        count=words.number(len(answer.weights)),
        years=explainer.years(answer) or "–",
    )
    level = explainer.term("level", answer.level.value) if answer.level else ""
    return text + (" " + words("Level: {level}.", level=level) if level else "")


def not_known(answer: PeerAnswer, lens: Lens, explainer: Explainer) -> Iterator[str]:
    """How to read the values, for what no value is known, and which filters could not be applied."""
    words = explainer.words
    if answer.suggestions:
        yield words("In brackets: the value of {name} first, then that of the other.", name=answer.name)
    weights = {each.id: each.weight for each in lens.indicators} or dict.fromkeys(answer.weights, 1.0)
    share = sum(weights.get(each, 0.0) for each in answer.unknown) / (sum(weights.values()) or 1.0)
    if missing := explainer.unknown(answer.unknown, len(weights), share):
        yield missing
    for each in answer.not_applied:
        yield words("The filter {name} was not applied: the own value is unknown.", name=f"--{each}")
