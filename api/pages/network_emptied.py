"""The ways out of a view that its filters leave nothing of: without which of them how much would be shown."""

from dataclasses import dataclass

from api.http.current import words
from api.pages.network_address import Asked
from api.questions.network_loosened import Limit, Loosened, leaves_nothing, loosened
from api.questions.network_shown import Act, View
from api.snapshot import Snapshot
from api.words.network_views import ViewSpeaker


@dataclass(frozen=True, slots=True)
class WayOut:
    """A link that takes filters back, and what it leads to."""

    url: str
    says: str


@dataclass(frozen=True, slots=True)
class Emptied:
    """What can be done where filters leave nothing."""

    single: tuple[WayOut, ...]
    """Without one filter alone."""
    whole: WayOut | None
    """Without any; None where nothing would be shown even so."""


def emptied(here: Snapshot, asked: Asked, view: View, speaker: ViewSpeaker) -> Emptied | None:
    """What can be done, or None where the view shows something."""
    if not leaves_nothing(view):
        return None
    found = [*loosened(here, asked.view)]
    if not found:
        return Emptied((), None)
    *single, whole = found
    return Emptied(
        tuple(WayOut(_url(asked, each), _without(each, speaker)) for each in single),
        WayOut(_url(asked, whole), _without_any(whole)),
    )


def _without(found: Loosened, speaker: ViewSpeaker) -> str:
    if found.limits == (Limit.HIDDEN,):
        return _with_hidden(found)
    (filter,) = map(speaker.limit, found.limits)
    return words().plural("Without {filter}: one entry", "Without {filter}: {n} entries", found.count, filter=filter)


def _without_any(found: Loosened) -> str:
    if found.limits == (Limit.HIDDEN,):
        return _with_hidden(found)
    if len(found.limits) == 1:
        return words().plural("Take the filter back: one entry", "Take the filter back: {n} entries", found.count)
    return words().plural("Take all filters back: one entry", "Take all filters back: {n} entries", found.count)


def _with_hidden(found: Loosened) -> str:
    return words().plural(
        "Show again what was hidden: one entry", "Show again what was hidden: {n} entries", found.count
    )


def _url(asked: Asked, found: Loosened) -> str:
    opened = [f"{step.act.value}:{step.key}" for step in asked.view.steps if step.act is Act.OPEN]
    gone: dict[str, object] = {limit.value: None for limit in found.limits}
    return asked.url(**gone | ({Limit.HIDDEN.value: opened} if Limit.HIDDEN in found.limits else {}))
