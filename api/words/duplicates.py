"""Says why two records of actors are probably one, or not: for the command line and the pages."""

from dataclasses import replace

from api.language import N_
from api.words.network import Speaker
from api.words.places import place_name
from graph_service.network.places import place_of_actors
from matching.contract import Contribution
from matching.duplicates.matcher import CONTRAST, KIND, NAME, PLACE, RARITY, TOGETHER, URL, Duplicate

FEATURES = {
    NAME: N_("names alike"),
    RARITY: N_("rare words in common"),
    PLACE: N_("place"),
    URL: N_("web address"),
    KIND: N_("kind"),
    CONTRAST: N_("words that tell apart"),
    TOGETHER: N_("both in the same alliance"),
}


def named_places(pair: Duplicate, speaker: Speaker) -> Duplicate:
    """The pair with names of its places by which nobody is taken for another of the same name."""
    projection = speaker.projection
    towns = projection.derived(place_of_actors)
    own, other = (int(towns[projection.position(key)]) for key in (pair.twin, pair.key))
    names = [place_name(projection, speaker.words, town) if town >= 0 else None for town in (own, other)]
    told = (
        replace(reason, own=names[0], other=names[1]) if reason.feature == PLACE else reason
        for reason in pair.contributions
    )
    return replace(pair, contributions=tuple(told))


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
