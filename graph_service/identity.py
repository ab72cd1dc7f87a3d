"""Which records of actors are the same: what a person decided, as edges that are entered and taken back like any other.

A merge keeps both records with everything that each dataset says of them: an edge SAME_AS from the one to the other
says that they are one. To undo it is to take that edge back; nothing else has changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from graph_service.errors import InvalidValue, NotFound
from graph_service.keys import Label, NodeKey
from graph_service.model import Edge, EdgeType, Scalar
from graph_service.projection import Projection
from graph_service.store.contract import Changes, Writer


@dataclass(frozen=True)
class Decisions:
    """What was decided about pairs of actors, with what follows: the same as the same is the same."""

    whole: dict[NodeKey, NodeKey]
    """Each record that is the same as another → the record that stands for all of them."""
    apart: frozenset[tuple[NodeKey, NodeKey]]
    """Pairs of such records, in key order, that are not the same."""

    @classmethod
    def of(cls, projection: Projection) -> "Decisions":
        """Read the decisions of a revision."""
        whole: dict[NodeKey, NodeKey] = {}
        for duplicate, kept in sorted(_pairs(projection, EdgeType.SAME_AS)):
            one, other = _root(whole, duplicate), _root(whole, kept)
            if one != other:
                whole[one] = other
        settled = {key: _root(whole, key) for key in whole}
        apart = (
            _ordered(settled.get(one, one), settled.get(other, other))
            for one, other in _pairs(projection, EdgeType.DIFFERENT_FROM)
        )
        return cls(settled, frozenset(apart))

    def settled(self, one: NodeKey, other: NodeKey) -> bool:
        """Whether nobody needs to decide about this pair any more."""
        first, second = self.whole.get(one, one), self.whole.get(other, other)
        return first == second or _ordered(first, second) in self.apart


def merge(writer: Writer, duplicate: NodeKey, kept: NodeKey, on: date, reason: str = "") -> Changes:
    """Enter that a record is another record of the one kept, instead of what was entered about the two before."""
    return _decide(writer, EdgeType.SAME_AS, duplicate, kept, on, reason)


def keep_apart(writer: Writer, one: NodeKey, other: NodeKey, on: date, reason: str = "") -> Changes:
    """Enter that two records are different actors, instead of what was entered about the two before."""
    return _decide(writer, EdgeType.DIFFERENT_FROM, *_ordered(one, other), on, reason)


def undo(writer: Writer, one: NodeKey, other: NodeKey) -> Changes:
    """Take back what was entered by hand about two records; raises NotFound."""
    changes = _taken_back(writer, one, other)
    if not changes.total:
        raise NotFound("a decision about these two that was entered by hand", f"{one}, {other}")
    return changes


def _decide(writer: Writer, type: EdgeType, source: NodeKey, target: NodeKey, on: date, reason: str) -> Changes:
    for key in (source, target):
        writer.node(key)
    if source == target:
        raise InvalidValue("two different actors", source)
    before = _taken_back(writer, source, target)
    said: dict[str, Scalar] = {"on": on}
    if reason:
        said["reason"] = reason
    return before + writer.put(Edge(type, source, target, said))


def _taken_back(writer: Writer, one: NodeKey, other: NodeKey) -> Changes:
    changes = Changes()
    for edge in writer.edges_of(one):
        if edge.type in (EdgeType.SAME_AS, EdgeType.DIFFERENT_FROM) and {edge.source, edge.target} == {one, other}:
            try:
                changes += writer.remove(edge)
            except NotFound:  # another dataset says so, which nobody takes back by hand
                continue
    return changes


def _pairs(projection: Projection, type: EdgeType) -> Iterable[tuple[NodeKey, NodeKey]]:
    edges, start = projection.edges(type), projection.spans[Label.ACTOR].start
    for source, target in zip(edges.source.tolist(), edges.target.tolist(), strict=True):
        yield projection.key(Label.ACTOR, source - start), projection.key(Label.ACTOR, target - start)


def _root(whole: dict[NodeKey, NodeKey], key: NodeKey) -> NodeKey:
    while key in whole:
        key = whole[key]
    return key


def _ordered(one: NodeKey, other: NodeKey) -> tuple[NodeKey, NodeKey]:
    return (one, other) if one <= other else (other, one)
