"""``kompass openapi``: the description of the HTTP service."""

import click

from api.app import create_app
from api.cli.base import app, command
from api.http.openapi import description
from api.language import N_


@command(help=N_("Print the description of the HTTP API (OpenAPI 3.1)."))
def openapi() -> None:
    """Print what programs generate their clients from."""
    click.echo(description(create_app(app().settings)), nl=False)
