"""What is known of a municipality: what it is, what is measured, what it faces, and what is recorded there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from api.language import Words
from api.questions.directory import Named, directory, named_town
from api.questions.relations import place_of, relations
from api.snapshot import Snapshot
from api.words.suggestions import Explainer
from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType, Level, Municipality
from graph_service.projection import LEVELS, Projection
from matching.about import day, text
from matching.inventory.offers import Rating, latest_ratings
from matching.peers.nearness import above

COUNTED = (Label.ACTOR, Label.ALLIANCE, Label.PRACTICE, Label.OFFER, Label.REQUEST, Label.EXCHANGE)


@dataclass(frozen=True, slots=True)
class Known:
    """The latest observation of one indicator, with what its publisher says of it."""

    indicator: str
    label: str
    theme: str
    period: str
    value: float | None
    flag: str
    unit: str
    source: str
    licence: str


@dataclass(frozen=True, slots=True)
class TimeSeries:
    """One indicator over time, periods ascending; a missing value is null, and its flag says why."""

    indicator: str
    label: str
    theme: str
    unit: str
    polarity: int | None
    source: str
    licence: str
    periods: tuple[str, ...]
    values: tuple[float | None, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Observed:
    """The time series of a municipality."""

    revision: int
    key: NodeKey
    name: str
    series: tuple[TimeSeries, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """A municipality that this one lies in."""

    key: NodeKey
    name: str
    level: Level


@dataclass(frozen=True, slots=True)
class Succession:
    """What a municipality became, or came from."""

    key: NodeKey
    name: str
    on: date | None
    change: str
    population_share: float | None


@dataclass(frozen=True, slots=True)
class Profile:
    """A municipality with all that is known of it."""

    revision: int
    key: NodeKey
    name: str
    record: Municipality
    areas: tuple[Area, ...]
    """What it lies in, the nearest first."""
    parts: int
    """How many municipalities lie directly in it."""
    types: tuple[Named, ...]
    """The types of regions that it belongs to."""
    successors: tuple[Succession, ...]
    predecessors: tuple[Succession, ...]
    challenges: tuple[Rating, ...]
    """The hardest first; of several ratings of one challenge the latest."""
    counts: dict[Label, int]
    """How many records there are of each kind in it and in what lies within it."""
    observations: tuple[Known, ...]
    links: dict[str, str]
    """Where more is told, relative to the service."""


def described(projection: Projection, key: NodeKey) -> dict[str, object]:
    """What a municipality is, in short."""
    node = _municipality(projection, key)
    return {"key": key, "name": node.name, "level": node.level, "kind": node.kind, "population": node.population}


def latest(projection: Projection, key: NodeKey, explainer: Explainer) -> Iterator[Known]:
    """The latest observation of each indicator, by theme and label; what is missing is among them with its mark."""
    table = projection.observations
    newest = {int(table.indicator[i]): i for i in _rows(projection, key)}
    found = []
    for j, i in newest.items():
        node = projection.indicators[j]
        found.append(
            Known(
                node.key.local,
                explainer.label(node.key.local),
                node.theme or "",
                table.periods[int(table.period[i])],
                _number(table.value[i]),
                table.flags[int(table.flag[i])],
                node.unit or "",
                node.source or "",
                node.licence or "",
            )
        )
    return iter(sorted(found, key=lambda known: (known.theme, known.label)))


def find_series(snapshot: Snapshot, key: NodeKey, words: Words, indicators: tuple[str, ...] = ()) -> Observed:
    """The time series of these indicators, of all if none is named; raises NotFound."""
    projection = snapshot.projection
    explainer = Explainer(projection, words)
    wanted = {projection.position(_indicator(projection, each)) for each in indicators}
    table = projection.observations
    rows: dict[int, list[int]] = {}
    for i in _rows(projection, key):
        j = int(table.indicator[i])
        if not wanted or j in wanted:
            rows.setdefault(j, []).append(i)
    found = []
    for j, numbers in rows.items():
        node = projection.indicators[j]
        found.append(
            TimeSeries(
                node.key.local,
                explainer.label(node.key.local),
                node.theme or "",
                node.unit or "",
                node.polarity,
                node.source or "",
                node.licence or "",
                tuple(table.periods[int(table.period[i])] for i in numbers),
                tuple(_number(table.value[i]) for i in numbers),
                tuple(table.flags[int(table.flag[i])] for i in numbers),
            )
        )
    found.sort(key=lambda series: (series.theme, series.label, series.indicator))
    return Observed(snapshot.revision, key, projection.name(Label.MUNICIPALITY, projection.position(key)), tuple(found))


def find_profile(snapshot: Snapshot, key: NodeKey, words: Words) -> Profile:
    """Everything about one municipality; raises NotFound."""
    projection = snapshot.projection
    node, position = _municipality(projection, key), projection.position(key)
    return Profile(
        revision=snapshot.revision,
        key=key,
        name=projection.name(Label.MUNICIPALITY, position),
        record=node,
        areas=tuple(_area(projection, each) for each in above(projection, position)),
        parts=int((projection.municipalities.parent == position).sum()),
        types=_types(snapshot, key),
        successors=tuple(_successions(snapshot, key, outgoing=True)),
        predecessors=tuple(_successions(snapshot, key, outgoing=False)),
        challenges=ratings(snapshot).get(key, ()),
        counts={label: int(directory(snapshot, label).within(key).sum()) for label in COUNTED},
        observations=tuple(latest(projection, key, Explainer(projection, words))),
        links=_links(key),
    )


def ratings(snapshot: Snapshot) -> Mapping[NodeKey, tuple[Rating, ...]]:
    """What every municipality said of its challenges last, made once for a snapshot."""
    return snapshot.prepared("ratings", latest_ratings)


def _municipality(projection: Projection, key: NodeKey) -> Municipality:
    node = projection.node(key)
    if not isinstance(node, Municipality):
        raise NotFound("a municipality", key)
    return node


def _indicator(projection: Projection, id: str) -> NodeKey:
    key = projection.known(f"indicator:{id}")
    if key is None:
        raise NotFound("an indicator of the store", id)
    return key


def _rows(projection: Projection, key: NodeKey) -> range:
    """The numbers of a municipality's observations, by indicator and period."""
    position = projection.position(key)
    first, last = np.searchsorted(projection.observations.municipality, [position, position + 1]).tolist()
    return range(first, last)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _area(projection: Projection, position: int) -> Area:
    town = named_town(projection, position)
    return Area(town.key, town.name, LEVELS[int(projection.municipalities.level[position])])


def _types(snapshot: Snapshot, key: NodeKey) -> tuple[Named, ...]:
    arrays, place = snapshot.projection.arrays, place_of(snapshot, key)
    others = relations(snapshot).others(EdgeType.OF_TYPE, "out", place)
    return tuple(Named(NodeKey.trusted(arrays.keys[each]), arrays.names[each]) for each in others)


def _successions(snapshot: Snapshot, key: NodeKey, *, outgoing: bool) -> Iterator[Succession]:
    edges = snapshot.projection.edges(EdgeType.SUCCEEDED_BY)
    arrays, place = snapshot.projection.arrays, place_of(snapshot, key)
    for i in relations(snapshot).numbers(EdgeType.SUCCEEDED_BY, "out" if outgoing else "in", place):
        other, said = int((edges.target if outgoing else edges.source)[i]), edges.property(i)
        share = said.get("population_share")
        yield Succession(
            NodeKey.trusted(arrays.keys[other]),
            arrays.names[other],
            day(said.get("on")),
            text(said, "change"),
            None if share is None else float(share),
        )


def _links(key: NodeKey) -> dict[str, str]:
    own = f"/api/v1/municipalities/{key.local}"
    nested = ("observations", "peers", "practices", "coverage", "alliances", "actors", "offers")
    return {"self": own} | {name: f"{own}/{name}" for name in nested}
