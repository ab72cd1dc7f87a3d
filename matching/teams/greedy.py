"""Builds a team one by one and then exchanges members while that helps; for candidate sets too large for a proof."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph_service.projection import FloatArray
from matching.teams.problem import BROKEN, Problem, per_pair

ROUNDS = 50
EPSILON = 1e-9


@dataclass(frozen=True, eq=False)
class Steps:
    """What adding each candidate to a team is worth, for teams of one final size."""

    problem: Problem
    size: int

    def values(self, team: Sequence[int]) -> FloatArray:
        """For each candidate the value of the team with it; -inf for those who are in it."""
        problem, chosen = self.problem, list(team)
        first, which = problem.patterns
        rules = np.array([self._rules([*chosen, int(one)]) for one in first])
        pairs = problem.closeness[:, chosen].sum(axis=1) * per_pair(self.size)
        found = np.asarray(rules[which] + problem.worth / self.size + pairs + self._kept(chosen))
        found[chosen] = -np.inf
        return found

    def _rules(self, team: list[int]) -> float:
        # a pattern's first candidate may be in the team already: it then stands for another of its kind
        team, double = team[:-1], team[-1]
        if double not in team:
            return self.problem.roles_score([*team, double]) - BROKEN * self.problem.broken([*team, double])
        twin = _with_twin(self.problem, double)
        return twin.roles_score([*team, len(self.problem)]) - BROKEN * twin.broken([*team, len(self.problem)])

    def _kept(self, team: list[int]) -> float:
        """What those who are there add already."""
        inside = self.problem.closeness[np.ix_(team, team)]
        pairs = float(inside.sum() - np.trace(inside)) / 2
        return float(self.problem.worth[team].sum()) / self.size + pairs * per_pair(self.size)


def _with_twin(problem: Problem, one: int) -> Problem:
    return Problem(
        np.append(problem.worth, problem.worth[one]),
        np.vstack([problem.fit, problem.fit[one]]),
        problem.required,
        problem.closeness,
        np.hstack([problem.groups, problem.groups[:, [one]]]),
        problem.must,
    )


def greedy(problem: Problem, size: int, start: Sequence[int] = ()) -> tuple[int, ...]:
    """Members added one by one, the best first, then exchanged while that helps; ties by position."""
    team = list(dict.fromkeys([*problem.must.tolist(), *start]))[: max(size, len(problem.must))]
    steps = Steps(problem, size)
    while len(team) < min(size, len(problem)):
        team.append(_best(steps.values(team)))
    return exchanged(problem, team)


def exchanged(problem: Problem, team: Sequence[int]) -> tuple[int, ...]:
    """The team after the best single exchanges, until none helps."""
    now = sorted(team)
    steps = Steps(problem, len(now))
    must = set(problem.must.tolist())
    value = problem.value(now) if now else 0.0
    for _ in range(ROUNDS):
        best: tuple[float, int, int] | None = None
        for out in now:
            if out in must:
                continue
            found = steps.values([each for each in now if each != out])
            found[out] = -np.inf
            into = _best(found) if len(found) else -1
            if into >= 0 and found[into] > (best[0] if best else value) + EPSILON:
                best = float(found[into]), out, into
        if best is None:
            break
        value, out, into = best
        now = sorted([*(each for each in now if each != out), into])
    return tuple(now)


def _best(values: FloatArray) -> int:
    top = values.max()
    return int(np.flatnonzero(values >= top - EPSILON)[0]) if np.isfinite(top) else -1
