"""What of the shown graph may leave: records that are visible enough, and edges whose both ends are."""

from collections.abc import Iterator
from dataclasses import replace

from graph_service.keys import Label, NodeKey
from graph_service.model import Boundary, Edge, EdgeType, Node, Series, Visibility
from graph_service.store.contract import DatasetStatus, Reader


class View:
    """A reader's graph down to one visibility; along a path the lowest wins."""

    def __init__(self, reader: Reader, visibility: Visibility = Visibility.PUBLIC) -> None:
        """Learn once what is hidden."""
        order = list(Visibility)
        self._reader = reader
        self._open = {None, *order[: order.index(visibility) + 1]}
        self.public = visibility is Visibility.PUBLIC
        seen: set[NodeKey] = set()
        hidden: set[NodeKey] = set()
        for node in reader.nodes():
            (seen if node.visibility in self._open else hidden).add(node.key)
        self._keys, self._hidden = frozenset(seen), frozenset(hidden)

    @property
    def keys(self) -> frozenset[NodeKey]:
        """The keys of the nodes that may leave."""
        return self._keys

    def datasets(self) -> list[DatasetStatus]:
        """The datasets that claim anything, in the order in which they are believed."""
        return [status for status in self._reader.datasets() if not status.counts or any(status.counts.values())]

    def nodes(self, label: Label) -> Iterator[Node]:
        """The nodes of one kind, in key order."""
        return (node for node in self._reader.nodes(label) if node.key in self._keys)

    def edges(self, type: EdgeType) -> Iterator[Edge]:
        """The edges of one type, in key order; what names a hidden actor loses that name."""
        for edge in self._reader.edges(type):
            if edge.visibility in self._open and edge.source in self._keys and edge.target in self._keys:
                yield self._without_hidden_actor(edge) if type is EdgeType.APPLIED_IN else edge

    def series(self) -> Iterator[Series]:
        """The series of visible municipalities and indicators, in key order."""
        return (s for s in self._reader.series() if s.municipality in self._keys and s.indicator in self._keys)

    def boundaries(self) -> Iterator[Boundary]:
        """The boundaries of visible municipalities."""
        return (b for b in self._reader.boundaries() if b.municipality in self._keys)

    def _without_hidden_actor(self, edge: Edge) -> Edge:
        actor = edge.properties.get("actor")
        if actor is None or NodeKey.trusted(f"actor:{actor}") not in self._hidden:
            return edge
        return replace(edge, properties={n: v for n, v in edge.properties.items() if n != "actor"})
