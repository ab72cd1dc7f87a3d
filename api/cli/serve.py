"""``kompass serve``: the web service."""

import click

from api.app import create_app
from api.cli.base import app, command, option
from api.language import N_


@command(help=N_("Serve the pages and the API."))
@option("--host", default="127.0.0.1", show_default=True, help=N_("The address to listen on."))
@option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help=N_("The port to listen on."))
def serve(host: str, port: int) -> None:
    """Serve until interrupted."""
    from waitress import create_server

    here = app()
    server = create_server(create_app(here.settings), host=host, port=port, threads=8, ident=None)
    url = f"http://{host}:{server.effective_port}/"
    click.echo(here.words("Open {url} in a browser. Ctrl+C ends.", url=url))
    server.run()
