"""What the graph consists of: records that cannot be wrong once built.

A record is what one dataset claims. A field left at None is not claimed: the dataset says nothing about it, and
another dataset's claim shows through. A node is shown once some dataset names it; an empty name says that it is there
and leaves what it is called to the others.

One page on purpose: nodes, edges, values and datasets are short declarations that explain each other, top to bottom.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from graph_service.errors import InvalidValue
from graph_service.keys import Label, NodeKey

Scalar = str | int | float | bool | date
FloatArray = npt.NDArray[np.float64]

_PERIOD = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?|-Q[1-4])?\Z")


class Visibility(StrEnum):
    """Who may see a record, widest first; along a path the lowest wins."""

    PUBLIC = "public"
    PEERS = "peers"
    OWN = "own"
    OFFICE = "office"


class Level(StrEnum):
    """The administrative level of a municipality; peers never mix levels by default."""

    STATE = "state"
    REGION = "region"
    DISTRICT = "district"
    ASSOCIATION = "association"
    MUNICIPALITY = "municipality"
    BOROUGH = "borough"


class Scale(StrEnum):
    """How an indicator's values are spread: plain, spanning orders of magnitude, or a share."""

    LINEAR = "linear"
    LOG = "log"
    SHARE = "share"


class Flag(StrEnum):
    """The publisher's mark beside a value, kept with its meaning; other publishers' marks are kept as they are."""

    NOTHING = "-"
    UNKNOWN = "."
    UNRELIABLE = "/"
    NOT_MEANINGFUL = "x"
    UNCERTAIN = "()"
    LATER = "..."
    ESTIMATED = "e"


def check_period(text: str) -> str:
    """Check a period: YYYY, YYYY-MM, YYYY-MM-DD or YYYY-Qn; raises InvalidValue."""
    if not _PERIOD.match(text):
        raise InvalidValue("a period (YYYY, YYYY-MM, YYYY-MM-DD or YYYY-Qn)", text)
    return text


def _check_range(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not (math.isfinite(value) and low <= value <= high):
        raise InvalidValue(f"{name} from {low:g} to {high:g}", value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What every node has. ``visibility`` None means the dataset leaves it open, which shows as public."""

    label: ClassVar[Label]
    key: NodeKey
    visibility: Visibility | None = None

    def __post_init__(self) -> None:
        if self.key.label is not self.label:
            raise InvalidValue(f"a key that starts with {self.label.value.lower()}:", self.key)
        check = getattr(self, "_check", None)
        if check is not None:
            check()


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality(Node):
    """A territorial unit by its official code, as it was at ``territory_date``, people counted at ``population_date``.

    Area in km², coordinates in WGS84.
    """

    label = Label.MUNICIPALITY
    name: str | None = None
    level: Level | None = None
    kind: str | None = None
    population: int | None = None
    area_km2: float | None = None
    longitude: float | None = None
    latitude: float | None = None
    territory_date: date | None = None
    population_date: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None

    def _check(self) -> None:
        _check_range("a population", self.population, 0, 1e10)
        _check_range("an area in km²", self.area_km2, 0, 1e8)
        _check_range("a longitude", self.longitude, -180, 180)
        _check_range("a latitude", self.latitude, -90, 90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor(Node):
    """An organisation, never a person. Its place, fields and target groups are edges."""

    label = Label.ACTOR
    name: str | None = None
    kind: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    languages: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None
    needs: tuple[str, ...] | None = None
    description: str | None = None
    url: str | None = None
    legal_basis: str | None = None
    contact_role: str | None = None
    assured_on: date | None = None

    def _check(self) -> None:
        _check_range("a longitude", self.longitude, -180, 180)
        _check_range("a latitude", self.latitude, -90, 90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alliance(Node):
    """Actors acting together: alliance, project, network, steering group."""

    label = Label.ALLIANCE
    name: str | None = None
    kind: str | None = None
    description: str | None = None
    started_on: date | None = None
    ended_on: date | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice(Node):
    """A practice approach that municipalities apply."""

    label = Label.PRACTICE
    name: str | None = None
    description: str | None = None
    evidence: str | None = None
    programme: str | None = None
    source: str | None = None
    """The publication that tells of it: publisher and title, also where no address is known."""
    published_on: str | None = None
    """When that was published: a day, month or year."""
    url: str | None = None

    @property
    def unproven(self) -> bool:
        """Whether it is recorded that there is no evidence: of an award, say, but not of what was done."""
        return self.evidence == "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Node):
    """Something that young refugees, families or those who help them can use."""

    label = Label.OFFER
    name: str | None = None
    kind: str | None = None
    languages: tuple[str, ...] | None = None
    age_min: int | None = None
    age_max: int | None = None
    department: str | None = None
    status: str | None = None
    funded_until: date | None = None
    assured_on: date | None = None
    improvement_note: str | None = None

    def _check(self) -> None:
        _check_range("an age", self.age_min, 0, 120)
        _check_range("an age", self.age_max, 0, 120)
        if self.age_min is not None and self.age_max is not None and self.age_min > self.age_max:
            raise InvalidValue("age_min not above age_max", f"{self.age_min} > {self.age_max}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Node):
    """A need that looks for supporters; ``resources`` are ids of the resource vocabulary."""

    label = Label.REQUEST
    name: str | None = None
    description: str | None = None
    resources: tuple[str, ...] | None = None
    open_from: date | None = None
    open_until: date | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange(Node):
    """Municipalities learning from each other."""

    label = Label.EXCHANGE
    name: str | None = None
    format: str | None = None
    state: str | None = None
    description: str | None = None
    planned_on: date | None = None
    held_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept(Node):
    """An entry of a controlled vocabulary (SKOS); its ``name`` is the German label."""

    label = Label.CONCEPT
    name: str | None = None
    label_en: str | None = None
    kind: str | None = None
    broader: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator(Node):
    """What observations measure. ``polarity``: 1 more is better, -1 less is better, 0 neither."""

    label = Label.INDICATOR
    name: str | None = None
    label_en: str | None = None
    unit: str | None = None
    theme: str | None = None
    polarity: int | None = None
    scale: Scale | None = None
    source: str | None = None
    licence: str | None = None
    url: str | None = None

    def _check(self) -> None:
        if self.polarity not in (None, -1, 0, 1):
            raise InvalidValue("a polarity of -1, 0 or 1", self.polarity)


NODE_TYPES: Mapping[Label, type[Node]] = MappingProxyType(
    {t.label: t for t in (Municipality, Actor, Alliance, Practice, Offer, Request, Exchange, Concept, Indicator)}
)


class EdgeType(StrEnum):
    """How two nodes are related; direction and properties are in EDGE_SPECS."""

    PART_OF = "PART_OF"
    SUCCEEDED_BY = "SUCCEEDED_BY"
    ADJACENT_TO = "ADJACENT_TO"
    OF_TYPE = "OF_TYPE"
    LOCATED_IN = "LOCATED_IN"
    SERVES = "SERVES"
    ACTS_IN = "ACTS_IN"
    MEMBER_OF = "MEMBER_OF"
    COOPERATES_WITH = "COOPERATES_WITH"
    OFFERS = "OFFERS"
    REQUESTED_BY = "REQUESTED_BY"
    APPLIED_IN = "APPLIED_IN"
    CARRIED_BY = "CARRIED_BY"
    FACES = "FACES"
    ADDRESSES = "ADDRESSES"
    IN_FIELD = "IN_FIELD"
    FOR_GROUP = "FOR_GROUP"
    INVOLVES = "INVOLVES"
    ABOUT = "ABOUT"
    ADOPTED = "ADOPTED"
    SAME_AS = "SAME_AS"
    DIFFERENT_FROM = "DIFFERENT_FROM"


@dataclass(frozen=True, slots=True)
class EdgeSpec:
    """What an edge type joins, its properties with their types, and which of them tell parallel edges apart."""

    sources: frozenset[Label]
    targets: frozenset[Label]
    properties: Mapping[str, type] = field(default_factory=dict)
    identity: tuple[str, ...] = ()


def _spec(sources: str, targets: str, identity: str = "", /, **properties: type) -> EdgeSpec:
    def labels(names: str) -> frozenset[Label]:
        return frozenset(Label) if names == "*" else frozenset(Label(n) for n in names.split())

    return EdgeSpec(labels(sources), labels(targets), MappingProxyType(properties), tuple(identity.split()))


EDGE_SPECS: Mapping[EdgeType, EdgeSpec] = MappingProxyType(
    {
        EdgeType.PART_OF: _spec("Municipality", "Municipality", "", since=date, until=date),
        EdgeType.SUCCEEDED_BY: _spec("Municipality", "Municipality", "on", on=date, change=str, population_share=float),
        EdgeType.ADJACENT_TO: _spec("Municipality", "Municipality", "", border_km=float),
        EdgeType.OF_TYPE: _spec("Municipality", "Concept", "since", since=date),
        EdgeType.LOCATED_IN: _spec("Actor Offer Request", "Municipality"),
        EdgeType.SERVES: _spec("Actor Offer", "Municipality"),
        EdgeType.ACTS_IN: _spec("Alliance", "Municipality"),
        EdgeType.MEMBER_OF: _spec("Actor", "Alliance", "role since", role=str, since=date, until=date),
        EdgeType.COOPERATES_WITH: _spec("Actor", "Actor", "since", strength=str, since=date, until=date),
        EdgeType.OFFERS: _spec("Actor", "Offer"),
        EdgeType.REQUESTED_BY: _spec("Request", "Actor Alliance"),
        EdgeType.APPLIED_IN: _spec(
            "Practice", "Municipality", "since actor", actor=str, status=str, outcome=str, since=date, until=date
        ),
        EdgeType.CARRIED_BY: _spec("Practice", "Actor"),
        EdgeType.FACES: _spec(
            "Municipality", "Concept", "rated_on rater_role", severity=int, rated_on=date, rater_role=str
        ),
        EdgeType.ADDRESSES: _spec("Practice Offer Alliance Request", "Concept"),
        EdgeType.IN_FIELD: _spec("*", "Concept"),
        EdgeType.FOR_GROUP: _spec("*", "Concept"),
        EdgeType.INVOLVES: _spec("Exchange", "Municipality"),
        EdgeType.ABOUT: _spec("Exchange", "Practice Concept"),
        EdgeType.ADOPTED: _spec("Municipality", "Practice", "on", decision=str, reason=str, on=date),
        # what a person decided about two records: the source is another record of the target, or it is not
        EdgeType.SAME_AS: _spec("Actor", "Actor", "", on=date, reason=str),
        EdgeType.DIFFERENT_FROM: _spec("Actor", "Actor", "", on=date, reason=str),
    }
)


def edge_qualifier(type: EdgeType, properties: Mapping[str, Scalar]) -> str:
    """The identifying properties of an edge as text: what tells it from parallel ones."""
    identity = EDGE_SPECS[type].identity
    return "|".join(str(properties.get(name, "")) for name in identity) if identity else ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A relation between two nodes. Equal identity (type, ends, identifying properties) is the same edge."""

    type: EdgeType
    source: NodeKey
    target: NodeKey
    properties: Mapping[str, Scalar] = field(default_factory=dict)
    visibility: Visibility | None = None

    def __post_init__(self) -> None:
        spec = EDGE_SPECS[self.type]
        if self.source.label not in spec.sources or self.target.label not in spec.targets:
            raise InvalidValue(
                f"{self.type} from {'/'.join(sorted(spec.sources))} to {'/'.join(sorted(spec.targets))}",
                f"{self.source} to {self.target}",
            )
        for name, value in self.properties.items():
            wanted = spec.properties.get(name)
            if wanted is None or not isinstance(value, wanted | int if wanted is float else wanted):
                raise InvalidValue(f"a property of {self.type}", f"{name}={value!r}")
            if isinstance(value, float) and not math.isfinite(value):
                raise InvalidValue(f"a finite {name}", value)

    @property
    def qualifier(self) -> str:
        """The values that tell this edge from parallel ones, as text."""
        return edge_qualifier(self.type, self.properties)


@dataclass(frozen=True, slots=True)
class Boundary:
    """A municipality's territory as a GeoJSON geometry (WGS84) and its territory date."""

    municipality: NodeKey
    geometry: str
    territory_date: date | None = None


@dataclass(frozen=True, slots=True)
class ObservationTable:
    """Indicator values as columns of equal length: one row is (municipality, indicator, period, value, flag).

    ``value`` NaN is missing; ``flag`` is "" where the publisher set no mark. Codes are local keys.
    """

    municipality: Sequence[str]
    indicator: Sequence[str]
    period: Sequence[str]
    value: FloatArray
    flag: Sequence[str]

    def __post_init__(self) -> None:
        lengths = {len(c) for c in (self.municipality, self.indicator, self.period, self.value, self.flag)}
        if len(lengths) != 1:
            raise InvalidValue("columns of equal length", sorted(lengths))
        if np.isinf(self.value).any():
            raise InvalidValue("finite values", "infinity")
        for period in set(self.period):
            check_period(period)

    def __len__(self) -> int:
        return len(self.value)


@dataclass(frozen=True, slots=True)
class Series:
    """One indicator of one municipality over time, periods ascending; NaN is missing."""

    municipality: NodeKey
    indicator: NodeKey
    periods: tuple[str, ...]
    values: tuple[float, ...]
    flags: tuple[str, ...]


Record = Node | Edge | Boundary | ObservationTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Who says something: a publication with its licence. A lower ``precedence`` speaks first; ties by id."""

    id: str
    title: str
    publisher: str = ""
    licence: str = ""
    url: str = ""
    retrieved_on: date | None = None
    territory_date: date | None = None
    note: str = ""
    precedence: int = 100

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", self.id):
            raise InvalidValue("a dataset id of small letters, digits, '.', '_' and '-'", self.id)

    @property
    def rank(self) -> tuple[int, str]:
        """The order in which datasets are believed."""
        return (self.precedence, self.id)


CURATED = Dataset(id="curated", title="Eingetragen von Hand / entered by hand", precedence=0)
"""Where single edits go; it is believed before every imported dataset."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one dataset says of one node since when: property → value as plain JSON types."""

    dataset: str
    properties: Mapping[str, object]
    since: datetime
