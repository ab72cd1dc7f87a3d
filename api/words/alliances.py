"""Sentences about composed alliances and checks of existing ones, for the command line and the pages."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from api.language import N_, Words
from api.words.partners import SAME
from api.words.places import place_name
from api.words.suggestions import Explainer
from graph_service.errors import NotFound
from graph_service.network.places import place_of_actors
from matching.contract import Contribution
from matching.partners.reasons import CAPACITY, FRESHNESS
from matching.teams.answer import Member, MissingRole, Nearest, TeamAnswer
from matching.teams.health import (
    ALONE,
    BRIDGE,
    ENDED,
    MISSING_GROUP,
    MISSING_ROLE,
    NEVER,
    NO_TIES,
    STALE,
    TOO_FEW,
    UNKNOWN_KIND,
    Finding,
    Health,
)

PARTS: Mapping[str, str] = MappingProxyType(
    {
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
        FRESHNESS: N_("age of the entry"),
        CAPACITY: N_("alliances that it is in already"),
    }
)
AGAINST: Mapping[tuple[str, ...], str] = MappingProxyType(
    {
        ("closest-work", "profile-text", "name"): N_("its words say nothing of it"),
        ("field",): N_("is not recorded in the field"),
        ("closeness",): N_("no tie to another member is recorded"),
    }
)
"""What it means that all of these add nothing."""
NOTHING = 5e-4


def grouped(contributions: Iterable[Contribution]) -> dict[str, list[Contribution]]:
    """The reasons that are said as one, the largest of each first."""
    found: dict[str, list[Contribution]] = {}
    for reason in contributions:
        found.setdefault(SAME.get(reason.feature, reason.feature), []).append(reason)
    return found


def amount_of(reasons: Iterable[Contribution]) -> float:
    """What reasons add together."""
    return sum(reason.amount for reason in reasons)


@dataclass(frozen=True, slots=True)
class TeamExplainer:
    """Knows how to speak of teams. ``amounts``: whether it says what each reason adds."""

    explainer: Explainer
    amounts: bool = True

    @property
    def words(self) -> Words:
        """The language."""
        return self.explainer.words

    def headline(self, answer: TeamAnswer) -> str:
        """The answer in a sentence."""
        words, explainer = self.words, self.explainer
        fields = words.list(explainer.term("field", field) for field in answer.fields)
        about = words("for “{text}”", text=answer.text) if answer.text else ""
        what = " · ".join(part for part in (self._municipality(answer), fields, about) if part)
        if not answer.suggestions:
            return words("{what}: no actor is recorded here; import your list of actors.", what=what)
        return words.plural(
            "{what}: one actor, and an alliance needs three: {names}.",
            "{what}: a team of {n}: {names}.",
            len(answer.suggestions),
            what=what,
            names=words.list(member.name for member in answer.suggestions),
        )

    def _municipality(self, answer: TeamAnswer) -> str:
        return "" if answer.municipality is None else self.explainer.name(answer.municipality)

    def how_sure(self, answer: TeamAnswer) -> str:
        """Among how many was chosen, and whether another team could be better."""
        words = self.words
        chosen = words.plural("Chosen from one actor.", "Chosen from {n} actors.", answer.candidates)
        score = words("Score {score}.", score=words.number(answer.score, 3)) if self.amounts else ""
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
        return " ".join(filter(None, [chosen, score, sure, known]))

    def kind(self, kind: str) -> str:
        """What an actor is."""
        return self.explainer.term("actor_kind", kind) if kind else self.words("kind unknown")

    def terms(self, kind: str, ids: Iterable[str]) -> str:
        """Terms of a vocabulary in a list."""
        return self.words.list(self.explainer.term(kind, id) for id in ids)

    def seat(self, member: Member) -> str:
        """What a member is there for."""
        words = self.words
        if member.roles:
            return words("Roles: {roles}.", roles=self.terms("alliance_role", member.roles))
        if member.included:
            return words("Is there because you asked for it.")
        return words("Fills no role of its own: it makes the team complete.")

    def reasons(self, member: Member) -> list[str]:
        """What speaks for a member, the strongest first."""
        told = []
        for name, reasons in sorted(grouped(member.contributions).items(), key=lambda each: -amount_of(each[1])):
            if (amount := amount_of(reasons)) > NOTHING:
                said = self.reason(name, reasons[0])
                told.append(f"{said} +{self.words.number(amount, 3)}" if self.amounts else said)
        return told

    def reason(self, name: str, reason: Contribution) -> str:
        """One reason, or what is said as one."""
        words, explainer = self.words, self.explainer
        if name.startswith("role:"):
            role = explainer.term("alliance_role", name.removeprefix("role:"))
            if reason.other == "past-role":
                return words("{role} (held that role before)", role=role)
            kind = explainer.term("actor_kind", str(reason.other or ""))
            return words("{role} (usual for {kind})", role=role, kind=kind)
        if name == "closeness" and reason.other:
            return words("works with {name}", name=reason.other)
        return words(PARTS[name]) if name in PARTS else name

    def against(self, member: Member) -> list[str]:
        """What speaks against a member."""
        words, found = self.words, grouped(member.contributions)
        told = []
        for names, said in AGAINST.items():
            asked = [found[name] for name in names if name in found]
            if asked and all(amount_of(reasons) <= NOTHING for reasons in asked):
                told.append(words(said))
        for reason in found.get(FRESHNESS, ()):
            if reason.other is None:
                told.append(words("never confirmed"))
            elif reason.amount < -NOTHING:
                told.append(self._less(words("last confirmed {day}", day=words.period(str(reason.other))), reason))
        for reason in found.get(CAPACITY, ()):
            if reason.amount < -NOTHING and isinstance(reason.other, float):
                busy = words.plural(
                    "takes part in one running alliance", "takes part in {n} running alliances", int(reason.other)
                )
                told.append(self._less(busy, reason))
        return told

    def _less(self, said: str, reason: Contribution) -> str:
        return f"{said}, −{self.words.number(-reason.amount, 3)}" if self.amounts else said

    def lost(self, member: Member) -> str:
        """What the others would leave open without a member; nothing where they would not."""
        lost = [
            *(self.explainer.term("alliance_role", role) for role in member.lost_roles),
            *(self.explainer.term("sector", group) for group in member.lost_groups),
        ]
        return self.words("Without it the others leave open: {lost}.", lost=self.words.list(lost)) if lost else ""

    def alternatives(self, member: Member) -> str:
        """Who could sit in a member's place."""
        if member.alternatives:
            told = [f"{each.name} ({self.signed(each.difference)})" for each in member.alternatives]
            return self.words("In its place: {names}.", names="; ".join(told))
        if member.included:
            return ""
        return self.words("In its place: nobody recorded here could sit without leaving something open.")

    def signed(self, difference: float) -> str:
        """A difference in points."""
        return ("−" if difference < 0 else "+") + self.words.number(abs(difference), 3)

    def lacking(self, answer: TeamAnswer) -> Iterator[str]:
        """What is missing besides roles."""
        if answer.too_few:
            yield self.words("An alliance is at least three actors; fewer are recorded here.")
        for group in answer.missing_groups:
            yield self.words("Nobody from this sector: {sector}.", sector=self.explainer.term("sector", group))

    def missing(self, missing: MissingRole) -> str:
        """A role that nobody holds, and who could."""
        role, kinds = self.explainer.term("alliance_role", missing.role), self.terms("actor_kind", missing.kinds)
        if missing.local:
            return self.words(
                "{role}: somebody here could, but holds other roles already or stands outside this size.", role=role
            )
        if not missing.nearest:
            return self.words("{role}: nobody in the store could. Usually this is: {kinds}.", role=role, kinds=kinds)
        return self.words(
            "{role}: nobody here. Usually this is: {kinds}. Elsewhere could: {names}.",
            role=role,
            kinds=kinds,
            names="; ".join(map(self.nearest, missing.nearest)),
        )

    def nearest(self, each: Nearest) -> str:
        """Somebody elsewhere, with the place and how far it is."""
        where = self.where(each)
        return f"{each.name} ({where})" if where else each.name

    def where(self, each: Nearest) -> str:
        """Where somebody is, and how far that is."""
        projection = self.explainer.projection
        town = int(projection.derived(place_of_actors)[projection.position(each.key)])
        place = place_name(projection, self.words, town) if town >= 0 else ""
        km = "" if each.kilometres is None else f"{self.words.number(each.kilometres, 0)}\N{NO-BREAK SPACE}km"
        return ", ".join(filter(None, [place, km]))


def health_headline(found: Health, explainer: Explainer) -> str:
    """What a check found, in a few short sentences: what is open, on whom it hangs, how many entries are old."""
    words = explainer.words
    if not found.members:
        return words("No member is recorded, so nothing can be checked yet.")
    said = list(_in_short(found.findings, explainer))
    old = {name for each in found.findings if each.kind in (STALE, NEVER) for name in each.names}
    if old:
        said.append(
            words.plural(
                "One member was not confirmed within a year.", "{n} members were not confirmed within a year.", len(old)
            )
        )
    count = words.plural("One member.", "{n} members.", len(found.members))
    return " ".join([count, *(said or [words("Nothing stands out, as far as the records go.")])])


def _in_short(findings: Iterable[Finding], explainer: Explainer) -> Iterator[str]:
    """Everything but the age: findings of one kind in one sentence."""
    words = explainer.words
    of: dict[str, list[Finding]] = {}
    for each in findings:
        of.setdefault(each.kind, []).append(each)
    if ended := of.get(ENDED):
        yield finding_text(ended[0], explainer)
    if TOO_FEW in of:
        yield words("An alliance needs three.")
    if roles := of.get(MISSING_ROLE):
        names = "; ".join(explainer.term("alliance_role", each.subject) for each in roles)
        yield words("Nobody is recorded for: {roles}.", roles=names)
    if groups := of.get(MISSING_GROUP):
        names = words.list(explainer.term("sector", each.subject) for each in groups)
        yield words("Not represented: {sectors}.", sectors=names)
    if bridges := of.get(BRIDGE):
        names = words.list(each.names[0] for each in bridges)
        yield words("Without {names} it would fall apart.", names=names)
    for kind in (UNKNOWN_KIND, ALONE, NO_TIES):
        if kind in of:
            yield finding_text(of[kind][0], explainer)


def finding_text(finding: Finding, explainer: Explainer) -> str:
    """What a check found, in a sentence; raises NotFound for a kind that nobody knows."""
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
            return words("The kind is unknown of: {names}.", names=names.removesuffix("."))
        case "bridge":
            rest = words.list(finding.names[1:])
            return words("Only {name} ties the others to {rest}.", name=finding.names[0], rest=rest.removesuffix("."))
        case "alone":
            return words("Tied to the others by this alliance alone: {names}.", names=names.removesuffix("."))
        case "no-ties":
            return words("No tie between the members is recorded besides this alliance.")
        case "stale":
            return words("{names}: last confirmed {day}.", names=names, day=day)
        case "never-confirmed":
            return words("Never confirmed: {names}.", names=names.removesuffix("."))
    raise NotFound("a known kind of finding", finding.kind)
