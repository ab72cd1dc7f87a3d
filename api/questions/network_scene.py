"""What a picture of the network is made of before its places are known, and how large everything in it is."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph_service.arrays import IntArray

FloatArray = npt.NDArray[np.float64]
SPACE = 44.0
"""How far apart neighbours like to be, in units of the picture; a node's radius is from 6 to 18."""
RADII = (6.0, 12.0)
"""The least radius, and how much the largest has more."""
FEW = 150
"""Up to so many there is room for names."""
_GAP = 8.0


@dataclass(frozen=True, slots=True)
class Scene:
    """What is arranged. ``nodes``: for each item the positions of its nodes among all nodes."""

    size: int
    lines: tuple[tuple[int, int], ...]
    hops: IntArray
    sizes: FloatArray
    middle: frozenset[int]
    nodes: tuple[list[int], ...]


def radius_of(size: float) -> float:
    """The radius that a node is drawn with."""
    return RADII[0] + RADII[1] * size


def pushed_apart(at: FloatArray, sizes: FloatArray, gap: float = _GAP) -> FloatArray:
    """Pushed apart until no two overlap."""
    from scipy.spatial import cKDTree

    radius = RADII[0] + RADII[1] * sizes
    reach = 2 * float(radius.max()) + gap
    for _ in range(60):
        pairs = cKDTree(at).query_pairs(reach, output_type="ndarray")
        if not len(pairs):
            break
        one, other = pairs[:, 0], pairs[:, 1]
        between = at[other] - at[one]
        distance = np.sqrt((between**2).sum(axis=1))
        lacking = radius[one] + radius[other] + gap - distance
        close = lacking > 0.5
        if not close.any():
            break
        one, other, lacking = one[close], other[close], lacking[close]
        # two in the same place part in a direction that depends on who they are
        angle = (one * 2.4 + other * 1.1)[:, None]
        way = np.where(
            distance[close][:, None] > 1e-6,
            between[close] / np.maximum(distance[close][:, None], 1e-6),
            np.concatenate([np.cos(angle), np.sin(angle)], axis=1),
        )
        push = way * (lacking / 2)[:, None]
        moved = np.zeros_like(at)
        np.add.at(moved, other, push)
        np.add.at(moved, one, -push)
        at = at + np.clip(moved, -SPACE, SPACE)
    return at
