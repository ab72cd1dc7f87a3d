"""``kompass coverage`` and ``kompass atlas``: what is on offer, where is nothing, and what comparable places have."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import click

from api.cli.base import app, argument, command, option
from api.cli.output import Cell as Value
from api.cli.output import Column, format_option, print_csv, print_json, print_table
from api.cli.paragraphs import on_option, say
from api.files.inventories import export_atlas, export_coverage
from api.language import N_, Words
from api.questions.inventory import inventory
from api.questions.peers import DEFAULT_LENS
from api.words.coverage import confirmed, how_old
from api.words.suggestions import Explainer
from graph_service.model import Level
from matching.inventory.answers import (
    AtlasAnswer,
    AtlasCell,
    AtlasQuestion,
    CoverageAnswer,
    CoverageQuestion,
    Due,
    Lack,
)
from matching.inventory.stock import HARD
from matching.peers.lens import find_lens

MOST = 8
"""How many of a list are told before the rest is counted."""
HIGHEST = 4
"""The highest severity."""
lens_option = option(
    "--lens",
    metavar="ID|FILE",
    default=DEFAULT_LENS,
    show_default=True,
    help=N_("What makes municipalities comparable; see `kompass lenses`."),
)
export_option = option(
    "--export",
    "path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=N_("Write it to a workbook (.xlsx), or the records behind it to an exchange package (.zip or a folder)."),
)


@command(help=N_("Show what is on offer in MUNICIPALITY (a code, a key or a name), what is missing and what is old."))
@argument("municipality")
@lens_option
@option("--peers", type=click.IntRange(1, 100), default=10, show_default=True, help=N_("How many peers to look at."))
@export_option
@on_option
@format_option
def coverage(municipality: str, lens: str, peers: int, path: Path | None, on: datetime, form: str) -> None:
    """Take stock of one municipality."""
    here = app()
    stock = inventory(here.services.snapshot(), find_lens(lens))
    answer = stock.coverage(CoverageQuestion(here.services.municipality(municipality), on.date(), peers))
    explainer = Explainer(stock.stock.projection, here.words)
    if path is not None:
        export_coverage(answer, stock, explainer, path, here.services.store)
        click.echo(here.words("Written: {path}", path=path), err=True)
    if form == "json":
        print_json(answer)
    elif form == "csv":
        names = ["field", "target_group", "offers", "severity", "peers", "white"]
        print_csv(
            names,
            (
                [c.field, c.group, len(c.offers) if answer.recorded else None, c.severity, c.peers, int(c.white)]
                for c in answer.cells
            ),
        )
    else:
        print_coverage(answer, explainer)


@command(help=N_("Show offers, challenges and white spots of all municipalities of an area as one matrix."))
@option("--state", metavar="STATE", help=N_("The districts of this state."))
@option("--district", metavar="DISTRICT", help=N_("The municipalities of this district."))
@option(
    "--level",
    type=click.Choice([level.value for level in Level]),
    help=N_("Show municipalities of this level instead."),
)
@export_option
@on_option
@format_option
def atlas(
    state: str | None, district: str | None, level: str | None, path: Path | None, on: datetime, form: str
) -> None:
    """Take stock of many municipalities."""
    here = app()
    if (state is None) == (district is None):
        raise click.UsageError(here.words("Name a --state or a --district."))
    stock = inventory(here.services.snapshot(), find_lens(DEFAULT_LENS))
    key = here.services.municipality(state or district or "", Level.STATE if state else Level.DISTRICT)
    answer = stock.atlas(AtlasQuestion(key, on.date(), Level(level) if level else None))
    explainer = Explainer(stock.stock.projection, here.words)
    if path is not None:
        export_atlas(answer, stock, explainer, path, here.services.store)
        click.echo(here.words("Written: {path}", path=path), err=True)
    if form == "json":
        print_json(answer)
    elif form == "csv":
        names = ["municipality", "name", "field", "offers", "severity", "practices", "white"]
        print_csv(
            names,
            (
                [row.key.local, row.name, c.field, c.offers, c.severity, c.practices, int(c.white)]
                for row in answer.rows
                for c in row.cells
            ),
        )
    else:
        print_atlas(answer, explainer)


def print_coverage(answer: CoverageAnswer, explainer: Explainer) -> None:
    """Print an inventory as a colleague would give it."""
    words = explainer.words
    say(headline(answer, words))
    for line in scope(answer, words):
        say(line)
    rows = list(field_rows(answer, explainer))
    if rows:
        columns = [
            Column("field", words("Field of action")),
            Column("severity", words("Hardest challenge (of {most})", most=HIGHEST)),
            Column("offers", words("Offers")),
            Column("groups", words("For whom")),
            Column("mark", words("Mark")),
        ]
        print_table(columns, rows, words)
    for title, lines in sections(answer, explainer):
        if lines:
            say(title)
            for line in lines[:MOST]:
                say("- " + line, hang=2)
            if (rest := len(lines) - MOST) > 0:
                say("- " + words.plural("and one more", "and {n} more", rest), hang=2)
            click.echo()


def headline(answer: CoverageAnswer, words: Words) -> str:
    """The answer in a sentence."""
    if not answer.recorded:
        return words(
            "For {name} no offers are recorded yet, so nothing can be said about gaps; `kompass import table` takes"
            " lists of offers.",
            name=answer.name,
        )
    fields = {cell.field for cell in answer.cells if cell.offers}
    text = words.plural(
        "{name} has one running offer on record, in {fields} of {all} fields of action.",
        "{name} has {n} running offers on record, in {fields} of {all} fields of action.",
        answer.running,
        name=answer.name,
        fields=len(fields),
        all=len(answer.fields),
    )
    if answer.white_spots:
        text += " " + words.plural(
            "One hard challenge meets no offer.", "{n} hard challenges meet no offer.", len(answer.white_spots)
        )
    return text


def scope(answer: CoverageAnswer, words: Words) -> Iterator[str]:
    """How much is known, and how old it is."""
    seen = sum(peer.recorded for peer in answer.peers)
    if answer.peers:
        yield words.plural(
            "Compared with the closest peer; offers are recorded for {seen}.",
            "Compared with the {n} closest peers; offers are recorded for {seen} of them.",
            len(answer.peers),
            seen=words.number(seen),
        )
    else:
        yield words("No comparable municipality was found for {name}.", name=answer.name)
    yield from how_old(answer, words)


def field_rows(answer: CoverageAnswer, explainer: Explainer) -> Iterator[list[Value]]:
    """A row for each field of which anything is known."""
    words = explainer.words
    white = {spot.rating.field for spot in answer.white_spots}
    for field in answer.fields:
        cells = [cell for cell in answer.cells if cell.field == field]
        offers = {key for cell in cells for key in cell.offers}
        severity = cells[0].severity if cells else None
        if not offers and severity is None:
            continue
        labels = {cell.group: explainer.term("target_group", cell.group) or words("no group named") for cell in cells}
        groups = [f"{labels[cell.group]}: {len(cell.offers)}" for cell in cells if cell.offers]
        mark = words("white spot") if field in white else ""
        yield [
            explainer.term("field", field),
            severity,
            len(offers) if answer.recorded else None,
            "; ".join(groups),
            mark,
        ]


def sections(answer: CoverageAnswer, explainer: Explainer) -> Iterator[tuple[str, list[str]]]:
    """What hides in the matrix, each with a title."""
    words, term = explainer.words, explainer.term
    yield (
        words("Hard challenges that no offer meets:"),
        [
            words(
                "{challenge} ({severity} of {most})",
                challenge=term("challenge", each.rating.challenge),
                severity=words.number(each.rating.severity),
                most=HIGHEST,
            )
            for each in answer.white_spots
        ],
    )
    yield (
        words("At least half of the closest peers have, and here is nothing recorded:"),
        [_lack(lack, explainer) for lack in answer.lacking],
    )
    yield (
        words("Several providers offer the same kind for the same group:"),
        [
            f"{term('field', o.field)}: {term('offer_kind', o.kind)} ({words.number(len(o.offers))})"
            for o in answer.overlaps
        ],
    )
    yield words("To confirm:"), [_confirm(due, words) for due in answer.to_confirm]
    yield words("To improve:"), [f"{due.name}: {due.note}" for due in answer.to_improve]
    yield words("Funding that ends:"), [_funding(due, words) for due in answer.funding_ends]


def _lack(lack: Lack, explainer: Explainer) -> str:
    words = explainer.words
    group = f", {explainer.term('target_group', lack.group)}" if lack.group else ""
    examples = []
    for each in lack.examples:
        parts = [each.place, each.provider, each.contact_role]
        examples.append(f"{each.name} ({', '.join(part for part in parts if part)})")
    return words(
        "{what}: {peers} of {of} peers; for instance {examples}",
        what=explainer.term("field", lack.field) + group,
        peers=lack.peers,
        of=lack.of,
        examples="; ".join(examples),
    )


def _confirm(due: Due, words: Words) -> str:
    if due.day is None:
        return words("{name}: never confirmed", name=due.name)
    return words("{name}: last confirmed on {day}", name=due.name, day=words.date(due.day))


def _funding(due: Due, words: Words) -> str:
    day = words.date(due.day) if due.day else ""
    if (due.years or 0) > 0:
        return words("{name}: ended on {day}", name=due.name, day=day)
    return words("{name}: ends on {day}", name=due.name, day=day)


def print_atlas(answer: AtlasAnswer, explainer: Explainer) -> None:
    """Print the matrix with its legend."""
    words = explainer.words
    recorded = sum(row.recorded for row in answer.rows)
    say(
        words.plural(
            "{area}: one municipality, offers are recorded for {recorded}.",
            "{area}: {n} municipalities, offers are recorded for {recorded} of them.",
            len(answer.rows),
            area=answer.name,
            recorded=words.number(recorded),
        )
    )
    say(words("Challenges were rated by {share} of them.", share=words.percent(answer.rated)))
    if answer.assured:
        say(confirmed(answer.assured, words))
    columns = [Column("name", words("Municipality")), *(Column(f, str(i)) for i, f in enumerate(answer.fields, 1))]
    print_table(columns, _matrix(answer), words)
    say("; ".join(f"{i} {explainer.term('field', field)}" for i, field in enumerate(answer.fields, 1)))
    say(
        words(
            "A cell: number of offers, ? nothing recorded; ! hard challenge; ○ hard challenge without an offer;"
            " +n practices, ~n entries without evidence, such as an award."
        )
    )


def _matrix(answer: AtlasAnswer) -> Iterable[list[Value]]:
    return ([row.name, *(_cell(cell) for cell in row.cells)] for row in answer.rows)


def _cell(cell: AtlasCell) -> str:
    text = "?" if cell.offers is None else str(cell.offers)
    mark = "○" if cell.white else "!" if (cell.severity or 0) >= HARD else ""
    proven, unproven = (f"{sign}{n}" if n else "" for sign, n in (("+", cell.proven), ("~", cell.unproven)))
    return f"{text}{mark}{proven}{unproven}"
