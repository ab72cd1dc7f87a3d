"""Places in a picture of the network: the same however many are worked out at a time, and with little memory."""

import tracemalloc

import numpy as np
import pytest
from network_graphs import actors, projection_of
from network_views import seen

from api.memory import LARGE
from api.questions import network_layout
from api.questions.network_layout import Layout, Placed, arrange
from api.questions.network_scene import Scene


def arranged(size: int) -> Placed:
    drawn = np.random.default_rng(5)
    lines = tuple((int(one), int(other)) for one, other in drawn.integers(size, size=(2 * size, 2)))
    scene = Scene(size, lines, np.ones(size, np.int64), drawn.random(size), frozenset(), ())
    return arrange(seen(projection_of(*actors(1))), scene, Layout.FORCE)


def test_places_are_the_same_however_many_are_worked_out_at_a_time(monkeypatch: pytest.MonkeyPatch):
    usual = arranged(400)
    for at_once in (1, 400 * 7, 400 * 400):
        monkeypatch.setattr(network_layout, "AT_ONCE", at_once)
        assert arranged(400) == usual


def test_what_comes_in_between_takes_no_memory_from_the_system_anew():
    assert network_layout.AT_ONCE * np.dtype(np.float32).itemsize <= LARGE / 2
    arranged(3)  # what is imported at first
    tracemalloc.start()
    arranged(1500)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000, "all pairs at once would be more"


def ringed(size: int, lines: tuple[tuple[int, int], ...]) -> list[float]:
    """The directions of all, seen from the middle of the picture, in parts of a full turn."""
    scene = Scene(size, lines, np.full(size, 9), np.zeros(size), frozenset(), ())
    placed = arrange(seen(projection_of(*actors(1))), scene, Layout.RINGS)
    x, y = (np.array(each) - (max(each) + min(each)) / 2 for each in (placed.x, placed.y))
    return (np.arctan2(y, x) / (2 * np.pi) % 1).tolist()


def test_on_a_ring_pairs_stand_beside_each_other_however_they_are_numbered():
    pairs = tuple((i, 20 + (i * 7) % 20) for i in range(20))
    at = ringed(40, pairs)
    away = [abs(at[one] - at[other]) for one, other in pairs]
    assert max(min(each, 1 - each) for each in away) < 1.5 / 20, "and no line runs across"


def test_on_a_ring_whoever_is_joined_to_the_inside_stands_in_that_direction_and_others_fill_the_ring():
    star = [(0, i) for i in range(1, 7)] + [(7, i) for i in range(8, 14)]
    pairs = [(14 + 2 * i, 15 + 2 * i) for i in range(20)]
    at = ringed(54, tuple(star + pairs))
    for hub, rays in ((0, range(1, 7)), (7, range(8, 14))):
        for ray in rays:
            away = abs(at[hub] - at[ray])
            assert min(away, 1 - away) < 0.2
    assert len({round(each, 3) for each in at[1:7] + at[8:54]}) == 52


def test_around_a_beginning_those_joined_stand_side_by_side_and_whatever_hangs_on_one_stays_near_it():
    # 0 in the middle of 1 to 20; 3 and 17 are joined; 21 to 26 hang on 12
    lines = (*((0, i) for i in range(1, 21)), (3, 17), *((12, i) for i in range(21, 27)))
    hops = np.array([0] + [1] * 20 + [2] * 6)
    scene = Scene(27, lines, hops, np.zeros(27), frozenset({0}), ())
    placed = arrange(seen(projection_of(*actors(1))), scene, Layout.RINGS)
    at = np.stack([placed.x, placed.y], axis=1) - np.array([placed.x[0], placed.y[0]])
    turn = np.arctan2(at[:, 1], at[:, 0]) / (2 * np.pi) % 1

    def away(one: int, other: int) -> float:
        apart = abs(float(turn[one] - turn[other]))
        return min(apart, 1 - apart)

    assert away(3, 17) < 1.5 / 20
    assert max(away(12, i) for i in range(21, 27)) < 0.2
    first = np.sort(turn[1:21])
    assert np.allclose(np.diff(first), 1 / 20, atol=0.01), "the first ring is evenly filled"
    assert len({tuple(each) for each in at.tolist()}) == 27
