"""``kompass show`` and ``kompass indicators``: what is known about a municipality, and what is measured at all."""

import click
import numpy as np

from api.cli.base import app, argument, command
from api.cli.output import Cell, Column, format_option, list_rows, print_csv, print_json, print_table
from api.language import N_, Words
from api.questions.profile import Known, described, latest
from api.words.suggestions import Explainer
from graph_service.keys import Label, NodeKey
from graph_service.projection import Projection

SUPPRESSED = "•"


@command(help=N_("Show the latest value of each indicator of MUNICIPALITY: a code, a key or a name."))
@argument("municipality")
@format_option
def show(municipality: str, form: str) -> None:
    """Show what is known about a municipality."""
    here = app()
    projection = here.services.projection()
    explainer = Explainer(projection, here.words)
    key = here.services.municipality(municipality)
    known = list(latest(projection, key, explainer))
    if form == "json":
        print_json({"revision": projection.revision, **described(projection, key), "observations": known})
        return
    if form == "csv":
        names = ["indicator", "value", "unit", "period", "flag", "source", "licence"]
        print_csv(names, ([k.indicator, k.value, k.unit, k.period, k.flag, k.source, k.licence] for k in known))
        return
    words = here.words
    click.echo(headline(projection, key, explainer))
    if not known:
        click.echo(words("No values are known yet. `kompass sources` lists what can be imported."))
        return
    columns = [
        Column("label", words("Indicator")),
        Column("value", words("Value")),
        Column("unit", words("Unit")),
        Column("period", words("Year")),
        Column("flag", words("Mark")),
        Column("source", words("Source")),
    ]
    rows = [
        [
            k.label,
            readable(k, words),
            explainer.unit(k.unit),
            words.period(k.period),
            explainer.term("flag", k.flag),
            k.source,
        ]
        for k in known
    ]
    print_table(columns, rows, words)
    click.echo(words("Sources:"))
    for source in explainer.sources(k.indicator for k in known):
        click.echo(f"- {source}")


def readable(known: Known, words: Words) -> str:
    """A value; a suppressed or missing one as a dot, whose reason stands beside."""
    return SUPPRESSED if known.value is None else words.number(known.value)


def headline(projection: Projection, key: NodeKey, explainer: Explainer) -> str:
    """One line of identity."""
    node = projection.node(key)
    words = explainer.words
    parts = [str(getattr(node, "name", "")), key.local, explainer.place(key)]
    population = getattr(node, "population", None)
    if population is not None:
        parts.append(words.plural("one inhabitant", "{n} inhabitants", population))
    return " · ".join(part for part in parts if part)


@command(help=N_("List the indicators of the store."))
@format_option
def indicators(form: str) -> None:
    """List indicators."""
    here = app()
    projection, words = here.services.projection(), here.words
    explainer = Explainer(projection, words)
    counts = np.bincount(projection.observations.indicator, minlength=len(projection.spans[Label.INDICATOR]))
    columns = [
        Column("id", words("Indicator")),
        Column("label", words("Label")),
        Column("unit", words("Unit")),
        Column("theme", words("Theme")),
        Column("observations", words("Values")),
        Column("source", words("Source")),
        Column("licence", words("Licence")),
    ]
    rows = []
    for node, count in zip(projection.indicators, counts.tolist(), strict=True):
        theme = node.theme or ""
        row: list[Cell] = [
            node.key.local,
            explainer.label(node.key.local),
            explainer.unit(node.unit) if form == "table" else node.unit or "",
            explainer.term("theme", theme) if form == "table" else theme,
            count,
            node.source or "",
            node.licence or "",
        ]
        rows.append(row)
    list_rows(form, columns, rows, words)
