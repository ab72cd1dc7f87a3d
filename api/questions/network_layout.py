"""Where nodes stand in a picture: by forces, in rings around the beginning, or on the map; each time the same."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import sparse

from api.questions.network_map import NO_GROUND, on_map
from api.questions.network_scene import FEW, SPACE, FloatArray, Scene, pushed_apart
from api.snapshot import Snapshot
from graph_service.arrays import IntArray

SEED = 1
ROOM = 96.0
"""How far apart neighbours stand where there are few."""
OF_TWO = (4.8 * ROOM, 0.34 * ROOM)
"""The room around a piece of two where there are few: a name stands at each end."""
AT_ONCE = 32_768
"""Of so many pairs at a time it is worked out how they push each other: that stays in the processor's cache, and below
the size from which memory is taken from the system anew each time (``api/memory.py``)."""
APART = 1.6 * SPACE
"""How far apart those stand on a ring that stay near whoever leads them."""
SHAPE = 1.6
"""Width by height of a picture of several pieces."""


class Layout(StrEnum):
    """What places mean in a picture."""

    FORCE = "force"
    MAP = "map"
    RINGS = "rings"


@dataclass(frozen=True, slots=True)
class Placed:
    """Where each item stands, rightwards and downwards from 0; of a map also the districts, and the country's rim."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    ground: tuple[tuple[float, float], ...] = ()
    land: tuple[tuple[tuple[float, float], ...], ...] = ()


def arrange(snapshot: Snapshot, scene: Scene, layout: Layout) -> Placed:
    """Place all items."""
    if not scene.size:
        return Placed((), ())
    ground = NO_GROUND
    match layout:
        case Layout.FORCE:
            at = _by_forces(scene)
        case Layout.RINGS:
            at = _in_rings(scene)
        case Layout.MAP:
            at, ground = on_map(snapshot, scene)
    low = np.concatenate([at, ground.districts]).min(axis=0)
    at, ground = np.round(at - low, 1), ground.moved(-low)
    return Placed(
        tuple(at[:, 0].tolist()),
        tuple(at[:, 1].tolist()),
        tuple(map(tuple, np.round(ground.districts, 1).tolist())),
        tuple(tuple(map(tuple, np.round(ring, 1).tolist())) for ring in ground.land),
    )


def _by_forces(scene: Scene) -> FloatArray:
    """Each connected piece by itself, then the pieces beside each other, the largest first."""
    matrix = _matrix(scene)
    number, part = _pieces(matrix)
    pieces: list[tuple[IntArray, FloatArray]] = []
    for i in range(number):
        nodes = np.flatnonzero(part == i)
        pieces.append((nodes, _settled(sparse.csr_array(matrix[nodes][:, nodes]), scene.sizes[nodes])))
    return _packed(pieces, scene.size)


def _pieces(matrix: "sparse.csr_array[np.float64]") -> tuple[int, IntArray]:
    """How many connected pieces there are, and the piece of each item."""
    from scipy.sparse import csgraph  # takes long to import, and most answers never need it

    number, part = csgraph.connected_components(matrix, directed=False)
    return number, part.astype(np.int64)


def _matrix(scene: Scene) -> "sparse.csr_array[np.float64]":
    ends = np.array(scene.lines, np.int64).reshape(-1, 2)
    row, column = np.concatenate([ends[:, 0], ends[:, 1]]), np.concatenate([ends[:, 1], ends[:, 0]])
    found = sparse.csr_array((np.ones(len(row)), (row, column)), shape=(scene.size, scene.size))
    found.sum_duplicates()
    found.data = np.ones_like(found.data)
    return found


def _settled(matrix: "sparse.csr_array[np.float64]", sizes: FloatArray) -> FloatArray:
    """Springs along lines, repulsion between all (Fruchterman and Reingold 1991), cooled down; then no two overlap."""
    size = matrix.shape[0]
    if size == 1:
        return np.zeros((1, 2))
    if size == 2:
        return np.array([[0.0, 0.0], [SPACE * 1.6, 0.0]])
    at = np.random.default_rng(SEED).normal(size=(size, 2)).astype(np.float32) * np.float32(SPACE * math.sqrt(size) / 2)
    degree = np.diff(matrix.indptr)
    row, column = np.repeat(np.arange(size), degree), matrix.indices
    # a hub needs room for all its neighbours
    mass = np.sqrt(1.0 + degree).astype(np.float32)
    ideal = np.float32(SPACE)
    rounds = 240 if size <= 300 else 120 if size <= 800 else 50
    heat = SPACE * math.sqrt(size) / 2
    for i in range(rounds):
        move = _repelled(at, mass * (ideal * ideal))
        along = at[column] - at[row]
        drawn = along * np.sqrt((along**2).sum(axis=1, keepdims=True)) / ideal
        for axis in range(2):
            move[:, axis] += np.bincount(row, drawn[:, axis], size).astype(np.float32)
        length = np.maximum(np.sqrt((move**2).sum(axis=1, keepdims=True)), np.float32(1e-6))
        at += move / length * np.minimum(length, np.float32(heat * (1 - i / rounds) ** 1.5))
    return pushed_apart(_roomy(_lying(at.astype(np.float64))), sizes)


def _repelled(at: npt.NDArray[np.float32], strength: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """How far all others push each away."""
    x, y = np.ascontiguousarray(at.T)
    move = np.empty_like(at)
    step = max(1, AT_ONCE // len(at))
    for low in range(0, len(at), step):
        rows = slice(low, low + step)
        dx, dy = x[rows, None] - x, y[rows, None] - y
        pull = strength / np.maximum(dx * dx + dy * dy, np.float32(1.0))
        move[rows, 0], move[rows, 1] = (dx * pull).sum(axis=1), (dy * pull).sum(axis=1)
    return move


def _roomy(at: FloatArray) -> FloatArray:
    """Stretched until names fit beside most nodes: where many are joined, springs pull all of them together."""
    from scipy.spatial import cKDTree  # takes long to import, and most answers never need it

    near = np.asarray(cKDTree(at).query(at, 2)[0])[:, 1]
    wanted = ROOM if len(at) <= FEW else SPACE
    stretched: FloatArray = at * max(1.0, wanted / max(float(np.median(near)), 1e-6))
    return stretched


def _lying(at: FloatArray) -> FloatArray:
    """Turned so that the longest side lies, for screens are wider than high."""
    at = at - at.mean(axis=0)
    _, _, axes = np.linalg.svd(at, full_matrices=False)
    turned: FloatArray = at @ axes.T
    return turned


def _packed(pieces: list[tuple[IntArray, FloatArray]], size: int) -> FloatArray:
    """Pieces in rows like words in a text, the largest first."""
    boxes = []
    # names stand beside nodes, so pieces need more room to their sides
    usual = (1.5 * ROOM, 0.7 * ROOM) if size <= FEW else (SPACE, SPACE)
    for nodes, at in sorted(pieces, key=lambda each: (-len(each[0]), int(each[0][0]))):
        at = at - at.min(axis=0)
        gap = OF_TWO if len(nodes) == 2 and size <= FEW else usual
        boxes.append((nodes, at, at.max(axis=0) + np.array(gap)))
    area = sum(float(box[0] * box[1]) for _, _, box in boxes)
    width = max(math.sqrt(area * SHAPE), max(float(box[0]) for _, _, box in boxes))
    found = np.zeros((size, 2))
    x = y = high = 0.0
    for nodes, at, box in boxes:
        if x and x + float(box[0]) > width * 1.05:
            x, y, high = 0.0, y + high, 0.0
        found[nodes] = at + np.array([x, y])
        x, high = x + float(box[0]), max(high, float(box[1]))
    return found


def _in_rings(scene: Scene) -> FloatArray:
    """The beginning in the middle, around it one ring for each step; neighbours stand in the same direction."""
    ring = np.array(scene.hops)
    if not scene.middle or len(scene.middle) > 1:
        # no single middle: whoever is joined to most stands inside
        joined = np.bincount(np.array(scene.lines, np.int64).ravel(), minlength=scene.size)
        ring = np.digitize(-joined, np.quantile(-joined, [0.05, 0.25, 0.6])) + 1
        for i in scene.middle:
            ring[i] = 0 if len(scene.middle) == 1 else 1
    matrix = _matrix(scene)
    part = _pieces(_matrix(replace(scene, lines=tuple(x for x in scene.lines if ring[x[0]] > 0 and ring[x[1]] > 0))))[1]
    at, angle = np.zeros((scene.size, 2)), np.zeros(scene.size)
    radius = 0.0
    for step in sorted(set(ring.tolist())):
        here = np.flatnonzero(ring == step)
        if step == 0 and len(here) == 1:
            continue
        wanted = np.array([_direction(matrix, angle, ring, i) for i in here.tolist()])
        radius = max(radius + 2.4 * SPACE, len(here) * SPACE * 0.8 / (2 * math.pi))
        here, turned = _around(here, wanted, part, int(2 * math.pi * radius / APART))
        angle[here] = turned
        at[here] = np.stack([radius * np.cos(angle[here]), radius * np.sin(angle[here])], axis=1)
    return at


def _around(here: IntArray, wanted: FloatArray, part: IntArray, room: int) -> tuple[IntArray, FloatArray]:
    """Who stands where on a ring, as a turn: those joined to a ring inside in that direction, the others in between.

    ``room``: how many would have room; where all are led by a ring inside, they stay near those that lead them.
    """
    led = ~np.isnan(wanted)
    count = max(room, len(here)) if led.all() else len(here)
    slots = _slots(np.sort(wanted[led]) / (2 * math.pi) * count - 0.5, count)
    first, rest = here[led][np.lexsort((here[led], wanted[led]))], here[~led]
    free = np.setdiff1d(np.arange(count), slots)[: len(rest)]
    order = np.concatenate([first, rest[np.lexsort((rest, part[rest]))]])
    return order, 2 * math.pi * (np.concatenate([slots, free]) + 0.5) / count


def _slots(wanted: FloatArray, count: int) -> IntArray:
    """A slot of its own for each, as near as may be to where it wants to be; both rise."""
    steps = np.arange(len(wanted))
    near = np.round(wanted).astype(np.int64) - steps
    # pushed onwards by those before and back by those behind; between the two lies the middle
    after, before = np.maximum.accumulate(near), np.minimum.accumulate(near[::-1])[::-1]
    found: IntArray = (after + before) // 2 + steps
    if len(found) and found[-1] - found[0] >= count:
        found = np.clip(after, 0, count - len(found)) + steps
    return found % count


def _direction(matrix: "sparse.csr_array[np.float64]", angle: FloatArray, ring: IntArray, i: int) -> float:
    """Where the neighbours of the rings inside are, on the middle; NaN where there are none but the very middle."""
    near = matrix.indices[matrix.indptr[i] : matrix.indptr[i + 1]]
    inner = angle[near[(ring[near] > 0) & (ring[near] < ring[i])]]
    if not len(inner):
        return math.nan
    return math.atan2(float(np.sin(inner).mean()), float(np.cos(inner).mean())) % (2 * math.pi)
