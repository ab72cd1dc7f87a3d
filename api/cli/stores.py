"""``kompass copy``, ``migrate``, ``backup``, ``restore``: whole stores."""

import click

from api.cli.base import app, argument, command
from api.cli.progress import shown
from api.language import N_
from graph_service.errors import StoreError
from graph_service.store.contract import GraphStore


@command(help=N_("Copy everything from one store to another; what the target held is replaced."))
@argument("source_url")
@argument("target_url")
def copy(source_url: str, target_url: str) -> None:
    """Copy a store."""
    services = app().services
    source = services.open_store(source_url)
    target = services.open_store(target_url)
    if source.url == target.url:
        raise StoreError("two different stores", target.url)
    _copied(source, target)


def _copied(source: GraphStore, target: GraphStore) -> None:
    """Copy, and say how much."""
    from graph_service.store.copy import copy_store

    words = app().words
    with shown(words("Copying"), words):
        copied = copy_store(source, target)
    click.echo(str(copied))


@command(help=N_("Bring the store up to date."))
def migrate() -> None:
    """Apply the missing migrations by opening the store."""
    here = app()
    store = here.services.store
    click.echo(here.words("{store} is up to date.", store=store.url))
