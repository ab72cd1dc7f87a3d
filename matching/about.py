"""What nodes are about and where: the neighbours of every node of a label along one type of edge."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from graph_service.errors import NotFound
from graph_service.keys import Label, NodeKey, concept_key
from graph_service.model import Concept, EdgeType
from graph_service.projection import Projection
from graph_service.vocabulary import load_vocabulary

DAYS = 365.25
"""Days in a year."""


def targets(projection: Projection, type: EdgeType, label: Label) -> dict[NodeKey, tuple[NodeKey, ...]]:
    """For each node of a label those that its edges of this type lead to, in key order."""
    return _joined(projection, type, label, outgoing=True)


def sources(projection: Projection, type: EdgeType, label: Label) -> dict[NodeKey, tuple[NodeKey, ...]]:
    """For each node of a label those whose edges of this type lead to it, in key order."""
    return _joined(projection, type, label, outgoing=False)


def _joined(
    projection: Projection, type: EdgeType, label: Label, *, outgoing: bool
) -> dict[NodeKey, tuple[NodeKey, ...]]:
    edges, span, keys = projection.edges(type), projection.spans[label], projection.arrays.keys
    near, far = (edges.source, edges.target) if outgoing else (edges.target, edges.source)
    found: dict[int, set[int]] = defaultdict(set)
    for one, other in zip(near.tolist(), far.tolist(), strict=True):
        if one in span:
            found[one].add(other)
    return {
        NodeKey.trusted(keys[one]): tuple(NodeKey.trusted(keys[other]) for other in sorted(others))
        for one, others in found.items()
    }


def concepts(projection: Projection, type: EdgeType, label: Label, kind: str) -> dict[NodeKey, frozenset[str]]:
    """For each node of a label the ids of the concepts of one kind that its edges of this type lead to."""
    prefix = f"concept:{kind}."
    return {
        key: frozenset(ids)
        for key, others in targets(projection, type, label).items()
        if (ids := [other.removeprefix(prefix) for other in others if other.startswith(prefix)])
    }


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge as the store or else the shipped vocabulary knows it."""

    id: str
    field: str
    """The id of the field of action that it lies in, "" where none is known."""
    described: str
    """Its label and definition in German, for comparing texts."""


def find_challenge(projection: Projection, id: str) -> Challenge:
    """The challenge of this id (or key); raises NotFound."""
    local = id.removeprefix("concept:").removeprefix("challenge.")
    term = load_vocabulary().find("challenge", local)
    node = _concept(projection, "challenge", local)
    if term is None and node is None:
        raise NotFound("the id of a challenge; the vocabulary lists them", id)
    broader = (node.broader if node else None) or (term.broader if term else "")
    described = " ".join(filter(None, [(node.name if node else None) or "", term.definition_de if term else ""]))
    return Challenge(local, broader.removeprefix("field."), described or local)


def _concept(projection: Projection, kind: str, id: str) -> Concept | None:
    try:
        node = projection.node(concept_key(kind, id))
    except NotFound:
        return None
    return node if isinstance(node, Concept) else None


def fields_of(projection: Projection, challenges: Iterable[str]) -> dict[str, str]:
    """The field of each challenge; those of none are left out."""
    found = {}
    for id in challenges:
        term = load_vocabulary().find("challenge", id)
        node = _concept(projection, "challenge", id)
        broader = (node.broader if node else None) or (term.broader if term else "")
        if broader.startswith("field."):
            found[id] = broader.removeprefix("field.")
    return found


def years_between(earlier: date, later: date) -> float:
    """How many years lie between two days; 0 where the first is not earlier."""
    return max((later - earlier).days / DAYS, 0.0)


def day(value: object) -> date | None:
    """A date as an edge's properties hold it."""
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def text(said: Mapping[str, str | int | float], name: str) -> str:
    """A property of an edge as text, "" where it says nothing."""
    return str(said.get(name, ""))
