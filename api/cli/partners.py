"""``kompass partners``: whom do we need for this; and what measures and learns it."""

import csv
from collections.abc import Iterator
from dataclasses import astuple, fields, replace
from datetime import datetime
from pathlib import Path

import click

from api.cli.base import Entry, LazyGroup, app, command, option
from api.cli.output import Cell, Column, format_option, print_csv, print_json, print_table
from api.cli.paragraphs import DAY, on_option, say
from api.cli.progress import shown
from api.language import N_, Words
from api.questions.partners import partner_ranker
from api.words.partners import PartnerExplainer
from graph_service.errors import Place, TargetError
from graph_service.keys import Label, NodeKey
from matching.partners.evaluation import (
    ALL,
    BLEND,
    OURS,
    PartnerEvaluation,
    PartnerPrediction,
    evaluate_partners,
    make_source,
    predict_partners,
)
from matching.partners.learning import learn as learn_weights
from matching.partners.matcher import PartnerAnswer, PartnerQuestion, PartnerSuggestion
from matching.partners.model import load_model, prior_model, write_model
from matching.peers.evaluation import MEASURES, Measure
from matching.text import load_synonyms

PATH = click.Path(path_type=Path)


@command(help=N_("Find actors that can support what you plan, with reasons. Say as much of it as you know."))
@option("--municipality", metavar="MUNICIPALITY", default="", help=N_("Where: a code, a key or a name."))
@option("--field", "topics", metavar="ID", multiple=True, help=N_("A field of action by its id; repeatable."))
@option("--target-group", "groups", metavar="ID", multiple=True, help=N_("A target group by its id; repeatable."))
@option("--challenge", "challenges", metavar="ID", multiple=True, help=N_("A challenge by its id; repeatable."))
@option("--resource", "resources", metavar="ID", multiple=True, help=N_("What you look for, by its id; repeatable."))
@option("--role", "roles", metavar="ID", multiple=True, help=N_("A role that is to be filled, by its id; repeatable."))
@option("--need", default="", help=N_("What it is about, in your own words."))
@option("--member", "members", metavar="ACTOR", multiple=True, help=N_("Who is with you already; repeatable."))
@option("--weights", type=PATH, help=N_("Weights from `kompass learn partners`."))
@option("--synonyms", type=PATH, help=N_("Your own words of the same meaning, in TOML."))
@option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help=N_("How many to find."))
@on_option
@format_option
def partners(
    municipality: str,
    topics: tuple[str, ...],
    groups: tuple[str, ...],
    challenges: tuple[str, ...],
    resources: tuple[str, ...],
    roles: tuple[str, ...],
    need: str,
    members: tuple[str, ...],
    weights: Path | None,
    synonyms: Path | None,
    limit: int,
    on: datetime,
    form: str,
) -> None:
    """Answer one question."""
    here = app()
    if not any((municipality, topics, groups, challenges, resources, roles, need.strip(), members)):
        raise click.UsageError(here.words("Say what you need: --municipality, --field, --need or another option."))
    question = PartnerQuestion(
        on.date(),
        need,
        here.services.municipality(municipality) if municipality else None,
        topics,
        groups,
        challenges,
        resources,
        roles,
        tuple(_actor(each) for each in members),
    )
    snapshot = here.services.snapshot()
    ranker = partner_ranker(
        snapshot, load_model(weights) if weights else None, load_synonyms(synonyms) if synonyms else None
    )
    answer = ranker.answer(question, limit=limit)
    if form == "json":
        print_json(answer)
    elif form == "csv":
        names = ["rank", "actor", "score", "name", "kind", "municipality", "assured_on", "coverage"]
        print_csv(names, (_row(each) for each in answer.suggestions))
    else:
        print_partners(answer, PartnerExplainer(snapshot.projection, here.words))


def _actor(text: str) -> NodeKey:
    return NodeKey(text) if ":" in text else NodeKey.of(Label.ACTOR, text)


def _row(each: PartnerSuggestion) -> list[Cell]:
    place = each.municipality.local if each.municipality else None
    return [each.rank, each.key.local, each.score, each.name, each.kind, place, each.assured_on, each.coverage]


def print_partners(answer: PartnerAnswer, explainer: PartnerExplainer) -> None:
    """Print an answer as a colleague would give it."""
    say(explainer.headline(answer))
    for line in explainer.remarks(answer):
        say(line)
    if not answer.suggestions:
        return
    click.echo()
    for each in answer.suggestions:
        about = explainer.about(each)
        click.echo(f"{each.rank:>2}  " + click.style(each.name, bold=True) + (f" · {about}" if about else ""))
        for sentence in explainer.reasons(each):
            say(sentence, indent=4)
        click.echo()
    say(explainer.words("`--format json` has every reason; they sum to the score."))


@click.group(
    cls=LazyGroup,
    entries={
        "partners": Entry(
            "api.cli.partners:learn_partners", N_("Learn the weights of partner suggestions from past alliances.")
        ),
        "peers": Entry("api.cli.learn_peers:learn_peers", N_("Learn a lens's weights from given lists of peers.")),
    },
    help=N_("Learn weights from your own data."),
)
def learn() -> None:
    """Hold the commands that learn."""


@command("partners", help=N_("Learn the weights of partner suggestions from the alliances that began before a day."))
@option("--until", type=DAY, required=True, help=N_("Only what began before this day is looked at."))
@option("--output", type=PATH, help=N_("Write the weights to this file instead of printing them."))
def learn_partners(until: datetime, output: Path | None) -> None:
    """Learn, and write a file that `kompass partners --weights` reads."""
    here = app()
    source = make_source(here.services.projection())
    with shown(here.words("Learning"), here.words):
        model = learn_weights(source, until.date(), prior_model(), data="store")
    text = write_model(model)
    if not model.evidence.needs:
        click.echo(here.words("There is too little to learn from: these are the weights to start from."), err=True)
    if output is None:
        click.echo(text.decode(), nl=False)
        return
    try:
        output.write_bytes(text)
    except OSError as error:
        raise TargetError("a file that can be written", error.strerror or error, Place(file=str(output))) from None
    click.echo(here.words("Written: {path}", path=output), err=True)


@command("partners", help=N_("Rank the members of later alliances among all actors known before."))
@option("--after", type=DAY, required=True, help=N_("Alliances from this day on are measured."))
@option("--predictions", "target", type=PATH, help=N_("Write what was suggested to this CSV file."))
@format_option
def evaluate(after: datetime, target: Path | None, form: str) -> None:
    """Measure partners."""
    here = app()
    projection = here.services.projection()
    with shown(here.words("Measuring"), here.words):
        result = evaluate_partners(projection, after.date())
        if target is not None:
            _write(target, predict_partners(make_source(projection), after.date(), result.model))
    if form == "json":
        # the table of what tells actors apart is as long as the past itself
        print_json(replace(result, model=replace(result.model, apart=None)))
    elif form == "csv":
        print_csv(["method", "group", "queries", "measure", "mean", "low", "high", "seconds"], _rows(result))
    else:
        _print(result, here.words)
    if target is not None:
        click.echo(here.words("Written: {path}", path=target), err=True)


def _write(path: Path, found: Iterator[PartnerPrediction]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(field.name for field in fields(PartnerPrediction))
            writer.writerows(map(astuple, found))
    except OSError as error:
        raise TargetError("a file that can be written", error.strerror or error, Place(file=str(path))) from None


def _rows(result: PartnerEvaluation) -> Iterator[list[Cell]]:
    for method in result.methods:
        for group in method.groups:
            for name, measure in group.measures.items():
                yield [
                    method.method, group.group, group.queries, name, measure.mean, measure.low, measure.high,
                    round(method.seconds, 3),
                ]  # fmt: skip


def _print(result: PartnerEvaluation, words: Words) -> None:
    say(
        words(
            "{history} alliances began before {after}; {candidates} actors are known from them.",
            history=words.number(result.history),
            after=result.after,
            candidates=words.number(result.candidates),
        )
    )
    columns = [Column("method", words("Method")), *(Column(name, name) for name in MEASURES)]
    for i, group in enumerate(result.methods[0].groups):
        say(
            words("All later alliances: {n}.", n=words.number(group.queries))
            if group.group == ALL
            else words("Only those with new descriptions: {n}.", n=words.number(group.queries))
        )
        rows: list[list[Cell]] = [
            [method.method, *(_figure(method.groups[i].measures[name], words) for name in MEASURES)]
            for method in result.methods
        ]
        print_table([*columns], rows, words)
        own, other = (result.find(name).groups[i].measures[MEASURES[0]].mean for name in (OURS, BLEND))
        if other > 0:
            say(
                words(
                    "{measure}: {difference} against the learned blend of simple scores.",
                    measure=MEASURES[0],
                    difference=f"{'+' if own >= other else '−'}{words.percent(abs(own / other - 1), 1)}",
                )
            )
            click.echo()
    say(
        words(
            "Learning took {learning} s, ranking {ours} s, all simple methods together {others} s.",
            learning=words.number(result.learning_seconds),
            ours=words.number(result.find(OURS).seconds),
            others=words.number(result.find(BLEND).seconds),
        )
    )


def _figure(measure: Measure, words: Words) -> str:
    return f"{words.number(measure.mean, 3)} [{words.number(measure.low, 3)}–{words.number(measure.high, 3)}]"
