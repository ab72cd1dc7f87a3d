"""``kompass peers``: who is comparable, how close, and why."""

from collections.abc import Iterator
from dataclasses import dataclass

import click

from api.cli.answers import print_answer, print_reasons
from api.cli.base import app, argument, command, option
from api.cli.output import format_option, print_csv, print_json
from api.cli.parameters import BAND, WEIGHT
from api.cli.progress import shown
from api.language import N_
from api.questions.lenses import widened
from api.questions.peer_filters import SIDES, SIZES, narrowed
from api.questions.peers import DEFAULT_LENS, PeerKind, PeersAsked, explain_pair, find_peers
from api.words.suggestions import Explainer
from graph_service.keys import Label
from graph_service.model import Level
from graph_service.projection import LEVELS
from matching.peers.bulk import all_peers
from matching.peers.lens import Filters, Lens, find_lens
from matching.peers.matcher import PeerRanker


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the options of one call ask for."""

    lens: Lens
    filters: Filters
    weights: dict[str, float]
    limit: int
    share: float
    """How much of the score goes to like challenges."""
    form: str


@command(help=N_("Find municipalities that are comparable to MUNICIPALITY (a code, a key or a name), with reasons."))
@argument("municipality", required=False)
@option("--all", "everybody", is_flag=True, help=N_("Find the peers of every municipality."))
@option(
    "--lens",
    metavar="ID|FILE",
    default=DEFAULT_LENS,
    show_default=True,
    help=N_("What is compared; see `kompass lenses`."),
)
@option(
    "--weight",
    "weights",
    type=WEIGHT,
    multiple=True,
    help=N_("Give an indicator another weight, or add one to the lens; repeatable."),
)
@option(
    "--level",
    type=click.Choice([level.value for level in Level]),
    help=N_("Compare with municipalities of this level."),
)
@option(
    "--kind",
    "municipality_kind",
    metavar="ID",
    help=N_("Compare with municipalities of this kind, such as landkreis, and those that are a kind of it."),
)
@option("--type", "municipality_type", metavar="ID", help=N_("Compare with municipalities of this type of settlement."))
@option(
    "--state",
    metavar="same|other|STATE",
    help=N_("Compare with municipalities in the same federal state, in any other, or in this one (a name or a code)."),
)
@option(
    "--size",
    type=click.Choice(list(SIZES)),
    help=N_(
        "Compare with municipalities of about the same population (0.8 to 1.25 times), of half to double, "
        "only larger or only smaller ones."
    ),
)
@option("--population", type=BAND, help=N_("Compare with municipalities of so many times the own population."))
@option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help=N_("How many to find."))
@option("--further", "kind", flag_value="further", help=N_("Only those that have come further."))
@option(
    "--different", "kind", flag_value="different", help=N_("Only those that are not alike and have practice at work.")
)
@option("--unfamiliar", "kind", flag_value="unfamiliar", help=N_("Only those from elsewhere that are not known yet."))
@option("--ahead", "kind", flag_value="ahead", help=N_("Those whose past resembles the present here."))
@option(
    "--challenge", metavar="ID", help=N_("With --further and --different: the challenge that practice must address.")
)
@option(
    "--challenges",
    "share",
    metavar="SHARE",
    type=click.FloatRange(0, 1),
    default=0.0,
    help=N_("How much of the score goes to like challenges, from 0 (none, the default) to 1."),
)
@option("--why", metavar="MUNICIPALITY", help=N_("Explain this one, whatever its rank."))
@format_option
def peers(
    municipality: str | None,
    everybody: bool,
    lens: str,
    weights: tuple[tuple[str, float], ...],
    level: str | None,
    municipality_kind: str | None,
    municipality_type: str | None,
    state: str | None,
    size: str | None,
    population: tuple[float, float] | None,
    limit: int,
    kind: str | None,
    challenge: str | None,
    share: float,
    why: str | None,
    form: str,
) -> None:
    """Answer for one municipality, or for all."""
    if everybody == (municipality is not None):
        raise click.UsageError(app().words("Name one municipality, or use --all."))
    if challenge is not None and kind not in ("further", "different"):
        raise click.UsageError(app().words("--challenge goes with --further or --different."))
    if size is not None and population is not None:
        raise click.UsageError(app().words("Use --size or --population, not both."))
    chosen = widened(find_lens(lens), dict(weights))
    filters = narrowed(
        chosen.filters,
        level=level,
        kind=municipality_kind,
        type=municipality_type,
        state=_state(state),
        population=population if size is None else SIZES[size],
    )
    asked = Asked(lens=chosen, filters=filters, weights=dict(weights), limit=limit, share=share, form=form)
    if municipality is None:
        _answer_all(asked)
    elif why is not None:
        _explain(municipality, why, asked)
    else:
        _answer_one(municipality, kind or "", challenge, asked)


def _state(asked: str | None) -> str | None:
    """Which state is meant, by its code; raises NotFound."""
    if asked is None or asked in SIDES:
        return asked
    return app().services.municipality(asked, Level.STATE).local


def _asked(municipality: str, asked: Asked, kind: str, challenge: str | None) -> PeersAsked:
    return PeersAsked(
        municipality=app().services.municipality(municipality),
        lens=asked.lens,
        filters=asked.filters,
        weights=asked.weights,
        kind=PeerKind(kind or PeerKind.NEAREST),
        challenge=challenge,
        challenge_share=asked.share,
        limit=asked.limit,
    )


def _explain(municipality: str, other: str, asked: Asked) -> None:
    snapshot = app().services.snapshot()
    found = explain_pair(snapshot, _asked(municipality, asked, "", None), snapshot.municipality(other))
    if asked.form == "json":
        print_json(found)
    elif asked.form == "csv":
        names = ["feature", "own", "other", "unit", "period", "possible", "amount"]
        print_csv(names, ([getattr(each, name) for name in names] for each in found.contributions))
    else:
        print_reasons(found, found.challenges, Explainer(snapshot.projection, app().words))


def _answer_one(municipality: str, kind: str, challenge: str | None, asked: Asked) -> None:
    snapshot = app().services.snapshot()
    question = _asked(municipality, asked, kind, challenge)
    answer = find_peers(snapshot, question)
    if asked.form == "json":
        print_json(answer)
    elif asked.form == "csv":
        names = ["municipality", "rank", "candidate", "score", "name", "closeness", "stability", "coverage"]
        own = question.municipality.local
        print_csv(
            names,
            (
                [own, s.rank, s.key.local, s.score, s.name, s.closeness, s.stability, s.coverage]
                for s in answer.suggestions
            ),
        )
    else:
        print_answer(answer, asked.lens, Explainer(snapshot.projection, app().words), kind, answer.filters)


def _answer_all(asked: Asked) -> None:
    here = app()
    ranker = here.services.peers(asked.lens)
    with shown(here.words("Comparing"), here.words):
        rows = list(everybodys_peers(ranker, asked))
    names = ["municipality", "rank", "candidate", "score"]
    if asked.form == "json":
        found = [dict(zip(names, row, strict=True)) for row in rows]
        print_json({"revision": ranker.projection.revision, "lens": asked.lens.id, "peers": found})
    else:
        print_csv(names, rows)


def everybodys_peers(ranker: PeerRanker, asked: Asked) -> Iterator[tuple[str, int, str, float]]:
    """Municipality, rank, candidate and score, for everybody who has enough values, level by level."""
    if asked.filters.any_level:
        levels: list[Level | None] = [None]
    else:
        levels = [asked.filters.level] if asked.filters.level else list(LEVELS)
    names = [ranker.projection.arrays.keys[i].partition(":")[2] for i in ranker.projection.spans[Label.MUNICIPALITY]]
    for level in levels:
        table = ranker.table(level)
        table = table.reweighted(asked.weights) if asked.weights else table
        found = all_peers(table, asked.filters, asked.limit)
        keys = [names[i] for i in table.features.rows.tolist()]
        for row, peers, scores in zip(found.rows.tolist(), found.peers.tolist(), found.scores.tolist(), strict=True):
            for rank, (peer, score) in enumerate(zip(peers, scores, strict=True), 1):
                if peer >= 0:
                    yield keys[row], rank, keys[peer], score
