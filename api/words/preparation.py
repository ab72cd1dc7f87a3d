"""What prepares two municipalities for each other: what they share, where one is further, what is worth asking."""

from collections.abc import Iterator
from dataclasses import replace

from api.questions.exchanges import Preparation, Side
from api.words.suggestions import Explainer, telling
from matching.peers.challenges import SEVERITY

MOST_ASKED = 2
"""How many questions of one kind: a sheet that asks everything asks nothing."""


def named_sides(preparation: Preparation, explainer: Explainer) -> Preparation:
    """Both sides with names by which nobody is taken for another of the same name."""
    own, other = (replace(side, name=explainer.name(side.key)) for side in (preparation.own, preparation.other))
    return replace(preparation, own=own, other=other)


def alike(preparation: Preparation, explainer: Explainer) -> list[str]:
    """What both share."""
    if preparation.pair is None:
        return []
    return [explainer.compared(each) for each in telling(preparation.pair.contributions)[0]]


def unlike(preparation: Preparation, explainer: Explainer) -> list[str]:
    """Where they differ most."""
    if preparation.pair is None:
        return []
    shared, _ = telling(preparation.pair.contributions)
    rest = [each for each in preparation.pair.contributions if each not in shared and each.possible is not None]
    rest = [each for each in rest if each.own is not None and each.other is not None]
    rest.sort(key=lambda each: each.amount - (each.possible or 0))
    return [explainer.compared(each) for each in rest[:3]]


def further(preparation: Preparation, explainer: Explainer) -> Iterator[str]:
    """Where one side is further: practice that works there alone, offers there alone, challenges it finds smaller."""
    speak = explainer.words
    for side, other in ((preparation.own, preparation.other), (preparation.other, preparation.own)):
        known = {practice.key for practice, event in other.practices if not event.failed}
        for practice in [each for each, event in side.practices if not event.failed and each.key not in known]:
            yield speak(
                "{place} has experience with “{practice}”; of {other} none is recorded.",
                place=side.name,
                other=other.name,
                practice=practice.name,
            )
        if side.offers and not other.offers:
            yield speak.plural(
                "{place} has one running offer on record, {other} none.",
                "{place} has {n} running offers on record, {other} none.",
                len(side.offers),
                place=side.name,
                other=other.name,
            )
    for id, mine, theirs in preparation.challenges:
        if mine is not None and theirs is not None and mine != theirs:
            low, high = sorted(((mine, preparation.own.name), (theirs, preparation.other.name)))
            yield speak(
                "“{challenge}” is smaller in {place} ({low} of {most}) than in {other} ({high}), as rated there.",
                challenge=explainer.term("challenge", id),
                place=low[1],
                low=speak.number(low[0]),
                other=high[1],
                high=speak.number(high[0]),
                most=SEVERITY,
            )


def questions(preparation: Preparation, explainer: Explainer) -> Iterator[str]:
    """What is worth asking, the particular before the general."""
    speak, own, other = explainer.words, preparation.own, preparation.other
    for side, listener in ((other, own), (own, other)):
        yield from _about_practices(side, listener, explainer)
    for side in (other, own):
        for offer in side.offers[:MOST_ASKED]:
            if offer.offer.funded_until is not None:
                yield speak(
                    "{place}: how does “{offer}” go on when its funding ends on {day}?",
                    place=side.name,
                    offer=offer.name,
                    day=speak.date(offer.offer.funded_until),
                )
    for id, mine, theirs in preparation.challenges:
        if mine is not None and theirs is not None and abs(mine - theirs) >= 2:
            yield speak(
                "“{challenge}” is rated {mine} in {own}, {theirs} in {other} (of {most}): what makes the difference?",
                challenge=explainer.term("challenge", id),
                mine=speak.number(mine),
                theirs=speak.number(theirs),
                own=own.name,
                other=other.name,
                most=SEVERITY,
            )
    for each in unlike(preparation, explainer)[:1]:
        yield speak("You differ in {what}: does that change what works?", what=each)
    yield speak("Who had to be convinced, and by what?")
    yield speak("What does it take in a year: posts, money, rooms?")
    yield speak("What would have to be in place at home before this could work?")


def _about_practices(side: Side, listener: Side, explainer: Explainer) -> Iterator[str]:
    speak = explainer.words
    known = {practice.key for practice, _ in listener.practices}
    for practice, event in [each for each in side.practices if each[0].key not in known][:MOST_ASKED]:
        if event.failed:
            yield speak(
                "{place}: why did “{practice}” not work out, and would it fail elsewhere, too?",
                place=side.name,
                practice=practice.name,
            )
        else:
            yield speak(
                "{place}: how did “{practice}” begin, and what would you do differently today?",
                place=side.name,
                practice=practice.name,
            )
