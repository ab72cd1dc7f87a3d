"""Actors that are probably the same, recorded twice: proposed with reasons for and against; a person decides."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import orjson
from rapidfuzz import fuzz, process

from graph_service.identity import Decisions
from graph_service.keys import Label, NodeKey
from graph_service.model import EdgeType
from graph_service.network.places import place_of_actors
from graph_service.projection import Projection
from matching.contract import Contribution, Suggestion
from matching.duplicates.blocking import candidate_pairs
from matching.naming.organisations import Rarity, address, contrast, read_name, similarity

LEAST = 0.6
"""The least score that is worth a person's time."""
_ALIKE = 75
"""Of 100, how alike two names must be written (words in any order) to be looked at closely."""

NAME, RARITY, PLACE, URL, KIND, CONTRAST, TOGETHER = "name", "rarity", "place", "url", "kind", "contrast", "together"
WEIGHTS = {NAME: 0.55, RARITY: 0.1, PLACE: 0.15, URL: 0.15, KIND: 0.05}
"""The most that each feature can add; together 1."""
_SAME_SITE = 0.05
_ELSEWHERE, _OTHER_URL, _OTHER_KIND, _CONTRASTS, _SIDE_BY_SIDE = -0.15, -0.05, -0.05, -0.3, -0.1


NOBODY: Final = NodeKey.trusted("")


@dataclass(frozen=True, slots=True)
class Duplicate(Suggestion):
    """Two records that may be one: ``key`` and ``name`` are of the second, ``twin`` and ``twin_name`` of the first."""

    twin: NodeKey = NOBODY
    twin_name: str = ""


@dataclass(frozen=True, slots=True)
class DuplicateMatcher:
    """Compares names, places, addresses and kinds."""

    least: float = LEAST

    def fit(self, projection: Projection) -> "DuplicateRanker":
        """Prepare for one revision."""
        return DuplicateRanker(projection, self.least)


class DuplicateRanker:
    """Proposes the pairs of one revision that nobody has decided about."""

    def __init__(self, projection: Projection, least: float = LEAST) -> None:
        """Read the actors; pairs are found when first asked for."""
        self.projection = projection
        self._least = least
        self._decisions = Decisions.of(projection)
        said = [orjson.loads(projection.arrays.properties[i]) for i in projection.spans[Label.ACTOR]]
        self._called: list[str] = [each.get("name", "") for each in said]
        self._kinds: list[str] = [each.get("kind", "") for each in said]
        self._by_law = [bool(each.get("legal_basis")) for each in said]
        self._urls = [address(each.get("url", "")) for each in said]
        self._names = [read_name(name) for name in self._called]
        self._rarity = Rarity.of(self._names)
        self._town = place_of_actors(projection)
        members = projection.adjacency(EdgeType.MEMBER_OF, Label.ACTOR, Label.ALLIANCE)
        self._alliances, self._first_alliance = members.indices, members.indptr.tolist()

    def suggest(self, question: NodeKey | None = None, *, limit: int = 10) -> list[Duplicate]:
        """The likeliest pairs first, of one actor or of all; ties by key. Raises NotFound."""
        if question is None:
            return self._undecided[:limit]
        self.projection.position(question)
        return [pair for pair in self._undecided if question in (pair.key, pair.twin)][:limit]

    def explain(self, one: NodeKey, other: NodeKey) -> Duplicate:
        """Any pair with its reasons, whatever its score; raises NotFound."""
        a, b = sorted((self.projection.position(one), self.projection.position(other)))
        return self._compared(a, b)

    @cached_property
    def _undecided(self) -> list[Duplicate]:
        found = [self._compared(a, b) for a, b in self._written_alike()]
        kept = [
            each for each in found if each.score >= self._least and not self._decisions.settled(each.twin, each.key)
        ]
        return sorted(kept, key=lambda each: (-round(each.score, 9), each.twin, each.key))

    def _written_alike(self) -> list[tuple[int, int]]:
        first, second = candidate_pairs(self._names, self._urls, self._town)
        if not len(first):
            return []
        texts = [name.sorted for name in self._names]
        alike = process.cpdist(
            [texts[i] for i in first.tolist()],
            [texts[i] for i in second.tolist()],
            scorer=fuzz.ratio,
            score_cutoff=_ALIKE,
        )
        same_url = np.array(
            [bool(self._urls[a]) and self._urls[a] == self._urls[b] for a, b in zip(first, second, strict=True)]
        )
        near = np.flatnonzero((alike > 0) | same_url)
        pairs = zip(first[near].tolist(), second[near].tolist(), strict=True)
        return [(a, b) for a, b in pairs if not self._apart_by_law(a, b)]

    def _apart_by_law(self, a: int, b: int) -> bool:
        """Whether the law knows both as bodies of different kinds: their names are alike because their district is."""
        return self._by_law[a] and self._by_law[b] and self._kinds[a] != self._kinds[b]

    def _compared(self, a: int, b: int) -> Duplicate:
        reasons = [*self._of_names(a, b), self._of_places(a, b), self._of_urls(a, b), self._of_kinds(a, b)]
        if self._alliances_of(a) & self._alliances_of(b):
            reasons.append(Contribution(TOGETHER, _SIDE_BY_SIDE, possible=0.0))
        reasons.sort(key=lambda reason: -reason.amount)
        known = 1 - sum(
            WEIGHTS[r.feature] for r in reasons if r.feature in WEIGHTS and (r.own is None or r.other is None)
        )
        return Duplicate(
            key=self.projection.key(Label.ACTOR, b),
            name=self._called[b],
            score=sum(reason.amount for reason in reasons),
            contributions=tuple(reasons),
            coverage=known,
            twin=self.projection.key(Label.ACTOR, a),
            twin_name=self._called[a],
        )

    def _alliances_of(self, i: int) -> set[int]:
        return set(self._alliances[self._first_alliance[i] : self._first_alliance[i + 1]].tolist())

    def _of_names(self, a: int, b: int) -> list[Contribution]:
        one, other = self._names[a], self._names[b]
        alike, telling = similarity(one, other, self._rarity)
        texts = self._called[a], self._called[b]
        reasons = [
            Contribution(NAME, WEIGHTS[NAME] * max(2 * alike - 1, 0.0), *texts, possible=WEIGHTS[NAME]),
            Contribution(RARITY, WEIGHTS[RARITY] * telling, *texts, possible=WEIGHTS[RARITY]),
        ]
        if differing := contrast(one, other):
            reasons.append(Contribution(CONTRAST, _CONTRASTS, *differing, possible=0.0))
        return reasons

    def _of_places(self, a: int, b: int) -> Contribution:
        one, other = int(self._town[a]), int(self._town[b])
        amount = 0.0
        if one >= 0 and other >= 0:
            if one == other:
                amount = WEIGHTS[PLACE]
            elif one in self._above(other) or other in self._above(one):
                amount = WEIGHTS[PLACE] * 2 / 3
            else:
                amount = _ELSEWHERE
        return Contribution(PLACE, amount, self._place(one), self._place(other), possible=WEIGHTS[PLACE])

    def _place(self, town: int) -> str | None:
        return self.projection.name(Label.MUNICIPALITY, town) if town >= 0 else None

    def _above(self, town: int) -> list[int]:
        parent = self.projection.municipalities.parent
        chain = [int(parent[town])]
        while chain[-1] >= 0 and len(chain) < 10:
            chain.append(int(parent[chain[-1]]))
        return chain[:-1]

    def _of_urls(self, a: int, b: int) -> Contribution:
        one, other = self._urls[a], self._urls[b]
        amount = 0.0
        if one and other:
            same_site = one.partition("/")[0] == other.partition("/")[0]
            amount = WEIGHTS[URL] if one == other else _SAME_SITE if same_site else _OTHER_URL
        return Contribution(URL, amount, one or None, other or None, possible=WEIGHTS[URL])

    def _of_kinds(self, a: int, b: int) -> Contribution:
        one, other = self._kinds[a], self._kinds[b]
        amount = 0.0
        if one and other:
            amount = WEIGHTS[KIND] if one == other else _OTHER_KIND
        return Contribution(KIND, amount, one or None, other or None, possible=WEIGHTS[KIND])
