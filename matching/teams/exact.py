"""The best team by proof: a mixed-integer programme, solved by HiGHS; and the bound on what any team can be worth."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from graph_service.arrays import IntArray
from graph_service.projection import FloatArray
from matching.teams.greedy import exchanged, greedy
from matching.teams.problem import BROKEN, HELD, Problem, Solution, per_pair

if TYPE_CHECKING:
    from scipy.optimize import LinearConstraint, OptimizeResult

SECONDS = 2.0
"""How long a proof may take."""
SMALL = 120
"""Candidates up to which a proof is tried."""


@dataclass
class _Rows:
    """Constraints as they are gathered."""

    width: int
    row: list[int] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    number: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def add(self, terms: list[tuple[int, float]], low: float, high: float) -> None:
        """One more: low ≤ Σ ≤ high."""
        for column, number in terms:
            self.row.append(len(self.low))
            self.column.append(column)
            self.number.append(number)
        self.low.append(low)
        self.high.append(high)

    def constraint(self) -> "LinearConstraint":
        """All of them."""
        from scipy.optimize import LinearConstraint  # takes long to import, and most answers never need it

        shape = (len(self.low), self.width)
        return LinearConstraint(
            sparse.csr_array((self.number, (self.row, self.column)), shape=shape), self.low, self.high
        )


@dataclass(frozen=True, eq=False)
class Programme:
    """Where the variables stand: candidates, (candidate, role), empty roles, empty groups, pairs."""

    problem: Problem
    fills: IntArray
    """Rows of (candidate, role) that are possible."""
    pairs: IntArray
    """Rows of (candidate, candidate) that add something."""

    @classmethod
    def of(cls, problem: Problem, *, paired: bool) -> "Programme":
        """With or without variables for pairs."""
        inside = np.triu(problem.closeness, 1) > 0
        return cls(problem, np.argwhere(problem.fit > 0), np.argwhere(inside & paired))

    @property
    def starts(self) -> list[int]:
        """The first variable of each kind, and the number of all."""
        roles, groups = self.problem.fit.shape[1], len(self.problem.groups)
        sizes = [len(self.problem), len(self.fills), roles, groups, len(self.pairs)]
        return [int(end) for end in np.cumsum(sizes)]

    def rows(self, least: int, most: int) -> "LinearConstraint":
        """What holds for every team of this size."""
        people, filled, empty, missing, width = self.starts
        problem, rows = self.problem, _Rows(width)
        rows.add([(i, 1.0) for i in range(people)], least, most)
        for role in range(problem.fit.shape[1]):
            own = [(people + j, 1.0) for j in np.flatnonzero(self.fills[:, 1] == role).tolist()]
            rows.add([*own, (filled + role, 1.0)], 1, 1)
        for j, (who, _) in enumerate(self.fills.tolist()):
            rows.add([(people + j, 1.0), (who, -1.0)], -np.inf, 0)
        for who in np.unique(self.fills[:, 0]).tolist():
            held = [(people + j, 1.0) for j in np.flatnonzero(self.fills[:, 0] == who).tolist()]
            rows.add([*held, (who, -float(HELD))], -np.inf, 0)
        for group, members in enumerate(problem.groups):
            rows.add([*((i, 1.0) for i in np.flatnonzero(members).tolist()), (empty + group, 1.0)], 1, np.inf)
        self._pair_rows(rows, missing, most)
        return rows.constraint()

    def _pair_rows(self, rows: _Rows, start: int, size: int) -> None:
        of: dict[int, list[tuple[int, float]]] = {}
        for j, (one, other) in enumerate(self.pairs.tolist()):
            for who in (one, other):
                rows.add([(start + j, 1.0), (who, -1.0)], -np.inf, 0)
                of.setdefault(who, []).append((start + j, 1.0))
        for who, own in of.items():
            rows.add([*own, (who, -float(size - 1))], -np.inf, 0)

    def gain(self, alone: FloatArray, size: int) -> FloatArray:
        """What each variable adds."""
        required, pairs = self.problem.required, self.pairs
        return np.concatenate(
            [
                alone,
                self.problem.fit[self.fills[:, 0], self.fills[:, 1]],
                -BROKEN * required.astype(np.float64),
                np.full(len(self.problem.groups), -BROKEN),
                self.problem.closeness[pairs[:, 0], pairs[:, 1]] * per_pair(size),
            ]
        )

    def solve(self, gain: FloatArray, least: int, most: int, *, whole: bool, seconds: float) -> "OptimizeResult":
        """Ask HiGHS."""
        from scipy.optimize import Bounds, milp

        _, filled, *_, width = self.starts
        low, integral = np.zeros(width), np.zeros(width, np.int64)
        low[self.problem.must] = 1
        integral[:filled] = whole
        return milp(
            -gain,
            integrality=integral,
            bounds=Bounds(low, np.ones(width)),
            constraints=self.rows(least, most),
            options={"time_limit": seconds, "mip_rel_gap": 0.0},
        )


def smallest(problem: Problem, least: int, most: int) -> int:
    """The size of the smallest team that breaks as few rules as any up to ``most``."""
    least, most = max(least, len(problem.must)), max(most, len(problem.must))
    least, most = min(least, len(problem)), min(most, len(problem))
    if least >= most:
        return least
    model = Programme.of(problem, paired=False)
    gain = model.gain(np.full(len(problem), -BROKEN / (2 * most)), 2)
    gain[len(problem) : model.starts[1]] = 0
    found = model.solve(gain, least, most, whole=True, seconds=SECONDS)
    if found.x is None:
        return most
    return round(float(found.x[: len(problem)].sum()))


def upper_bound(problem: Problem, size: int) -> float:
    """What no team of this size exceeds: everybody with its closest others, roles and rules relaxed."""
    near = problem.closeness.copy()
    np.fill_diagonal(near, 0)
    best = -np.sort(-near, axis=1)[:, : max(size - 1, 0)].sum(axis=1) / 2
    model = Programme.of(problem, paired=False)
    found = model.solve(
        model.gain(problem.worth / size + best * per_pair(size), size), size, size, whole=False, seconds=60
    )
    return float(-found.fun) if found.x is not None else np.inf


def solve(problem: Problem, size: int, *, seconds: float = SECONDS, small: int = SMALL) -> Solution:
    """The best team of a size: proven where that is quick, else by exchange, with the bound on any better one."""
    size = min(max(size, len(problem.must)), len(problem))
    if not size:
        return Solution((), 0.0, 0.0, True)
    team = greedy(problem, size)
    value = problem.value(team)
    bound = upper_bound(problem, size)
    if value >= bound - 1e-7:
        return Solution(team, value, value, True)
    if len(problem) > small or seconds <= 0:
        return Solution(team, value, max(bound, value), False)
    model = Programme.of(problem, paired=True)
    found = model.solve(model.gain(problem.worth / size, size), size, size, whole=True, seconds=seconds)
    if found.x is not None:
        other = exchanged(problem, np.flatnonzero(found.x[: len(problem)] > 0.5).tolist())
        if problem.value(other) > value + 1e-9:
            team, value = other, problem.value(other)
    if found.status == 0:
        return Solution(team, value, value, True)
    dual = getattr(found, "mip_dual_bound", None)
    bound = min(bound, -float(dual)) if dual is not None and np.isfinite(dual) else bound
    return Solution(team, value, max(bound, value), False)
