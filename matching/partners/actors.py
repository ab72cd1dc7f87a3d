"""What actors say of themselves, as arrays: kind, place, topics, resources, and when that was last confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import orjson
from scipy import sparse

from graph_service.arrays import IntArray
from graph_service.keys import Label
from graph_service.model import EdgeType
from graph_service.projection import Projection
from matching.partners.history import binary, first_of, to_day
from matching.partners.numbers import FloatArray


@dataclass(frozen=True, eq=False)
class Actors:
    """The actors of a revision by position."""

    name: tuple[str, ...]
    told: tuple[str, ...]
    """The description, empty where there is none."""
    kind: IntArray
    """Position in ``kinds``, or -1."""
    kinds: tuple[str, ...]
    resource: sparse.csr_array
    """actors × ``resources``."""
    resources: tuple[str, ...]
    topics: sparse.csr_array
    """actors × concepts: fields and target groups."""
    place: IntArray
    """The first municipality an actor is located in, or -1."""
    located: sparse.csr_array
    """actors × municipalities."""
    serves: sparse.csr_array
    """actors × municipalities."""
    longitude: FloatArray
    """Of the actor, else of its municipality; NaN where neither is known."""
    latitude: FloatArray
    assured: FloatArray
    """The day of the last confirmation, NaN where there was none."""
    statutory: tuple[bool, ...]
    """Whether it is a body that the law gives every district."""
    cooperations: sparse.csr_array
    """cooperations × actors, two ones a row."""

    def __len__(self) -> int:
        return len(self.name)


def read_actors(projection: Projection) -> Actors:
    """Take the actors out of a projection."""
    span = projection.spans[Label.ACTOR]
    tables = [orjson.loads(projection.arrays.properties[i]) for i in span]
    kind, kinds = _codes([table.get("kind") for table in tables])
    resource, resources = _lists([list(table.get("resources") or ()) for table in tables])
    located = binary(projection.adjacency(EdgeType.LOCATED_IN, Label.ACTOR, Label.MUNICIPALITY))
    place = first_of(located)
    topics = projection.adjacency(EdgeType.IN_FIELD, Label.ACTOR, Label.CONCEPT)
    return Actors(
        name=tuple(str(table.get("name") or "") for table in tables),
        told=tuple(str(table.get("description") or "") for table in tables),
        kind=kind,
        kinds=kinds,
        resource=resource,
        resources=resources,
        topics=binary(topics + projection.adjacency(EdgeType.FOR_GROUP, Label.ACTOR, Label.CONCEPT)),
        place=place,
        located=located,
        serves=binary(projection.adjacency(EdgeType.SERVES, Label.ACTOR, Label.MUNICIPALITY)),
        longitude=_coordinate(tables, "longitude", place, projection.municipalities.longitude),
        latitude=_coordinate(tables, "latitude", place, projection.municipalities.latitude),
        assured=np.array([_day(table.get("assured_on")) for table in tables], np.float64),
        statutory=tuple(bool(table.get("legal_basis")) for table in tables),
        cooperations=_cooperations(projection),
    )


def _codes(values: list[str | None]) -> tuple[IntArray, tuple[str, ...]]:
    known = sorted({value for value in values if value})
    at = {value: i for i, value in enumerate(known)}
    return np.array([at.get(value or "", -1) for value in values], np.int64), tuple(known)


def _lists(values: Sequence[Sequence[str]]) -> tuple[sparse.csr_array, tuple[str, ...]]:
    known = sorted({each for value in values for each in value})
    at = {value: i for i, value in enumerate(known)}
    row = [i for i, value in enumerate(values) for _ in value]
    column = [at[each] for value in values for each in value]
    return binary(sparse.csr_array((np.ones(len(row)), (row, column)), shape=(len(values), len(known)))), tuple(known)


def _coordinate(tables: list[dict[str, float]], name: str, place: IntArray, around: FloatArray) -> FloatArray:
    own = np.array([table.get(name, np.nan) for table in tables], np.float64)
    there = np.append(np.asarray(around), np.nan)[place]
    return np.where(np.isnan(own), there, own)


def _cooperations(projection: Projection) -> sparse.csr_array:
    edges, actors = projection.edges(EdgeType.COOPERATES_WITH), projection.spans[Label.ACTOR]
    rows = np.arange(len(edges.source))
    ends = np.concatenate([edges.source, edges.target]) - actors.start
    return sparse.csr_array((np.ones(len(ends)), (np.concatenate([rows, rows]), ends)), shape=(len(rows), len(actors)))


def _day(text: object) -> float:
    return to_day(date.fromisoformat(text)) if isinstance(text, str) else np.nan
