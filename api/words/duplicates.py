"""Says why two records of actors are probably one, or not: for the command line and the pages."""

from api.language import N_
from api.words.network import Speaker
from matching.contract import Contribution
from matching.duplicates.matcher import CONTRAST, KIND, NAME, PLACE, RARITY, TOGETHER, URL

FEATURES = {
    NAME: N_("names alike"),
    RARITY: N_("rare words in common"),
    PLACE: N_("place"),
    URL: N_("web address"),
    KIND: N_("kind"),
    CONTRAST: N_("words that tell apart"),
    TOGETHER: N_("both in the same alliance"),
}


def reason_text(reason: Contribution, speaker: Speaker) -> str:
    """A reason with how much it counts and what both records say."""
    sign = "+" if reason.amount > 0 else "−"
    return f"{sign}{speaker.words.number(abs(reason.amount), 2)} {ground(reason, speaker)}"


def ground(reason: Contribution, speaker: Speaker) -> str:
    """A reason with what both records say."""
    text = speaker.words(FEATURES[reason.feature])
    if reason.feature in (PLACE, URL, KIND, CONTRAST):
        one, other = (_value(reason, value, speaker) for value in (reason.own, reason.other))
        text += f" ({one})" if one == other else f" ({one} / {other})"
    return text


def _value(reason: Contribution, value: float | str | None, speaker: Speaker) -> str:
    if value is None or value == "":
        return "–"
    return speaker.term("actor_kind", str(value)) if reason.feature == KIND else str(value)
