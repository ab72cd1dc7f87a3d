"""``kompass import`` and ``kompass sources``: files in, and a report of what was done with them."""

from dataclasses import asdict
from pathlib import Path

import click

from api.cli.base import app, argument, command, option
from api.cli.output import Column, format_option, list_rows, print_csv, print_json
from api.cli.progress import shown
from api.language import N_, Words
from api.messages import describe_issue, issue_effect, issue_label
from api.words.sources import SOURCES
from graph_service.errors import InvalidValue, Place, SourceError
from importers.contract import Importer, ImportReport
from importers.registry import find_importer, importer_ids
from importers.run import run

MOST = 20
"""Issues of each kind that a person is shown; ``--format json`` has all."""


@command("import", help=N_("Import files of a publisher, or your own lists. PATH is a file or a folder."))
@argument("source")
@argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@option("--dry-run", is_flag=True, help=N_("Say what would be done, and change nothing."))
@option("--dataset", "dataset_id", metavar="ID", default="", help=N_("Keep the claims under this dataset id."))
@option("--map", "column_map", metavar="NAME|FILE", help=N_("For `table`: which column means what."))
@format_option
def import_files(
    source: str, paths: tuple[Path, ...], dry_run: bool, dataset_id: str, column_map: str | None, form: str
) -> None:
    """Import files and report."""
    here = app()
    importer = chosen_importer(source, column_map)
    for path in paths:
        if not path.exists():
            raise SourceError("a file or folder that exists", "", Place(file=str(path)))
    with shown(here.words("Reading {source}", source=source), here.words) as progress:
        report = run(importer, paths, here.services.store, dataset_id=dataset_id, dry_run=dry_run, progress=progress)
    print_report(report, form, here.words)


def chosen_importer(source: str, column_map: str | None) -> Importer:
    """The importer of a source, with the column map that was asked for; raises NotFound, InvalidValue."""
    importer = find_importer(source)
    if column_map is not None:
        mapped = getattr(importer, "mapped", None)
        if mapped is None:
            raise InvalidValue("--map with the source table only", source)
        chosen: Importer = mapped(column_map)
        return chosen
    return importer


def print_report(report: ImportReport, form: str, words: Words) -> None:
    """Print what an import did."""
    if form == "json":
        print_json(report_object(report))
    elif form == "csv":
        rows = (
            [
                i.kind,
                i.note,
                i.place.file,
                i.place.table,
                i.place.line,
                i.place.column,
                i.expected,
                i.found,
                i.suggestion,
            ]
            for i in report.issues.examples(report.issues.keep)
        )
        names = ["kind", "note", "file", "table", "line", "column", "expected", "found", "suggestion"]
        print_csv(names, rows)
    else:
        _print_for_people(report, words)


def report_object(report: ImportReport) -> dict[str, object]:
    """The report as JSON: counts, issues by kind, the first of each kind, and all."""
    return {
        "source": report.source,
        "dataset": report.dataset.id,
        "dry_run": report.dry_run,
        "read": report.read,
        **asdict(report.changes),
        "skipped": report.issues.skipped,
        "issues": dict(sorted(report.issues.counts.items())),
        "examples": report.issues.examples(MOST),
        "all_issues": report.issues.examples(report.issues.keep),
    }


def _print_for_people(report: ImportReport, words: Words) -> None:
    changes = report.changes
    if report.dry_run:
        click.echo(words("Rehearsed only: nothing was written."))
    title = report.dataset.title
    click.echo(words("{title} (dataset {id})", title=title, id=report.dataset.id))
    counts = [
        (words("read"), report.read),
        (words("new"), changes.new),
        (words("changed"), changes.changed),
        (words("unchanged"), changes.unchanged),
        (words("retired"), changes.retired),
    ]
    click.echo("  " + ", ".join(f"{words.number(count)} {name}" for name, count in counts))
    _print_issues(report, words)


def _print_issues(report: ImportReport, words: Words) -> None:
    issues = report.issues
    if not issues.counts:
        click.echo(words("No issues."))
        return
    for kind, count in sorted(issues.counts.items()):
        kept = issues.kept[kind]
        what = issue_effect(kept[0], words)
        click.echo(f"\n{issue_label(kind, words)} ({words.number(count)}, {what}):")
        for issue in kept[:MOST]:
            click.echo(f"  {describe_issue(issue, words)}")
        if count > MOST and len(kept) > MOST:
            click.echo("  " + words.plural("and one more", "and {n} more", count - MOST))


@command(help=N_("List what can be imported."))
@format_option
def sources(form: str) -> None:
    """List the importers."""
    words = app().words
    rows = []
    for name in importer_ids():
        try:
            importer = find_importer(name)
            rows.append([name, words(SOURCES[name]) if name in SOURCES else _first_line(importer)])
        except (ImportError, AttributeError) as error:
            rows.append([name, words("cannot be loaded: {error}", error=error)])
    list_rows(form, [Column("source", words("Source")), Column("description", words("What it reads"))], rows, words)


def _first_line(importer: Importer) -> str:
    return (type(importer).__doc__ or "").strip().partition("\n")[0]
