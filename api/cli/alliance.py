"""``kompass alliance``: who together, in which roles, why, and who is missing; or how sound an existing alliance is."""

from datetime import datetime
from pathlib import Path

import click

from api.cli.alliance_answers import print_health, print_team
from api.cli.base import app, command, option
from api.cli.output import Cell, format_option, print_csv, print_json
from api.cli.paragraphs import on_option
from api.language import N_
from api.questions.alliances import check as check_alliance
from api.questions.alliances import compose
from api.questions.partners import partner_ranker
from api.words.suggestions import Explainer
from graph_service.keys import Label
from matching.naming.nodes import find_node
from matching.partners.model import load_model
from matching.teams.answer import TeamAnswer
from matching.teams.health import Health
from matching.teams.need import TeamNeed
from matching.text import load_synonyms

PATH = click.Path(path_type=Path)


@command(help=N_("Compose an alliance for a need, with reasons and who is missing; or check an existing one."))
@option("--municipality", metavar="MUNICIPALITY", help=N_("Where: a code, a key or a name."))
@option("--field", "fields", metavar="ID", multiple=True, help=N_("A field of action; repeatable."))
@option("--challenge", "challenges", metavar="ID", multiple=True, help=N_("A challenge; repeatable."))
@option("--target-group", "groups", metavar="ID", multiple=True, help=N_("A target group; repeatable."))
@option("--need", "text", metavar="TEXT", default="", help=N_("What is to be done, in your own words."))
@option("--role", "roles", metavar="ID", multiple=True, help=N_("A role that must be filled too; repeatable."))
@option("--size", type=click.IntRange(3, 100), help=N_("How many members; otherwise as few as fill the roles."))
@option("--with", "include", metavar="ACTOR", multiple=True, help=N_("Who must be a member; repeatable."))
@option("--without", "without", metavar="ACTOR", multiple=True, help=N_("Who must not be a member; repeatable."))
@option("--weights", type=PATH, help=N_("Weights from `kompass learn partners`."))
@option("--synonyms", type=PATH, help=N_("Your own words of the same meaning, in TOML."))
@option("--check", metavar="ALLIANCE", help=N_("Check an existing alliance (a key or a name) instead."))
@on_option
@format_option
def alliance(
    municipality: str | None,
    fields: tuple[str, ...],
    challenges: tuple[str, ...],
    groups: tuple[str, ...],
    text: str,
    roles: tuple[str, ...],
    size: int | None,
    include: tuple[str, ...],
    without: tuple[str, ...],
    weights: Path | None,
    synonyms: Path | None,
    check: str | None,
    on: datetime,
    form: str,
) -> None:
    """Compose or check."""
    here = app()
    if check is not None:
        need = (municipality, fields, challenges, groups, text, roles, size, include, without, weights, synonyms)
        if any(need):
            raise click.UsageError(here.words("--check goes alone, with --on and --format."))
        return _check(check, on, form)
    if not (municipality or fields or challenges or text):
        raise click.UsageError(here.words("Say where or what for: --municipality, --field, --challenge or --need."))
    snapshot = here.services.snapshot()
    projection = snapshot.projection
    place = snapshot.municipality(municipality) if municipality else None
    wanted = TeamNeed(
        municipality=place,
        fields=tuple(dict.fromkeys(fields)),
        challenges=challenges,
        target_groups=groups,
        text=text,
        roles=roles,
        size=size,
        include=tuple(find_node(projection, each, (Label.ACTOR,)) for each in include),
        without=tuple(find_node(projection, each, (Label.ACTOR,)) for each in without),
        today=on.date(),
    )
    partners = None
    if weights or synonyms:
        partners = partner_ranker(
            snapshot, load_model(weights) if weights else None, load_synonyms(synonyms) if synonyms else None
        )
    answer = compose(snapshot, wanted, partners)
    if form == "json":
        print_json(answer)
    elif form == "csv":
        _print_rows(answer)
    else:
        print_team(answer, Explainer(projection, here.words))
    return None


def _print_rows(answer: TeamAnswer) -> None:
    names = ["rank", "candidate", "score", "name", "kind", "roles", "alternatives", "coverage"]
    rows: list[list[Cell]] = [
        [
            rank,
            each.key.local,
            each.score,
            each.name,
            each.kind,
            ";".join(each.roles),
            ";".join(other.key.local for other in each.alternatives),
            each.coverage,
        ]
        for rank, each in enumerate(answer.suggestions, 1)
    ]
    print_csv(names, rows)


def _check(text: str, on: datetime, form: str) -> None:
    here = app()
    snapshot = here.services.snapshot()
    found = check_alliance(snapshot, find_node(snapshot.projection, text, (Label.ALLIANCE,)), on.date())
    if form == "json":
        print_json(found)
    elif form == "csv":
        _print_findings(found)
    else:
        print_health(found, Explainer(snapshot.projection, here.words))


def _print_findings(found: Health) -> None:
    rows: list[list[Cell]] = [
        [found.key.local, each.kind, each.subject, ";".join(each.names), each.on] for each in found.findings
    ]
    print_csv(["alliance", "finding", "subject", "names", "on"], rows)
