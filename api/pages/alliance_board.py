"""The board of an alliance: seats by role with who holds them, who else could, and what carries or lacks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from api.http.current import words
from api.pages.alliance_need import Wish
from api.pages.frame import record_url, term
from api.words.alliances import NOTHING, TeamExplainer, amount_of, grouped
from api.words.boards import board_headline, what_carries, what_lacks
from graph_service.keys import NodeKey
from graph_service.role_templates import RoleNeed, load_role_templates
from graph_service.vocabulary import load_vocabulary
from matching.teams.answer import Member, MissingRole, TeamAnswer
from matching.teams.composer import MOST
from matching.teams.roles import roles_needed

BOARD = "/alliances/board"


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody who could sit there instead, and the board on which that is so."""

    name: str
    url: str
    about: str
    board: str


@dataclass(frozen=True, slots=True)
class Sitting:
    """A member on a seat."""

    key: NodeKey
    name: str
    url: str
    kind: str
    included: bool
    reasons: str
    against: str
    lost: str
    others: tuple[Other, ...]
    keep: str
    """The board with it for certain, or again as a mere suggestion."""
    leave_out: str
    elsewhere: str
    """The role under which the rest is told, if this is a second seat."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A role, or none of its own."""

    role: str
    label: str
    meaning: str
    holder: Sitting | None
    told: str
    others: tuple[Other, ...]
    larger: str
    """The board with one more member, where that could fill it."""
    useful: str = ""
    """The board that fills it, where the role is useful and not needed."""


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that the page tells of a composed alliance."""

    answer: str
    seats: tuple[Seat, ...]
    carries: tuple[str, ...]
    lacks: tuple[str, ...]
    sure: str
    reasons: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    """For each member every reason with what it adds, and the sum."""


def board_of(answer: TeamAnswer, wish: Wish, team: TeamExplainer) -> Board:
    """Tell a composed alliance."""
    needs = roles_needed(load_role_templates(), wish.all_fields, wish.roles)
    return Board(
        board_headline(answer, team),
        tuple(_seats(answer, wish, team, needs)),
        tuple(what_carries(answer, needs, team)),
        tuple(what_lacks(answer, team)),
        team.how_sure(answer),
        tuple((member.name, tuple(_table(member, team))) for member in answer.suggestions),
    )


def _seats(answer: TeamAnswer, wish: Wish, team: TeamExplainer, needs: Sequence[RoleNeed]) -> Iterator[Seat]:
    holders = {role: member for member in answer.suggestions for role in member.roles}
    missing = {each.role: each for each in answer.missing_roles}
    told: dict[NodeKey, str] = {}
    for need in needs:
        role, label = need.role, term("alliance_role", need.role)
        if role in holders:
            member = holders[role]
            sitting = _sitting(member, wish, team, told.get(member.key, ""), role)
            told.setdefault(member.key, label)
            yield Seat(role, label, _meaning(role), sitting, "", (), "")
        elif role in missing:
            yield _open(missing[role], answer, wish, team, label)
    for member in answer.suggestions:
        if not member.roles:
            sitting = _sitting(member, wish, team, "", "")
            yield Seat("", words()("Without a role of its own"), team.seat(member), sitting, "", (), "")
    useful = [need.role for need in needs if need.role not in holders and need.role not in missing]
    for role in useful if answer.suggestions else ():
        asked = replace(wish, roles=(*wish.roles, role)).address(BOARD)
        told_so = words()("Useful, and not needed.")
        yield Seat(role, term("alliance_role", role), _meaning(role), None, told_so, (), "", asked)


def _meaning(role: str) -> str:
    found = load_vocabulary().find("alliance_role", role)
    return (found.definition(words().language) if found else "") or ""


def _sitting(member: Member, wish: Wish, team: TeamExplainer, elsewhere: str, role: str) -> Sitting:
    others = tuple(
        Other(
            each.name,
            record_url(each.key),
            words()("fits about as well") if each.difference > -0.02 else words()("fits less well"),
            wish.excluding(member.key).including(each.key).address(BOARD),
        )
        for each in member.alternatives
    )
    # roles are what the cards are about
    reasons = tuple(each for each in member.contributions if not each.feature.startswith("role:"))
    fits = next((each.other for each in member.contributions if each.feature == f"role:{role}"), None)
    filled = (
        [words()("held this role before") if fits == "past-role" else words()("usual in this role")] if fits else []
    )
    return Sitting(
        member.key,
        member.name,
        record_url(member.key),
        team.kind(member.kind),
        member.included,
        "; ".join([*filled, *team.reasons(replace(member, contributions=reasons))]),
        "; ".join(team.against(member)),
        team.lost(member),
        others,
        (wish.forgetting(member.key) if member.included else wish.including(member.key)).address(BOARD),
        wish.excluding(member.key).address(BOARD),
        elsewhere,
    )


def _open(missing: MissingRole, answer: TeamAnswer, wish: Wish, team: TeamExplainer, label: str) -> Seat:
    speak, usual = words(), team.terms("actor_kind", missing.kinds)
    if missing.local:
        told = speak("Somebody here could, but holds other roles already or stands outside this size.")
    elif missing.nearest:
        told = speak("Nobody here. Usually this is: {kinds}. The nearest who could:", kinds=usual)
    else:
        told = speak("Nobody who is recorded could. Usually this is: {kinds}.", kinds=usual)
    others = tuple(
        Other(each.name, record_url(each.key), team.where(each), wish.including(each.key).address(BOARD))
        for each in missing.nearest
    )
    size = len(answer.suggestions) + 1
    larger = wish.sized(size).address(BOARD) if missing.local and size <= MOST else ""
    return Seat(missing.role, label, _meaning(missing.role), None, told, others, larger)


def _table(member: Member, team: TeamExplainer) -> Iterator[tuple[str, str]]:
    for name, reasons in sorted(grouped(member.contributions).items(), key=lambda each: -amount_of(each[1])):
        if abs(amount := amount_of(reasons)) > NOTHING:
            yield team.reason(name, reasons[0]), team.words.number(amount, 3)
    yield words()("Sum"), team.words.number(member.score, 3)
