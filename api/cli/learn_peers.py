"""``kompass learn peers``: a lens with weights learned from lists such as "these five are right"."""

from dataclasses import replace
from pathlib import Path

import click

from api.cli.base import app, command, option
from api.cli.evaluate import truth_rows
from api.cli.progress import shown
from api.language import N_, Words
from graph_service.errors import Place, TargetError
from graph_service.model import Level
from matching.peers.evaluation import LearnedLens, learn_lens
from matching.peers.lens import Lens, find_lens
from matching.peers.lens_text import lens_text

PATH = click.Path(path_type=Path)


@command("peers", help=N_("Learn a lens's weights from given lists of peers; says how well they rank other lists."))
@option("--truth", type=PATH, required=True, help=N_("CSV with the columns model, municipality, peer, rank."))
@option("--lens", metavar="ID|FILE", required=True, help=N_("What is compared; see `kompass lenses`."))
@option("--model", default="", metavar="NAME", help=N_("Which of several kinds of lists to learn from."))
@option(
    "--level",
    type=click.Choice([level.value for level in Level]),
    help=N_("Compare with municipalities of this level."),
)
@option("--output", type=PATH, required=True, help=N_("Write the lens to this file, for `kompass peers --lens FILE`."))
def learn_peers(truth: Path, lens: str, model: str, level: str | None, output: Path) -> None:
    """Learn, write a lens file, and say what it is worth."""
    here = app()
    rows, chosen, among = truth_rows(truth), find_lens(lens), Level(level) if level else None
    projection = here.services.projection()
    with shown(here.words("Learning"), here.words):
        found = learn_lens(projection, rows, chosen, level=among, model=model)
    lens_file = lens_text(_described(found))
    try:
        output.write_text(lens_file, encoding="utf-8")
    except OSError as error:
        raise TargetError("a file that can be written", error.strerror or error, Place(file=str(output))) from None
    click.echo(_evidence(found, here.words))
    click.echo(here.words("Written: {path}", path=output), err=True)


def _described(found: LearnedLens) -> Lens:
    """The lens with its evidence as description, in both languages."""
    german, english = Words("de"), Words("en")
    return replace(
        found.lens,
        title_de=_title(found.lens.title_de or found.lens.id, german),
        title_en=_title(found.lens.title_en or found.lens.id, english),
        description_de=_evidence(found, german),
        description_en=_evidence(found, english),
    )


def _title(title: str, words: Words) -> str:
    return words("{title}, learned", title=title)


def _evidence(found: LearnedLens, words: Words) -> str:
    if found.after is None:
        return words.plural(
            "Weights learned from {n} list; too few lists to say how well they rank others.",
            "Weights learned from {n} lists; too few lists to say how well they rank others.",
            found.lists,
        )
    return words(
        "Weights learned from {lists} lists. Mean nDCG@10 over lists that were not learned from: {after} "
        "({low} to {high}), with the weights before: {before}.",
        lists=words.number(found.lists),
        after=words.number(found.after.mean, 3),
        low=words.number(found.after.low, 3),
        high=words.number(found.after.high, 3),
        before=words.number(found.before.mean, 3),
    )
