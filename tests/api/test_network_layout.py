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
