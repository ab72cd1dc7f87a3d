"""Small projections written by hand, without a store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import orjson

from graph_service.arrays import Texts
from graph_service.keys import Label
from graph_service.model import EdgeType, Level
from graph_service.projection import LEVELS, Arrays, Edges, Municipalities, Observations, Projection

Value = tuple[str, str, str, float, str]
"""Municipality, indicator, period, value, flag."""


@dataclass(frozen=True)
class Town:
    """A municipality as a test needs it."""

    code: str
    name: str = ""
    level: Level = Level.DISTRICT
    parent: str = ""
    population: float = float("nan")
    kind: str = ""
    valid_until: str = ""


@dataclass(frozen=True)
class Relation:
    """An edge between two keys."""

    type: EdgeType
    source: str
    target: str
    said: Mapping[str, object] = field(default_factory=dict)


def projection(
    towns: Sequence[Town],
    indicators: Mapping[str, Mapping[str, object]],
    values: Iterable[Value],
    relations: Sequence[Relation] = (),
    others: Mapping[str, str] | None = None,
) -> Projection:
    """Put a projection together; ``others`` are further nodes, key to name."""
    properties: dict[str, dict[str, object]] = {key: {"name": name} for key, name in (others or {}).items()}
    for town in towns:
        node: dict[str, object] = {"name": town.name or town.code, "level": town.level.value}
        if town.valid_until:
            node["valid_until"] = town.valid_until
        properties[f"municipality:{town.code}"] = node
    for id, said in indicators.items():
        properties[f"indicator:{id}"] = {"name": id, **said}
    keys = sorted(properties)
    place = {key: i for i, key in enumerate(keys)}
    codes = sorted(town.code for town in towns)
    by_code = {town.code: town for town in towns}
    ids = sorted(indicators)
    kinds = sorted({town.kind for town in towns} - {""})
    ordered = [by_code[code] for code in codes]
    municipalities = Municipalities(
        np.array([LEVELS.index(town.level) for town in ordered], np.int64),
        np.array([codes.index(town.parent) if town.parent else -1 for town in ordered], np.int64),
        np.array([town.population for town in ordered], np.float64),
        *(np.full(len(ordered), np.nan) for _ in range(3)),
        np.array([kinds.index(town.kind) if town.kind else -1 for town in ordered], np.int64),
        Texts.of(kinds),
    )
    edges = {}
    for type in {relation.type for relation in relations}:
        own = [relation for relation in relations if relation.type is type]
        edges[type.value] = Edges(
            np.array([place[relation.source] for relation in own], np.int64),
            np.array([place[relation.target] for relation in own], np.int64),
            np.arange(len(own)),
            Texts.of(orjson.dumps(dict(relation.said)).decode() for relation in own),
        )
    arrays = Arrays(
        np.array([1]),
        Texts.of(keys),
        Texts.of(str(properties[key]["name"]) for key in keys),
        Texts.of(orjson.dumps(properties[key]).decode() for key in keys),
        municipalities,
        _observations(sorted(values), codes, ids),
        edges,
    )
    found = Projection(arrays)
    assert len(found.spans[Label.MUNICIPALITY]) == len(towns)
    return found


def _observations(values: Sequence[Value], codes: Sequence[str], ids: Sequence[str]) -> Observations:
    periods, flags = sorted({value[2] for value in values}), sorted({value[4] for value in values})

    def places(column: int, among: Sequence[str]) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
        at = {text: i for i, text in enumerate(among)}
        return np.array([at[str(value[column])] for value in values], np.int64)

    return Observations(
        places(0, codes),
        places(1, ids),
        places(2, periods),
        np.array([value[3] for value in values], np.float64),
        places(4, flags),
        Texts.of(periods),
        Texts.of(flags),
    )


def matrix(
    rows: Sequence[Sequence[float]], *, towns: Sequence[Town] | None = None, scale: str = "linear", polarity: int = 0
) -> Projection:
    """A projection of a matrix: municipalities t00, t01 … and indicators i00, i01 …; NaN is no observation."""
    towns = towns or [Town(f"t{i:02}") for i in range(len(rows))]
    count = len(rows[0]) if rows else 0
    values = [
        (town.code, f"i{j:02}", "2022", float(value), "")
        for town, row in zip(towns, rows, strict=True)
        for j, value in enumerate(row)
        if value == value
    ]
    return projection(towns, {f"i{j:02}": {"scale": scale, "polarity": polarity} for j in range(count)}, values)
