"""Prints composed alliances and checks of existing ones as a colleague would tell them."""

import click

from api.cli.paragraphs import say
from api.words.alliances import TeamExplainer, finding_text
from api.words.suggestions import Explainer
from matching.teams.answer import Member, TeamAnswer
from matching.teams.health import Health


def print_team(answer: TeamAnswer, explainer: Explainer) -> None:
    """Print a composed alliance."""
    team = TeamExplainer(explainer)
    say(team.headline(answer))
    if answer.suggestions:
        say(team.how_sure(answer))
    click.echo()
    for rank, member in enumerate(answer.suggestions, 1):
        _print_member(rank, member, team)
    for line in team.lacking(answer):
        say(line)
    if answer.missing_roles:
        say(explainer.words("Still missing:"))
    for missing in answer.missing_roles:
        say(f"- {team.missing(missing)}", hang=2)


def _print_member(rank: int, member: Member, team: TeamExplainer) -> None:
    words = team.words
    kind, score = team.kind(member.kind), words.number(member.score, 3)
    click.echo(f"{rank:>2}  " + click.style(member.name, bold=True) + f" · {kind} · {score}")
    reasons = "; ".join(team.reasons(member)) or words("nothing that is recorded")
    lines = [team.seat(member), words("For it: {reasons}.", reasons=reasons)]
    if against := "; ".join(team.against(member)):
        lines.append(words("Against it: {reasons}.", reasons=against))
    for line in filter(None, [*lines, team.lost(member), team.alternatives(member)]):
        say(line, indent=4)
    click.echo()


def print_health(found: Health, explainer: Explainer) -> None:
    """Print what a check found."""
    words, team = explainer.words, TeamExplainer(explainer)
    count = words.plural("one member", "{n} members", len(found.members))
    say(" · ".join(filter(None, [found.name, team.terms("field", found.fields), count])))
    for member in found.members:
        roles = team.terms("alliance_role", member.roles) if member.roles else words("no role recorded")
        say(f"- {member.name} · {team.kind(member.kind)} · {roles}", hang=2)
    if found.former:
        say(words("No longer: {names}.", names=words.list(found.former)))
    click.echo()
    if not found.findings:
        say(words("Nothing stands out, as far as the records go."))
    for finding in found.findings:
        say(f"- {finding_text(finding, explainer)}", hang=2)
