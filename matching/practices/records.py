"""What is recorded of practices: what they are about, where they were applied, and what was decided about them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType, Practice
from graph_service.projection import Projection
from matching.about import concepts, day, fields_of, text

FAILED = "ended-failed"
REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a practice in a municipality; ``kind`` is a decision, or "applied"."""

    municipality: NodeKey
    kind: str
    status: str = ""
    since: date | None = None
    until: date | None = None
    said: str = ""
    """The outcome, or the reason of a decision, in the words of those who know."""
    actor: str = ""

    @property
    def last(self) -> date | None:
        """The latest day that is known of it."""
        return self.until or self.since

    @property
    def failed(self) -> bool:
        """Whether it did not work out there."""
        return self.status == FAILED or self.kind == REJECTED


@dataclass(frozen=True, slots=True)
class Known:
    """A practice with everything that is recorded of it; events by date, those without one last."""

    practice: Practice
    fields: frozenset[str]
    challenges: frozenset[str]
    groups: frozenset[str]
    events: tuple[Event, ...]

    @property
    def key(self) -> NodeKey:
        """The practice's key."""
        return self.practice.key

    @property
    def name(self) -> str:
        """The practice's name."""
        return self.practice.name or self.key.local

    @property
    def unproven(self) -> bool:
        """Whether it is recorded that there is no evidence."""
        return self.practice.unproven

    @property
    def words(self) -> str:
        """Name and description."""
        return " ".join(filter(None, [self.practice.name, self.practice.description]))


def is_unproven(projection: Projection, key: NodeKey) -> bool:
    """Whether this is a practice of which no evidence is recorded: nobody can say then that it was applied."""
    node = projection.node(key)
    return isinstance(node, Practice) and node.unproven


def read_practices(projection: Projection) -> list[Known]:
    """Every practice, in key order."""
    label = Label.PRACTICE
    fields = concepts(projection, EdgeType.IN_FIELD, label, "field")
    challenges = concepts(projection, EdgeType.ADDRESSES, label, "challenge")
    groups = concepts(projection, EdgeType.FOR_GROUP, label, "target_group")
    inside = fields_of(projection, {each for ids in challenges.values() for each in ids})
    events = _events(projection)
    none: frozenset[str] = frozenset()
    found = []
    for node in projection.nodes(label):
        if isinstance(node, Practice):
            addressed = challenges.get(node.key, none)
            own = fields.get(node.key, none) | {inside[each] for each in addressed if each in inside}
            found.append(Known(node, own, addressed, groups.get(node.key, none), events.get(node.key, ())))
    return found


def _events(projection: Projection) -> dict[NodeKey, tuple[Event, ...]]:
    keys = projection.arrays.keys
    found: dict[NodeKey, list[Event]] = defaultdict(list)
    applied = projection.edges(EdgeType.APPLIED_IN)
    for i, (source, target) in enumerate(zip(applied.source.tolist(), applied.target.tolist(), strict=True)):
        said = applied.property(i)
        found[NodeKey.trusted(keys[source])].append(
            Event(
                NodeKey.trusted(keys[target]),
                "applied",
                text(said, "status"),
                day(said.get("since")),
                day(said.get("until")),
                text(said, "outcome"),
                text(said, "actor"),
            )
        )
    adopted = projection.edges(EdgeType.ADOPTED)
    for i, (source, target) in enumerate(zip(adopted.source.tolist(), adopted.target.tolist(), strict=True)):
        said = adopted.property(i)
        found[NodeKey.trusted(keys[target])].append(
            Event(
                NodeKey.trusted(keys[source]),
                text(said, "decision") or "adopted",
                since=day(said.get("on")),
                said=text(said, "reason"),
            )
        )
    return {key: tuple(sorted(events, key=_order)) for key, events in found.items()}


def _order(event: Event) -> tuple[date, NodeKey, str]:
    return event.since or event.until or date.max, event.municipality, event.kind
