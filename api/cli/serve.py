"""``kompass serve``: the web service."""

import os

import click

from api.cli.base import app, command, option
from api.language import N_


@command(help=N_("Serve the pages and the API."))
@option("--host", default="127.0.0.1", show_default=True, help=N_("The address to listen on."))
@option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help=N_("The port to listen on."))
@option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help=N_("How many processes answer, sharing one copy of the data."),
)
@option(
    "--server",
    type=click.Choice(["waitress", "granian"]),
    default="waitress",
    show_default=True,
    help=N_("Which HTTP server answers; granian must be installed."),
)
def serve(host: str, port: int, workers: int, server: str) -> None:
    """Serve until interrupted."""
    from api.http import serving

    here = app()
    if workers > 1 and not hasattr(os, "fork"):
        raise click.UsageError(here.words("Several workers need a system that can fork, such as Linux."))

    def started(port: int) -> None:
        shown = f"[{host}]" if ":" in host else host
        click.echo(here.words("Open {url} in a browser. Ctrl+C ends.", url=f"http://{shown}:{port}/"))

    if server == "granian":
        if not port:
            raise click.UsageError(here.words("granian needs a --port of its own."))
        serving.serve_by_granian(here.settings, host, port, workers, started)
    else:
        serving.serve(here.settings, host, port, workers, started)
