"""Prints composed alliances and checks of existing ones as a colleague would tell them."""

from collections.abc import Iterable, Iterator

import click

from api.cli.paragraphs import say
from api.explanations import Explainer
from api.language import N_, Words
from api.partner_explanations import SAME
from graph_service.errors import NotFound
from matching.contract import Contribution
from matching.partners.reasons import CAPACITY, FRESHNESS
from matching.teams.answer import Member, MissingRole, TeamAnswer
from matching.teams.health import Finding, Health

PARTS = {
    "closest-work": N_("carried something similar"),
    "past-partner": N_("was in alliances with those you named"),
    "network": N_("is close to those you named"),
    "profile-text": N_("the words fit"),
    "name": N_("the name fits"),
    "field": N_("works in the field"),
    "kind-of-work": N_("is of the kind that does such work"),
    "resources": N_("has what is looked for"),
    "place": N_("is near"),
    "place-of-work": N_("such work was done there"),
    "activity": N_("is active in alliances"),
    "closeness": N_("knows other members"),
}
AGAINST = {
    ("closest-work", "profile-text", "name"): N_("its words say nothing of it"),
    ("field",): N_("is not recorded in the field"),
    ("closeness",): N_("no tie to another member is recorded"),
}
"""What it means that all of these add nothing."""
NOTHING = 5e-4


def print_team(answer: TeamAnswer, explainer: Explainer) -> None:
    """Print a composed alliance."""
    words = explainer.words
    say(_headline(answer, explainer))
    if answer.suggestions:
        say(_how_sure(answer, words))
    click.echo()
    for rank, member in enumerate(answer.suggestions, 1):
        _print_member(rank, member, explainer)
    for line in _lacking(answer, explainer):
        say(line, hang=2 if line.startswith("- ") else 0)


def _headline(answer: TeamAnswer, explainer: Explainer) -> str:
    words = explainer.words
    fields = words.list(explainer.term("field", field) for field in answer.fields)
    place = _municipality(answer, explainer)
    what = " · ".join(
        part for part in (place, fields, words("for “{text}”", text=answer.text) if answer.text else "") if part
    )
    if not answer.suggestions:
        return words("{what}: no actor is recorded here; import your list of actors.", what=what)
    return words.plural(
        "{what}: one actor, and an alliance needs three: {names}.",
        "{what}: a team of {n}: {names}.",
        len(answer.suggestions),
        what=what,
        names=words.list(member.name for member in answer.suggestions),
    )


def _municipality(answer: TeamAnswer, explainer: Explainer) -> str:
    if answer.municipality is None:
        return ""
    projection = explainer.projection
    return projection.name(answer.municipality.label, projection.position(answer.municipality))


def _how_sure(answer: TeamAnswer, words: Words) -> str:
    chosen = words.plural("Chosen from one actor.", "Chosen from {n} actors.", answer.candidates)
    score = words("Score {score}.", score=words.number(answer.score, 3))
    if answer.exact:
        sure = words("No other team of this size fits better: this is proven.")
    elif answer.considered < answer.candidates:
        sure = words(
            "Of the {count} that fit best, no other team of this size exceeds it by more than {gap} points.",
            count=words.number(answer.considered),
            gap=words.number(answer.gap, 3),
        )
    else:
        sure = words(
            "No other team of this size exceeds it by more than {gap} points.", gap=words.number(answer.gap, 3)
        )
    known = words("Known: {share} of what counts.", share=words.percent(answer.coverage))
    return " ".join([chosen, score, sure, known])


def _print_member(rank: int, member: Member, explainer: Explainer) -> None:
    words = explainer.words
    kind = explainer.term("actor_kind", member.kind) if member.kind else words("kind unknown")
    click.echo(f"{rank:>2}  " + click.style(member.name, bold=True) + f" · {kind} · {words.number(member.score, 3)}")
    if member.roles:
        say(words("Roles: {roles}.", roles=_terms("alliance_role", member.roles, explainer)), indent=4)
    elif member.included:
        say(words("Is there because you asked for it."), indent=4)
    else:
        say(words("Fills no role of its own: it makes the team complete."), indent=4)
    say(words("For it: {reasons}.", reasons=_for(member, explainer)), indent=4)
    if against := _against(member, explainer):
        say(words("Against it: {reasons}.", reasons=against), indent=4)
    for line in _without(member, explainer):
        say(line, indent=4)
    click.echo()


def _terms(kind: str, ids: tuple[str, ...], explainer: Explainer) -> str:
    return explainer.words.list(explainer.term(kind, id) for id in ids)


def _grouped(member: Member) -> dict[str, list[Contribution]]:
    """The reasons that are said as one, the largest of each first."""
    found: dict[str, list[Contribution]] = {}
    for reason in member.contributions:
        found.setdefault(SAME.get(reason.feature, reason.feature), []).append(reason)
    return found


def _amount(reasons: Iterable[Contribution]) -> float:
    return sum(reason.amount for reason in reasons)


def _for(member: Member, explainer: Explainer) -> str:
    words = explainer.words
    told = []
    for name, reasons in sorted(_grouped(member).items(), key=lambda each: -_amount(each[1])):
        if (amount := _amount(reasons)) > NOTHING:
            told.append(f"{_named(name, reasons[0], explainer)} +{words.number(amount, 3)}")
    return "; ".join(told) or words("nothing that is recorded")


def _named(name: str, reason: Contribution, explainer: Explainer) -> str:
    words = explainer.words
    if name.startswith("role:"):
        role = explainer.term("alliance_role", name.removeprefix("role:"))
        if reason.other == "past-role":
            return words("{role} (held that role before)", role=role)
        return words("{role} (usual for {kind})", role=role, kind=explainer.term("actor_kind", str(reason.other or "")))
    if name == "closeness" and reason.other:
        return words("works with {name}", name=reason.other)
    return words(PARTS[name]) if name in PARTS else name


def _against(member: Member, explainer: Explainer) -> str:
    words, found = explainer.words, _grouped(member)
    told = []
    for names, said in AGAINST.items():
        asked = [found[name] for name in names if name in found]
        if asked and all(_amount(reasons) <= NOTHING for reasons in asked):
            told.append(words(said))
    for reason in found.get(FRESHNESS, ()):
        if reason.other is None:
            told.append(words("never confirmed"))
        elif reason.amount < -NOTHING:
            amount = words.number(-reason.amount, 3)
            told.append(words("last confirmed {day}, −{amount}", day=reason.other, amount=amount))
    for reason in found.get(CAPACITY, ()):
        if reason.amount < -NOTHING and isinstance(reason.other, float):
            amount = words.number(-reason.amount, 3)
            told.append(
                words.plural(
                    "takes part in one running alliance, −{amount}",
                    "takes part in {n} running alliances, −{amount}",
                    int(reason.other),
                    amount=amount,
                )
            )
    return "; ".join(told)


def _without(member: Member, explainer: Explainer) -> Iterator[str]:
    words = explainer.words
    lost = [
        *(explainer.term("alliance_role", role) for role in member.lost_roles),
        *(explainer.term("sector", group) for group in member.lost_groups),
    ]
    if lost:
        yield words("Without it the others leave open: {lost}.", lost=words.list(lost))
    if member.alternatives:
        told = [f"{each.name} ({_signed(each.difference, words)})" for each in member.alternatives]
        yield words("In its place: {names}.", names="; ".join(told))
    elif not member.included:
        yield words("In its place: nobody recorded here could sit without leaving something open.")


def _signed(difference: float, words: Words) -> str:
    return ("−" if difference < 0 else "+") + words.number(abs(difference), 3)


def _lacking(answer: TeamAnswer, explainer: Explainer) -> Iterator[str]:
    words = explainer.words
    if answer.too_few:
        yield words("An alliance is at least three actors; fewer are recorded here.")
    for group in answer.missing_groups:
        yield words("Nobody from this sector: {sector}.", sector=explainer.term("sector", group))
    if answer.missing_roles:
        yield words("Still missing:")
    for missing in answer.missing_roles:
        yield f"- {_missing(missing, explainer)}"


def _missing(missing: MissingRole, explainer: Explainer) -> str:
    words = explainer.words
    role, kinds = explainer.term("alliance_role", missing.role), _terms("actor_kind", missing.kinds, explainer)
    if missing.local:
        return words(
            "{role}: somebody here could, but holds other roles already or stands outside this size.", role=role
        )
    if not missing.nearest:
        return words("{role}: nobody in the store could. Usually this is: {kinds}.", role=role, kinds=kinds)
    told = []
    for each in missing.nearest:
        where = ", ".join(filter(None, [each.place, _km(each.kilometres, words)]))
        told.append(f"{each.name} ({where})" if where else each.name)
    return words(
        "{role}: nobody here. Usually this is: {kinds}. Elsewhere could: {names}.",
        role=role,
        kinds=kinds,
        names="; ".join(told),
    )


def _km(kilometres: float | None, words: Words) -> str:
    return "" if kilometres is None else f"{words.number(kilometres, 0)}\N{NO-BREAK SPACE}km"


def print_health(found: Health, explainer: Explainer) -> None:
    """Print what a check found."""
    words = explainer.words
    fields = words.list(explainer.term("field", field) for field in found.fields)
    count = words.plural("one member", "{n} members", len(found.members))
    say(" · ".join(filter(None, [found.name, fields, count])))
    for member in found.members:
        kind = explainer.term("actor_kind", member.kind) if member.kind else words("kind unknown")
        roles = _terms("alliance_role", member.roles, explainer) if member.roles else words("no role recorded")
        say(f"- {member.name} · {kind} · {roles}", hang=2)
    if found.former:
        say(words("No longer: {names}.", names=words.list(found.former)))
    click.echo()
    if not found.findings:
        say(words("Nothing stands out, as far as the records go."))
    for finding in found.findings:
        say(f"- {finding_text(finding, explainer)}", hang=2)


def finding_text(finding: Finding, explainer: Explainer) -> str:
    """A finding in a sentence."""
    words, names = explainer.words, explainer.words.list(finding.names)
    day = words.date(finding.on) if finding.on else ""
    match finding.kind:
        case "ended":
            return words("It has ended ({day}).", day=day) if day else words("It has ended.")
        case "too-few":
            return words("{count} members; an alliance needs three.", count=finding.subject)
        case "missing-role":
            role = explainer.term("alliance_role", finding.subject)
            if names:
                return words("Nobody is recorded for {role}; {names} could.", role=role, names=names)
            return words("Nobody is recorded for {role}, and nobody of the members could.", role=role)
        case "missing-group":
            return words("Nobody from this sector: {sector}.", sector=explainer.term("sector", finding.subject))
        case "unknown-kind":
            return words("The kind is unknown of: {names}.", names=names)
        case "bridge":
            rest = words.list(finding.names[1:])
            return words("Without {name} nothing recorded ties the others to {rest}.", name=finding.names[0], rest=rest)
        case "alone":
            return words("Tied to the others by this alliance alone: {names}.", names=names)
        case "no-ties":
            return words("No tie between the members is recorded besides this alliance.")
        case "stale":
            return words("{names}: last confirmed {day}.", names=names, day=day)
        case "never-confirmed":
            return words("Never confirmed: {names}.", names=names)
    raise NotFound("a known kind of finding", finding.kind)
