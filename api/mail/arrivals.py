"""Who has arrived since a day: actors of which a dataset says something that it did not say before."""

from datetime import date, datetime, time

from api.language import ZONE
from graph_service.keys import Label, NodeKey
from graph_service.model import Edge, EdgeType, Node
from graph_service.store.contract import Reader

SPEAKING = frozenset({EdgeType.LOCATED_IN, EdgeType.SERVES, EdgeType.OFFERS, EdgeType.IN_FIELD, EdgeType.FOR_GROUP})
"""Edges that say what an actor is and brings; whom it works with is no news to a request."""


def arrived_since(reader: Reader, day: date) -> frozenset[NodeKey]:
    """Actors that are new, or of which something new is said, since a day began here."""
    start = datetime.combine(day, time.min, ZONE)
    found: set[NodeKey] = set()
    for status in reader.datasets():
        for claimed in reader.claimed(status.dataset.id):
            if claimed.since < start:
                continue
            record = claimed.record
            if isinstance(record, Node) and record.key.label is Label.ACTOR:
                found.add(record.key)
            elif isinstance(record, Edge) and record.type in SPEAKING and record.source.label is Label.ACTOR:
                found.add(record.source)
    return frozenset(found & reader.keys(Label.ACTOR))
