"""``kompass copy``, ``migrate``, ``backup``, ``restore``: whole stores."""

from contextlib import closing
from pathlib import Path

import click

from api.cli.base import app, argument, command
from api.cli.progress import shown
from api.files.backups import restore_backup, write_backup
from api.language import N_
from graph_service.errors import StoreError
from graph_service.store.copy import copy_store

_path = argument("path", type=click.Path(path_type=Path))


@command(help=N_("Copy everything from one store to another, which must be empty."))
@argument("source_url")
@argument("target_url")
def copy(source_url: str, target_url: str) -> None:
    """Copy a store."""
    here = app()
    if source_url == target_url:
        raise StoreError("two different stores", target_url)
    with (
        closing(here.services.open_store(source_url)) as source,
        closing(here.services.open_store(target_url)) as target,
        shown(here.words("Copying"), here.words) as progress,
    ):
        copied = copy_store(source, target, progress)
    click.echo(
        here.words.plural("One claim copied to {store}.", "{n} claims copied to {store}.", copied.new, store=target.url)
    )


@command(help=N_("Bring the store up to date."))
def migrate() -> None:
    """Apply the missing migrations, which opening the store does."""
    here = app()
    store = here.services.store
    click.echo(here.words("{store} is up to date.", store=store.url))


@command(help=N_("Write a complete copy of the store to a new file."))
@_path
def backup(path: Path) -> None:
    """Write a backup."""
    here = app()
    with shown(here.words("Copying"), here.words) as progress:
        copied = write_backup(here.services.store, path, progress)
    click.echo(
        here.words.plural("One claim written to {path}.", "{n} claims written to {path}.", copied.new, path=path)
    )


@command(help=N_("Make the store what a backup says: all of it, or nothing."))
@_path
def restore(path: Path) -> None:
    """Restore a backup."""
    here = app()
    with shown(here.words("Restoring"), here.words):
        restored = restore_backup(path, here.services.store)
    click.echo(
        here.words.plural(
            "One claim restored from {path}.", "{n} claims restored from {path}.", restored.new, path=path
        )
    )
