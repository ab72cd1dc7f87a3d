"""``kompass datasets``: what the store holds of whom, and how to take it out again."""

import click

from api.cli.base import app, command, option
from api.cli.output import Column, format_option, list_rows, print_json
from api.language import N_, day_of
from graph_service.store.contract import Changes, Writer


@command(help=N_("List the datasets of the store in the order in which they are believed, or remove one."))
@option("--remove", metavar="ID", help=N_("Remove this dataset with its claims alone."))
@format_option
def datasets(remove: str | None, form: str) -> None:
    """List datasets, or remove one."""
    here = app()
    if remove is not None:

        def work(writer: Writer) -> Changes:
            return writer.drop(remove)

        gone = here.services.store.write(work)
        if form == "json":
            print_json({"dataset": remove, "retired": gone.retired})
        else:
            print_removed(remove, gone.retired)
        return
    found = here.services.store.read(lambda reader: reader.datasets())
    words = here.words
    columns = [
        Column("id", words("Dataset")),
        Column("title", words("Title")),
        Column("publisher", words("Publisher")),
        Column("licence", words("Licence")),
        Column("url", words("Address")),
        Column("retrieved_on", words("Retrieved")),
        Column("territory_date", words("Territory as of")),
        Column("precedence", words("Precedence")),
        Column("updated_at", words("Updated")),
        Column("claims", words("Claims")),
    ]
    rows = []
    for status in found:
        each = status.dataset
        rows.append(
            [
                each.id,
                each.title,
                each.publisher,
                each.licence,
                each.url,
                each.retrieved_on,
                each.territory_date,
                each.precedence,
                day_of(status.updated_at),
                sum(status.counts.values()),
            ]
        )
    if form == "table" and not rows:
        click.echo(words("The store is empty. Fill it with `kompass demo` or `kompass import`."))
        return
    if form == "table":
        # the address is for programs; a person reads the table
        columns = [c for c in columns if c.name != "url"]
        rows = [row[:4] + row[5:] for row in rows]
    list_rows(form, columns, rows, words)


def print_removed(dataset: str, retired: int) -> None:
    """Say how much went."""
    words = app().words
    click.echo(words.plural("One claim of {id} was removed.", "{n} claims of {id} were removed.", retired, id=dataset))
