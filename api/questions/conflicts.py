"""Where sources contradict one another: which dataset says what of the same record, and which one is believed."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from api.services import Services
from api.snapshot import Snapshot
from graph_service.codec import node_properties
from graph_service.keys import Label, NodeKey
from graph_service.model import Node
from graph_service.store.contract import Reader
from graph_service.visibility import Audience

NEAR_DEGREES = 0.02
"""Two points of the same area this close (2 km) are no contradiction: publishers choose their points differently."""
_POINTS = frozenset({"longitude", "latitude"})


@dataclass(frozen=True, slots=True)
class Saying:
    """What one dataset says, since when."""

    dataset: str
    value: object
    since: datetime


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A property of a record of which datasets say different things; the first of them is believed."""

    key: NodeKey
    name: str
    property: str
    sayings: tuple[Saying, ...]


@dataclass(frozen=True, slots=True)
class Disagreements:
    """All of them that the audience may know of, by kind of record, name and property."""

    revision: int
    items: tuple[Disagreement, ...]


def list_disagreements(services: Services, audience: Audience) -> Disagreements:
    """Where datasets disagree, worked out once for a snapshot; raises StoreError."""
    snapshot = services.snapshot(audience)
    return snapshot.prepared("disagreements", lambda _: services.read(audience, _disagreements), ahead=True)


def _disagreements(reader: Reader, snapshot: Snapshot) -> Disagreements:
    datasets = [status.dataset.id for status in reader.datasets() if status.counts.get("node")]
    said: dict[NodeKey, list[tuple[str, Node, datetime]]] = defaultdict(list)
    for dataset in datasets:  # in the order in which they are believed
        for record, since in takewhile(
            lambda each: isinstance(each[0], Node), ((each.record, each.since) for each in reader.claimed(dataset))
        ):
            if isinstance(record, Node):
                said[record.key].append((dataset, record, since))
    seen = snapshot.sight.seen
    found = []
    for key, claims in said.items():
        if len(claims) > 1:
            told = [(dataset, node_properties(node), since) for dataset, node, since in claims]
            found += _of_record(key, seen.name(key.label, seen.position(key)), told)
    order = list(Label)
    found.sort(key=lambda each: (order.index(each.key.label), each.name.casefold(), each.key, each.property))
    return Disagreements(snapshot.revision, tuple(found))


def _of_record(
    key: NodeKey, name: str, told: Sequence[tuple[str, Mapping[str, object], datetime]]
) -> list[Disagreement]:
    found = []
    for property in dict.fromkeys(name for _, properties, _ in told for name in properties):
        sayings = [
            Saying(dataset, properties[property], since)
            for dataset, properties, since in told
            if properties.get(property) is not None
        ]
        if any(_differs(property, sayings[0].value, each.value) for each in sayings[1:]):
            found.append(Disagreement(key, name, property, tuple(sayings)))
    return found


def _differs(property: str, one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        near = NEAR_DEGREES if property in _POINTS else 0.0
        return not math.isclose(one, other, rel_tol=1e-6, abs_tol=near)
    return one != other
