"""``kompass evaluate``: how well suggestions meet known answers, beside simple methods in the same run."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import astuple, fields
from pathlib import Path

import click

from api.cli.base import Entry, LazyGroup, app, command, option
from api.cli.output import Cell, Column, format_option, print_csv, print_json, print_table
from api.cli.progress import shown
from api.language import N_, Words
from graph_service.errors import Place, SourceError, TargetError
from graph_service.model import Level
from matching.peers.evaluation import (
    LEARNED,
    MEASURES,
    OURS,
    Evaluation,
    MethodResult,
    Prediction,
    evaluate_peers,
    predictions,
)
from matching.peers.lens import ALL_INDICATORS, find_lens
from matching.peers.truth import TruthRow, read_truth


@click.group(
    cls=LazyGroup,
    entries={
        "peers": Entry("api.cli.evaluate:peers", N_("Compare peers with official lists of comparable municipalities.")),
        "partners": Entry("api.cli.partners:evaluate", N_("Rank the members of later alliances.")),
        "teams": Entry("api.cli.evaluate_teams:teams", N_("Find the members of later alliances again.")),
    },
    help=N_("Measure how well suggestions meet known answers."),
)
def evaluate() -> None:
    """Hold the commands that measure."""


@command(help=N_("Compare peers with official lists of comparable municipalities, beside simple methods and chance."))
@option(
    "--truth",
    type=click.Path(path_type=Path),
    required=True,
    help=N_("CSV with the columns model, municipality, peer, rank."),
)
@option(
    "--lens",
    metavar="ID|FILE",
    default=ALL_INDICATORS,
    show_default=True,
    help=N_("What is compared; see `kompass lenses`."),
)
@option(
    "--level",
    type=click.Choice([level.value for level in Level]),
    help=N_("Compare with municipalities of this level."),
)
@option("--learn", is_flag=True, help=N_("Also learn the weights from the lists, cross-validated over municipalities."))
@option(
    "--predictions", "target", type=click.Path(path_type=Path), help=N_("Write what was suggested to this CSV file.")
)
@format_option
def peers(truth: Path, lens: str, level: str | None, learn: bool, target: Path | None, form: str) -> None:
    """Measure peers."""
    here = app()
    rows = truth_rows(truth)
    chosen, among = find_lens(lens), Level(level) if level else None
    projection = here.services.projection()
    with shown(here.words("Measuring"), here.words):
        result = evaluate_peers(projection, rows, chosen, level=among, learn=learn)
        if target is not None:
            _write(target, predictions(projection, rows, chosen, level=among, learn=learn))
    if form == "json":
        print_json({**_plain(result), "best_baseline": result.best_baseline.method})
    elif form == "csv":
        print_csv(["method", "model", "queries", "measure", "mean", "low", "high"], _rows(result))
    else:
        _print(result, here.words)
    if target is not None:
        click.echo(here.words("Written: {path}", path=target), err=True)


def truth_rows(path: Path) -> list[TruthRow]:
    """The lists of a CSV file; raises SourceError, InvalidValue."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return read_truth(file, path.name)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError("a readable file", reason, Place(file=str(path))) from None


def _write(path: Path, found: Iterator[Prediction]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(field.name for field in fields(Prediction))
            writer.writerows(map(astuple, found))
    except OSError as error:
        raise TargetError("a file that can be written", error.strerror or error, Place(file=str(path))) from None


def _plain(result: Evaluation) -> dict[str, object]:
    return {field.name: getattr(result, field.name) for field in fields(result)}


def _rows(result: Evaluation) -> Iterator[Sequence[Cell]]:
    for method in result.methods:
        for model in method.models:
            for name, measure in model.measures.items():
                yield method.method, model.model, model.queries, name, measure.mean, measure.low, measure.high


def _print(result: Evaluation, words: Words) -> None:
    click.echo(
        words(
            "Lens {lens} (version {version}), {count} candidates, {models} kinds of lists.",
            lens=result.lens,
            version=result.lens_version,
            count=words.number(result.candidates),
            models=words.number(len(result.methods[0].models)),
        )
    )
    _print_means(result, words)
    _print_models(result, words)
    for method in result.methods:
        if method.method in (OURS, LEARNED):
            click.echo(_verdict(method, result.best_baseline, words))


def _print_means(result: Evaluation, words: Words) -> None:
    columns = [
        Column("method", words("Method")),
        *(Column(name, name) for name in MEASURES),
        Column("most", words("Most frequent")),
        Column("never", words("Never named")),
    ]
    rows: list[list[Cell]] = [
        [m.method, *(words.number(m.mean[name], 3) for name in MEASURES), m.most, m.never] for m in result.methods
    ]
    print_table(columns, rows, words)


def _print_models(result: Evaluation, words: Words) -> None:
    """nDCG@10 of every model with its interval."""
    columns = [Column("model", words("List")), Column("queries", words("Municipalities"))]
    columns += [Column(method.method, method.method) for method in result.methods]
    rows: list[list[Cell]] = []
    for i, model in enumerate(result.methods[0].models):
        row: list[Cell] = [model.model, model.queries]
        for method in result.methods:
            measure = method.models[i].measures[MEASURES[0]]
            spread = (measure.high - measure.low) / 2
            row.append(f"{words.number(measure.mean, 3)} ±{words.number(spread, 3)}")
        rows.append(row)
    click.echo(
        words("{measure} by list, with half the width of its 95 % interval over municipalities:", measure=MEASURES[0])
    )
    print_table(columns, rows, words)


def _verdict(method: MethodResult, baseline: MethodResult, words: Words) -> str:
    own, other = method.mean[MEASURES[0]], baseline.mean[MEASURES[0]]
    if other <= 0:
        return words("{method}: no simple method finds anything.", method=method.method)
    return words(
        "{method}: mean {measure} {difference} against the best simple method ({baseline}).",
        method=method.method,
        measure=MEASURES[0],
        difference=f"{'+' if own >= other else '−'}{words.percent(abs(own / other - 1), 1)}",
        baseline=baseline.method,
    )
