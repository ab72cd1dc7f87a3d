"""A reader that shows a part of the graph: some nodes, the edges between them, and the series of its municipalities."""

from collections.abc import Collection, Iterator

from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import Boundary, Claim, Edge, EdgeType, Node, Series
from graph_service.store.contract import Claimed, DatasetStatus, EdgeColumns, NodeColumns, Reader
from graph_service.store.journal import Entry


class Part:
    """Keeps to the nodes with these keys; sources are those of the whole, for any of them may have a share."""

    def __init__(self, reader: Reader, keys: Collection[NodeKey], *, series: bool = False) -> None:
        """``series``: the indicator values of its municipalities are part of it, too."""
        self._reader, self._keys, self._series = reader, frozenset(keys), series

    def revision(self) -> int:
        """The whole graph's revision."""
        return self._reader.revision()

    def identity(self) -> str:
        """The whole store's identity."""
        return self._reader.identity()

    def datasets(self) -> list[DatasetStatus]:
        """The datasets of the whole graph."""
        return self._reader.datasets()

    def node(self, key: NodeKey) -> Node:
        """The shown node; raises NotFound for one of another part."""
        if key not in self._keys:
            raise NotFound("a known node", key)
        return self._reader.node(key)

    def nodes(self, label: Label | None = None) -> Iterator[Node]:
        """The nodes of the part."""
        return (node for node in self._reader.nodes(label) if node.key in self._keys)

    def node_columns(self) -> NodeColumns:
        """The nodes of the part as columns."""
        whole = self._reader.node_columns()
        kept = [i for i, key in enumerate(whole.key) if key in self._keys]
        return NodeColumns([whole.key[i] for i in kept], [whole.properties[i] for i in kept])

    def keys(self, label: Label | None = None) -> set[NodeKey]:
        """The keys of the part."""
        return {key for key in self._reader.keys(label) if key in self._keys}

    def edges(self, type: EdgeType | None = None) -> Iterator[Edge]:
        """The edges between nodes of the part."""
        return (e for e in self._reader.edges(type) if e.source in self._keys and e.target in self._keys)

    def edge_columns(self, type: EdgeType) -> EdgeColumns:
        """The same edges of one type as columns."""
        whole = self._reader.edge_columns(type)
        ends = enumerate(zip(whole.source, whole.target, strict=True))
        kept = [i for i, (source, target) in ends if source in self._keys and target in self._keys]
        columns = whole.source, whole.target, whole.properties
        return EdgeColumns(*([column[i] for i in kept] for column in columns))

    def edges_of(self, key: NodeKey) -> list[Edge]:
        """The edges of a node within the part."""
        return [e for e in self._reader.edges_of(key) if e.source in self._keys and e.target in self._keys]

    def series(self, municipality: NodeKey | None = None) -> Iterator[Series]:
        """The series of the part's municipalities, or none."""
        if not self._series:
            return iter(())
        return (s for s in self._reader.series(municipality) if s.municipality in self._keys)

    def boundaries(self) -> Iterator[Boundary]:
        """The boundaries of the part's municipalities."""
        return (b for b in self._reader.boundaries() if b.municipality in self._keys)

    def claims(self, key: NodeKey) -> list[Claim]:
        """Who says what of a node of the part."""
        return self._reader.claims(key) if key in self._keys else []

    def contested(self) -> Iterator[tuple[NodeKey, list[Claim]]]:
        """The claims of each node of the part that several datasets speak of."""
        return (each for each in self._reader.contested() if each[0] in self._keys)

    def claimed(self, dataset: str) -> Iterator[Claimed]:
        """What a dataset claims of nodes of the part, and of relations between them."""
        return (each for each in self._reader.claimed(dataset) if self._holds(each))

    def journal(self, *, since: int = 0, key: NodeKey | None = None, limit: int | None = None) -> list[Entry]:
        """What was written about nodes of the part, and about relations between them."""
        found = self._reader.journal(since=since, key=key, limit=limit)
        return [each for each in found if each.ends[0] in self._keys and (each.ends[1] or each.ends[0]) in self._keys]

    def _holds(self, each: Claimed) -> bool:
        match each.record:
            case Node(key=key):
                return key in self._keys
            case Edge(source=source, target=target):
                return source in self._keys and target in self._keys
            case Boundary(municipality=municipality):
                return municipality in self._keys
            case Series(municipality=municipality):
                return self._series and municipality in self._keys
