"""``kompass practices``: what others tried against a challenge, how it went, and what to watch out for."""

from datetime import datetime

import click

from api.cli.base import app, argument, command, option
from api.cli.output import format_option, print_csv, print_json
from api.cli.paragraphs import on_option, say
from api.language import N_
from api.questions.peers import DEFAULT_LENS
from api.questions.practices import find_practices
from api.words.practices import FIT, cautioned, headline, scope, sentences
from api.words.suggestions import Explainer
from matching.peers.lens import find_lens
from matching.practices.answers import PracticeAnswer, PracticeQuestion, PracticeSuggestion


@command(help=N_("Find practices that fit MUNICIPALITY (a code, a key or a name) and a challenge, with reasons."))
@argument("municipality")
@option("--challenge", metavar="ID", default="", help=N_("The challenge, by its id in the vocabulary."))
@option("--text", default="", help=N_("What it is about, in your own words."))
@option(
    "--lens",
    metavar="ID|FILE",
    default=DEFAULT_LENS,
    show_default=True,
    help=N_("What makes municipalities comparable; see `kompass lenses`."),
)
@option("--limit", type=click.IntRange(1, 1000), default=5, show_default=True, help=N_("How many to find."))
@on_option
@format_option
def practices(municipality: str, challenge: str, text: str, lens: str, limit: int, on: datetime, form: str) -> None:
    """Answer for one municipality."""
    here = app()
    if not challenge and not text.strip():
        raise click.UsageError(here.words("Name a --challenge, or say in a --text what it is about."))
    snapshot = here.services.snapshot()
    question = PracticeQuestion(snapshot.municipality(municipality), on.date(), challenge, text)
    answer = find_practices(snapshot, find_lens(lens), question, limit=limit)
    if form == "json":
        print_json(answer)
    elif form == "csv":
        names = ["rank", "practice", "score", "name", "fit", "municipality", "status", "since", "coverage"]
        print_csv(names, (_row(each) for each in answer.suggestions))
    else:
        print_practices(answer, Explainer(snapshot.projection, here.words))


def _row(each: PracticeSuggestion) -> list[str | int | float | None]:
    step = each.witness
    since = step.event.since.isoformat() if step and step.event.since else None
    place, status = (step.municipality.local, step.event.status) if step else (None, None)
    return [each.rank, each.key.local, each.score, each.name, each.fit, place, status, since, each.coverage]


def print_practices(answer: PracticeAnswer, explainer: Explainer) -> None:
    """Print an answer as a colleague would give it."""
    say(headline(answer, explainer))
    for line in scope(answer, explainer):
        say(line)
    click.echo()
    for each in answer.suggestions:
        _print_one(each, explainer)
    if answer.cautions:
        say(explainer.words("What to watch out for:"))
        for caution in answer.cautions:
            say("- " + cautioned(caution, explainer), hang=2)
        click.echo()
    if answer.suggestions:
        say(
            explainer.words(
                "Each practice starts from what is expected where nothing is known; what is known adds or takes away."
                " `--format json` has every reason; they sum to the score."
            )
        )


def _print_one(each: PracticeSuggestion, explainer: Explainer) -> None:
    words = explainer.words
    click.echo(f"{each.rank:>2}  " + click.style(each.name, bold=True) + " · " + words(FIT[each.fit]))
    for line in sentences(each, explainer):
        say(line, indent=4)
    click.echo()
