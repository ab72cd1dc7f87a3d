"""The network in groups: how many actors each holds, and how much joins one group to another.

A picture of more than some hundred nodes says nothing; the same as groups says where work together happens and where
not. An actor may be in several groups, or in none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from graph_service.keys import Label
from graph_service.model import EdgeType
from graph_service.projection import FloatArray, Projection

Matrix = sparse.csr_array[np.float64]


@dataclass(frozen=True, slots=True)
class Group:
    """A group of actors. ``alliances``: in which any of them is a member; ``cooperations``: among them."""

    key: str
    name: str
    actors: int
    alliances: int
    cooperations: int


@dataclass(frozen=True, slots=True)
class Joined:
    """What joins two groups: cooperations across, and alliances with members from both."""

    one: str
    other: str
    cooperations: int
    alliances: int


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Groups by size and what joins them, the most first."""

    revision: int
    by: str
    actors: int
    """How many actors there are at all."""
    ungrouped: int
    """How many of them are in no group."""
    groups: tuple[Group, ...]
    links: tuple[Joined, ...]
    left_out: int
    """How many links are weaker than those told."""


def aggregate(
    projection: Projection, by: str, groups: Sequence[tuple[str, str]], belongs: Matrix, *, limit: int
) -> Aggregate:
    """Count by groups. ``groups``: key and name of each; ``belongs``: actors × groups, 1 where an actor is in one."""
    ties = projection.adjacency(EdgeType.COOPERATES_WITH, Label.ACTOR, Label.ACTOR)
    both = _binary(ties + ties.T)
    both.setdiag(0)
    members = _binary(projection.adjacency(EdgeType.MEMBER_OF, Label.ACTOR, Label.ALLIANCE))
    present = _binary(belongs.T @ members)
    # sparse throughout: a large network falls into thousands of communities
    cooperations, joint = sparse.csr_array(belongs.T @ both @ belongs), sparse.csr_array(present @ present.T)
    inner, own = cooperations.diagonal(), joint.diagonal()
    sizes: FloatArray = np.asarray(belongs.sum(axis=0)).ravel()
    order = [i for i in np.lexsort((np.arange(len(groups)), -sizes)).tolist() if sizes[i]]
    found = tuple(Group(groups[i][0], groups[i][1], int(sizes[i]), int(own[i]), int(inner[i]) // 2) for i in order)
    one, other = sparse.triu(cooperations + joint, 1).nonzero()
    across: FloatArray = np.asarray(cooperations[one, other]).ravel() if len(one) else np.zeros(0)
    shared: FloatArray = np.asarray(joint[one, other]).ravel() if len(one) else np.zeros(0)
    first = np.lexsort((other, one, -(across + shared)))[:limit].tolist()
    links = tuple(Joined(groups[one[i]][0], groups[other[i]][0], int(across[i]), int(shared[i])) for i in first)
    alone = int((np.asarray(belongs.sum(axis=1)).ravel() == 0).sum())
    return Aggregate(projection.revision, by, belongs.shape[0], alone, found, links, len(one) - len(links))


def _binary(matrix: Any) -> Matrix:
    found = sparse.csr_array(matrix)
    found.sum_duplicates()
    found.data = np.ones_like(found.data)
    return found
