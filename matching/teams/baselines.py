"""Simple ways to put a team together, to compare with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from graph_service.arrays import IntArray
from graph_service.projection import FloatArray
from matching.teams.cases import Team, TeamCases
from matching.teams.closeness import STRANGERS, Ties

SEED = 20150101


@dataclass(frozen=True, eq=False)
class Simple:
    """What simple methods need of the past."""

    cases: TeamCases
    text: FloatArray
    """teams × actors: how alike the text is to what each actor carried."""

    @cached_property
    def activity(self) -> FloatArray:
        """How many memberships each had."""
        return np.asarray(self.cases.past.members.sum(axis=0), np.float64)

    def allowed(self, team: Team) -> npt.NDArray[np.bool_]:
        """Who may be chosen."""
        found = self.cases.known.copy()
        found[list(team.leads)] = False
        return found

    @cached_property
    def away(self) -> Callable[[int], FloatArray]:
        """The distances from an actor to all, kept for those asked last."""
        return lru_cache(maxsize=4000)(lambda actor: distances_from(self.cases.ties, actor))


def distances_from(ties: Ties, actor: int) -> FloatArray:
    """From one to all, up to two steps."""
    common = ties.common
    found = np.full(common.shape[0], STRANGERS)
    found[actor] = 0
    start, end = common.indptr[actor], common.indptr[actor + 1]
    for partner, share in zip(common.indices[start:end].tolist(), common.data[start:end].tolist(), strict=True):
        found[partner] = min(found[partner], 1 - share)
        row = slice(common.indptr[partner], common.indptr[partner + 1])
        next_ones = common.indices[row]
        found[next_ones] = np.minimum(found[next_ones], 2 - share - common.data[row])
    return found


def random_in_slot(simple: Simple, place: int, chance: np.random.Generator) -> IntArray:
    """For every seat somebody of a kind that was usual in such alliances."""
    team, cases = simple.cases.teams[place], simple.cases
    kind = cases.source.actors.kind
    same = cases.past.kind == cases.source.alliances.kind[team.row]
    usual = np.asarray(cases.past.members[same].sum(axis=0) if same.any() else simple.activity, np.float64)
    weight = np.array([usual[kind == each].sum() for each in range(-1, kind.max(initial=-1) + 1)])
    free = simple.allowed(team)
    chosen: list[int] = []
    for _ in team.members:
        seat = int(chance.choice(len(weight), p=weight / weight.sum())) - 1 if weight.sum() else -1
        able = np.flatnonzero(free & (kind == seat))
        able = able if len(able) else np.flatnonzero(free)
        if len(able):
            chosen.append(int(chance.choice(able)))
            free[chosen[-1]] = False
    return np.array(chosen, np.int64)


def most_active(simple: Simple, place: int, _: np.random.Generator) -> IntArray:
    """Those with the most memberships."""
    team = simple.cases.teams[place]
    return _best(np.where(simple.allowed(team), simple.activity, -np.inf), len(team.members))


def greedy_distance(simple: Simple, place: int, _: np.random.Generator) -> IntArray:
    """One by one whoever is nearest to those there; ties by activity."""
    return _greedy(simple, place, np.zeros(len(simple.activity)))


def greedy_distance_relevance(simple: Simple, place: int, _: np.random.Generator) -> IntArray:
    """The same, the text's likeness counting as much as the distance."""
    text = simple.text[place].astype(np.float64)
    return _greedy(simple, place, text / (text.max(initial=0) or 1))


def _greedy(simple: Simple, place: int, relevance: FloatArray) -> IntArray:
    team, free = simple.cases.teams[place], simple.allowed(simple.cases.teams[place])
    there = simple.cases.started(team)
    away = sum((simple.away(one) for one in there), start=np.zeros(len(free)))
    active = simple.activity / (simple.activity.max(initial=0) or 1) * 1e-6
    chosen: list[int] = []
    for _ in team.members:
        mean = away / max(len(there) + len(chosen), 1) / STRANGERS
        one = int(_best(np.where(free, relevance - mean + active, -np.inf), 1)[0])
        chosen.append(one)
        free[one] = False
        away = away + simple.away(one)
    return np.array(chosen, np.int64)


def _best(values: FloatArray, count: int) -> IntArray:
    return np.argsort(-np.round(values, 12), kind="stable")[:count].astype(np.int64)


SIMPLE: Mapping[str, Callable[[Simple, int, np.random.Generator], IntArray]] = MappingProxyType(
    {
        "random-in-slot": random_in_slot,
        "most-active": most_active,
        "greedy-distance": greedy_distance,
        "greedy-distance-relevance": greedy_distance_relevance,
    }
)
