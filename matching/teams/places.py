"""Where actors are, seen from a municipality: who is local, and the kilometres to the others."""

import numpy as np

from graph_service.arrays import IntArray
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType
from graph_service.projection import FloatArray, Projection
from matching.peers.nearness import above, below


def own_area(projection: Projection, municipality: NodeKey) -> list[int]:
    """The positions of a place, of what lies in it, and of what it lies in, states and regions apart."""
    place = projection.position(municipality)
    higher = above(projection, place) if projection.district[place] >= 0 else []
    kept = [each for each in higher if projection.district[each] >= 0]
    return [place, *kept, *below(projection, municipality)]


def local_actors(projection: Projection, municipality: NodeKey) -> IntArray:
    """Who is located in a place's own area or serves it."""
    area = own_area(projection, municipality)
    found = np.zeros(len(projection.spans[Label.ACTOR]), bool)
    for type in (EdgeType.LOCATED_IN, EdgeType.SERVES):
        row, column = projection.adjacency(type, Label.ACTOR, Label.MUNICIPALITY).nonzero()
        found[row[np.isin(column, area)]] = True
    return np.flatnonzero(found)


def towns(projection: Projection) -> IntArray:
    """The first municipality that each actor is located in, or -1."""
    located = projection.adjacency(EdgeType.LOCATED_IN, Label.ACTOR, Label.MUNICIPALITY)
    row, column = located.nonzero()
    found = np.full(located.shape[0], -1, np.int64)
    found[row[::-1]] = column[::-1]
    return found


def kilometres_from(projection: Projection, municipality: NodeKey | None, actors: IntArray) -> FloatArray:
    """From the middle of a municipality to the towns of actors; NaN where a place is unknown."""
    if municipality is None:
        return np.full(len(actors), np.nan)
    table, place = projection.municipalities, projection.position(municipality)
    there = towns(projection)[actors]
    x = np.append(np.asarray(table.longitude), np.nan)[there]
    y = np.append(np.asarray(table.latitude), np.nan)[there]
    return kilometres(float(table.longitude[place]), float(table.latitude[place]), x, y)


def kilometres(x: float, y: float, xs: FloatArray, ys: FloatArray) -> FloatArray:
    """Great-circle distances in kilometres between WGS84 coordinates."""
    ax, ay, bx, by = (np.radians(each) for each in (x, y, xs, ys))
    a = np.sin((by - ay) / 2) ** 2 + np.cos(ay) * np.cos(by) * np.sin((bx - ax) / 2) ** 2
    return np.asarray(2 * 6371.0 * np.arcsin(np.sqrt(a)))
