"""What was decided about records of actors that look alike: which are the same, which are not."""

from dataclasses import dataclass
from datetime import date
from itertools import chain

from api.services import Services
from api.snapshot import Snapshot
from graph_service.keys import NodeKey
from graph_service.model import Edge, EdgeType
from graph_service.projection import Projection
from graph_service.store.contract import Reader
from graph_service.visibility import Audience


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision: ``one`` is another record of ``other`` where they are the same, and otherwise not."""

    same: bool
    one: NodeKey
    one_name: str
    other: NodeKey
    other_name: str
    on: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class DecisionsFound:
    """All decisions about what the audience sees, the newest first."""

    revision: int
    decisions: tuple[Decision, ...]


def list_decisions(services: Services, audience: Audience) -> DecisionsFound:
    """The decisions, read once for a snapshot; raises StoreError."""
    snapshot = services.snapshot(audience)
    return snapshot.prepared("decisions", lambda _: services.read(audience, _decisions))


def _decisions(reader: Reader, snapshot: Snapshot) -> DecisionsFound:
    seen = snapshot.sight.seen
    edges = chain(reader.edges(EdgeType.SAME_AS), reader.edges(EdgeType.DIFFERENT_FROM))
    found = [_decision(edge, seen) for edge in edges]
    found.sort(key=lambda each: (-(each.on or date.min).toordinal(), each.one, each.other))
    return DecisionsFound(snapshot.revision, tuple(found))


def _decision(edge: Edge, seen: Projection) -> Decision:
    one, other = (seen.name(key.label, seen.position(key)) for key in (edge.source, edge.target))
    said = edge.properties
    return Decision(
        edge.type is EdgeType.SAME_AS,
        edge.source,
        one,
        edge.target,
        other,
        _date(said.get("on")),
        str(said.get("reason", "")),
    )


def _date(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value if isinstance(value, date) else None
