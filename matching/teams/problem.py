"""A team as an optimisation: who of the candidates, in which roles, so that roles are filled and the score is largest.

The score of a team of k is a mean over its members of what each is worth alone, a mean over the roles of how well they
are filled, and a mean over its pairs of how close they are, each with its weight. It is at most one. Rules that are
broken (a required role without a holder, a group without a member) come first: no score makes up for one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from graph_service.arrays import IntArray
from graph_service.projection import FloatArray

HELD = 2
"""How many roles one member may hold: an alliance that hangs on one is none."""
BROKEN = 10.0
"""What breaking a rule costs: more than any score."""
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Problem:
    """Candidates by position, in key order, and what a team of them is worth."""

    worth: FloatArray
    """For each candidate what it adds by itself, its weight included."""
    fit: FloatArray
    """candidates × roles: what filling the role adds, weight included; 0 where one cannot."""
    required: Mask
    """For each role whether leaving it empty breaks a rule."""
    closeness: FloatArray
    """candidates × candidates, symmetric: what a pair adds, weight included."""
    groups: Mask
    """groups × candidates: of each group there must be one."""
    must: IntArray
    """Who is there whatever it costs."""

    def __len__(self) -> int:
        return len(self.worth)

    @cached_property
    def patterns(self) -> tuple[IntArray, IntArray]:
        """The first candidate of each distinct way to fill roles and groups, and the way of every candidate."""
        table = np.hstack([self.fit, self.groups.T.astype(np.float64)])
        if not table.shape[1]:
            return np.zeros(min(1, len(self)), np.int64), np.zeros(len(self), np.int64)
        _, first, which = np.unique(table, axis=0, return_index=True, return_inverse=True)
        return first.astype(np.int64), which.reshape(-1).astype(np.int64)

    def holders(self, team: Sequence[int]) -> tuple[int, ...]:
        """For each role who of the team holds it best together, or -1."""
        from scipy.optimize import linear_sum_assignment  # takes long to import, and most answers never need it

        roles = int(self.fit.shape[1])
        if not roles or not len(team):
            return (-1,) * roles
        members = np.repeat(np.array(sorted(team)), HELD)
        able = self.fit[members].T > 0
        value = np.where(able, self.fit[members].T + BROKEN * self.required[:, None], 0)
        rows, columns = linear_sum_assignment(value, maximize=True)
        found = np.full(roles, -1)
        found[rows] = np.where(able[rows, columns], members[columns], -1)
        return tuple(int(who) for who in found)

    def broken(self, team: Sequence[int]) -> int:
        """How many rules the team breaks."""
        empty = sum(bool(need) and who < 0 for need, who in zip(self.required, self.holders(team), strict=True))
        return int(empty + self.missing_groups(team).sum())

    def missing_groups(self, team: Sequence[int]) -> Mask:
        """Which groups have nobody in the team."""
        return np.asarray(~self.groups[:, list(team)].any(axis=1))

    def roles_score(self, team: Sequence[int]) -> float:
        """What the filled roles add."""
        return float(sum(self.fit[who, role] for role, who in enumerate(self.holders(team)) if who >= 0))

    def score(self, team: Sequence[int]) -> float:
        """What the team is worth, broken rules apart."""
        chosen = list(team)
        size = len(chosen)
        if not size:
            return 0.0
        alone = float(self.worth[chosen].sum()) / size
        pairs = float(self.closeness[np.ix_(chosen, chosen)].sum() - self.closeness[chosen, chosen].sum()) / 2
        return alone + self.roles_score(chosen) + pairs * per_pair(size)

    def value(self, team: Sequence[int]) -> float:
        """The score less what broken rules cost."""
        return self.score(team) - BROKEN * self.broken(team)


@dataclass(frozen=True, slots=True)
class Solution:
    """A team with what is known about how good it is."""

    team: tuple[int, ...]
    """Positions of candidates, ascending."""
    value: float
    bound: float
    """No team of this size is worth more."""
    exact: bool
    """Whether the bound was reached by proof."""

    @property
    def gap(self) -> float:
        """By how much a better team could at most exceed this one, in points of score."""
        return max(self.bound - self.value, 0.0)


def per_pair(size: int) -> float:
    """One over the number of pairs."""
    return 2 / (size * (size - 1)) if size > 1 else 0.0
