"""What actors did so far, as arrays: the alliances that began before a day, who led them and who took part.

Whatever begins on that day or later, or at an unknown time, is not in it, so nothing that is learned from it can know
the future.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import orjson
from scipy import sparse

from graph_service.arrays import IntArray
from graph_service.keys import Label
from graph_service.model import EdgeType
from graph_service.projection import Projection
from matching.partners.numbers import FloatArray

LEADING = frozenset({"lead", "coordination"})
"""Roles of those who call an alliance together."""
JOINING = 0.1
"""Where fewer of the leads ever join others, leading is an office (a funding authority) and not taking part."""


@dataclass(frozen=True, eq=False)
class Alliances:
    """Every alliance of a revision by position, whatever its date."""

    day: FloatArray
    """When it began, in days since 1970; NaN where unknown."""
    ended: FloatArray
    """When it ended; NaN where unknown."""
    text: tuple[str, ...]
    """Name and description."""
    description: tuple[str, ...]
    kind: IntArray
    kinds: tuple[str, ...]
    topics: sparse.csr_array
    """alliances × concepts: fields, challenges and target groups."""
    places: sparse.csr_array
    """alliances × municipalities."""
    leads: sparse.csr_array
    """alliances × actors: who leads."""
    members: sparse.csr_array
    """alliances × actors: who takes part, without the leads."""
    joined: sparse.csr_array
    """alliances × actors: the day of each membership that began later than its alliance; others are absent."""

    @cached_property
    def lead(self) -> IntArray:
        """The first lead of each alliance by key, or -1."""
        return first_of(self.leads)


@dataclass(frozen=True, eq=False)
class History:
    """The alliances that began before ``day`` (all, and the undated, where it is None), the latest last."""

    projection: Projection
    alliances: Alliances
    rows: IntArray
    """Positions among all alliances."""
    day: float
    """The day from which age counts."""
    members: sparse.csr_array
    """rows × actors: who took part; leads too where leads are also seen to join others."""
    leads: sparse.csr_array
    """rows × actors."""
    whole: bool
    """Whether nothing had to be left out."""

    @cached_property
    def known(self) -> IntArray:
        """Actors with a membership, leading included."""
        return np.flatnonzero((self.members + self.leads).sum(axis=0) > 0)

    @cached_property
    def age(self) -> FloatArray:
        """How long ago each began, in years; NaN where unknown."""
        return np.asarray((self.day - self.alliances.day[self.rows]) / 365.25)

    @cached_property
    def lead(self) -> IntArray:
        """The first lead of each, or -1."""
        return first_of(self.leads)

    @cached_property
    def kind(self) -> IntArray:
        """The kind of each, or -1."""
        return self.alliances.kind[self.rows]

    @cached_property
    def topics(self) -> sparse.csr_array:
        """rows × concepts."""
        return sparse.csr_array(self.alliances.topics[self.rows])

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Name and description of each."""
        return tuple(self.alliances.text[i] for i in self.rows.tolist())


def to_day(day: date) -> float:
    """A date in days since 1970."""
    return float((day - date(1970, 1, 1)).days)


def first_of(matrix: sparse.csr_array) -> IntArray:
    """The first column of each row, or -1."""
    lengths = np.diff(matrix.indptr)
    first = np.full(matrix.shape[0], -1, np.int64)
    first[lengths > 0] = matrix.sorted_indices().indices[matrix.indptr[:-1][lengths > 0]]
    return first


def read_alliances(projection: Projection) -> Alliances:
    """Take the alliances out of a projection."""
    span = projection.spans[Label.ALLIANCE]
    tables = [orjson.loads(projection.arrays.properties[i]) for i in span]
    names = [str(table.get("name", "")) for table in tables]
    told = [str(table.get("description", "")) for table in tables]
    kinds = sorted({str(table["kind"]) for table in tables if table.get("kind")})
    at = {kind: i for i, kind in enumerate(kinds)}
    leads, members, joined = _memberships(projection)
    topics = sum(
        (projection.adjacency(type, Label.ALLIANCE, Label.CONCEPT) for type in TOPICS),
        start=sparse.csr_array((len(span), len(projection.spans[Label.CONCEPT]))),
    )
    return Alliances(
        day=np.array([_day(table.get("started_on")) for table in tables], np.float64),
        ended=np.array([_day(table.get("ended_on")) for table in tables], np.float64),
        text=tuple(f"{name}. {text}" if text else name for name, text in zip(names, told, strict=True)),
        description=tuple(text or name for name, text in zip(names, told, strict=True)),
        kind=np.array([at.get(table.get("kind") or "", -1) for table in tables], np.int64),
        kinds=tuple(kinds),
        topics=binary(topics),
        places=binary(projection.adjacency(EdgeType.ACTS_IN, Label.ALLIANCE, Label.MUNICIPALITY)),
        leads=leads,
        members=members,
        joined=joined,
    )


TOPICS = (EdgeType.IN_FIELD, EdgeType.ADDRESSES, EdgeType.FOR_GROUP)


def history(alliances: Alliances, projection: Projection, before: date | None, today: date | None = None) -> History:
    """What was known before a day; without one, everything, with age counted from ``today`` or the latest beginning."""
    day = alliances.day
    if before is None:
        rows = np.argsort(np.nan_to_num(day, nan=-np.inf), kind="stable")
        latest = np.nanmax(day) if np.isfinite(day).any() else 0.0
        end = to_day(today) if today else float(latest) + 1
    else:
        end = to_day(before)
        rows = np.flatnonzero(day < end)
        rows = rows[np.argsort(day[rows], kind="stable")]
    members = _before(alliances.members, alliances.joined, rows, end)
    leads = _before(alliances.leads, alliances.joined, rows, end)
    leading, taking_part = leads.sum(axis=0) > 0, members.sum(axis=0) > 0
    if leading.any() and (leading & taking_part).sum() >= JOINING * leading.sum():
        members = binary(members + leads)
    return History(projection, alliances, rows, end, members, leads, before is None)


def _before(matrix: sparse.csr_array, joined: sparse.csr_array, rows: IntArray, end: float) -> sparse.csr_array:
    """These rows without memberships that began later."""
    chosen = sparse.csr_array(matrix[rows])
    late = sparse.csr_array(joined[rows])
    late.data = (late.data >= end).astype(np.float64)
    late.eliminate_zeros()
    if late.nnz:
        chosen = sparse.csr_array(chosen - chosen * late)
        chosen.eliminate_zeros()
    return chosen


def _memberships(projection: Projection) -> tuple[sparse.csr_array, sparse.csr_array, sparse.csr_array]:
    edges = projection.edges(EdgeType.MEMBER_OF)
    said = [orjson.loads(text) for text in edges.properties]
    actors, alliances = projection.spans[Label.ACTOR], projection.spans[Label.ALLIANCE]
    shape = (len(alliances), len(actors))
    leading = np.array([table.get("role", "") in LEADING for table in said] or [False])[edges.said]
    since = np.array([_day(table.get("since")) for table in said] or [np.nan])[edges.said]
    row, column = edges.target - alliances.start, edges.source - actors.start
    leads = binary(sparse.csr_array((np.ones(int(leading.sum())), (row[leading], column[leading])), shape=shape))
    everybody = binary(sparse.csr_array((np.ones(len(row)), (row, column)), shape=shape))
    members = sparse.csr_array(everybody - everybody * leads)
    members.eliminate_zeros()
    return leads, members, _first_day(row, column, since, shape)


def _first_day(row: IntArray, column: IntArray, since: FloatArray, shape: tuple[int, int]) -> sparse.csr_array:
    """The earliest known day of each membership; one of several without a day leaves it unknown."""
    order = np.lexsort((np.nan_to_num(since, nan=-np.inf), column, row))
    row, column, since = row[order], column[order], since[order]
    new = np.ones(len(row), bool)
    new[1:] = (row[1:] != row[:-1]) | (column[1:] != column[:-1])
    kept = new & np.isfinite(since)
    return sparse.csr_array((since[kept], (row[kept], column[kept])), shape=shape)


def _day(text: object) -> float:
    return to_day(date.fromisoformat(text)) if isinstance(text, str) else np.nan


def binary(matrix: sparse.csr_array) -> sparse.csr_array:
    """The same pattern with ones."""
    result = sparse.csr_array(matrix)
    result.sum_duplicates()
    result.data = np.ones(result.nnz)
    return result


def selection(columns: Iterable[int], count: int) -> sparse.csr_array:
    """A row of ones at these columns."""
    at = np.array(sorted(set(columns)), np.int64)
    return sparse.csr_array((np.ones(len(at)), (np.zeros(len(at), np.int64), at)), shape=(1, count))
