"""What a council paper on comparable municipalities says: question, answer, reasons, what was tried, method, limits."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from importlib.metadata import version
from pathlib import Path

from api.http.caching import today
from api.http.current import services, snapshot
from api.language import N_
from api.pages.council_document import Bullets, Heading, Paper, Part, Rows, Text
from api.pages.council_figures import Material, pictures, values_table
from api.pages.frame import term
from api.questions.comparison import MOST, compare
from api.questions.peers import OWN, PeersAsked, find_peers
from api.questions.sources import list_sources
from api.words.challenges import rating_words
from api.words.comparison import named_beside, tried_words
from api.words.peers import described, lens_name, named_apart, not_known
from api.words.suggestions import Explainer
from graph_service.errors import StoreError
from graph_service.keys import NodeKey
from matching.peers.further import NEAR
from matching.peers.matcher import PeerSuggestion

NAMED = 3


def gather(asked: PeersAsked, chosen: Sequence[NodeKey], explainer: Explainer, folder: Path, address: str) -> Material:
    """Find what there is to say; without a choice the first five of the list. Raises NotFound."""
    here = snapshot()
    found = named_apart(find_peers(here, replace(asked, limit=max(asked.limit, MOST))), explainer)
    keys = tuple(chosen) or tuple(each.key for each in found.suggestions[:MOST])
    beside = named_beside(compare(here, asked, keys), explainer)
    listed = {each.key: each for each in found.suggestions}
    five = []
    for key, pair in zip(keys, beside.pairs, strict=True):
        if key in listed:
            five.append(listed[key])
        elif pair is not None:
            told = {each.name: getattr(pair, each.name) for each in fields(PeerSuggestion)}
            five.append(PeerSuggestion(**told | {"name": explainer.name(key)}))
    return Material(asked, found, tuple(five), beside, explainer, folder, address)


def compose(told: Material) -> Paper:
    """The paper."""
    speak, name = told.words, told.found.name
    lens = lens_name(told.asked.lens, speak.language)
    parts: list[Part] = [
        Heading(speak("Question")),
        Text(
            speak(
                "Which municipalities are in a situation like that of {name}, and what has been tried there?", name=name
            )
        ),
        Heading(speak("Answer")),
        *(Text(each) for each in _answer(told)),
    ]
    if told.five:
        parts += [Heading(speak("Who is comparable, and why")), _table(told), *pictures(told)]
        if told.beside.challenges:
            parts += [Heading(speak("What they face")), Bullets(tuple(_faced(told)))]
        parts += [Heading(speak("What has been tried there")), *_tried(told)]
    parts += [Heading(speak("How this was found")), *(Text(each) for each in _method(told))]
    parts += [Heading(speak("Limits")), Bullets(tuple(_limits(told)))]
    if told.five:
        parts += [Heading(speak("All values that were compared")), values_table(told)]
    parts += [Heading(speak("Sources and licences")), Bullets(tuple(_sources(told)))]
    title = speak("{name}: comparable municipalities", name=name)
    subtitle = speak("Lens: {lens}. Made on {day}.", lens=lens, day=speak.date(today()))
    foot = f"{title} · {speak.date(today())}"
    return Paper(title, subtitle, "de-DE" if speak.language == "de" else "en-GB", tuple(parts), foot)


def _names(told: Material) -> list[str]:
    return [each.name for each in told.five]


def _answer(told: Material) -> Iterator[str]:
    """Three sentences: who, in what they are alike and not, and what has been tried."""
    speak, name = told.words, told.found.name
    if not told.five:
        yield told.explainer.answer(told.found)
        return
    farthest = min(told.five, key=lambda each: each.closeness)
    message = (
        N_("Comparable to {name} are {names}; even the least alike of them, {farthest}, is {closeness}.")
        if farthest.closeness >= NEAR
        else N_("{name} was compared with {names}; least alike is {farthest}, which is only {closeness}.")
    )
    yield speak(
        message,
        name=name,
        names=speak.list(_names(told)),
        farthest=farthest.name,
        closeness=told.explainer.closeness(farthest),
    )
    alike, apart = _common(told)
    if alike and apart:
        yield speak(
            "All of them lie close together in {alike}; they differ most in {apart}.",
            alike=speak.list(alike),
            apart=speak.list(apart),
        )
    elif alike:
        yield speak("All of them lie close together in {alike}.", alike=speak.list(alike))
    elif apart:
        yield speak("They differ most in {apart}.", apart=speak.list(apart))
    tried = [
        name
        for each, name in zip(told.beside.tried[1:], told.beside.names[1:], strict=True)
        if not all(one.unproven for one in each)
    ]
    if tried:
        yield speak.plural(
            "What has been tried is recorded for one of them: {names}.",
            "What has been tried is recorded for {n} of them: {names}.",
            len(tried),
            names=speak.list(tried),
        )
    elif any(told.beside.tried[1:]):
        yield speak(
            "Of what has been tried there only entries without evidence are recorded, an award for instance; "
            "it is worth asking."
        )
    else:
        yield speak("Nothing is recorded yet of what has been tried there; it is worth asking.")


def _common(told: Material) -> tuple[list[str], list[str]]:
    """Of the weightiest indicators those in which all are close together, and those in which most differ."""
    rows = {each.indicator.key.local: each for each in told.beside.rows}
    known = [rows[id] for id in told.weighty if id in rows and rows[id].orders[0] is not None]
    known = [each for each in known if all(order is not None for order in each.orders)]
    label = told.explainer.label
    alike = [label(each.indicator.key.local) for each in known if not each.differs][:NAMED]
    differing = sorted((each for each in known if each.differs), key=lambda each: -sum(map(abs, each.apart)))
    return alike, [label(each.indicator.key.local) for each in differing[: NAMED - 1]]


def _table(told: Material) -> Rows:
    speak, explainer = told.words, told.explainer
    rows = tuple(
        (
            str(n),
            f"{each.name} ({place})" if (place := explainer.place(each.key)) else each.name,
            ", ".join(filter(None, (explainer.closeness(each), explainer.stability(each)))),
            " ".join(explainer.reasons(each)),
        )
        for n, each in enumerate(told.five, 1)
    )
    caption = speak(
        "Table 1: comparable municipalities with reasons; in brackets first the value of {name}", name=told.found.name
    )
    heading = (speak("No."), speak("Municipality"), speak("How alike"), speak("Reasons"))
    return Rows(caption, heading, rows, (1.1, 3.6, 3.6, 7.7))


def _faced(told: Material) -> Iterator[str]:
    """Each challenge with how hard it was rated where, by whom and when; who has not rated it is named too."""
    speak = told.words
    for id, row in told.beside.challenges:
        rated = [
            rating_words(name, each, speak)
            for name, each in zip(told.beside.names, row, strict=True)
            if each is not None
        ]
        silent = [name for name, each in zip(told.beside.names, row, strict=True) if each is None]
        if silent:
            rated.append(speak("not rated: {names}", names=speak.list(silent)))
        yield f"{term('challenge', id)}: {'; '.join(rated)}"


def _tried(told: Material) -> Iterator[Part]:
    speak = told.words
    items = []
    for name, tried in zip(told.beside.names[1:], told.beside.tried[1:], strict=True):
        for each in tried:
            about = tried_words(each, term("practice_status", each.status) if each.status else "", speak)
            items.append(f"{name}: {each.name} ({about})" if about else f"{name}: {each.name}")
    if items:
        yield Bullets(tuple(items))
    if any(not each.unproven for tried in told.beside.tried[1:] for each in tried):
        yield Text(speak("What did not work out is told as well: it saves others the same way."))
    if not items:
        yield Text(
            speak(
                "No practice is recorded for any of the municipalities. That does not mean that "
                "nothing was tried; a call to the administrations named in table 1 is the shortest way to find "
                "out."
            )
        )


def _method(told: Material) -> Iterator[str]:
    speak, asked = told.words, told.asked
    yield described(told.found, asked.lens, told.explainer, asked.filters)
    about = asked.lens.description_en if speak.language == "en" else asked.lens.description_de
    if about:
        yield about
    yield speak(
        "Each indicator is put on a common scale from the lowest to the highest value of the level; sizes and "
        "densities by orders of magnitude. The differences between two municipalities are weighted and added "
        "up; whichever differs least is most alike. Nothing is estimated: where a value is missing, the indicator "
        "does not count for that pair."
    )  # fmt: skip
    yield speak(
        "“More alike than 97% of all pairs” means: of all possible pairs of municipalities of the level, 97 of 100 "
        "are less alike. Whether a municipality stays in the list was tested by shaking the weights a hundred "
        "times."
    )  # fmt: skip
    if asked.weights:
        changed = ", ".join(
            f"{told.explainer.label(id)}: {speak.number(weight)}" for id, weight in sorted(asked.weights.items())
        )
        own = N_("The indicators of this lens were chosen for this paper, with these weights: {changed}.")
        yield speak(
            own if asked.lens.id == OWN else N_("These weights were changed for this paper: {changed}."),
            changed=changed,
        )


def _limits(told: Material) -> Iterator[str]:
    speak = told.words
    yield from not_known(replace(told.found, suggestions=()), told.asked.lens, told.explainer)
    if years := told.explainer.years(told.found):
        yield speak("The values are from {years}; what has happened since, they do not show.", years=years)
    yield speak("Alike in figures says nothing about causes, and the order is no ranking of good and bad.")
    yield speak("Practices are known only as far as somebody has recorded them.")


def _sources(told: Material) -> Iterator[str]:
    speak = told.words
    yield from told.explainer.sources(told.found.weights)
    try:
        for each in list_sources(services(), snapshot().audience).items:
            if not ("series" in each.claims or (any(told.beside.tried) and each.claims.get("edge"))):
                continue  # nothing of it stands here
            when = each.retrieved_on or each.updated_at
            about = ", ".join(filter(None, (each.publisher, each.licence, speak("as of {day}", day=speak.date(when)))))
            yield speak("Dataset: {title} ({about})", title=each.title, about=about)
    except StoreError:
        yield speak("The list of datasets could not be asked when this paper was made.")
    yield speak(
        "Made with Bündniskompass {release} from revision {revision} of the data; the same can be looked at "
        "under {address}",
        release=version("buendniskompass"), revision=told.found.revision, address=told.address,
    )  # fmt: skip
