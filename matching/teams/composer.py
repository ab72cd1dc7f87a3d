"""Composes the smallest good team for a need: roles filled, public and civil society in it, relevant and close.

    score = 0.45 · mean relevance + 0.35 · how well roles are filled + 0.2 · mean closeness of all pairs

less what old records lose. Required roles and sectors come before any score. Every member's score is the exact sum of
its contributions, and the members' scores sum to the team's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np
import orjson

from graph_service.arrays import IntArray
from graph_service.errors import InvalidValue
from graph_service.keys import Label
from graph_service.projection import FloatArray, Projection
from graph_service.role_templates import RoleNeed, RoleTemplates, load_role_templates
from graph_service.vocabulary import load_vocabulary
from matching.about import years_between
from matching.contract import Contribution
from matching.partners.matcher import PartnerMatcher
from matching.teams.answer import Alternative, Member, MissingRole, Nearest, TeamAnswer
from matching.teams.closeness import Ties, ties_of
from matching.teams.exact import smallest, solve
from matching.teams.greedy import Steps
from matching.teams.need import Measured, Relevance, TeamNeed
from matching.teams.places import kilometres_from, local_actors, towns
from matching.teams.problem import Mask, Problem, Solution, per_pair
from matching.teams.relevance import PartnerRelevance
from matching.teams.roles import GROUPS, Fitness, fitness, roles_needed, sector

RELEVANCE, ROLES, COHESION = 0.45, 0.35, 0.2
OPTIONAL = 0.3
"""How much filling a role counts that is welcome and not required."""
FRESHNESS, OLD = 0.3, 5.0
"""Of its relevance, how much a record loses that was confirmed so many years ago or more."""
LEAST, MOST = 3, 12
"""An alliance is at least three actors; more than twelve are not composed unless asked for."""
CONSIDERED = 400
"""Of more candidates, the most relevant and those who fill roles best are considered."""
ALTERNATIVES = 3
CLOSE = "closeness"
AGE = "freshness"


@dataclass(frozen=True, slots=True)
class AllianceMatcher:
    """Parameters of composing teams."""

    templates: RoleTemplates = field(default_factory=load_role_templates)
    partners: PartnerMatcher = field(default_factory=PartnerMatcher)

    def fit(self, projection: Projection, relevance: Relevance | None = None) -> "Composer":
        """Prepare for one revision; ``relevance`` is that of partner suggestions unless another is given."""
        return Composer(
            projection,
            self.templates,
            PartnerRelevance(self.partners.fit(projection)) if relevance is None else relevance,
            ties_of(projection),
        )


@dataclass(frozen=True, eq=False)
class Setting:
    """One need as a problem among chosen actors."""

    need: TeamNeed
    roles: tuple[RoleNeed, ...]
    actors: IntArray
    """The candidates' positions among all actors, ascending."""
    measured: Measured
    fit: Fitness
    near: FloatArray
    """How close candidates are, 0 to 1."""
    age: FloatArray
    """Years since each candidate was confirmed; NaN where it never was."""
    local: IntArray
    """All who could have been candidates."""
    included: tuple[int, ...]
    """Positions among all actors of those who must be in."""

    @cached_property
    def stale(self) -> FloatArray:
        """What each one's relevance loses."""
        return np.asarray(FRESHNESS * np.nan_to_num(np.minimum(self.age / OLD, 1)))

    @cached_property
    def importance(self) -> FloatArray:
        """How much each role counts; they sum to one."""
        plain = np.array([1.0 if need.required else OPTIONAL for need in self.roles])
        return plain / max(float(plain.sum()), 1.0)

    def problem(self, groups: Mask) -> Problem:
        """As an optimisation."""
        place = {actor: i for i, actor in enumerate(self.actors.tolist())}
        must = [place[actor] for actor in self.included]
        return Problem(
            RELEVANCE * self.measured.scores[self.actors] * (1 - self.stale),
            ROLES * self.fit.values[self.actors] * self.importance,
            np.array([need.required for need in self.roles], bool),
            COHESION * self.near,
            groups,
            np.array(sorted(must), np.int64),
        )


@dataclass(frozen=True, eq=False)
class Composer:
    """Composes teams on one revision."""

    projection: Projection
    templates: RoleTemplates
    relevance: Relevance
    ties: Ties

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kind of every actor, "" where unknown."""
        return tuple(str(said.get("kind") or "") for said in self._said)

    @cached_property
    def _said(self) -> list[dict[str, object]]:
        return [orjson.loads(self.projection.arrays.properties[i]) for i in self.projection.spans[Label.ACTOR]]

    def compose(self, need: TeamNeed) -> TeamAnswer:
        """The best team that is found for a need; raises NotFound for unknown keys, InvalidValue for a wrong wish."""
        setting = self.setting(need)
        problem = setting.problem(self._groups(setting.actors))
        size = need.size or smallest(problem, LEAST, MOST)
        solution = solve(problem, size)
        return self._answer(setting, problem, solution)

    def setting(self, need: TeamNeed) -> Setting:
        """What a need means here: roles, candidates, and what is known of them."""
        self._check(need)
        roles = roles_needed(self.templates, need.fields, need.roles)
        fit = fitness(self.projection, roles)
        measured = self.relevance.measure(need)
        included = tuple(self.projection.position(key) for key in dict.fromkeys(need.include))
        without = {self.projection.position(key) for key in need.without}
        count = len(self.kinds)
        here = need.municipality
        local = np.arange(count) if here is None else local_actors(self.projection, here)
        local = np.union1d(local[~np.isin(local, list(without))], np.array(included, np.int64)).astype(np.int64)
        actors = _considered(local, measured.scores, fit.values, included)
        age = np.array([self._age(actor, need.today) for actor in actors.tolist()])
        near = self.ties.closeness(actors)
        return Setting(need, roles, actors, measured, fit, near, age, local, included)

    def _check(self, need: TeamNeed) -> None:
        vocabulary = load_vocabulary()
        for role in need.roles:
            vocabulary.term("alliance_role", role)
        if set(need.include) & set(need.without):
            raise InvalidValue(
                "actors that are not both included and left out", ", ".join(set(need.include) & set(need.without))
            )
        if need.size is not None and need.size < max(LEAST, len(set(need.include))):
            raise InvalidValue("a team of at least three, and of all who must be included", need.size)

    def _groups(self, actors: IntArray) -> Mask:
        sectors = [sector(self.kinds[actor]) for actor in actors.tolist()]
        return np.array([[each == group for each in sectors] for group in GROUPS], bool).reshape(
            len(GROUPS), len(actors)
        )

    def _age(self, actor: int, today: date | None) -> float:
        assured = self._said[actor].get("assured_on")
        if today is None or not isinstance(assured, str):
            return float("nan")
        return years_between(date.fromisoformat(assured), today)

    def _answer(self, setting: Setting, problem: Problem, solution: Solution) -> TeamAnswer:
        team = solution.team
        holders = problem.holders(team)
        members = [self._member(setting, problem, team, holders, each) for each in team]
        members.sort(key=lambda member: (-round(member.score, 12), member.key))
        missing = problem.missing_groups(team) if team else np.ones(len(GROUPS), bool)
        weights = {part: RELEVANCE * weight for part, weight in setting.measured.weights.items()}
        return TeamAnswer(
            revision=self.projection.revision,
            municipality=setting.need.municipality,
            fields=setting.need.fields,
            text=setting.need.text,
            score=sum(member.score for member in members),
            gap=solution.gap,
            exact=solution.exact and len(setting.actors) == len(setting.local),
            coverage=float(np.mean([member.coverage for member in members])) if members else 0.0,
            candidates=len(setting.local),
            considered=len(setting.actors),
            weights=weights | {"roles": ROLES, CLOSE: COHESION},
            suggestions=tuple(members),
            missing_roles=tuple(self._missing(setting, holders)),
            missing_groups=tuple(group for group, none in zip(GROUPS, missing, strict=True) if none),
            too_few=len(team) < LEAST,
        )

    def _member(
        self, setting: Setting, problem: Problem, team: Sequence[int], holders: Sequence[int], one: int
    ) -> Member:
        actor = int(setting.actors[one])
        reasons = self._reasons(setting, team, holders, one)
        others = [each for each in team if each != one]
        empty = [
            need.role
            for need, who, then in zip(setting.roles, holders, problem.holders(others), strict=True)
            if need.required and who >= 0 and then < 0
        ]
        groups = problem.missing_groups(others) & ~problem.missing_groups(team)
        alternatives = [] if one in problem.must else self._alternatives(setting, problem, team, one)
        next_best = alternatives[0].difference if alternatives else -sum(c.amount for c in reasons)
        return Member(
            key=self.projection.key(Label.ACTOR, actor),
            name=self.projection.name(Label.ACTOR, actor),
            score=sum(c.amount for c in reasons),
            contributions=reasons,
            coverage=self._coverage(setting, actor),
            kind=self.kinds[actor],
            roles=tuple(need.role for need, who in zip(setting.roles, holders, strict=True) if who == one),
            included=one in problem.must,
            lost_roles=tuple(empty),
            lost_groups=tuple(group for group, lost in zip(GROUPS, groups, strict=True) if lost),
            lost_score=max(-next_best, 0.0),
            alternatives=tuple(alternatives),
        )

    def _reasons(
        self, setting: Setting, team: Sequence[int], holders: Sequence[int], one: int
    ) -> tuple[Contribution, ...]:
        actor, size = int(setting.actors[one]), len(team)
        found = [
            replace(reason, amount=RELEVANCE * reason.amount / size, possible=RELEVANCE * (reason.possible or 0) / size)
            for reason in setting.measured.reasons(actor)
        ]
        for need, who, weight in zip(setting.roles, holders, setting.importance.tolist(), strict=True):
            if who == one:
                column = setting.roles.index(need)
                amount = ROLES * weight * float(setting.fit.values[actor, column])
                by = "past-role" if setting.fit.by_experience[actor, column] else self.kinds[actor]
                found.append(Contribution(f"role:{need.role}", amount, None, by, possible=ROLES * weight))
        close = setting.near[one, list(team)]
        share = COHESION * per_pair(size) / 2
        nearest = list(team)[int(np.argmax(close))] if close.max(initial=0) > 0 else -1
        who_near = self.projection.name(Label.ACTOR, int(setting.actors[nearest])) if nearest >= 0 else None
        found.append(Contribution(CLOSE, share * float(close.sum()), None, who_near, possible=share * (size - 1)))
        known = self._said[actor].get("assured_on")
        if setting.need.today is not None:
            lost = RELEVANCE * float(setting.measured.scores[actor] * setting.stale[one]) / size
            found.append(Contribution(AGE, 0.0 - lost, None, known if isinstance(known, str) else None, possible=0.0))
        return tuple(sorted(found, key=lambda reason: -reason.amount))

    def _coverage(self, setting: Setting, actor: int) -> float:
        """Without a kind nothing is known of roles, without a partner nothing of closeness."""
        known = RELEVANCE * setting.measured.coverage(actor)
        known += ROLES if self.kinds[actor] else 0
        known += COHESION if self.ties.known([actor])[0] else 0
        return round(known, 4)

    def _alternatives(self, setting: Setting, problem: Problem, team: Sequence[int], one: int) -> list[Alternative]:
        values = Steps(problem, len(team)).values([each for each in team if each != one])
        values[one] = -np.inf
        order = np.lexsort((np.arange(len(values)), -np.round(values, 9)))[:ALTERNATIVES]
        base = problem.value(team)
        found = []
        for other in order.tolist():
            # whoever would leave a rule broken is no alternative
            if np.isfinite(values[other]) and values[other] - base > -1:
                actor = int(setting.actors[other])
                key, name = self.projection.key(Label.ACTOR, actor), self.projection.name(Label.ACTOR, actor)
                found.append(Alternative(key, name, float(values[other] - base)))
        return found

    def _missing(self, setting: Setting, holders: Sequence[int]) -> list[MissingRole]:
        found = []
        for column, (need, who) in enumerate(zip(setting.roles, holders, strict=True)):
            if need.required and who < 0:
                here = bool((setting.fit.values[setting.local, column] > 0).any())
                nearest = () if here else self._nearest(setting, setting.fit.values[:, column])
                found.append(MissingRole(need.role, need.actor_kinds, here, nearest))
        return found

    def _nearest(self, setting: Setting, fit: FloatArray) -> tuple[Nearest, ...]:
        """The nearest elsewhere who could, the most fitting first where no distance is known."""
        banned = [self.projection.position(key) for key in setting.need.without]
        able = np.setdiff1d(np.flatnonzero(fit > 0), [*setting.local.tolist(), *banned])
        if not len(able):
            return ()
        away = kilometres_from(self.projection, setting.need.municipality, able)
        near = setting.measured.scores[able]
        order = np.lexsort((able, -fit[able], -near, np.nan_to_num(away, nan=np.inf)))[:ALTERNATIVES]
        place = towns(self.projection)
        return tuple(
            Nearest(
                self.projection.key(Label.ACTOR, int(able[i])),
                self.projection.name(Label.ACTOR, int(able[i])),
                self.projection.name(Label.MUNICIPALITY, int(place[able[i]])) if place[able[i]] >= 0 else "",
                round(float(away[i]), 1) if np.isfinite(away[i]) else None,
            )
            for i in order.tolist()
        )


def _considered(local: IntArray, scores: FloatArray, fit: FloatArray, included: Sequence[int]) -> IntArray:
    """The candidates: all, or of many the most relevant, the most fitting for each role, and who must be in."""
    if len(local) <= CONSIDERED:
        return local
    chosen = [np.array(included, np.int64), _top(local, scores[local], CONSIDERED // 2)]
    each = CONSIDERED // 2 // max(fit.shape[1], 1)
    chosen += [
        _top(local, fit[local, role] + scores[local] * (fit[local, role] > 0), each) for role in range(fit.shape[1])
    ]
    return np.unique(np.concatenate(chosen))


def _top(actors: IntArray, values: FloatArray, count: int) -> IntArray:
    return actors[np.lexsort((actors, -np.round(values, 9)))[:count]]
