"""Where actors are, and what lies within a municipality."""

import numpy as np

from graph_service.arrays import IntArray
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType
from graph_service.projection import LEVELS, Projection


def place_of_actors(projection: Projection) -> IntArray:
    """For each actor the position of the municipality that it is located in (the first by key), or -1."""
    edges, actors, towns = (
        projection.edges(EdgeType.LOCATED_IN),
        projection.spans[Label.ACTOR],
        projection.spans[Label.MUNICIPALITY],
    )
    source = edges.source - actors.start
    mine = (source >= 0) & (source < len(actors))
    place = np.full(len(actors), -1)
    # edges are in order of source and target; written backwards, the first stays
    place[source[mine][::-1]] = (edges.target[mine] - towns.start)[::-1]
    return place


def inside(projection: Projection, municipality: NodeKey) -> IntArray:
    """The positions of a municipality and of all that lies within it; raises NotFound."""
    parent = projection.municipalities.parent
    found = np.zeros(len(parent), np.bool_)
    found[projection.position(municipality)] = True
    for _ in LEVELS:  # a chain is at most as long as there are levels
        found |= (parent >= 0) & found[np.maximum(parent, 0)]
    return np.flatnonzero(found)
