"""``kompass supporters``: who can support a request, which requests an actor can support, and who came later."""

from collections.abc import Iterator
from datetime import datetime

import click
from babel import Locale

from api.arrivals import arrived_since
from api.cli.base import app, argument, command, option
from api.cli.output import format_option, print_csv, print_json
from api.cli.paragraphs import DAY, on_option, say
from api.explanations import Explainer
from api.language import N_, Words
from api.questions.supporters import find_news, find_supporters
from graph_service.errors import Ambiguous, GraphServiceError, NotFound
from graph_service.keys import Label, NodeKey
from graph_service.projection import Projection
from matching.contract import Contribution
from matching.names import plain
from matching.supporters.answers import SupporterAnswer, SupporterSuggestion

FIT = {
    "resources": N_("brings what is looked for"),
    "text": N_("describes itself alike"),
    "field": N_("works in the field; ask whether it can help"),
}
FEATURES = {
    "resources": N_("resources"),
    "text": N_("the words"),
    "place": N_("the place"),
    "field": N_("the field of action"),
    "language": N_("languages"),
    "target_group": N_("the target group"),
    "freshness": N_("last confirmed"),
}
NEAR = {
    "same-place": N_("same place"),
    "same-area": N_("works there"),
    "same-district": N_("same district"),
    "neighbour": N_("neighbouring area"),
    "distance": N_("near"),
    "same-state": N_("same state"),
    "elsewhere": N_("elsewhere"),
}
STATES = {
    "open": N_("open"),
    "later": N_("not open yet"),
    "past": N_("its time is over"),
}
TERMS = {"resources": "resource", "field": "field", "target_group": "target_group"}
GOOD = 0.5
"""From this share of what an aspect could add on it speaks for the suggestion, below against it."""


@command(help=N_("Find actors that can support REQUEST (a key or a title), or requests that an actor can support."))
@argument("request", required=False)
@option("--actor", metavar="ACTOR", help=N_("Find the requests that this actor (a key or a name) can support."))
@option("--new-since", type=DAY, help=N_("Only supporters of whom something new is known since this day."))
@option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help=N_("How many to find."))
@on_option
@format_option
def supporters(
    request: str | None, actor: str | None, new_since: datetime | None, limit: int, on: datetime, form: str
) -> None:
    """Answer for one request, for one actor, or for all open requests."""
    words, services = app().words, app().services
    if (request and actor) or not (request or actor or new_since) or (actor and new_since):
        raise click.UsageError(words("Name a request, or use --actor or --new-since."))
    snapshot = services.snapshot()
    projection = snapshot.projection
    arrived = None
    if new_since is not None:
        day = new_since.date()
        arrived = services.store.read(lambda reader: arrived_since(reader, day))
    if request or actor:
        label = Label.REQUEST if request else Label.ACTOR
        key = find_node(projection, label, request or actor or "")
        answers = [find_supporters(snapshot, key, on.date(), limit=limit, arrived=arrived)]
    else:
        answers = find_news(snapshot, on.date(), arrived or frozenset(), limit=limit)
    explainer = Explainer(projection, words)
    if form == "json":
        single = bool(request or actor)
        print_json(
            answers[0]
            if single
            else {"revision": projection.revision, "new_since": new_since and new_since.date(), "answers": answers}
        )
    elif form == "csv":
        names = ["asked", "rank", "candidate", "score", "name", "fit", "coverage", "assured_on"]
        print_csv(names, (_row(answer, each) for answer in answers for each in answer.suggestions))
    elif request or actor:
        _print_answer(answers[0], explainer, later=new_since)
    else:
        _print_news(answers, explainer, new_since or on, len(projection.spans[Label.REQUEST]))


def _row(answer: SupporterAnswer, each: SupporterSuggestion) -> list[str | int | float | None]:
    assured = each.assured_on.isoformat() if each.assured_on else None
    return [answer.key.local, each.rank, each.key.local, each.score, each.name, each.fit, each.coverage, assured]


def find_node(projection: Projection, label: Label, text: str) -> NodeKey:
    """The request or actor that a key or a name means; raises NotFound, Ambiguous."""
    for reading in (text, f"{label.value.lower()}:{text}"):
        try:
            key = NodeKey(reading)
        except GraphServiceError:
            continue
        known = projection.known(key)
        if known is not None and known.label is label:
            return known
    wanted = plain(text)
    span = projection.spans[label]
    found = [i for i in range(len(span)) if plain(projection.name(label, i)) == wanted]
    if not found:
        found = [i for i in range(len(span)) if wanted and wanted in plain(projection.name(label, i))]
    if len(found) == 1:
        return projection.key(label, found[0])
    if found:
        named = tuple((str(projection.key(label, i)), projection.name(label, i)) for i in found[:10])
        raise Ambiguous("the name of one record", text, named)
    if label is Label.REQUEST:
        raise NotFound("the key or title of a request in the store", text)
    raise NotFound("the key or name of an actor in the store", text)


def _print_answer(answer: SupporterAnswer, explainer: Explainer, later: datetime | None) -> None:
    say(headline(answer, explainer.words))
    for line in scope(answer, explainer, later):
        say(line)
    click.echo()
    for each in answer.suggestions:
        _print_one(each, explainer)


def headline(answer: SupporterAnswer, words: Words) -> str:
    """The answer in a sentence."""
    if answer.key.label is Label.ACTOR:
        if not answer.suggestions:
            return words("No open request looks for what {name} is known to bring.", name=answer.name)
        return words.plural(
            "{name} can support one request: {first}.",
            "{name} can support {n} requests; first of all: {first}.",
            len(answer.suggestions),
            name=answer.name,
            first=answer.suggestions[0].name,
        )
    if not answer.suggestions:
        return words("Nobody is recorded who can support “{name}”.", name=answer.name)
    return words.plural(
        "One actor can support “{name}”: {first}.",
        "{n} actors can support “{name}”; first of all: {first}.",
        len(answer.suggestions),
        name=answer.name,
        first=answer.suggestions[0].name,
    )


def scope(answer: SupporterAnswer, explainer: Explainer, later: datetime | None) -> Iterator[str]:
    """Whether the request is open, among how many was looked, how old that is, and what to do next."""
    words = explainer.words
    if answer.key.label is Label.ACTOR:
        yield words.plural("One request is recorded.", "{n} requests are recorded.", answer.considered)
        if answer.coverage < 1:
            share = words.percent(answer.coverage)
            yield words("Of {name} {share} of what is compared is known.", name=answer.name, share=share)
        return
    if answer.state != "open":
        state = (
            words(STATES[answer.state]) if answer.state in STATES else explainer.term("request_status", answer.state)
        )
        yield words("State of the request: {state}.", state=state)
    yield words.plural("Looked for among one actor.", "Looked for among {n} actors.", answer.considered)
    if later and answer.earlier:
        yield words.plural(
            "One other was there before and fits.", "{n} others were there before and fit.", answer.earlier
        )
    if answer.assured:
        first, last = (words.date(day) for day in answer.assured)
        yield words("They were confirmed between {first} and {last}.", first=first, last=last)
    if answer.unassured:
        yield words.plural("One was never confirmed.", "{n} were never confirmed.", answer.unassured)
    if not answer.suggestions and answer.state == "open":
        yield words("The request is kept; `kompass supporters --new-since DATE` reports who comes later.")


def _print_one(each: SupporterSuggestion, explainer: Explainer) -> None:
    words = explainer.words
    kind = explainer.term("actor_kind", each.kind)
    click.echo(
        f"{each.rank:>2}  "
        + click.style(each.name, bold=True)
        + (f" · {kind}" if kind else "")
        + f" · {words(FIT[each.fit])}"
    )
    for line in sentences(each, explainer):
        say(line, indent=4)
    click.echo()


def sentences(each: SupporterSuggestion, explainer: Explainer) -> Iterator[str]:
    """What speaks for and against it, what is unknown, whom to ask, and until when."""
    words = explainer.words
    known = [c for c in each.contributions if c.other is not None]
    good = [c for c in known if c.amount >= GOOD * (c.possible or 0)]
    if good:
        yield words("Speaks for it: {features}.", features="; ".join(_reason(c, explainer) for c in good))
    if poor := [c for c in known if c not in good]:
        yield words("Speaks against it: {features}.", features="; ".join(_reason(c, explainer) for c in poor))
    if missing := [words(FEATURES[c.feature]) for c in each.contributions if c.other is None]:
        yield words("Not known, and so not counted: {named}.", named=words.list(missing))
    if each.contact_role:
        yield words("Whom to ask: {role}.", role=each.contact_role)
    if each.open_until:
        yield words("Open until {day}.", day=words.date(each.open_until))


def _reason(reason: Contribution, explainer: Explainer) -> str:
    """An aspect with what is looked for and what is there."""
    words, feature = explainer.words, reason.feature
    label = words(FEATURES[feature])
    if feature in TERMS or feature == "language":
        own, other = (
            words.list(_term(feature, id, explainer) for id in str(side).split(";"))
            for side in (reason.own, reason.other)
        )
        return words("{label} (looked for: {own}; there: {other})", label=label, own=own, other=other)
    if feature == "place":
        return f"{label} ({words(NEAR[str(reason.other)])})"
    if feature == "freshness":
        return f"{label} ({words.period(str(reason.other))})"
    return label


def _term(feature: str, id: str, explainer: Explainer) -> str:
    if feature in TERMS:
        return explainer.term(TERMS[feature], id)
    name: str = Locale.parse(explainer.words.locale).languages.get(id, id)
    return name


def _print_news(answers: list[SupporterAnswer], explainer: Explainer, since: datetime, requests: int) -> None:
    words = explainer.words
    day = words.date(since.date())
    if not answers:
        say(words("Since {day} nobody new fits an open request.", day=day))
        say(words.plural("One request is recorded.", "{n} requests are recorded.", requests))
        return
    say(
        words.plural(
            "Since {day} one open request has new supporters.",
            "Since {day} {n} open requests have new supporters.",
            len(answers),
            day=day,
        )
    )
    for answer in answers:
        click.echo()
        say(words("“{name}”", name=answer.name))
        if not answer.earlier:
            say(words("It had found nobody before."))
        for each in answer.suggestions:
            _print_one(each, explainer)
