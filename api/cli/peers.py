"""``kompass peers``: who is comparable, how close, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import click

from api.cli.answers import print_answer, print_reasons
from api.cli.base import app, argument, command, option
from api.cli.output import format_option, print_csv, print_json
from api.cli.parameters import BAND, WEIGHT
from api.cli.progress import shown
from api.explanations import Explainer
from api.language import N_
from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey, concept_key
from graph_service.model import Level
from graph_service.projection import LEVELS
from matching.ahead import ahead_in_time
from matching.bulk import all_peers
from matching.challenges import blended, challenge_similarity, ratings
from matching.further import different_yet_solved, similar_but_further, unfamiliar
from matching.lens import Filters, Lens, find_lens
from matching.peers import PeerQuestion, PeerRanker, PeerSuggestion

DEFAULT_LENS = "structure"


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
    help=N_("Give an indicator of the lens another weight; repeatable."),
)
@option(
    "--level",
    type=click.Choice([level.value for level in Level]),
    help=N_("Compare with municipalities of this level."),
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
    chosen = find_lens(lens)
    filters = chosen.filters
    if level is not None:
        filters = replace(filters, level=Level(level), any_level=False)
    if population is not None:
        filters = replace(filters, population=population)
    asked = Asked(lens=chosen, filters=filters, weights=dict(weights), limit=limit, share=share, form=form)
    if municipality is None:
        _answer_all(asked)
    elif why is not None:
        _explain(municipality, why, asked)
    else:
        _answer_one(municipality, kind or "", challenge, asked)


def _question(municipality: str, asked: Asked) -> tuple[PeerRanker, PeerQuestion]:
    services = app().services
    ranker = services.peers(asked.lens)
    key = services.municipality(municipality)
    return ranker, PeerQuestion(key, weights=asked.weights, filters=asked.filters)


def _explain(municipality: str, other: str, asked: Asked) -> None:
    ranker, question = _question(municipality, asked)
    found = ranker.explain(question, app().services.municipality(other))
    challenges = challenge_similarity(ranker.projection, question.key, found.key)
    if asked.form == "json":
        told = {field.name: getattr(found, field.name) for field in fields(found)}
        print_json({**told, "challenge_score": sum(c.amount for c in challenges), "challenges": challenges})
    else:
        print_reasons(found, challenges, Explainer(ranker.projection, app().words))


def _answer_one(municipality: str, kind: str, challenge: str | None, asked: Asked) -> None:
    ranker, question = _question(municipality, asked)
    answer = ranker.answer(question, limit=asked.limit)
    if kind:
        special = _special(ranker, question, kind, _challenge(ranker, challenge), asked.limit)
        answer = replace(answer, suggestions=tuple(special))
    elif asked.share:
        answer = replace(answer, suggestions=tuple(_blended(ranker, question, asked)))
    if asked.form == "json":
        told = {field.name: getattr(answer, field.name) for field in fields(answer)}
        asked_for = {"kind": kind, "filters": asked.filters, "limit": asked.limit, "challenge_share": asked.share}
        print_json({**told, **asked_for})
    elif asked.form == "csv":
        names = ["municipality", "rank", "candidate", "score", "name", "closeness", "stability", "coverage"]
        own = question.key.local
        print_csv(
            names,
            (
                [own, s.rank, s.key.local, s.score, s.name, s.closeness, s.stability, s.coverage]
                for s in answer.suggestions
            ),
        )
    else:
        print_answer(answer, asked.lens, Explainer(ranker.projection, app().words), kind)


def _blended(ranker: PeerRanker, question: PeerQuestion, asked: Asked) -> list[PeerSuggestion]:
    """Those with whom challenges were rated in common, by structure and challenges mixed; raises NotFound."""
    projection = ranker.projection
    rated = ratings(projection)
    if question.key not in rated:
        raise NotFound("a municipality that has rated its challenges", question.key)
    everybody = ranker.suggest(question, limit=len(projection.spans[Label.MUNICIPALITY]))
    mixed = [
        blended(each, challenges, asked.share)
        for each in everybody
        if each.key in rated and (challenges := challenge_similarity(projection, question.key, each.key))
    ]
    mixed.sort(key=lambda each: (-each.score, each.key))
    return [replace(each, rank=rank) for rank, each in enumerate(mixed[: asked.limit], 1)]


def _challenge(ranker: PeerRanker, id: str | None) -> NodeKey | None:
    if id is None:
        return None
    key = concept_key("challenge", id)
    ranker.projection.position(key)
    return key


def _special(
    ranker: PeerRanker, question: PeerQuestion, kind: str, challenge: NodeKey | None, limit: int
) -> Sequence[PeerSuggestion]:
    """Peers of a special kind."""
    if kind == "further":
        return similar_but_further(ranker, question, limit=limit, challenge=challenge)
    if kind == "different":
        return different_yet_solved(ranker, question, limit=limit, challenge=challenge)
    if kind == "unfamiliar":
        return unfamiliar(ranker, question, limit=limit)
    return ahead_in_time(ranker, question, limit=limit)


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
