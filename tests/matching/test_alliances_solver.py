"""The best team of small random problems, against trying every team."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.teams.exact import Programme, smallest, solve, upper_bound
from matching.teams.greedy import Steps, exchanged, greedy
from matching.teams.problem import HELD, Problem

few = settings(max_examples=60, deadline=None)


@st.composite
def problems(draw: st.DrawFn, least: int = 3, most: int = 8, must: int = 0) -> Problem:
    """Small problems with gaps, ties, roles nobody can fill and groups without members."""
    chance = np.random.default_rng(draw(st.integers(0, 10_000)))
    n, roles, groups = draw(st.integers(least, most)), draw(st.integers(0, 4)), draw(st.integers(0, 2))
    steps = draw(st.sampled_from([2, 5, 1000]))

    def some(*shape: int) -> np.ndarray:  # type: ignore[type-arg] # of numbers
        return chance.integers(0, steps + 1, shape) / steps

    near = np.triu(some(n, n) * (some(n, n) < 0.5), 1) * 0.3
    fit = some(n, roles) * (some(n, roles) < 0.5) * 0.2
    return Problem(
        some(n) * 0.4,
        fit,
        some(roles) < 0.6,
        near + near.T,
        some(groups, n) < 0.4,
        np.sort(chance.choice(n, must, replace=False)),
    )


def every_team(problem: Problem, size: int) -> list[tuple[int, ...]]:
    """All teams with those who must be in."""
    must = set(problem.must.tolist())
    return [team for team in combinations(range(len(problem)), size) if must <= set(team)]


@few
@given(problems(), st.integers(1, 5))
def test_the_proven_best_team_is_the_best_of_all_teams(problem: Problem, size: int) -> None:
    size = min(size, len(problem))
    found = solve(problem, size, seconds=30)
    assert found.exact
    assert found.gap == 0
    assert len(found.team) == size
    assert found.value == pytest.approx(max(map(problem.value, every_team(problem, size))), abs=2e-6)
    assert found.value == problem.value(found.team)


@few
@given(problems(), st.integers(1, 5))
def test_the_programme_knows_the_value_of_the_best_team(problem: Problem, size: int) -> None:
    size = min(size, len(problem))
    programme = Programme.of(problem, paired=True)
    gain = programme.gain(problem.worth / size, size)
    found = programme.solve(gain, size, size, whole=True, seconds=30)
    assert -found.fun == pytest.approx(max(map(problem.value, every_team(problem, size))), abs=2e-6)


@few
@given(problems(least=4, must=2), st.integers(2, 4))
def test_who_must_be_in_is_in(problem: Problem, size: int) -> None:
    found = solve(problem, size, seconds=30)
    assert set(problem.must.tolist()) <= set(found.team)
    assert found.value == pytest.approx(max(map(problem.value, every_team(problem, size))), abs=2e-6)
    assert set(problem.must.tolist()) <= set(greedy(problem, size))


@few
@given(problems(), st.integers(1, 5))
def test_without_a_proof_the_gap_covers_every_better_team(problem: Problem, size: int) -> None:
    size = min(size, len(problem))
    found = solve(problem, size, seconds=0)
    best = max(map(problem.value, every_team(problem, size)))
    assert found.value <= best + 1e-9
    assert best <= found.value + found.gap + 1e-6
    assert upper_bound(problem, size) >= best - 1e-6


@few
@given(problems())
def test_the_smallest_team_breaks_as_few_rules_as_any_and_no_smaller_one_does(problem: Problem) -> None:
    broken = {size: min(map(problem.broken, every_team(problem, size))) for size in range(3, len(problem) + 1)}
    assert smallest(problem, 3, len(problem)) == min(s for s in broken if broken[s] == min(broken.values()))


@few
@given(problems(), st.integers(2, 4))
def test_no_single_exchange_improves_what_was_exchanged(problem: Problem, size: int) -> None:
    size = min(size, len(problem))
    team = exchanged(problem, range(size))
    for out in team:
        for into in set(range(len(problem))) - set(team):
            other = [each for each in team if each != out] + [into]
            assert problem.value(other) <= problem.value(team) + 1e-8


@few
@given(problems(), st.integers(0, 3))
def test_a_step_is_worth_what_the_larger_team_is_worth(problem: Problem, size: int) -> None:
    team = list(range(min(size, len(problem) - 1)))
    found = Steps(problem, len(team) + 1).values(team)
    for one in range(len(team), len(problem)):
        assert found[one] == pytest.approx(problem.value([*team, one]), abs=1e-9)


@few
@given(problems())
def test_roles_are_held_by_those_who_can_and_by_nobody_too_often(problem: Problem) -> None:
    team = list(range(len(problem)))
    held = problem.holders(team)
    filled = [who for who in held if who >= 0]
    assert all(problem.fit[who, role] > 0 for role, who in enumerate(held) if who >= 0)
    assert all(filled.count(who) <= HELD for who in filled)


def test_a_rule_outweighs_every_score() -> None:
    worth = np.array([0.4, 0.4, 0.4, 0.0])
    groups = np.array([[False, False, False, True]])
    problem = Problem(worth, np.zeros((4, 0)), np.zeros(0, bool), np.zeros((4, 4)), groups, np.zeros(0, np.int64))
    assert solve(problem, 3).team == (0, 1, 3)


def test_equal_teams_are_decided_by_the_order_of_keys() -> None:
    problem = Problem(
        np.ones(5) / 5,
        np.zeros((5, 0)),
        np.zeros(0, bool),
        np.zeros((5, 5)),
        np.zeros((0, 5), bool),
        np.zeros(0, np.int64),
    )
    assert solve(problem, 3).team == (0, 1, 2)


def test_no_candidates_make_no_team() -> None:
    none = np.zeros(0)
    problem = Problem(
        none, np.zeros((0, 2)), np.ones(2, bool), np.zeros((0, 0)), np.zeros((1, 0), bool), np.zeros(0, np.int64)
    )
    assert solve(problem, 3).team == ()
    assert smallest(problem, 3, 8) == 0
