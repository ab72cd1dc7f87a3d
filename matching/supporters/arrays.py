"""What supporters bring, as arrays: so that all of them are scored at once and only the best are explained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from scipy import sparse

from graph_service.arrays import IntArray
from graph_service.projection import FloatArray, Projection
from matching.about import DAYS
from matching.supporters.records import Supporter

SETS = {"resources": "resources", "field": "fields", "language": "languages", "target_group": "groups"}
"""Aspects that compare sets, and where a profile keeps them."""


@dataclass(frozen=True, eq=False)
class Brought:
    """The actors by position."""

    sets: Mapping[str, sparse.csc_array]
    """For each aspect actors × ids."""
    ids: Mapping[str, Mapping[str, int]]
    places: IntArray
    """The positions of all actors' municipalities one after the other."""
    first: IntArray
    """Where each actor's begin; one more for the end."""
    assured: FloatArray
    """The day of the last confirmation as a number, NaN where there was none."""

    def share(self, aspect: str, asked: frozenset[str]) -> FloatArray:
        """The share of what is asked for that each actor brings."""
        columns = [self.ids[aspect][id] for id in asked if id in self.ids[aspect]]
        found: FloatArray = np.asarray(self.sets[aspect][:, columns].sum(axis=1), np.float64).ravel()
        return found / len(asked)

    def best_place(self, value: FloatArray) -> FloatArray:
        """The best of each actor's places by a value of each municipality; 0 for those without a place."""
        if not len(self.places):
            return np.zeros(len(self.first) - 1)
        some = self.first[:-1] < self.first[1:]
        found = np.zeros(len(some))
        found[some] = np.maximum.reduceat(value[self.places], self.first[:-1][some])
        return found

    def freshness(self, on: date, half_life: float) -> FloatArray:
        """Halved with every so many years since the last confirmation; 0 where there was none."""
        years = np.maximum((on.toordinal() - self.assured) / DAYS, 0)
        fresh: FloatArray = np.nan_to_num(0.5 ** (years / half_life))
        return fresh


def brought(projection: Projection, actors: Sequence[Supporter]) -> Brought:
    """Put the actors into arrays."""
    sets, ids = {}, {}
    for aspect, name in SETS.items():
        sets[aspect], ids[aspect] = _matrix([getattr(each, name) for each in actors])
    places = [[projection.position(place) for place in each.places] for each in actors]
    return Brought(
        sets,
        ids,
        np.array([place for each in places for place in each], np.int64),
        np.concatenate([[0], np.cumsum([len(each) for each in places])]).astype(np.int64),
        np.array([each.assured_on.toordinal() if each.assured_on else np.nan for each in actors], np.float64),
    )


def _matrix(said: Sequence[frozenset[str]]) -> tuple[sparse.csc_array, dict[str, int]]:
    at = {id: i for i, id in enumerate(sorted({id for each in said for id in each}))}
    row = [i for i, each in enumerate(said) for _ in each]
    column = [at[id] for each in said for id in each]
    ones: npt.NDArray[np.float64] = np.ones(len(row))
    return sparse.csc_array((ones, (row, column)), shape=(len(said), len(at))), at
