"""Communities of a weighted graph by modularity: Louvain's method on arrays, seeded.

V. D. Blondel and others, Fast unfolding of communities in large networks (2008), with the change that a random half of
the nodes moves at once instead of one node after the other: a half, because neighbours that all move at once would
change places for ever. In the end a community that is in pieces is split, which modularity alone does not promise.
"""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from graph_service.arrays import IntArray
from graph_service.projection import FloatArray

Matrix = sparse.csr_array[np.float64]

SWEEPS = 100
"""A bound that is not met in practice: some twenty to fifty sweeps suffice."""
_GAIN = 1e-9


def louvain(weights: Matrix, seed: int = 1) -> IntArray:
    """The community of each node; communities are numbered by size, largest first, equal ones by their first node."""
    draw = np.random.default_rng(seed)
    found, graph = np.arange(weights.shape[0]), weights
    while graph.shape[0]:
        _, moved = np.unique(_moved(graph, draw), return_inverse=True)
        count = int(moved.max()) + 1
        found = moved[found]
        if count == graph.shape[0]:
            break
        members = _membership(moved, count)
        graph = sparse.csr_array(members.T @ graph @ members)
    return _numbered(_connected(weights, found))


def modularity(weights: Matrix, community: IntArray) -> float:
    """How much more of the weight lies inside communities than chance would put there: 0 none, towards 1 all."""
    total = float(weights.sum())
    if not total:
        return 0.0
    row = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
    inside = float(weights.data[community[row] == community[weights.indices]].sum())
    shares = np.bincount(community, _strength(weights)) / total
    return inside / total - float((shares**2).sum())


def _strength(weights: Matrix) -> FloatArray:
    return np.asarray(weights.sum(axis=1)).ravel()


def _membership(community: IntArray, count: int) -> Matrix:
    size = len(community)
    return sparse.csr_array((np.ones(size), community, np.arange(size + 1)), shape=(size, count))


def _moved(weights: Matrix, draw: np.random.Generator) -> IntArray:
    """Each node in the community where it adds most to modularity."""
    size = weights.shape[0]
    strength = _strength(weights)
    others = sparse.csr_array(weights - sparse.diags_array(weights.diagonal()))
    others.eliminate_zeros()
    community, held = np.arange(size), strength.copy()
    restless = np.diff(others.indptr) > 0
    for _ in range(SWEEPS):
        if not restless.any():
            break
        rows = np.flatnonzero(restless & (draw.random(size) < 0.5))
        if not len(rows):
            continue
        target, better = _best(others[rows], community, strength, held, rows)
        restless[rows] = False
        moving = rows[better]
        np.subtract.at(held, community[moving], strength[moving])
        community[moving] = target[better]
        np.add.at(held, community[moving], strength[moving])
        # whoever has a neighbour that moved thinks again
        restless[others[moving].indices] = True
    return community


def _best(
    own: Matrix, community: IntArray, strength: FloatArray, held: FloatArray, rows: IntArray
) -> tuple[IntArray, npt.NDArray[np.bool_]]:
    """For each row the community where it gains most, and whether that is better than staying."""
    size, total = len(community), strength.sum()
    near = sparse.csr_array(own @ _membership(community, size))
    near.sort_indices()
    row = np.repeat(np.arange(len(rows)), np.diff(near.indptr))
    mine, power = community[rows], strength[rows]
    at_home = near.indices == mine[row]
    gain = near.data - power[row] * (held[near.indices] - np.where(at_home, power[row], 0.0)) / total
    staying = -power * (held[mine] - power) / total
    staying[row[at_home]] = gain[at_home]
    most = np.maximum.reduceat(gain, near.indptr[:-1])
    at = np.flatnonzero(gain >= most[row])
    first = np.unique(row[at], return_index=True)[1]
    target: IntArray = near.indices[at[first]].astype(np.int64)
    return target, most > staying + _GAIN


def _connected(weights: Matrix, community: IntArray) -> IntArray:
    """Communities whose members all reach each other within."""
    from scipy.sparse import csgraph  # takes long to import, and most answers never need it

    row = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
    inside = community[row] == community[weights.indices]
    size = weights.shape[0]
    within = sparse.csr_array((np.ones(int(inside.sum())), (row[inside], weights.indices[inside])), shape=(size, size))
    return csgraph.connected_components(within, directed=False)[1].astype(np.int64)


def _numbered(community: IntArray) -> IntArray:
    _, first, index, size = np.unique(community, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((first, -size))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    numbered: IntArray = rank[index]
    return numbered
