"""Makes a store's actors many times as many: copies with other names in the same places, and alliances among them."""

import dataclasses
import random
from collections.abc import Iterator

from graph_service.keys import Label, NodeKey
from graph_service.model import Actor, Alliance, Dataset, Edge, EdgeType, Record
from graph_service.projection import Projection, project
from graph_service.store.contract import GraphStore

GROWN = Dataset(id="grown", title="Copies of the actors, for measuring growth")
KEPT = (EdgeType.LOCATED_IN, EdgeType.SERVES, EdgeType.IN_FIELD, EdgeType.FOR_GROUP)
"""What a copy says as the original does."""
MEMBERS = 6
_SYLLABLES = ("bra", "dor", "fel", "gun", "hal", "kem", "lin", "mor", "nau", "ruh", "sil", "tal", "ven", "wes")


def grow(store: GraphStore, times: int) -> int:
    """Write so many times as many actors; the number of actors then."""
    projection = project(store)
    records = list(_copies(projection, times))
    records += _alliances(projection, times)
    store.write(lambda tx: tx.replace(GROWN, records))
    return len(projection.spans[Label.ACTOR]) * times


def _copies(projection: Projection, times: int) -> Iterator[Record]:
    draw = random.Random(7)  # noqa: S311  # a benchmark, no secret
    for actor in projection.nodes(Label.ACTOR):
        if not isinstance(actor, Actor):
            continue
        for i in range(1, times):
            name = "".join(draw.choices(_SYLLABLES, k=3)).capitalize()
            # nobody's legal duty is copied: the law asks for one of each only
            yield dataclasses.replace(
                actor, key=_copy(actor.key, i), name=f"{name} {actor.name}", legal_basis=None, url=None
            )
    for type in KEPT:
        edges = projection.edges(type)
        for at, (source, target) in enumerate(zip(edges.source.tolist(), edges.target.tolist(), strict=True)):
            one, other = (NodeKey.trusted(projection.arrays.keys[place]) for place in (source, target))
            if one.label is Label.ACTOR:
                for i in range(1, times):
                    yield Edge(type, _copy(one, i), other, edges.property(at))


def _alliances(projection: Projection, times: int) -> Iterator[Record]:
    """One for every few actors, of neighbours in the order of keys, which begin with the kind and name the place."""
    draw = random.Random(8)  # noqa: S311  # a benchmark, no secret
    keys = [projection.key(Label.ACTOR, i) for i in range(len(projection.spans[Label.ACTOR]))]
    everybody = [key if i == 0 else _copy(key, i) for key in keys for i in range(times)]
    for number in range(len(everybody) // MEMBERS):
        key = NodeKey.of(Label.ALLIANCE, f"grown-{number}")
        yield Alliance(key=key, name=f"Bündnis {number}", status="active")
        start = draw.randrange(max(len(everybody) - 10 * MEMBERS, 1))
        for member in draw.sample(everybody[start : start + 10 * MEMBERS], min(MEMBERS, len(everybody))):
            yield Edge(EdgeType.MEMBER_OF, member, key)


def _copy(key: NodeKey, number: int) -> NodeKey:
    return NodeKey.of(key.label, f"{key.local}.{number}")
