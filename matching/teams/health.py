"""How sound an existing alliance is: roles without a holder, one-sided membership, bridges, and stale records."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import orjson

from graph_service.keys import Label, NodeKey
from graph_service.model import Alliance, EdgeType
from graph_service.projection import Projection
from graph_service.role_templates import RoleNeed, RoleTemplates
from matching.about import concepts, day, fields_of, sources, targets, text
from matching.teams.roles import GROUPS, roles_needed, sector

if TYPE_CHECKING:
    import networkx as nx

FRESH = timedelta(days=365)
"""A record is stale when it was last confirmed longer ago."""
LEAST = 3


@dataclass(frozen=True, slots=True)
class AllianceMember:
    """A present member as the records know it."""

    key: NodeKey
    name: str
    kind: str
    sector: str
    roles: tuple[str, ...]
    assured_on: date | None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at. ``kind`` is one of KINDS, ``subject`` a role, sector or key, ``names`` whom it concerns."""

    kind: str
    subject: str = ""
    names: tuple[str, ...] = ()
    on: date | None = None


ENDED, TOO_FEW, MISSING_ROLE, MISSING_GROUP, UNKNOWN_KIND = (
    "ended",
    "too-few",
    "missing-role",
    "missing-group",
    "unknown-kind",
)
BRIDGE, ALONE, NO_TIES, STALE, NEVER = "bridge", "alone", "no-ties", "stale", "never-confirmed"
KINDS = (ENDED, TOO_FEW, MISSING_ROLE, MISSING_GROUP, UNKNOWN_KIND, BRIDGE, ALONE, NO_TIES, STALE, NEVER)


@dataclass(frozen=True, slots=True)
class Health:
    """What was found about an alliance; no finding is a good sign, as far as the records go."""

    revision: int
    key: NodeKey
    name: str
    fields: tuple[str, ...]
    members: tuple[AllianceMember, ...]
    former: tuple[str, ...]
    findings: tuple[Finding, ...]


def check_alliance(projection: Projection, key: NodeKey, templates: RoleTemplates, today: date) -> Health:
    """Look at an alliance as of a day; raises NotFound."""
    node = projection.node(key)
    fields = _fields(projection, key)
    members, former = _members(projection, key, today)
    findings = [
        *_standing(node, members, today),
        *_roles(roles_needed(templates, fields), members),
        *_sides(members),
        *_bridges(projection, key, members),
        *_stale(members, today),
    ]
    return Health(
        projection.revision, key, getattr(node, "name", None) or key.local, fields, members, former, tuple(findings)
    )


def _fields(projection: Projection, key: NodeKey) -> tuple[str, ...]:
    named = concepts(projection, EdgeType.IN_FIELD, Label.ALLIANCE, "field").get(key, frozenset())
    challenges = concepts(projection, EdgeType.ADDRESSES, Label.ALLIANCE, "challenge").get(key, frozenset())
    return tuple(sorted({*named, *fields_of(projection, challenges).values()}))


def _members(projection: Projection, key: NodeKey, today: date) -> tuple[tuple[AllianceMember, ...], tuple[str, ...]]:
    """Present members in key order, and the names of those who left."""
    edges = projection.edges(EdgeType.MEMBER_OF)
    place = projection.spans[Label.ALLIANCE].start + projection.position(key)
    roles: dict[int, set[str]] = {}
    gone: set[int] = set()
    for i in (edges.target == place).nonzero()[0].tolist():
        said, actor = edges.property(i), int(edges.source[i])
        until, since = day(said.get("until")), day(said.get("since"))
        if (until is not None and until < today) or (since is not None and since > today):
            gone.add(actor)
        else:
            roles.setdefault(actor, set()).add(text(said, "role"))
    at = projection.arrays
    left = tuple(at.names[actor] for actor in sorted(gone - roles.keys()))
    return tuple(_member(projection, actor, roles[actor]) for actor in sorted(roles)), left


def _member(projection: Projection, place: int, roles: set[str]) -> AllianceMember:
    at = projection.arrays
    said = orjson.loads(at.properties[place])
    kind = said.get("kind") or ""
    held = tuple(sorted({"coordination" if role == "lead" else role for role in roles} - {"", "member"}))
    return AllianceMember(
        NodeKey.trusted(at.keys[place]), at.names[place], kind, sector(kind), held, day(said.get("assured_on"))
    )


def _standing(node: object, members: Sequence[AllianceMember], today: date) -> Iterator[Finding]:
    if isinstance(node, Alliance) and (node.status == "ended" or (node.ended_on and node.ended_on < today)):
        yield Finding(ENDED, on=node.ended_on)
    if len(members) < LEAST:
        yield Finding(TOO_FEW, str(len(members)))


def _roles(needs: Sequence[RoleNeed], members: Sequence[AllianceMember]) -> Iterator[Finding]:
    """Required roles that no member holds, with the members whose kind could."""
    held = {role for member in members for role in member.roles}
    for need in needs:
        if need.required and need.role not in held:
            able = [member.name for member in members if member.kind in need.actor_kinds]
            yield Finding(MISSING_ROLE, need.role, tuple(able))


def _sides(members: Sequence[AllianceMember]) -> Iterator[Finding]:
    sectors = {member.sector for member in members}
    for group in GROUPS:
        # where no kind is known, nothing is known of sectors
        if sectors - {""} and group not in sectors:
            yield Finding(MISSING_GROUP, group)
    unknown = tuple(member.name for member in members if not member.sector)
    if unknown:
        yield Finding(UNKNOWN_KIND, names=unknown)


def _bridges(projection: Projection, key: NodeKey, members: Sequence[AllianceMember]) -> Iterator[Finding]:
    """Members on whom the ties of others hang, as far as ties outside this alliance are known."""
    import networkx as nx  # takes long to import, and most answers never need it

    names = {member.key: member.name for member in members}
    graph = _ties(projection, key, list(names))
    if not graph.number_of_edges():
        if len(members) > 1:
            yield Finding(NO_TIES)
        return
    for one in sorted(nx.articulation_points(graph)):
        rest = graph.subgraph(nx.node_connected_component(graph, one) - {one})
        parts = sorted(nx.connected_components(rest), key=lambda part: (len(part), min(part)))
        cut = sorted(each for part in parts[:-1] for each in part)
        yield Finding(BRIDGE, one, (names[one], *(names[each] for each in cut)))
    lonely = tuple(names[each] for each in sorted(nx.isolates(graph)))
    if lonely:
        yield Finding(ALONE, names=lonely)


def _ties(projection: Projection, key: NodeKey, members: Sequence[NodeKey]) -> "nx.Graph[NodeKey]":
    """Who of the members works with whom besides this alliance."""
    import networkx as nx

    graph: nx.Graph[NodeKey] = nx.Graph()
    graph.add_nodes_from(members)
    among = set(members)
    cooperating = targets(projection, EdgeType.COOPERATES_WITH, Label.ACTOR)
    for one in members:
        graph.add_edges_from((one, other) for other in cooperating.get(one, ()) if other in among)
    for alliance, actors in sources(projection, EdgeType.MEMBER_OF, Label.ALLIANCE).items():
        inside = [each for each in actors if each in among]
        if alliance != key and len(inside) > 1:
            graph.add_edges_from((a, b) for i, a in enumerate(inside) for b in inside[i + 1 :])
    return graph


def _stale(members: Sequence[AllianceMember], today: date) -> Iterator[Finding]:
    for member in members:
        if member.assured_on is not None and today - member.assured_on > FRESH:
            yield Finding(STALE, member.key, (member.name,), member.assured_on)
    never = tuple(member.name for member in members if member.assured_on is None)
    if never:
        yield Finding(NEVER, names=never)
