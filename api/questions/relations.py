"""Which edges lead from and to a node, found without looking at all of them, and told with the names of the others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from api.snapshot import Snapshot
from graph_service.arrays import IntArray
from graph_service.keys import NodeKey
from graph_service.model import EdgeType
from graph_service.projection import Edges, Projection

MOST = 50
"""How many of the others are told for each type of relation before the rest is counted."""

Direction = Literal["out", "in"]
_Order = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]


@dataclass(frozen=True, slots=True)
class Related:
    """The node at the other end, and what the relation says."""

    key: NodeKey
    name: str
    properties: dict[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Relation:
    """A type of relation in one direction: how many there are, and the first of them."""

    type: EdgeType
    direction: str
    """``out``: the record itself is the edge's source."""
    count: int
    items: tuple[Related, ...]


class Index:
    """The edges of a revision by either end."""

    def __init__(self, projection: Projection) -> None:
        """Sort them; 16 bytes for each edge."""
        self._projection = projection
        self._orders: dict[tuple[EdgeType, Direction], _Order] = {}
        for name, edges in projection.arrays.edges.items():
            type = EdgeType(name)
            self._orders[type, "out"] = _ordered(edges.source)
            self._orders[type, "in"] = _ordered(edges.target)

    def numbers(self, type: EdgeType, direction: Direction, place: int) -> list[int]:
        """The numbers of a node's edges of one type, in their order."""
        found = self._orders.get((type, direction))
        if found is None:
            return []
        order, ends = found
        first, last = np.searchsorted(ends, [place, place + 1]).tolist()
        numbers: list[int] = order[first:last].tolist()
        return numbers

    def others(self, type: EdgeType, direction: Direction, place: int) -> list[int]:
        """The places of the nodes at the other ends, without repetition."""
        edges = self._projection.edges(type)
        ends = edges.target if direction == "out" else edges.source
        return list(dict.fromkeys(int(ends[i]) for i in self.numbers(type, direction, place)))

    def of(self, place: int, most: int = MOST) -> Iterator[Relation]:
        """Everything that a node is related to, by type."""
        for type in EdgeType:
            for direction in ("out", "in"):
                numbers = self.numbers(type, direction, place)
                if numbers:
                    edges = self._projection.edges(type)
                    items = tuple(self._related(edges, i, direction) for i in numbers[:most])
                    yield Relation(type, direction, len(numbers), items)

    def _related(self, edges: Edges, i: int, direction: Direction) -> Related:
        other = int((edges.target if direction == "out" else edges.source)[i])
        arrays = self._projection.arrays
        said = {name: value for name, value in edges.property(i).items() if name != "visibility"}
        return Related(NodeKey.trusted(arrays.keys[other]), arrays.names[other], said)


def _ordered(ends: IntArray) -> _Order:
    order = np.argsort(ends, kind="stable")
    return order.astype(np.int32), ends[order].astype(np.int32)


def relations(snapshot: Snapshot) -> Index:
    """The edges of a snapshot by either end."""
    return snapshot.prepared("relations", Index, ahead=True)


def place_of(snapshot: Snapshot, key: NodeKey) -> int:
    """A node's position among all nodes; raises NotFound."""
    projection = snapshot.projection
    return projection.spans[key.label].start + projection.position(key)


def property_text(properties: Mapping[str, object], name: str) -> str:
    """A property of a node as text, "" where it says nothing."""
    value = properties.get(name)
    return "" if value is None else str(value)
