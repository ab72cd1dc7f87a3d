"""How relevant actors are to a team's need: what partner suggestions say, by weights learned from past alliances."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from graph_service.projection import FloatArray
from matching.about import find_challenge
from matching.contract import Contribution
from matching.partners.matcher import PartnerQuery, PartnerQuestion, PartnerRanker
from matching.partners.reasons import CAPACITY
from matching.teams.need import TeamNeed

WITH_TEAM = frozenset(
    {
        "similar-work-together",
        "similar-work-together-in-field",
        "closest-work-together",
        "past-partner",
        "past-partner-in-field",
        "network",
        "common-partners",
    }
)
"""Signals that compare with those who must be in the team: of these themselves they say nothing."""


@dataclass(frozen=True, eq=False)
class PartnerRelevance:
    """Asks partner suggestions."""

    ranker: PartnerRanker

    def measure(self, need: TeamNeed) -> "Shares":
        """By whatever the need says; raises InvalidValue where it says nothing, NotFound for unknown ids and keys."""
        described = [find_challenge(self.ranker.projection, each).described for each in need.challenges]
        question = PartnerQuestion(
            on=need.today,
            text=" ".join(filter(None, [need.text, *described])),
            municipality=need.municipality,
            fields=need.fields,
            groups=need.target_groups,
            challenges=need.challenges,
            members=need.include,
        )
        return Shares(self.ranker.query(question))


@dataclass(frozen=True, eq=False)
class Shares:
    """The scores of partner suggestions as shares of the best one, so that a team's other parts can stand beside them.

    How old a record is counts for the team, and not here too.
    """

    query: PartnerQuery

    @property
    def weights(self) -> Mapping[str, float]:
        """What each signal counts."""
        return self.query.possible

    @cached_property
    def scores(self) -> FloatArray:
        """For every actor by position; the best has 1."""
        return self._total(self._points) / self._best

    def reasons(self, actor: int) -> list[Contribution]:
        """Those of partner suggestions, as large as they are here."""
        reasons = {reason.feature: reason for reason in self.query.contributions(actor)}
        return [
            replace(
                reasons[name],
                amount=float(points[actor] / self._best),
                possible=self.query.possible.get(name, 0.0) / self._best,
            )
            for name, points in self._points.items()
        ]

    def coverage(self, actor: int) -> float:
        """The share of the weights for which something is known of an actor."""
        return self.query.coverage(actor)

    @cached_property
    def _points(self) -> Mapping[str, FloatArray]:
        inside = self.query.need.team.indices
        found = {}
        for name, gain in self.query.gains.items():
            # signals are bent by the largest among candidates, which those who are in already may exceed
            found[name] = np.minimum(gain, self.query.possible[name])
            if name in WITH_TEAM:
                found[name][inside] = 0
        if CAPACITY in self.query.burdens:
            found[CAPACITY] = -self.query.burdens[CAPACITY] * self._total(found)
        return found

    @cached_property
    def _best(self) -> float:
        return float(self._total(self._points).max(initial=0)) or 1.0

    def _total(self, points: Mapping[str, FloatArray]) -> FloatArray:
        return np.asarray(sum(points.values(), np.zeros(len(self.query.actors))))
