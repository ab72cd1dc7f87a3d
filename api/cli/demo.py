"""``kompass demo``: the bundled sample in the store, one answer from it, and what to try next."""

import shutil
import sys
from pathlib import Path

import click

from api.cli.answers import print_answer
from api.cli.base import app, command
from api.cli.progress import shown
from api.language import N_
from api.questions.peers import DEFAULT_LENS
from api.sample import FIRST_DISTRICT, load_sample
from api.words.suggestions import Explainer
from graph_service.keys import municipality_key
from matching.peers.lens import find_lens
from matching.peers.matcher import PeerQuestion


@command(help=N_("Load the bundled sample and show the peers of one district."))
def demo() -> None:
    """Load the sample, answer one question, say what to try next."""
    here = app()
    words = here.words
    with shown(words("Loading the sample"), words) as progress:
        loaded = load_sample(here.services.store, progress)
    click.echo(words("The sample is loaded.") if loaded else words("The sample was there already."), err=True)
    lens = find_lens(DEFAULT_LENS)
    ranker = here.services.peers(lens)
    answer = ranker.answer(PeerQuestion(municipality_key(FIRST_DISTRICT)))
    print_answer(answer, lens, Explainer(ranker.projection, words))
    click.echo()
    click.echo(words("Try next:"))
    for line, purpose in NEXT:
        click.echo(f"  {typed()} {line:<44} {words(purpose)}")


def typed() -> str:
    """How the program is typed here: by its name, or where the shell does not find that, as it was called."""
    called = sys.argv[0]
    return called if Path(called).name == "kompass" and shutil.which("kompass") is None else "kompass"


NEXT = (
    ("peers Flensburg --lens young-refugees", N_("another district through another lens")),
    ("peers Suhl --why Gera", N_("every reason for one pair")),
    ("show 08119", N_("what is known, with unit, year and source")),
    ("lenses structure", N_("what a lens looks at, and why")),
    ("datasets", N_("whose data these are")),
    ("sources", N_("what can be imported")),
    ("export xlsx kompass.xlsx", N_("the data in a workbook")),
)
