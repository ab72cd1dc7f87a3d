"""Needs as arrays: what is asked of each, so that one question and thousands of an evaluation go the same way."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from graph_service.arrays import IntArray
from graph_service.errors import NotFound
from graph_service.keys import Label
from graph_service.projection import Projection
from graph_service.role_templates import load_role_templates
from graph_service.vocabulary import load_vocabulary
from matching.partners.history import Alliances, selection


@dataclass(frozen=True, eq=False)
class Needs:
    """A batch of needs; row i of every matrix is one need."""

    texts: tuple[str, ...]
    topics: sparse.csr_array
    """needs × concepts: fields, challenges and target groups."""
    places: sparse.csr_array
    """needs × municipalities."""
    team: sparse.csr_array
    """needs × actors: who is there already, the lead included; they are never suggested."""
    kind: IntArray
    """The kind of alliance, or -1."""
    resources: tuple[frozenset[str], ...] = ()
    """What is looked for, by ids of the resource vocabulary; empty for no need."""
    kinds: tuple[frozenset[str], ...] = ()
    """Actor kinds that are looked for; empty for no need."""

    def __len__(self) -> int:
        return len(self.texts)

    def part(self, rows: IntArray) -> "Needs":
        """Some of them."""
        at = rows.tolist()
        return Needs(
            tuple(self.texts[i] for i in at),
            sparse.csr_array(self.topics[rows]),
            sparse.csr_array(self.places[rows]),
            sparse.csr_array(self.team[rows]),
            self.kind[rows],
            tuple(self.resources[i] for i in at) if self.resources else (),
            tuple(self.kinds[i] for i in at) if self.kinds else (),
        )


def needs_of(alliances: Alliances, rows: IntArray) -> Needs:
    """What these alliances looked for when they began: their lead and description, never their members."""
    return Needs(
        tuple(alliances.text[i] for i in rows.tolist()),
        sparse.csr_array(alliances.topics[rows]),
        sparse.csr_array(alliances.places[rows]),
        sparse.csr_array(alliances.leads[rows]),
        alliances.kind[rows],
    )


def one_need(
    projection: Projection,
    *,
    text: str,
    topics: tuple[int, ...],
    places: tuple[int, ...],
    team: tuple[int, ...],
    resources: frozenset[str] = frozenset(),
    kinds: frozenset[str] = frozenset(),
) -> Needs:
    """A single need; topics, places and team are positions among concepts, municipalities and actors."""
    spans = projection.spans
    return Needs(
        (text,),
        selection(topics, len(spans[Label.CONCEPT])),
        selection(places, len(spans[Label.MUNICIPALITY])),
        selection(team, len(spans[Label.ACTOR])),
        np.array([-1]),
        (resources,),
        (kinds,),
    )


def wanted(
    fields: tuple[str, ...], roles: tuple[str, ...], resources: tuple[str, ...]
) -> tuple[frozenset[str], frozenset[str]]:
    """Actor kinds that usually fill the roles in the fields, and the resources; raises NotFound for unknown ids."""
    vocabulary, templates = load_vocabulary(), load_role_templates()
    for kind, ids in (("alliance_role", roles), ("resource", resources)):
        for id in ids:
            if vocabulary.find(kind, id) is None:
                raise NotFound(f"an id of the vocabulary {kind}", id)
    if not roles:
        return frozenset(), frozenset(resources)
    asked = [templates[each] for each in fields if each in templates] or list(templates.values())
    needs = [need for template in asked for need in template if need.role in roles]
    return frozenset(kind for need in needs for kind in need.actor_kinds), frozenset(resources)
