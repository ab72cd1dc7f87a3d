"""What an inventory answers: of one municipality, or of many as one matrix."""

from dataclasses import dataclass
from datetime import date

from graph_service.keys import NodeKey
from graph_service.model import Level
from matching.inventory.offers import Rating


@dataclass(frozen=True, slots=True)
class CoverageQuestion:
    """What is on offer here, where is nothing, what do comparable places have? Ages are those of a day."""

    key: NodeKey
    on: date
    peers: int = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """A field for a target group ("" for offers that name none)."""

    field: str
    group: str
    offers: tuple[NodeKey, ...]
    severity: float | None
    """The hardest challenge of the field; None where none was rated."""
    peers: int
    """How many of the closest peers with recorded offers have one here."""
    white: bool
    """The challenge is hard and nothing is on offer, neither for this group nor for everybody."""


@dataclass(frozen=True, slots=True)
class Faced:
    """A rated challenge and how many running offers meet it; None where no offers are recorded at all."""

    rating: Rating
    offers: int | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Offers of one kind by different providers for the same: perhaps to be coordinated, perhaps needed."""

    field: str
    group: str
    kind: str
    offers: tuple[NodeKey, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """What a peer has, and whom to ask about it (a role, never a person)."""

    offer: NodeKey
    name: str
    kind: str
    municipality: NodeKey
    place: str
    provider: str
    contact_role: str


@dataclass(frozen=True, slots=True)
class Lack:
    """What at least half of the closest peers have and this municipality has not."""

    field: str
    group: str
    peers: int
    of: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """An offer that needs a look: its day (None: never confirmed), how long ago (negative: ahead), or a note."""

    offer: NodeKey
    name: str
    day: date | None = None
    years: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class SeenPeer:
    """A comparable municipality, and whether offers are recorded there."""

    key: NodeKey
    name: str
    closeness: float
    recorded: bool


@dataclass(frozen=True, slots=True)
class CoverageAnswer:
    """The inventory of one municipality."""

    revision: int
    key: NodeKey
    name: str
    on: date
    lens: str
    lens_version: str
    recorded: bool
    """Whether any offer is recorded; if not, nothing is said about gaps."""
    running: int
    planned: int
    ended: int
    fields: tuple[str, ...]
    groups: tuple[str, ...]
    cells: tuple[Cell, ...]
    """Every field with every group."""
    unsorted: tuple[NodeKey, ...]
    """Running offers that name no field and so are in no cell."""
    challenges: tuple[Faced, ...]
    white_spots: tuple[Faced, ...]
    """Hard challenges that no running offer meets."""
    overlaps: tuple[Overlap, ...]
    lacking: tuple[Lack, ...]
    to_confirm: tuple[Due, ...]
    to_improve: tuple[Due, ...]
    funding_ends: tuple[Due, ...]
    peers: tuple[SeenPeer, ...]
    coverage: float
    """Of the closest peers, the share with recorded offers."""
    assured: tuple[date, date] | None
    """The first and the last day on which an offer was confirmed."""
    rated: tuple[date, date] | None
    """The first and the last day on which a challenge was rated."""


@dataclass(frozen=True, slots=True)
class AtlasQuestion:
    """The inventories of all municipalities of a level within an area (None: the next level that there is)."""

    key: NodeKey
    on: date
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class AtlasCell:
    """A field in a municipality; None is not recorded, not rated, never zero."""

    field: str
    offers: int | None
    severity: float | None
    practices: int
    unproven: int
    """How many of the practices are known without evidence, through an award for instance."""
    white: bool

    @property
    def proven(self) -> int:
        """The practices of which more is known than that somebody named them."""
        return self.practices - self.unproven


@dataclass(frozen=True, slots=True)
class AtlasRow:
    """A municipality with a cell for each field."""

    key: NodeKey
    name: str
    recorded: bool
    cells: tuple[AtlasCell, ...]


@dataclass(frozen=True, slots=True)
class AtlasAnswer:
    """Many municipalities as one matrix."""

    revision: int
    key: NodeKey
    name: str
    on: date
    level: Level | None
    fields: tuple[str, ...]
    rows: tuple[AtlasRow, ...]
    coverage: float
    """The share of municipalities with recorded offers."""
    rated: float
    """The share of municipalities that rated a challenge."""
    assured: tuple[date, date] | None
