"""``kompass evaluate teams``: how many of the true members composed alliances find, beside simple methods."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import astuple, fields
from datetime import datetime
from pathlib import Path

import click

from api.cli.base import app, command, option
from api.cli.output import Cell, Column, format_option, print_csv, print_json, print_table
from api.cli.paragraphs import DAY
from api.cli.progress import shown
from api.language import N_, Words
from graph_service.errors import Place, TargetError
from matching.teams.evaluation import (
    DISTANCE,
    OURS,
    RECALL,
    TeamEvaluation,
    TeamPrediction,
    evaluate_teams,
    predict_teams,
    prepare_teams,
)


@command(help=N_("Find the members of later alliances again from what was known before, beside simple methods."))
@option("--after", type=DAY, required=True, help=N_("Alliances that began on this day or later are to be found."))
@option(
    "--predictions", "target", type=click.Path(path_type=Path), help=N_("Write what was suggested to this CSV file.")
)
@format_option
def teams(after: datetime, target: Path | None, form: str) -> None:
    """Measure teams."""
    here = app()
    projection = here.services.projection()
    with shown(here.words("Measuring"), here.words):
        prepared = prepare_teams(projection, after.date())
        result = evaluate_teams(prepared)
        if target is not None:
            _write(target, predict_teams(prepared))
    if form == "json":
        told = {field.name: getattr(result, field.name) for field in fields(result)}
        print_json({**told, "best_baseline": result.best_baseline.method})
    elif form == "csv":
        print_csv(["method", "teams", "measure", "mean", "low", "high"], _rows(result))
    else:
        _print(result, here.words)
    if target is not None:
        click.echo(here.words("Written: {path}", path=target), err=True)


def _write(path: Path, found: Iterator[TeamPrediction]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(field.name for field in fields(TeamPrediction))
            writer.writerows(map(astuple, found))
    except OSError as error:
        raise TargetError("a file that can be written", error.strerror or error, Place(file=str(path))) from None


def _rows(result: TeamEvaluation) -> Iterator[Sequence[Cell]]:
    for method in result.methods:
        for name, measure in method.measures.items():
            yield method.method, result.teams, name, measure.mean, measure.low, measure.high


def _print(result: TeamEvaluation, words: Words) -> None:
    click.echo(
        words(
            "{teams} teams with {members} known members each, to be found among {candidates} actors.",
            teams=words.number(result.teams),
            members=words.number(result.members, 1),
            candidates=words.number(result.candidates),
        )
    )
    click.echo(
        words(
            "Closeness counts {weight} (chosen on {teams} earlier teams).",
            weight=words.number(result.cohesion),
            teams=words.number(result.chosen_on),
        )
        if result.chosen_on
        else words("Closeness counts {weight} (too few earlier teams to choose).", weight=words.number(result.cohesion))
    )
    columns = [Column("method", words("Method")), Column(RECALL, words("Found members"))]
    columns.append(Column(DISTANCE, words("Mean distance")))
    rows: list[list[Cell]] = []
    for method in result.methods:
        row: list[Cell] = [method.method]
        for name in (RECALL, DISTANCE):
            each = method.measures[name]
            interval = f"[{words.number(each.low, 3)}; {words.number(each.high, 3)}]"
            row.append(f"{words.number(each.mean, 3)} {interval}")
        rows.append(row)
    print_table(columns, rows, words)
    click.echo(_verdict(result, words))


def _verdict(result: TeamEvaluation, words: Words) -> str:
    best = result.best_baseline
    own, other = result.find(OURS).measures[RECALL].mean, best.measures[RECALL].mean
    if other <= 0:
        return words("{method}: no simple method finds anything.", method=OURS)
    verdict = words(
        "{method}: mean {measure} {difference} against the best simple method ({baseline}).",
        method=OURS,
        measure=RECALL,
        difference=f"{'+' if own >= other else '−'}{words.percent(abs(own / other - 1), 1)}",
        baseline=best.method,
    )
    by_team = words(
        "Team by team: {ahead} [{low}; {high}].",
        ahead=_signed(result.ahead.mean, words),
        low=_signed(result.ahead.low, words),
        high=_signed(result.ahead.high, words),
    )
    return f"{verdict} {by_team}"


def _signed(number: float, words: Words) -> str:
    return ("+" if number >= 0 else "−") + words.number(abs(number), 3)
