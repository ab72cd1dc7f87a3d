"""``kompass lenses``: through which lenses peers can be seen, and what a lens looks at."""

from collections.abc import Mapping

import click

from api.cli.base import app, argument, command
from api.cli.output import Cell, Column, format_option, list_rows, print_json
from api.language import N_, Words
from api.questions.lenses import indicator_labels, lens_description, lens_title
from matching.peers.lens import Lens, find_lens, shipped_lenses


@command(help=N_("List the lenses that peers can be seen through, or show one: an id, or your own file (.toml)."))
@argument("lens", required=False)
@format_option
def lenses(lens: str | None, form: str) -> None:
    """List lenses, or show one with its indicators."""
    here = app()
    if lens is None:
        _list(form, here.words)
    else:
        _show(find_lens(lens), form, here.words, indicator_labels(here.services.projection(), here.words))


def _list(form: str, words: Words) -> None:
    columns = [
        Column("id", words("Lens")),
        Column("version", words("Version")),
        Column("title", words("Title")),
        Column("indicators", words("Indicators")),
        Column("description", words("Description")),
    ]
    rows = [
        [
            lens.id,
            lens.version,
            lens_title(lens, words),
            len(lens.indicators) or None,
            lens_description(lens, words),
        ]
        for lens in shipped_lenses().values()
    ]
    list_rows(form, columns, rows, words)


def _show(lens: Lens, form: str, words: Words, known: Mapping[str, str]) -> None:
    if form == "json":
        print_json(lens)
        return
    english = words.language == "en"
    if form == "table":
        click.echo(
            words(
                "{title} (lens {id}, version {version})",
                title=lens_title(lens, words),
                id=lens.id,
                version=lens.version,
            )
        )
        click.echo(lens_description(lens, words))
    columns = [
        Column("id", words("Indicator")),
        Column("label", words("Label")),
        Column("weight", words("Weight")),
        Column("reason", words("Reason")),
    ]
    rows: list[list[Cell]] = [
        [
            each.id,
            known.get(each.id, words("not in this store")),
            each.weight,
            each.reason_en if english else each.reason_de,
        ]
        for each in lens.indicators
    ]
    list_rows(form, columns, rows, words)
