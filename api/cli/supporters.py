"""``kompass supporters``: who can support a request, which requests an actor can support, and who came later."""

from datetime import datetime

import click

from api.cli.base import app, argument, command, option
from api.cli.output import format_option, print_csv, print_json
from api.cli.paragraphs import DAY, on_option, say
from api.language import N_
from api.mail.arrivals import arrived_since
from api.questions.supporters import find_news, find_supporters
from api.words.suggestions import Explainer
from api.words.supporters import FIT, headline, scope, sentences
from graph_service.errors import Ambiguous, GraphServiceError, NotFound
from graph_service.keys import Label, NodeKey
from graph_service.projection import Projection
from matching.naming.municipalities import plain
from matching.supporters.answers import SupporterAnswer, SupporterSuggestion


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
    for line in scope(answer, explainer, later=later is not None):
        say(line)
    if answer.key.label is Label.REQUEST and not answer.suggestions and answer.state == "open":
        say(explainer.words("The request is kept; `kompass supporters --new-since DATE` reports who comes later."))
    click.echo()
    for each in answer.suggestions:
        _print_one(each, explainer)


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
