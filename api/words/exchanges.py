"""How an exchange goes on, in words: where it stands, its way so far, and checklists by format."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from api.editing.exchanges import DECISIONS
from api.language import N_
from api.questions.exchanges import ExchangeFound
from api.words.suggestions import Explainer

WAY = ("wish", "proposed", "agreed", "held", "follow-up-3", "follow-up-12")
"""The stations of every exchange; a decision follows."""


@dataclass(frozen=True, slots=True)
class Step:
    """A station on the way: its name, when it was reached, and whether it is the present one."""

    name: str
    day: str
    reached: bool
    current: bool


class Phase(StrEnum):
    """When something is to be thought of."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


PHASES: Mapping[Phase, str] = MappingProxyType(
    {Phase.BEFORE: N_("Before"), Phase.DURING: N_("On the day"), Phase.AFTER: N_("Afterwards")}
)
AFTER = frozenset({"held", "follow-up-3", "follow-up-12", "adopted", "adapted", "rejected"})
"""States in which an exchange lies behind."""

ALWAYS: Mapping[Phase, tuple[str, ...]] = MappingProxyType(
    {
        Phase.BEFORE: (
            N_("Write down in one sentence for each side what it wants to take home."),
            N_("Settle who takes part, by role; on both sides somebody who may decide should be there."),
            N_("Send the preparation sheet to both sides a week ahead."),
        ),
        Phase.DURING: (
            N_("Begin with what did not work: it is asked about least and helps most."),
            N_("Note what depends on local conditions: people, money, law, size."),
            N_("Agree on the next step, and on who takes it, before everybody leaves."),
        ),
        Phase.AFTER: (
            N_("Within a week: record here that it was held, and send the notes to both sides."),
            N_("After 3 and after 12 months: ask what became of it, and record the answer."),
            N_("Decide: adopt, adapt or leave it, and say why. Others learn from a no, too."),
        ),
    }
)
"""What goes for every exchange."""

BY_FORMAT: Mapping[str, Mapping[Phase, str]] = MappingProxyType(
    {
        "call": {
            Phase.BEFORE: N_("Send three questions ahead; half an hour passes quickly."),
            Phase.DURING: N_("Keep to the three questions; agree on a second call rather than running over."),
            Phase.AFTER: N_("Decide on the same day whether a visit would be worth it."),
        },
        "lunch-meeting": {
            Phase.BEFORE: N_("Find a place where one can talk, and somebody who keeps the round together."),
            Phase.DURING: N_("Let everybody say in two minutes what occupies them just now."),
            Phase.AFTER: N_("Note who wants to speak to whom again, and bring them together."),
        },
        "matchmaking-session": {
            Phase.BEFORE: N_("Ask all sides beforehand what they bring and what they seek, and prepare the pairs."),
            Phase.DURING: N_("Change partners after twenty minutes; note every wish for a second talk."),
            Phase.AFTER: N_("Propose an exchange of its own for every pair that wants to go on."),
        },
        "peer-review": {
            Phase.BEFORE: N_("Send figures, papers and one frank question to the visiting team two weeks ahead."),
            Phase.DURING: N_("First day: listen and ask. Second day: the visitors say what they saw, the hosts reply."),
            Phase.AFTER: N_("The host answers the recommendations in writing within six weeks."),
        },
        "site-visit": {
            Phase.BEFORE: N_("Ask the host to show the everyday work; settle who may be met, and with whose consent."),
            Phase.DURING: N_("Speak to those who do the work, and to those whom it is for."),
            Phase.AFTER: N_("Note on the way back what would be different at home."),
        },
        "job-shadowing": {
            Phase.BEFORE: N_("Settle data protection, insurance and working hours with both personnel offices."),
            Phase.DURING: N_("Keep a diary: half a page a day on what surprised you."),
            Phase.AFTER: N_("Tell your own team within two weeks, not only your superiors."),
        },
        "twinning": {
            Phase.BEFORE: N_("Agree on one year, four meetings, and one contact by role on each side."),
            Phase.DURING: N_("Begin each meeting with what was done since the last one."),
            Phase.AFTER: N_("Take stock at half time, and change what does not help."),
        },
        "comparison-ring": {
            Phase.BEFORE: N_("Agree on a few figures, and on how each is counted, before anybody compares."),
            Phase.DURING: N_("Talk about the reasons for differences, not about places in a list."),
            Phase.AFTER: N_("Record what was counted how, so that next year can be compared."),
        },
        "topic-team": {
            Phase.BEFORE: N_("Choose a question that can be answered in four meetings."),
            Phase.DURING: N_("Let the chair go round, and keep what was agreed in one place."),
            Phase.AFTER: N_("Publish the result so that others can use it, and then end the team."),
        },
        "analysis-workshop": {
            Phase.BEFORE: N_("Bring profile, inventory and rated challenges; invite those who see other sides."),
            Phase.DURING: N_("Agree first on what is so, then on what it means, and last on what to do."),
            Phase.AFTER: N_("Record the rated challenges, so that others with the same ones find you."),
        },
        "process-support": {
            Phase.BEFORE: N_("Settle the task, its end, and who decides in your house."),
            Phase.DURING: N_("Check at each meeting whether the aim still holds."),
            Phase.AFTER: N_("Hand over: who keeps it going when the support ends?"),
        },
        "youth-consultation": {
            Phase.BEFORE: N_(
                "Invite through people whom the young trust; offer interpreting, travel costs and a meal."
            ),
            Phase.DURING: N_("Ask openly, and say what can be changed and what cannot."),
            Phase.AFTER: N_("Tell them within four weeks what became of what they said."),
        },
    }
)
"""What goes for one format besides."""


def phase_of(state: str | None, *, today: bool = False) -> Phase:
    """What is to be thought of in a state."""
    if state in AFTER:
        return Phase.AFTER
    return Phase.DURING if today else Phase.BEFORE


def checklist(format: str | None, phase: Phase, explainer: Explainer) -> list[str]:
    """What to think of, the format's own first."""
    own = BY_FORMAT.get(format or "", {}).get(phase)
    return [explainer.words(each) for each in (*((own,) if own else ()), *ALWAYS[phase])]


def where_it_stands(found: ExchangeFound, towns: str, explainer: Explainer) -> str:
    """Who, and how far it is; ``towns`` are the names of those who take part."""
    speak, node = explainer.words, found.record
    towns = towns or speak("Nobody yet")
    state = explainer.term("exchange_state", node.state) if node.state else speak("not stated")
    if node.held_on:
        return speak("{towns}: held on {day}; now: {state}.", towns=towns, day=speak.date(node.held_on), state=state)
    if node.planned_on:
        return speak(
            "{towns}: planned for {day}; now: {state}.", towns=towns, day=speak.date(node.planned_on), state=state
        )
    return speak("{towns}: no date yet; now: {state}.", towns=towns, state=state)


def steps(found: ExchangeFound, explainer: Explainer) -> Iterator[Step]:
    """The stations on the way; those that the journal does not know are told without a day."""
    speak, node = explainer.words, found.record
    days = {each.state: speak.date(each.on) for each in found.stations}
    if node.held_on:
        days["held"] = speak.date(node.held_on)
    present = node.state or ""
    at = WAY.index(present) if present in WAY else len(WAY) if present in DECISIONS else -1
    for i, state in enumerate(WAY):
        passed = i < at and (state in days or i <= WAY.index("held"))
        told = days.get(state) or (speak("left out") if i < at and found.stations else "")
        yield Step(explainer.term("exchange_state", state), told, passed, state == present)
    decided = present if present in DECISIONS else ""
    decision = speak("decision: practice adopted, adapted or not adopted")
    name = explainer.term("exchange_state", decided) if decided else decision
    yield Step(name, days.get(decided, ""), False, bool(decided))
