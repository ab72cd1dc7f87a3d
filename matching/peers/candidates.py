"""Who may be a municipality's peer at all: hard filters, and never an area inside another."""

import numpy as np
import numpy.typing as npt

from graph_service.arrays import IntArray
from graph_service.keys import Label, NodeKey, concept_key
from graph_service.model import EdgeType
from graph_service.projection import Projection
from matching.peers.lens import Filters, StateFilter
from matching.peers.table import Table

Mask = npt.NDArray[np.bool_]


def admits(table: Table, filters: Filters) -> Mask:
    """Which rows may be suggested, as far as that is the same for whomever is asked."""
    mask, rows = table.candidates.copy(), table.features.rows
    if filters.kinds:
        kinds = table.projection.municipalities.kinds
        wanted = [i for i, kind in enumerate(kinds) if kind in filters.kinds]
        mask &= np.isin(table.projection.municipalities.kind[rows], wanted)
    if filters.types:
        mask &= np.isin(rows, _of_types(table.projection, filters.types))
    if filters.states:
        wanted = [table.projection.position(NodeKey.of(Label.MUNICIPALITY, each)) for each in filters.states]
        mask &= np.isin(table.projection.state[rows], wanted)
    return mask


def allowed(
    table: Table, row: int, filters: Filters, exclude: frozenset[NodeKey], admitted: Mask | None = None
) -> tuple[Mask, tuple[str, ...]]:
    """Which rows may be suggested to this one, and the filters that its own unknown values make impossible.

    ``admitted`` is what `admits` says, where it is known already.
    """
    mask = admits(table, filters) if admitted is None else admitted.copy()
    not_applied = []
    rows = table.features.rows
    if table.ancestors.shape[1]:
        mask &= ~(table.ancestors == rows[row]).any(axis=1)
        inside = table.features.row_of[table.ancestors[row][table.ancestors[row] >= 0]]
        mask[inside[inside >= 0]] = False
    if filters.population is not None:
        own = table.population[row]
        if np.isnan(own):
            not_applied.append("population")
        else:
            low, high = filters.population
            mask &= (table.population >= low * own) & (table.population <= high * own)
    if filters.state is not None:
        state = table.projection.state[rows]
        if state[row] < 0:
            not_applied.append("state")
        else:
            same = state == state[row]
            mask &= same if filters.state is StateFilter.SAME else ~same & (state >= 0)
    for key in exclude:
        place = table.features.row_of[table.projection.position(key)]
        if place >= 0:
            mask[place] = False
    mask[row] = False
    return mask, tuple(not_applied)


def _of_types(projection: Projection, types: tuple[str, ...]) -> IntArray:
    """The positions of the municipalities that are of one of these types."""
    place, edges = projection.arrays.keys.place, projection.edges(EdgeType.OF_TYPE)
    wanted = [place[key] for each in types if (key := concept_key("municipality_type", each)) in place]
    found: IntArray = edges.source[np.isin(edges.target, wanted)] - projection.spans[Label.MUNICIPALITY].start
    return found
