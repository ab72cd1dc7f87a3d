"""Which roles a team needs, and how well each actor fills them: by its kind, what it has to give, and past roles."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import orjson

from graph_service.keys import Label
from graph_service.model import EdgeType
from graph_service.projection import FloatArray, Projection
from graph_service.role_templates import RoleNeed, RoleTemplates
from graph_service.vocabulary import load_vocabulary

CORE = ("coordination", "decision", "target-group-access")
"""No alliance is sound without these."""
PUBLIC, CIVIL = "public", "civil-society"
GROUPS = (PUBLIC, CIVIL)
"""Of each of these sectors there must be one."""
KIND, GIVES = 0.75, 0.25
"""How much of the fit an actor's kind (or past role) and its resources make."""
LESS, LEAST = 0.1, 0.6
"""How much less likely each later kind of a template is, and the least."""
EXPERIENCE = 0.8
"""How well who held the role before fills it, whatever its kind."""


@dataclass(frozen=True, eq=False)
class Fitness:
    """How well actors fill roles."""

    values: FloatArray
    """actors × roles, 0 to 1."""
    by_experience: FloatArray
    """The same shape: 1 where a past role speaks for it and the kind does not."""


def sector(kind: str) -> str:
    """The sector of a kind of actor; "" where the vocabulary does not know it."""
    term = load_vocabulary().find("actor_kind", kind) if kind else None
    return term.broader.removeprefix("sector.") if term else ""


def roles_needed(templates: RoleTemplates, fields: Sequence[str], wanted: Sequence[str] = ()) -> tuple[RoleNeed, ...]:
    """The roles of these fields together; those of ``wanted`` count as required. Without a known field only CORE."""
    known = [templates[field] for field in fields if field in templates]
    if known:
        gathered = [need for needs in known for need in needs]
    else:
        gathered = [need for needs in templates.values() for need in needs if need.role in (*CORE, *wanted)]
    by_role: dict[str, list[RoleNeed]] = defaultdict(list)
    for need in gathered:
        by_role[need.role].append(need)
    for role in wanted:
        by_role[role] = by_role[role] or [n for needs in templates.values() for n in needs if n.role == role]
    order = [term.id for term in load_vocabulary().terms("alliance_role")]
    return tuple(_merged(role, by_role[role], role in wanted) for role in order if role in by_role)


def _merged(role: str, needs: Sequence[RoleNeed], wanted: bool) -> RoleNeed:
    """One need of several: kinds by how often and how early they are named."""
    places: Counter[str] = Counter()
    for need in needs:
        for place, kind in enumerate(need.actor_kinds):
            places[kind] += 10 - place
    kinds = tuple(sorted(places, key=lambda kind: (-places[kind], kind)))
    if len(needs) == 1:
        kinds = needs[0].actor_kinds
    resources = tuple(dict.fromkeys(each for need in needs for each in need.resources))
    return RoleNeed(role, wanted or role in CORE or any(need.required for need in needs), kinds, resources)


def fitness(projection: Projection, roles: Sequence[RoleNeed]) -> Fitness:
    """How well every actor fills every role; 0 where nothing speaks for it."""
    span = projection.spans[Label.ACTOR]
    values, experienced = np.zeros((len(span), len(roles))), np.zeros((len(span), len(roles)))
    past = past_roles(projection)
    cached: dict[tuple[str, tuple[str, ...]], list[float]] = {}
    for actor, place in enumerate(span):
        said = orjson.loads(projection.arrays.properties[place])
        kind, gives = said.get("kind") or "", tuple(said.get("resources") or ())
        if (kind, gives) not in cached:
            cached[kind, gives] = [_fit(need, kind, gives) for need in roles]
        values[actor] = cached[kind, gives]
        for column, need in enumerate(roles):
            if need.role in past.get(actor, ()) and values[actor, column] < EXPERIENCE:
                values[actor, column] = EXPERIENCE
                experienced[actor, column] = 1
    return Fitness(values, experienced)


def _fit(need: RoleNeed, kind: str, gives: tuple[str, ...]) -> float:
    if kind not in need.actor_kinds:
        return 0.0
    likely = max(1 - LESS * need.actor_kinds.index(kind), LEAST)
    share = len(set(gives) & set(need.resources)) / len(need.resources)
    return KIND * likely + GIVES * share


def past_roles(projection: Projection) -> dict[int, set[str]]:
    """The roles that each actor ever held in an alliance; a lead held the threads together."""
    edges, span = projection.edges(EdgeType.MEMBER_OF), projection.spans[Label.ACTOR]
    said = [str(orjson.loads(text).get("role", "")) for text in edges.properties]
    found: dict[int, set[str]] = defaultdict(set)
    for actor, text in zip((edges.source - span.start).tolist(), edges.said.tolist(), strict=True):
        role = "coordination" if said[text] == "lead" else said[text]
        if role and role != "member":
            found[actor].add(role)
    return found
