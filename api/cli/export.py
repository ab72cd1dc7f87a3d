"""``kompass export``: the graph as a file for another program."""

from pathlib import Path

import click

from api.cli.base import app, argument, command, option
from api.cli.progress import shown
from api.language import N_, Words
from graph_service.export.contract import Exported
from graph_service.export.registry import EXPORTERS, exporter
from graph_service.model import Visibility
from graph_service.store.contract import Reader

LEFT_OUT = (
    N_("applications of hidden actors"),
    N_("concepts without a kind"),
    N_("datasets without a publisher"),
    N_("relations with a visibility of their own"),
)
"""What an export may have no place for, as exporters name it."""


@command(help=N_("Write the graph to a file for another program. What is written carries its sources and licences."))
@argument("form", metavar="FORMAT", type=click.Choice(list(EXPORTERS)))
@argument("path", type=click.Path(path_type=Path))
@option(
    "--visibility",
    type=click.Choice([each.value for each in Visibility]),
    default=Visibility.PUBLIC.value,
    show_default=True,
    help=N_("Include what is open to no more than these."),
)
def export(form: str, path: Path, visibility: str) -> None:
    """Export the shown graph."""
    here = app()
    write = exporter(form)

    def work(reader: Reader) -> Exported:
        return write(reader, path, visibility=Visibility(visibility))

    with shown(here.words("Writing {path}", path=path), here.words):
        exported = here.services.store.read(work)
    _report(exported, here.words)


def _report(exported: Exported, words: Words) -> None:
    click.echo(words("Written: {path}", path=exported.path))
    for name, count in exported.counts.items():
        click.echo(f"  {name}: {words.number(count)}")
    for name, count in exported.left_out.items():
        click.echo(words("  left out: {name}: {count}", name=words.phrase(name), count=words.number(count)))
