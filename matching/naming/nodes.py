"""Finds the actor, alliance or other node that a person means: by key or by name as people write it."""

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from graph_service.errors import Ambiguous, NotFound
from graph_service.keys import Label, NodeKey
from graph_service.projection import Projection
from matching.naming.municipalities import find_municipality, plain

EXPECTED = "a known key or name"
MANY = "the name of one thing"
NAMED = (Label.ACTOR, Label.ALLIANCE, Label.MUNICIPALITY, Label.PRACTICE, Label.OFFER, Label.REQUEST, Label.EXCHANGE)
"""What people call by name."""
_MOST = 20


def find_node(projection: Projection, text: str, labels: Sequence[Label] = NAMED) -> NodeKey:
    """The node that a key, a local key or a name stands for; raises NotFound, Ambiguous."""
    record = _record(projection, text.strip(), labels)
    return projection.known(record) or record


def _record(projection: Projection, wanted: str, labels: Sequence[Label]) -> NodeKey:
    """The record, of several of one node the one that is meant."""
    for reading in (wanted, *(f"{label.value.lower()}:{wanted}" for label in labels)):
        if projection.known(reading) and NodeKey.trusted(reading).label in labels:
            return NodeKey.trusted(reading)
    found = _called(projection, plain(wanted), labels)
    if Label.MUNICIPALITY in labels and projection.spans[Label.MUNICIPALITY]:
        try:
            town = find_municipality(projection, wanted)
        except NotFound:
            pass
        except Ambiguous:
            if not found:
                raise
        else:
            found = [key for key in found if key.label is not Label.MUNICIPALITY] + [town]
    if not found:
        raise NotFound(EXPECTED, wanted + _hint(projection, wanted, labels))
    if len(found) > 1:
        raise Ambiguous(MANY, wanted, tuple((str(key), _name(projection, key)) for key in found[:_MOST]))
    return found[0]


def find_actor(projection: Projection, text: str) -> NodeKey:
    """The actor that a key or a name stands for; raises NotFound, Ambiguous."""
    return find_node(projection, text, (Label.ACTOR,))


def find_record(projection: Projection, text: str) -> NodeKey:
    """The record of an actor that a key or a name stands for, for deciding about it; raises NotFound, Ambiguous."""
    return _record(projection, text.strip(), (Label.ACTOR,))


def _called(projection: Projection, form: str, labels: Sequence[Label]) -> list[NodeKey]:
    """The nodes with this name, in key order; where there is none, the other records of nodes with this name."""
    arrays = projection.arrays
    places = (i for label in labels for i in projection.spans[label])
    found = [NodeKey.trusted(arrays.keys[i]) for i in places if form and plain(arrays.names[i]) == form]
    others = projection.aliases if Label.ACTOR in labels and not found else ()
    return found or [each.key for each in others if form and plain(each.name) == form]


def _hint(projection: Projection, wanted: str, labels: Sequence[Label]) -> str:
    """The names that are written nearly so."""
    names = {projection.arrays.names[i] for label in labels for i in projection.spans[label]}
    near = process.extract(wanted, sorted(names), scorer=fuzz.WRatio, processor=plain, limit=3, score_cutoff=80)
    return f" ({', '.join(name for name, _, _ in near)}?)" if near else ""


def _name(projection: Projection, key: NodeKey) -> str:
    return projection.name(key.label, projection.position(key))
