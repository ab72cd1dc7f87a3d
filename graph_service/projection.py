"""One revision of the graph as read-only arrays, which matchers work on; it never sees a store once built."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt
import orjson
from scipy import sparse

from graph_service.arrays import IntArray, Texts
from graph_service.codec import node_from
from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType, Indicator, Level, Node
from graph_service.store.contract import EdgeColumns, GraphStore, NodeColumns, Reader

if TYPE_CHECKING:
    import networkx as nx

T = TypeVar("T")

FloatArray = npt.NDArray[np.float64]
LEVELS = tuple(Level)
UNINCORPORATED = "gemeindefreies-gebiet"
"""What kinds of areas begin with that no municipality governs."""


@dataclass(frozen=True, eq=False)
class Edges:
    """The edges of one type; ends are positions among all nodes."""

    source: IntArray
    target: IntArray
    said: IntArray
    """Position in ``properties``: what edges say repeats."""
    properties: Texts
    """The distinct properties as JSON."""

    def property(self, i: int) -> dict[str, str | int | float]:
        """What one edge says."""
        return dict(orjson.loads(self.properties[int(self.said[i])]))


@dataclass(frozen=True, eq=False)
class Municipalities:
    """What matchers ask of municipalities, by position; NaN and -1 are unknown."""

    level: IntArray
    """Position in LEVELS."""
    parent: IntArray
    """Position of the municipality it is part of."""
    population: FloatArray
    area_km2: FloatArray
    longitude: FloatArray
    latitude: FloatArray
    kind: IntArray
    """Position in ``kinds``."""
    kinds: Texts

    def are_towns(self) -> npt.NDArray[np.bool_]:
        """Which are towns and villages: an unincorporated area, mostly a forest, stands on their level alone."""
        outside = [i for i, kind in enumerate(self.kinds) if kind.startswith(UNINCORPORATED)]
        towns: npt.NDArray[np.bool_] = np.asarray(self.level) == LEVELS.index(Level.MUNICIPALITY)
        return towns & ~np.isin(self.kind, outside)


@dataclass(frozen=True, eq=False)
class Observations:
    """Every observation, ordered by municipality, indicator, period (positions); value NaN is missing."""

    municipality: IntArray
    indicator: IntArray
    period: IntArray
    value: FloatArray
    flag: IntArray
    periods: Texts
    flags: Texts


@dataclass(frozen=True, eq=False)
class Arrays:
    """All that a projection holds, in a form that is saved to files and mapped again."""

    revision: IntArray
    keys: Texts
    names: Texts
    properties: Texts
    municipalities: Municipalities
    observations: Observations
    edges: dict[str, Edges]


@dataclass(frozen=True, slots=True)
class Alias:
    """Another record of a node: its key and name, and the node's position among all nodes."""

    key: NodeKey
    name: str
    node: int


class Projection:
    """One revision of the graph. Nodes are numbered in key order, so those of one label are neighbours."""

    def __init__(self, arrays: Arrays, aliases: tuple[Alias, ...] = ()) -> None:
        """Look at arrays, built or mapped; a key of an alias stands for its node."""
        self.arrays = arrays
        self.aliases = aliases
        self.revision = int(arrays.revision[0])
        self._derived: dict[object, Any] = {}

    def derived(self, make: Callable[["Projection"], T]) -> T:
        """What a function makes of this projection, made once; it goes with the projection, and must not hold it."""
        found: T | None = self._derived.get(make)
        return self._derived.setdefault(make, make(self)) if found is None else found

    @property
    def municipalities(self) -> Municipalities:
        """The municipalities' properties, by position among municipalities."""
        return self.arrays.municipalities

    @property
    def observations(self) -> Observations:
        """Every observation."""
        return self.arrays.observations

    @cached_property
    def spans(self) -> dict[Label, range]:
        """The positions of each label's nodes among all nodes."""
        labels = [key.partition(":")[0] for key in self.arrays.keys]
        spans = {}
        for label in Label:
            prefix = label.value.lower()
            count = labels.count(prefix)
            start = labels.index(prefix) if count else 0
            spans[label] = range(start, start + count)
        return spans

    def position(self, key: NodeKey) -> int:
        """A node's position among those of its label; raises NotFound."""
        place = self._place(key)
        if place is None:
            raise NotFound("a known node", key)
        return place - self.spans[key.label].start

    def known(self, key: str) -> NodeKey | None:
        """The key of the node that a text is the key of, or the key of another record of; None where there is none."""
        place = self._place(key)
        return None if place is None else NodeKey.trusted(self.arrays.keys[place])

    def _place(self, key: str) -> int | None:
        place = self.arrays.keys.place.get(key)
        return self._other_records.get(key) if place is None else place

    @cached_property
    def _other_records(self) -> dict[str, int]:
        return {alias.key: alias.node for alias in self.aliases}

    def key(self, label: Label, position: int) -> NodeKey:
        """The key of the node at a position among those of its label."""
        return NodeKey.trusted(self.arrays.keys[self.spans[label][position]])

    def name(self, label: Label, position: int) -> str:
        """The name of the node at a position among those of its label."""
        return self.arrays.names[self.spans[label][position]]

    def node(self, key: NodeKey) -> Node:
        """The node as a record; raises NotFound."""
        place = self.spans[key.label].start + self.position(key)
        return node_from(key, orjson.loads(self.arrays.properties[place]))

    def nodes(self, label: Label) -> list[Node]:
        """The nodes of a label as records, in key order."""
        at = self.arrays
        return [node_from(at.keys[i], orjson.loads(at.properties[i])) for i in self.spans[label]]

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """The indicators in key order; observations name them by position."""
        return tuple(node for node in self.nodes(Label.INDICATOR) if isinstance(node, Indicator))

    @cached_property
    def state(self) -> IntArray:
        """For each municipality the position of the state it lies in (itself for a state), or -1."""
        return self.ancestor(Level.STATE)

    @cached_property
    def district(self) -> IntArray:
        """For each municipality the position of the district it lies in (itself for a district), or -1."""
        return self.ancestor(Level.DISTRICT)

    def ancestor(self, level: Level) -> IntArray:
        """For each municipality the position of the area of this level that it is or lies in, or -1."""
        wanted = LEVELS.index(level)
        table = self.municipalities
        found = np.where(table.level == wanted, np.arange(len(table.level)), -1)
        above = np.array(table.parent)
        for _ in LEVELS:  # a chain is at most as long as there are levels
            candidates = np.where(above >= 0, above, 0)
            hit = (found < 0) & (above >= 0) & (table.level[candidates] == wanted)
            found = np.where(hit, above, found)
            above = np.where(above >= 0, table.parent[candidates], -1)
        return found

    def edges(self, type: EdgeType) -> Edges:
        """The edges of a type; ends are positions among all nodes."""
        none = np.zeros(0, np.int64)
        return self.arrays.edges.get(type.value, Edges(none, none, none, Texts.of([])))

    def adjacency(self, type: EdgeType, source: Label, target: Label) -> sparse.csr_array:
        """Edges of a type between two labels as a sparse matrix of counts, by positions among each label."""
        edges, rows, columns = self.edges(type), self.spans[source], self.spans[target]
        i, j = edges.source - rows.start, edges.target - columns.start
        inside = (i >= 0) & (i < len(rows)) & (j >= 0) & (j < len(columns))
        ones = np.ones(int(inside.sum()))
        return sparse.csr_array((ones, (i[inside], j[inside])), shape=(len(rows), len(columns)))

    def subgraph(self, keys: Iterable[NodeKey]) -> "nx.MultiDiGraph[str]":
        """The nodes with these keys and the edges between them, for networkx; nodes carry label and name."""
        import networkx as nx  # takes long to import, and most answers never need it

        places = {self.spans[key.label].start + self.position(key): key for key in keys}
        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for place, key in sorted(places.items()):
            graph.add_node(str(key), label=key.label.value, name=self.arrays.names[place])
        inside = np.fromiter(places, np.int64, len(places))
        for name, edges in self.arrays.edges.items():
            for i in np.flatnonzero(np.isin(edges.source, inside) & np.isin(edges.target, inside)).tolist():
                ends = str(places[int(edges.source[i])]), str(places[int(edges.target[i])])
                graph.add_edges_from([(*ends, {"type": name} | edges.property(i))])
        return graph


def project(store: GraphStore) -> Projection:
    """Build the projection of a store's present revision.

    A store may only promise that single reads are consistent, so it starts again when the revision moved meanwhile.
    """
    while True:
        before = store.read(lambda reader: reader.revision())
        projection = store.read(build)
        if before == projection.revision == store.read(lambda reader: reader.revision()):
            return projection


def build(reader: Reader) -> Projection:
    """Build the projection from what a reader shows."""
    nodes = reader.node_columns()
    place = {key: i for i, key in enumerate(nodes.key)}
    edges = {type.value: _edges(reader.edge_columns(type), place) for type in EdgeType}
    edges = {name: found for name, found in edges.items() if len(found.source)}
    arrays = Arrays(
        np.array([reader.revision()]),
        Texts.of(nodes.key),
        Texts.of(_name(text) for text in nodes.properties),
        Texts.of(nodes.properties),
        _municipalities(nodes, edges.get(EdgeType.PART_OF.value)),
        _observations(reader, place, nodes),
        edges,
    )
    return Projection(arrays)


_NAME = re.compile(r'"name":"([^"\\]*)"')


def _name(properties: str) -> str:
    # a plain name needs no JSON parser, which matters for millions
    found = _NAME.search(properties)
    return found[1] if found else str(orjson.loads(properties)["name"])


def _places(texts: list[str], place: dict[str, int]) -> IntArray:
    return np.fromiter(map(place.__getitem__, texts), np.int64, len(texts))


def _edges(columns: EdgeColumns, place: dict[str, int]) -> Edges:
    distinct = sorted(set(columns.properties))
    said = _places(columns.properties, {text: i for i, text in enumerate(distinct)})
    return Edges(_places(columns.source, place), _places(columns.target, place), said, Texts.of(distinct))


def _start(nodes: NodeColumns, label: Label) -> tuple[int, int]:
    """Where a label's nodes start, and how many there are."""
    prefix = f"{label.value.lower()}:"
    found = [i for i, key in enumerate(nodes.key) if key.startswith(prefix)]
    return (found[0], len(found)) if found else (0, 0)


def _municipalities(nodes: NodeColumns, part_of: Edges | None) -> Municipalities:
    start, count = _start(nodes, Label.MUNICIPALITY)
    tables = [orjson.loads(text) for text in nodes.properties[start : start + count]]
    kinds = sorted({table.get("kind", "") for table in tables} - {""})
    parent = np.full(count, -1)
    if part_of is not None:
        # of several parents (changed over time) the last in key order; since/until are for those who ask history
        parent[part_of.source - start] = part_of.target - start

    def numbers(name: str) -> FloatArray:
        return np.array([table.get(name, np.nan) for table in tables], np.float64)

    def codes(name: str, known: Sequence[str]) -> IntArray:
        at = {text: i for i, text in enumerate(known)}
        return np.array([at.get(table.get(name, ""), -1) for table in tables], np.int64)

    levels = [level.value for level in LEVELS]
    return Municipalities(
        codes("level", levels),
        parent,
        numbers("population"),
        numbers("area_km2"),
        numbers("longitude"),
        numbers("latitude"),
        codes("kind", kinds),
        Texts.of(kinds),
    )


def _observations(reader: Reader, place: dict[str, int], nodes: NodeColumns) -> Observations:
    towns, measures = _start(nodes, Label.MUNICIPALITY)[0], _start(nodes, Label.INDICATOR)[0]
    town: list[int] = []
    measure: list[int] = []
    length: list[int] = []
    periods: list[str] = []
    values: list[float] = []
    flags: list[str] = []
    for series in reader.series():
        town.append(place[series.municipality] - towns)
        measure.append(place[series.indicator] - measures)
        length.append(len(series.periods))
        periods += series.periods
        values += series.values
        flags += series.flags
    all_periods, all_flags = sorted(set(periods)), sorted(set(flags))
    return Observations(
        np.repeat(np.array(town, np.int64), length),
        np.repeat(np.array(measure, np.int64), length),
        _places(periods, {text: i for i, text in enumerate(all_periods)}),
        np.array(values, np.float64),
        _places(flags, {text: i for i, text in enumerate(all_flags)}),
        Texts.of(all_periods),
        Texts.of(all_flags),
    )
