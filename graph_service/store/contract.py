"""What both stores promise: units of work over claims, all of it or none.

A store keeps each dataset's claims apart and shows one merged graph. It knows nothing of files, matching or HTTP.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from graph_service.keys import Label, NodeKey
from graph_service.model import Boundary, Claim, Dataset, Edge, EdgeType, Node, Record, Series
from graph_service.store.journal import UNSIGNED, Entry, Signature

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Changes:
    """What a write did to one dataset's claims, counted in nodes, edges, boundaries and single observations."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0

    @property
    def total(self) -> int:
        """How many claims are different now."""
        return self.new + self.changed + self.retired

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.retired + other.retired,
        )


@dataclass(frozen=True, slots=True)
class DatasetStatus:
    """A dataset as the store holds it: how many claims of each kind, and since when."""

    dataset: Dataset
    updated_at: datetime
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NodeColumns:
    """The shown nodes as columns of equal length, in key order, for building arrays of millions."""

    key: list[str]
    properties: list[str]
    """Each node's shown properties as JSON text."""


@dataclass(frozen=True, slots=True)
class EdgeColumns:
    """The shown edges of one type as columns of equal length, for building arrays of millions."""

    source: list[str]
    target: list[str]
    properties: list[str]
    """Each edge's properties as JSON text."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A dataset's record with the time since which it stands unchanged; what `kompass copy` moves."""

    record: Node | Edge | Boundary | Series
    since: datetime


class Reader(Protocol):
    """What a unit of work may ask. Iterators are in key order and end with the unit of work."""

    def identity(self) -> str:
        """A random name given when the store was made: revisions of two stores are never taken for one another."""
        ...

    def revision(self) -> int:
        """A counter, one step per write that changed anything."""
        ...

    def datasets(self) -> list[DatasetStatus]:
        """The datasets in the order in which they are believed."""
        ...

    def node(self, key: NodeKey) -> Node:
        """The shown node; raises NotFound."""
        ...

    def nodes(self, label: Label | None = None) -> Iterator[Node]:
        """The shown nodes: those that some dataset names."""
        ...

    def node_columns(self) -> NodeColumns:
        """The shown nodes of every label as columns, in key order."""
        ...

    def keys(self, label: Label | None = None) -> set[NodeKey]:
        """The keys of the shown nodes."""
        ...

    def edges(self, type: EdgeType | None = None) -> Iterator[Edge]:
        """The shown edges, by type, source, target, qualifier: those whose two ends are shown."""
        ...

    def edge_columns(self, type: EdgeType) -> EdgeColumns:
        """The same edges of one type as columns, in the same order."""
        ...

    def edges_of(self, key: NodeKey) -> list[Edge]:
        """The shown edges that start or end at this node."""
        ...

    def series(self, municipality: NodeKey | None = None) -> Iterator[Series]:
        """The shown series, by municipality and indicator; each period from the first dataset that has it."""
        ...

    def boundaries(self) -> Iterator[Boundary]:
        """The shown boundary of each municipality that has one."""
        ...

    def claims(self, key: NodeKey) -> list[Claim]:
        """Who says what of this node since when, in the order in which they are believed."""
        ...

    def contested(self) -> Iterator[tuple[NodeKey, list[Claim]]]:
        """The same for each node of which several datasets say something, whether it is shown or not."""
        ...

    def claimed(self, dataset: str) -> Iterator[Claimed]:
        """Everything one dataset claims, whether shown or not; raises NotFound."""
        ...

    def journal(self, *, since: int = 0, key: NodeKey | None = None, limit: int | None = None) -> list[Entry]:
        """What was written after revision ``since``, in order; with ``key`` only what concerns this node."""
        ...


class Writer(Reader, Protocol):
    """What a unit of work may change."""

    def replace(self, dataset: Dataset, records: Iterable[Record]) -> Changes:
        """Make the dataset claim exactly these records; what it claimed before and is not among them retires.

        Of records with the same identity the last counts. Observations are counted singly.
        """
        ...

    def adopt(self, dataset: Dataset, claimed: Iterable[Claimed]) -> Changes:
        """As `replace`, keeping the times: for copies and restored backups."""
        ...

    def drop(self, dataset: str) -> Changes:
        """Remove a dataset with its claims alone; raises NotFound."""
        ...

    def put(self, record: Node | Edge) -> Changes:
        """Enter or change one record by hand, in the dataset "curated"."""
        ...

    def remove(self, record: NodeKey | Edge) -> Changes:
        """Take back one record of the dataset "curated"; raises NotFound."""
        ...

    def curated(self, record: NodeKey | Edge) -> Node | Edge | None:
        """What the dataset "curated" says of a node, or of the edge with this identity."""
        ...

    def take_over(self, entries: Iterable[Entry], revision: int) -> None:
        """Take over another store's journal and go on from its revision; for copies into an empty store."""
        ...


class GraphStore(Protocol):
    """Runs units of work. `work` may run more than once, so it only touches its argument."""

    @property
    def url(self) -> str:
        """The store's address, without a password."""
        ...

    def read(self, work: Callable[[Reader], T]) -> T:
        """Run a unit of work that only asks."""
        ...

    def write(self, work: Callable[[Writer], T], signature: Signature = UNSIGNED) -> T:
        """Run a unit of work: all of it or none, durable when it returns; at most one revision on.

        What it changes stands in the journal under this signature.
        """
        ...

    def rehearse(self, work: Callable[[Writer], T]) -> T:
        """Run a unit of work and take everything back: what would it do?"""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
