"""What is said of a composed alliance on its board: how far it is, what carries it, what is missing."""

from collections.abc import Iterable, Iterator, Sequence

from api.words.alliances import TeamExplainer
from graph_service.role_templates import RoleNeed
from matching.teams.answer import Member, TeamAnswer


def board_headline(answer: TeamAnswer, team: TeamExplainer) -> str:
    """How many fit together, and what is open."""
    speak = team.words
    count = len(answer.suggestions)
    if not count:
        return speak("No actor is recorded here, so nobody can be proposed.")
    if not answer.missing_roles:
        return speak.plural(
            "One actor fits; every role that is needed would be filled.",
            "{n} actors fit together; every role that is needed would be filled.",
            count,
        )
    return speak.plural(
        "One actor fits. Still open: {roles}.",
        "{n} actors fit together. Still open: {roles}.",
        count,
        roles=_roles([each.role for each in answer.missing_roles], team),
    )


def what_carries(answer: TeamAnswer, needs: Sequence[RoleNeed], team: TeamExplainer) -> Iterator[str]:
    """Roles that are filled, ties that are there, sides that take part, and who alone could hold a role."""
    speak, members = team.words, answer.suggestions
    if not members:
        return
    required = [each.role for each in needs if each.required]
    open_ = {each.role for each in answer.missing_roles}
    filled = [role for role in required if role not in open_]
    if filled:
        yield speak(
            "Of {total} roles that are needed {n} are filled: {roles}.",
            total=len(required),
            n=len(filled),
            roles=_roles(filled, team),
        )
    ties = {name for member in members for name in _tie(member)}
    if ties:
        yield speak("Already work together: {names}.", names=_names(sorted(ties), team))
    if not answer.missing_groups:
        yield speak("Public bodies and civil society both take part.")
    for member in members:
        if member.lost_roles:
            yield speak(
                "Of the members only {name} could hold: {roles}.",
                name=member.name,
                roles=_roles(member.lost_roles, team),
            )


def _roles(ids: Iterable[str], team: TeamExplainer) -> str:
    """Roles in a list; some have a comma in their name."""
    return "; ".join(team.explainer.term("alliance_role", id) for id in ids)


def _names(names: Sequence[str], team: TeamExplainer) -> str:
    """Names at the end of a sentence, whose full stop is that of a name that has one."""
    return team.words.list(names).removesuffix(".")


def _tie(member: Member) -> list[str]:
    found = [each for each in member.contributions if each.feature == "closeness" and each.amount > 0 and each.other]
    return [member.name, *(str(each.other) for each in found)] if found else []


def what_lacks(answer: TeamAnswer, team: TeamExplainer) -> Iterator[str]:
    """Roles and sides that are missing, ties that nobody knows of, and entries that nobody has confirmed."""
    speak, members = team.words, answer.suggestions
    yield from (team.missing(each) for each in answer.missing_roles)
    yield from team.lacking(answer)
    if len(members) > 1 and not any(_tie(member) for member in members):
        yield speak("No tie between these actors is recorded: they would meet for the first time.")
    unsure = [m.name for m in members if any(c.feature == "freshness" and c.other is None for c in m.contributions)]
    if unsure:
        yield speak.plural(
            "For one it is not known when it was last confirmed: {names}.",
            "For {n} it is not known when they were last confirmed: {names}.",
            len(unsure),
            names=_names(unsure, team),
        )
