"""What a view of the network is asked for with, and what it consists of: keys, counts and places, never words."""

from dataclasses import dataclass
from enum import StrEnum

from api.questions.network_groups import AreaBy
from api.questions.network_layout import Layout
from graph_service.arrays import IntArray
from graph_service.errors import InvalidValue
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType
from graph_service.network.brokers import Brokers
from graph_service.network.communities import Communities
from graph_service.network.ties import ALL, PLACE, TOGETHER, WORK, Ties

MOST = 150
"""How many nodes are told apart in a picture; of more, groups are made."""
MOST_AT_ALL = 2000
MOST_DEPTH = 3
AREA = frozenset({EdgeType.PART_OF, EdgeType.ADJACENT_TO, EdgeType.SUCCEEDED_BY, EdgeType.OF_TYPE})
TERMS = ALL - AREA
Relation = tuple[EdgeType, NodeKey, NodeKey]


class Entry(StrEnum):
    """Questions to the whole network that a look may begin with."""

    WHOLE = "whole"
    COMMUNITIES = "communities"
    BROKERS = "brokers"
    ISOLATED = "isolated"


class Act(StrEnum):
    """What a step of exploring does."""

    OPEN = "open"
    HIDE = "hide"


class Size(StrEnum):
    """What the size of a node shows."""

    TIES = "ties"
    SHOWN = "shown"
    EVEN = "even"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of exploring: a node or group opened or hidden."""

    act: Act
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewAsked:
    """What is looked at. ``depth`` 0 and ``by`` None: as is usual for what it starts from."""

    start: NodeKey | None = None
    target: NodeKey | None = None
    entry: Entry = Entry.WHOLE
    depth: int = 0
    labels: frozenset[Label] = frozenset()
    types: frozenset[EdgeType] = frozenset()
    field: str = ""
    year: int | None = None
    by: AreaBy | None = None
    layout: Layout = Layout.FORCE
    size: Size = Size.TIES
    steps: tuple[Step, ...] = ()
    most: int = MOST

    def __post_init__(self) -> None:
        if not 0 <= self.depth <= MOST_DEPTH:
            raise InvalidValue(f"a depth from 1 to {MOST_DEPTH}", self.depth)
        if not 1 <= self.most <= MOST_AT_ALL:
            raise InvalidValue(f"a number of nodes from 1 to {MOST_AT_ALL}", self.most)

    @property
    def steps_deep(self) -> int:
        """How many steps away, said or usual."""
        if self.depth:
            return self.depth
        return 2 if self.start is not None and self.start.label in (Label.MUNICIPALITY, Label.ACTOR) else 1

    @property
    def relations(self) -> frozenset[EdgeType]:
        """Which relations are followed, said or usual."""
        if self.types:
            return self.types
        if self.start is None:
            return WORK if self.entry in (Entry.WHOLE, Entry.ISOLATED) else TOGETHER
        return TERMS if self.start.label is Label.CONCEPT else WORK | PLACE


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What is drawn of a node, or of a group of ``count`` nodes. ``x`` and ``y`` are in units of the layout."""

    key: str
    name: str
    count: int
    hops: int
    ties: int
    """How many relations of the chosen kinds it has at all."""
    shown: int
    """To how many others of the picture it is joined."""
    size: float
    """From 0 to 1, by the chosen measure."""
    x: float
    y: float
    start: bool
    opened: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Drawn):
    """Something in the picture, and of which kind it is."""

    label: Label | None
    """None for a group."""
    counts: dict[Label, int]
    """Of a group: how many of each kind."""


@dataclass(frozen=True, slots=True)
class Line:
    """What joins two items, by their positions: one relation, or several where a group is at an end."""

    source: int
    target: int
    type: EdgeType | None
    """None where several are told as one."""
    count: int
    strength: int
    """1 loose, 2 usual, 3 close."""
    edge: int
    """Its number among the ties, -1 where several are told as one."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody without whom others of the picture would be cut off, and how many."""

    key: NodeKey
    name: str
    cut: int


@dataclass(frozen=True, slots=True)
class View:
    """The whole picture. ``nodes`` counts all that belong to it, in groups too; ``edges`` the relations among them."""

    revision: int
    asked: ViewAsked
    ties: Ties
    items: tuple[Item, ...]
    lines: tuple[Line, ...]
    nodes: int
    counts: dict[Label, int]
    unproven: int
    """How many of the practices are without evidence."""
    edges: int
    edges_left_out: int
    by: AreaBy | None
    """By what it was put into groups; None where everybody is told apart."""
    parts: int
    """How many pieces the picture falls into."""
    holders: tuple[Holder, ...]
    complete: bool
    """Whether a search for ways was carried through."""
    ways: int
    hanging: int
    """How many are cut off from most others without the one in the middle."""
    places: tuple[tuple[float, float], ...]
    """For a map: where the districts lie, as ground."""
    land: tuple[tuple[tuple[float, float], ...], ...]
    """For a map: the outline of the country."""
    brokers: Brokers | None
    """Who connects, where that was asked."""
    communities: Communities | None
    """Who works together more than with others, where that was asked."""
    members: IntArray
    """The positions of all nodes that belong to it, among all nodes."""
    joined: IntArray
    """The numbers of all relations that belong to it, among the ties."""

    def keys(self) -> frozenset[NodeKey]:
        """The keys of all nodes that belong to it."""
        return frozenset(map(self.ties.key, self.members.tolist()))

    def relations(self) -> frozenset[Relation]:
        """All relations that belong to it, each by its type and ends."""
        ties = map(self.ties.tie, self.joined.tolist())
        return frozenset((tie.type, tie.source, tie.target) for tie in ties)
