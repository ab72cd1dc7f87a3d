"""Closeness in the network of past cooperation: a short walk with restart, resource allocation, Adamic-Adar.

All walk between actors and what joins them: an alliance, or a cooperation of two.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from matching.partners.numbers import FloatArray
from matching.partners.signals_rank import DAMPING

DENSE = 0.02
"""From this share of actors on, plain numbers are quicker than sparse ones."""
ROUNDS = 3
"""Steps of the short walk that suggestions use: closeness fades with each, so later ones hardly change the order."""


@dataclass(frozen=True, eq=False)
class Network:
    """Who was together, as actors × joints; a joint is an alliance or a cooperation of two."""

    joints: sparse.csr_array
    """joints × actors."""
    joined: sparse.csr_array
    """actors × joints."""
    to_joint: sparse.csr_array
    """actors × joints: one step of a walk from an actor to a joint."""
    to_actor: sparse.csr_array
    """joints × actors: one step on to an actor."""
    from_actor: sparse.csr_array
    """joints × actors: the first step, turned round."""
    from_joint: sparse.csr_array
    """actors × joints: the second step, turned round."""
    sharing: sparse.csr_array
    """joints × actors, each weighted by one over the joint's size: resource allocation."""
    telling: sparse.csr_array
    """The same by one over the logarithm of the size: Adamic-Adar."""

    @classmethod
    def of(cls, joints: sparse.csr_array) -> "Network":
        """Prepare the walks."""
        joints = joints.astype(np.float32)
        size = np.asarray(joints.sum(axis=1))
        joined = sparse.csr_array(joints.T)
        to_joint, to_actor = _steps(joined), _steps(joints)
        return cls(
            joints,
            joined,
            to_joint,
            to_actor,
            sparse.csr_array(to_joint.T),
            sparse.csr_array(to_actor.T),
            _scaled(joints, 1 / np.maximum(size, 1)),
            _scaled(joints, 1 / np.log(np.maximum(size, 2))),
        )

    def shared(self, team: sparse.csr_array) -> sparse.csr_array:
        """needs × joints: those in which one of the team is."""
        return sparse.csr_array(team.astype(np.float32) @ self.joined)

    def allocation(self, team: sparse.csr_array) -> FloatArray:
        """Resource allocation from the team: each joint shares one unit among its members."""
        return np.asarray((self.shared(team) @ self.sharing).toarray())

    def adamic_adar(self, team: sparse.csr_array) -> FloatArray:
        """Common joints, small ones counting more."""
        return np.asarray((self.shared(team) @ self.telling).toarray())

    def walk(self, team: sparse.csr_array, rounds: int = ROUNDS, damping: float = DAMPING) -> FloatArray:
        """Personalised PageRank from the team, cut off after some rounds; rows without a team are zero."""
        start = _row_shares(team)
        if not self.joints.nnz or not start.nnz:
            return np.zeros(team.shape, np.float32)
        near, step = start, 0
        total = (1 - damping) * start.toarray()
        # few are reached at first, so the walk begins sparse; later the turned matrices are quicker on plain numbers
        while step < rounds and near.nnz < DENSE * near.shape[0] * near.shape[1]:
            step += 1
            near = sparse.csr_array((near @ self.to_joint) @ self.to_actor)
            total += (1 - damping) * damping**step * near.toarray()
        now = near.toarray().T
        while step < rounds:
            step += 1
            now = self.from_joint @ (self.from_actor @ now)
            total += (1 - damping) * damping**step * now.T
        return np.asarray(total, np.float32)


def _steps(matrix: sparse.csr_array) -> sparse.csr_array:
    """Rows that sum to one."""
    return _scaled(matrix, 1 / np.maximum(np.asarray(matrix.sum(axis=1)), 1e-9))


def _row_shares(matrix: sparse.csr_array) -> sparse.csr_array:
    return _steps(matrix.astype(np.float32))


def _scaled(matrix: sparse.csr_array, factor: FloatArray) -> sparse.csr_array:
    data = matrix.data * np.repeat(factor, np.diff(matrix.indptr)).astype(np.float32)
    return sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)
