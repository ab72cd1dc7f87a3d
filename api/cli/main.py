"""The program ``kompass``: its commands by name."""

from dataclasses import replace
from importlib.metadata import version

import click

from api.cli.base import App, Entry, Program, option
from api.language import N_
from api.logs import configure
from api.settings import LANGUAGES

ENTRIES = {
    "demo": Entry("api.cli.demo:demo", N_("Load the bundled sample and show the peers of one district.")),
    "import": Entry("api.cli.imports:import_files", N_("Import files of a publisher, or your own lists.")),
    "sources": Entry("api.cli.imports:sources", N_("List what can be imported.")),
    "datasets": Entry("api.cli.datasets:datasets", N_("List the datasets of the store, or remove one.")),
    "show": Entry("api.cli.show:show", N_("Show what is known about a municipality.")),
    "indicators": Entry("api.cli.show:indicators", N_("List the indicators of the store.")),
    "peers": Entry("api.cli.peers:peers", N_("Find municipalities that are comparable, with reasons.")),
    "practices": Entry("api.cli.practices:practices", N_("Find practices against a challenge, with reasons.")),
    "network": Entry(
        "api.cli.network:network", N_("Ask the network: who is near, between, together, alone, or recorded twice.")
    ),
    "supporters": Entry(
        "api.cli.supporters:supporters", N_("Find supporters for a request, or requests for an actor.")
    ),
    "coverage": Entry("api.cli.coverage:coverage", N_("Take stock of the offers of a municipality.")),
    "atlas": Entry("api.cli.coverage:atlas", N_("Take stock of all municipalities of an area.")),
    "lenses": Entry("api.cli.lenses:lenses", N_("List the lenses that peers can be seen through, or show one.")),
    "alliance": Entry("api.cli.alliance:alliance", N_("Compose an alliance for a need, or check an existing one.")),
    "partners": Entry("api.cli.partners:partners", N_("Find actors that can support what you plan, with reasons.")),
    "learn": Entry("api.cli.partners:learn", N_("Learn weights from your own data.")),
    "evaluate": Entry("api.cli.evaluate:evaluate", N_("Measure how well suggestions meet known answers.")),
    "export": Entry("api.cli.export:export", N_("Write the graph to a file for another program.")),
    "serve": Entry("api.cli.serve:serve", N_("Serve the pages and the API.")),
    "worker": Entry("api.cli.worker:worker", N_("Do what was asked for in the service, such as imports.")),
    "openapi": Entry("api.cli.openapi:openapi", N_("Print the description of the HTTP API (OpenAPI 3.1).")),
    "copy": Entry("api.cli.stores:copy", N_("Copy everything from one store to another.")),
    "migrate": Entry("api.cli.stores:migrate", N_("Bring the store up to date.")),
    "backup": Entry("api.cli.stores:backup", N_("Write a complete copy of the store to a file.")),
    "restore": Entry("api.cli.stores:restore", N_("Make the store what a backup says.")),
    "user": Entry("api.cli.accounts:user", N_("Make accounts, and change, export and erase them.")),
    "token": Entry("api.cli.accounts:token", N_("Make and revoke tokens: keys for programs.")),
}


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"kompass {version('buendniskompass')}")
        ctx.exit()


@click.group(
    "kompass",
    cls=Program,
    entries=ENTRIES,
    help=N_("Which municipalities are comparable, and why? Answers from open data, on the command line."),
)
@option("--store", metavar="URL", help=N_("The store: sqlite:///FILE or neo4j://USER@HOST:PORT/DATABASE."))
@option(
    "--lang",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    help=N_("The language of the answers; otherwise that of the locale."),
)
@option("--debug", is_flag=True, expose_value=False, help=N_("Show where in the program an error comes from."))
@option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show_version,
    help=N_("Show the version and exit."),
)
@click.pass_context
def program(ctx: click.Context, store: str | None) -> None:
    """Prepare what every command works with; --lang and --debug were looked at before."""
    given = ctx.ensure_object(App)
    ctx.obj = App(replace(given.settings, store=store) if store else given.settings, given.words)
    configure(given.settings.log_level, given.settings.log_format)
    ctx.call_on_close(ctx.obj.close)


def main() -> None:
    """Run the program."""
    program.main()


if __name__ == "__main__":
    main()
