"""``kompass peers``: who is comparable, how close, and why."""

import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace

import click

from api.cli.base import app, argument, command, option
from api.cli.output import format_option, print_csv, print_json
from api.cli.parameters import BAND, WEIGHT
from api.cli.progress import shown
from api.explanations import Explainer
from api.language import N_
from graph_service.keys import Label
from graph_service.model import Level
from graph_service.projection import LEVELS
from matching.bulk import all_peers
from matching.lens import Filters, Lens, find_lens
from matching.peers import PeerAnswer, PeerQuestion, PeerRanker, PeerSuggestion

DEFAULT_LENS = "structure"
WIDTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the options of one call ask for."""

    lens: Lens
    filters: Filters
    weights: dict[str, float]
    limit: int
    form: str


@command(help=N_("Find municipalities that are comparable to MUNICIPALITY (a code, a key or a name), with reasons."))
@argument("municipality", required=False)
@option("--all", "everybody", is_flag=True, help=N_("Find the peers of every municipality."))
@option(
    "--lens",
    metavar="ID|FILE",
    default=DEFAULT_LENS,
    show_default=True,
    help=N_("What is compared; see `kompass lenses`."),
)
@option(
    "--weight",
    "weights",
    type=WEIGHT,
    multiple=True,
    help=N_("Give an indicator of the lens another weight; repeatable."),
)
@option(
    "--level",
    type=click.Choice([level.value for level in Level]),
    help=N_("Compare with municipalities of this level."),
)
@option("--population", type=BAND, help=N_("Compare with municipalities of so many times the own population."))
@option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help=N_("How many to find."))
@option("--why", metavar="MUNICIPALITY", help=N_("Explain this one, whatever its rank."))
@format_option
def peers(
    municipality: str | None,
    everybody: bool,
    lens: str,
    weights: tuple[tuple[str, float], ...],
    level: str | None,
    population: tuple[float, float] | None,
    limit: int,
    why: str | None,
    form: str,
) -> None:
    """Answer for one municipality, or for all."""
    if everybody == (municipality is not None):
        raise click.UsageError(app().words("Name one municipality, or use --all."))
    chosen = find_lens(lens)
    filters = chosen.filters
    if level is not None:
        filters = replace(filters, level=Level(level), any_level=False)
    if population is not None:
        filters = replace(filters, population=population)
    asked = Asked(lens=chosen, filters=filters, weights=dict(weights), limit=limit, form=form)
    if municipality is None:
        _answer_all(asked)
    else:
        _answer_one(municipality, why, asked)


def _answer_one(municipality: str, why: str | None, asked: Asked) -> None:
    here = app()
    ranker = here.services.peers(asked.lens)
    explainer = Explainer(ranker.projection, here.words)
    key = here.services.municipality(municipality)
    question = PeerQuestion(key, weights=asked.weights, filters=asked.filters)
    if why is not None:
        other = ranker.explain(question, here.services.municipality(why))
        print_json(other) if asked.form == "json" else print_reasons(other, explainer)
        return
    answer = ranker.answer(question, limit=asked.limit)
    if asked.form == "json":
        print_json(answer)
    elif asked.form == "csv":
        names = ["municipality", "rank", "candidate", "score", "name", "closeness", "stability", "coverage"]
        print_csv(
            names,
            (
                [key.local, s.rank, s.key.local, s.score, s.name, s.closeness, s.stability, s.coverage]
                for s in answer.suggestions
            ),
        )
    else:
        print_answer(answer, asked.lens, explainer)


def _answer_all(asked: Asked) -> None:
    here = app()
    ranker = here.services.peers(asked.lens)
    with shown(here.words("Comparing"), here.words):
        rows = list(everybodys_peers(ranker, asked))
    names = ["municipality", "rank", "candidate", "score"]
    if asked.form == "json":
        found = [dict(zip(names, row, strict=True)) for row in rows]
        print_json({"revision": ranker.projection.revision, "lens": asked.lens.id, "peers": found})
    else:
        print_csv(names, rows)


def everybodys_peers(ranker: PeerRanker, asked: Asked) -> Iterator[tuple[str, int, str, float]]:
    """Municipality, rank, candidate and score, for everybody who has enough values, level by level."""
    if asked.filters.any_level:
        levels: list[Level | None] = [None]
    else:
        levels = [asked.filters.level] if asked.filters.level else list(LEVELS)
    names = [ranker.projection.arrays.keys[i].partition(":")[2] for i in ranker.projection.spans[Label.MUNICIPALITY]]
    for level in levels:
        table = ranker.table(level)
        table = table.reweighted(asked.weights) if asked.weights else table
        found = all_peers(table, asked.filters, asked.limit)
        keys = [names[i] for i in table.features.rows.tolist()]
        for row, peers, scores in zip(found.rows.tolist(), found.peers.tolist(), found.scores.tolist(), strict=True):
            for rank, (peer, score) in enumerate(zip(peers, scores, strict=True), 1):
                if peer >= 0:
                    yield keys[row], rank, keys[peer], score


def print_answer(answer: PeerAnswer, lens: Lens, explainer: Explainer) -> None:
    """Print an answer as a colleague would give it."""
    _say(explainer.answer(answer))
    _say(described(answer, lens, explainer))
    click.echo()
    for suggestion in answer.suggestions:
        print_suggestion(suggestion, answer, explainer)
    for line in notes(answer, lens, explainer):
        _say(line)


def described(answer: PeerAnswer, lens: Lens, explainer: Explainer) -> str:
    """Through which lens, with how much data, and among whom."""
    words = explainer.words
    title = (lens.title_en if words.language == "en" else lens.title_de) or lens.id
    text = words.plural(
        "Lens: {title} ({count} indicators, {years}), compared with one municipality.",
        "Lens: {title} ({count} indicators, {years}), compared with {n} municipalities.",
        answer.candidates,
        title=title,
        count=words.number(len(answer.weights)),
        years=explainer.years(answer) or "–",
    )
    level = explainer.term("level", answer.level.value) if answer.level else ""
    return text + (" " + words("Level: {level}.", level=level) if level else "")


def notes(answer: PeerAnswer, lens: Lens, explainer: Explainer) -> Iterator[str]:
    """How to read the answer, what is unknown, and where the data come from."""
    words = explainer.words
    if answer.suggestions:
        yield words("In brackets: the value of {name} first, then that of the other.", name=answer.name)
    weights = {each.id: each.weight for each in lens.indicators} or dict.fromkeys(answer.weights, 1.0)
    share = sum(weights.get(each, 0.0) for each in answer.unknown) / (sum(weights.values()) or 1.0)
    if missing := explainer.unknown(answer.unknown, len(weights), share):
        yield missing
    for each in answer.not_applied:
        yield words("The filter {name} was not applied: the own value is unknown.", name=f"--{each}")
    if sources := explainer.sources(answer.weights):
        yield words("Sources:")
        yield from (f"- {source}" for source in sources)


def print_suggestion(suggestion: PeerSuggestion, answer: PeerAnswer, explainer: Explainer) -> None:
    """Print one of the list."""
    place = explainer.place(suggestion.key)
    click.echo(f"{suggestion.rank:>2}  " + click.style(suggestion.name, bold=True) + (f" · {place}" if place else ""))
    firm = explainer.stability(suggestion)
    _say(explainer.closeness(suggestion) + (f"; {firm}" if firm else ""), indent=4)
    for sentence in explainer.reasons(suggestion):
        _say(sentence, indent=4)
    # what is unknown of the own municipality is said once, below
    if missing := [each for each in suggestion.unknown if each not in answer.unknown]:
        _say(explainer.words("Unknown here: {named}.", named=explainer.named(missing)), indent=4)
    click.echo()


def print_reasons(suggestion: PeerSuggestion, explainer: Explainer) -> None:
    """Print every reason of one suggestion; the last row is the sum."""
    from api.cli.output import Column, print_table

    words = explainer.words
    place = explainer.place(suggestion.key)
    rank = words("rank {rank}", rank=suggestion.rank) if suggestion.rank else words("excluded by the filters")
    _say(f"{suggestion.name} · {place}: {explainer.closeness(suggestion)}; {rank}")
    columns = [
        Column("feature", words("Indicator")),
        Column("own", words("Own value")),
        Column("other", words("Other value")),
        Column("unit", words("Unit")),
        Column("period", words("Year")),
        Column("possible", words("Adds at most")),
        Column("amount", words("Adds")),
    ]
    rows: list[list[str | int | float | None]] = [
        [explainer.label(c.feature), c.own, c.other, c.unit, words.period(c.period), c.possible, c.amount]
        for c in suggestion.contributions
    ]
    rows.append([words("Sum"), None, None, "", "", None, suggestion.score])
    print_table(columns, rows, words)


def _say(text: str, indent: int = 0) -> None:
    width = min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns)
    margin = " " * indent
    # a number and its unit stay on one line: textwrap breaks at spaces only, not at no-break ones
    click.echo(
        textwrap.fill(
            text, width, initial_indent=margin, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False
        )
    )
