"""How dense the network is within each field of action, and how far fields overlap."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import sparse

from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType
from graph_service.network.ties import TOGETHER, Ties
from graph_service.projection import FloatArray, Projection

Matrix = sparse.csr_array[np.float64]

LARGEST = 100
"""An alliance of more actors brings nobody together in particular: it is left out when pairs are counted."""


@dataclass(frozen=True, slots=True)
class Field:
    """The network within a field of action."""

    key: NodeKey
    name: str
    actors: int
    """Actors in the field themselves, or members of an alliance in it."""
    alliances: int
    practices: int
    offers: int
    pairs: int
    """Pairs of its actors that cooperate or share an alliance."""
    density: float | None
    """Of all possible pairs the share that does; None where there are fewer than two actors."""
    outward: int
    """Pairs of one of its actors with an actor that is not in the field."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two fields with the actors that are in both. ``share`` is that of all actors of either (Jaccard)."""

    one: NodeKey
    other: NodeKey
    actors: int
    share: float
    pairs: int
    """Pairs of an actor of one and an actor of the other that work together."""


@dataclass(frozen=True, slots=True)
class Fields:
    """All fields of action that anything is in, by key, and their overlaps, largest share first."""

    revision: int
    fields: tuple[Field, ...]
    overlaps: tuple[Overlap, ...]
    left_out: int
    """Alliances that are too large to count as bringing pairs together."""


def find_fields(projection: Projection, *, types: Collection[EdgeType] = ()) -> Fields:
    """Density and overlap of the fields of action."""
    concepts = projection.spans[Label.CONCEPT]
    chosen = [i for i in range(len(concepts)) if projection.key(Label.CONCEPT, i).local.startswith("field.")]
    direct = {label: _in_field(projection, label, chosen) for label in _COUNTED}
    members = _binary(projection.adjacency(EdgeType.MEMBER_OF, Label.ACTOR, Label.ALLIANCE))
    actors = _binary(direct[Label.ACTOR] + members @ direct[Label.ALLIANCE])
    pairs, left_out = _pairs(projection, types or TOGETHER)
    near = sparse.csr_array(pairs @ actors)
    joint = np.asarray((actors.T @ near).todense()).reshape(len(chosen), len(chosen))
    shared = np.asarray((actors.T @ actors).todense()).reshape(len(chosen), len(chosen))
    counts: dict[Label, FloatArray] = {label: np.asarray(table.sum(axis=0)).ravel() for label, table in direct.items()}
    sizes = np.diag(shared)
    degree: FloatArray = np.asarray(pairs.sum(axis=1)).ravel()
    fields = []
    for j, concept in enumerate(chosen):
        here = actors[:, [j]].toarray().ravel() > 0
        size, inner = int(sizes[j]), int(joint[j, j]) // 2
        if not (size or any(counts[label][j] for label in _COUNTED)):
            continue
        possible = size * (size - 1) // 2
        fields.append(
            Field(
                key=projection.key(Label.CONCEPT, concept),
                name=projection.name(Label.CONCEPT, concept),
                actors=size,
                alliances=int(counts[Label.ALLIANCE][j]),
                practices=int(counts[Label.PRACTICE][j]),
                offers=int(counts[Label.OFFER][j]),
                pairs=inner,
                density=inner / possible if possible else None,
                outward=int(degree[here].sum()) - 2 * inner,
            )
        )
    keys = [projection.key(Label.CONCEPT, concept) for concept in chosen]
    overlaps = tuple(sorted(_overlaps(keys, shared, joint), key=lambda each: (-each.share, each.one, each.other)))
    return Fields(projection.revision, tuple(fields), overlaps, left_out)


def _overlaps(keys: list[NodeKey], shared: FloatArray, joint: FloatArray) -> Iterator[Overlap]:
    for a, b in combinations(range(len(keys)), 2):
        if shared[a, b] or joint[a, b]:
            either = shared[a, a] + shared[b, b] - shared[a, b]
            yield Overlap(keys[a], keys[b], int(shared[a, b]), float(shared[a, b] / either), int(joint[a, b]))


_COUNTED = (Label.ACTOR, Label.ALLIANCE, Label.PRACTICE, Label.OFFER)


def _binary(matrix: Matrix) -> Matrix:
    found = sparse.csr_array(matrix)
    found.sum_duplicates()
    found.data = np.ones_like(found.data)
    return found


def _in_field(projection: Projection, label: Label, chosen: list[int]) -> Matrix:
    return _binary(projection.adjacency(EdgeType.IN_FIELD, label, Label.CONCEPT)[:, chosen])


def _pairs(projection: Projection, types: Collection[EdgeType]) -> tuple[Matrix, int]:
    """Actors × actors: 1 where two work together; and how many alliances are too large to tell."""
    ties = Ties.of(projection, types, (Label.ACTOR, Label.ALLIANCE))
    actors, alliances = projection.spans[Label.ACTOR], projection.spans[Label.ALLIANCE]
    rows = ties.costs[actors.start : actors.stop]
    direct = _binary(rows[:, actors.start : actors.stop])
    joint = _binary(rows[:, alliances.start : alliances.stop])
    sizes = np.bincount(joint.indices, minlength=joint.shape[1])
    small = sparse.csr_array(joint[:, np.flatnonzero(sizes <= LARGEST)])
    pairs = sparse.csr_array(direct + small @ small.T)
    pairs.setdiag(0)
    pairs.eliminate_zeros()
    return _binary(pairs), int((sizes > LARGEST).sum())
