"""``kompass export``: the graph as a file for another program."""

from pathlib import Path

import click

from api.cli.base import Command, app, argument, command, option, words_of
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
COUNTED = (
    N_("organizations"),
    N_("services"),
    N_("schemes"),
    N_("concepts"),
    N_("concepts of other sources"),
    N_("datasets"),
    N_("distributions"),
    N_("nodes"),
    N_("edges"),
    N_("with boundary"),
    N_("with point"),
    N_("without place"),
)
"""What exporters count beside tables and sheets, which are called as in the file."""
FORMATS = {
    "package": N_("everything, as an exchange package: a folder, or a .zip"),
    "xlsx": N_("a workbook with a sheet per table, figures side by side and the sources"),
    "graphml": N_("the network, for Gephi, yEd and Cytoscape"),
    "gexf": N_("the network, for Gephi"),
    "geojson": N_("municipalities with boundary or point and their latest figures, for maps"),
    "neo4j-csv": N_("a folder for neo4j-admin database import"),
    "hsds": N_("actors and offers as Open Referral HSDS 3, for directories of services"),
    "skos": N_("the vocabularies as SKOS: Turtle, .jsonld or .rdf"),
    "dcat": N_("the datasets as a catalogue after DCAT-AP.de 3: Turtle, .jsonld or .rdf"),
}
"""What each form is, for people who choose one."""


class ExportCommand(Command):
    """Names the forms on its help page."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The forms, each with what it is."""
        words = words_of(ctx)
        with formatter.section(words("Formats")):
            formatter.write_dl([(form, words(FORMATS[form])) for form in EXPORTERS])


@command(
    cls=ExportCommand,
    help=N_("Write the graph to a file for another program. What is written carries its sources and licences."),
)
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
        click.echo(f"  {words(name) if name in COUNTED else name}: {words.number(count)}")
    for name, count in exported.left_out.items():
        click.echo(words("  left out: {name}: {count}", name=words.phrase(name), count=words.number(count)))
