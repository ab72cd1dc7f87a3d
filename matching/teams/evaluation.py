"""Measures composed teams on alliances that began after a date, beside simple methods in the same run.

The task: given an alliance's lead, kind, place, topics, text and number of known members, find these members among all
actors known before. Recall is the share of the true members that is found; the distance is the mean over the pairs of a
team of how far they were apart before. Weights are learned from what began before the date; how much closeness counts
is chosen on the last teams before it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from graph_service.arrays import IntArray
from graph_service.errors import NotFound
from graph_service.keys import Label
from graph_service.projection import FloatArray, Projection
from matching.partners.evaluation import make_source
from matching.partners.learning import Source, learn
from matching.partners.model import Model, prior_model
from matching.partners.signals import Signals
from matching.peers.evaluation import Measure
from matching.teams.baselines import SEED, SIMPLE, Simple
from matching.teams.cases import Team, TeamCases, team_cases
from matching.teams.closeness import mean_distance
from matching.teams.greedy import greedy
from matching.teams.problem import Problem

OURS, ALONE, TRUE = "kompass", "relevance-alone", "true-members"
RECALL, DISTANCE = "recall", "distance"
COHESION = (0.0, 0.05, 0.1, 0.2, 0.4)
"""How much closeness may count beside relevance."""
NEAR = 60
"""Of all candidates the most relevant so many are considered."""
ENOUGH = 20
"""Teams that the choice of the cohesion's weight needs."""
YEARS = 4
BOOTSTRAP = 1000


@dataclass(frozen=True, slots=True)
class TeamMethod:
    """How one method does."""

    method: str
    measures: dict[str, Measure]


@dataclass(frozen=True, slots=True)
class TeamEvaluation:
    """All methods; ours comes first. ``cohesion`` is the weight that was chosen, on ``chosen_on`` earlier teams."""

    revision: int
    after: str
    teams: int
    members: float
    """Known members per team."""
    candidates: int
    cohesion: float
    chosen_on: int
    methods: tuple[TeamMethod, ...]
    ahead: Measure
    """How much more of the members ours finds than the best simple method, team by team."""

    def find(self, method: str) -> TeamMethod:
        """A method by name."""
        return next(each for each in self.methods if each.method == method)

    @property
    def best_baseline(self) -> TeamMethod:
        """The simple method with the best recall."""
        return max((each for each in self.methods if each.method in SIMPLE), key=lambda m: m.measures[RECALL].mean)


@dataclass(frozen=True, slots=True)
class TeamPrediction:
    """One line of a predictions file."""

    alliance: str
    rank: int
    candidate: str
    score: float


@dataclass(frozen=True, eq=False)
class _Found:
    """Relevance of all actors for all teams of a time."""

    cases: TeamCases
    scores: FloatArray
    text: FloatArray

    @classmethod
    def of(cls, cases: TeamCases, model: Model) -> "_Found":
        signals = Signals.of(cases.past, cases.source.actors, cases.source.synonyms, model.table)
        scores, text = [], []
        for start in range(0, len(cases.teams), 50):
            needs = cases.needs.part(np.arange(start, min(start + 50, len(cases.teams))))
            among = np.zeros((len(needs), len(cases.source.actors)), bool)
            among[:, cases.past.known] = True
            among[needs.team.nonzero()] = False
            raw = signals.measure(needs)
            scores.append(np.where(among, model.score(raw, among), -np.inf))
            text.append(np.asarray(raw["profile-text"]))
        return cls(cases, np.concatenate(scores), np.concatenate(text))

    def compose(self, place: int, cohesion: float) -> tuple[IntArray, FloatArray]:
        """The team and the relevance of each; the most relevant first."""
        team, scores = self.cases.teams[place], self.scores[place]
        count = len(team.members)
        order = np.argsort(-np.round(scores, 9), kind="stable")
        near = order[: max(NEAR, 2 * count)]
        near = near[np.isfinite(scores[near])].astype(np.int64)
        if cohesion > 0:
            near = near[self._closest(team, near, scores, cohesion)]
        chosen = near[:count]
        return chosen, scores[chosen]

    def _closest(self, team: Team, near: IntArray, scores: FloatArray, cohesion: float) -> IntArray:
        """Positions in ``near`` of the team that is relevant and close, the most relevant first."""
        there = self.cases.started(team)
        actors = np.concatenate([np.array(there, np.int64), near])
        size = len(team.members) + len(there)
        relevance = np.concatenate([np.zeros(len(there)), scores[near] / (scores[near].max(initial=0) or 1)])
        problem = Problem(
            (1 - cohesion) * relevance,
            np.zeros((len(actors), 0)),
            np.zeros(0, bool),
            cohesion * self.cases.ties.closeness(actors),
            np.zeros((0, len(actors)), bool),
            np.arange(len(there)),
        )
        found = np.array([one - len(there) for one in greedy(problem, size) if one >= len(there)], np.int64)
        return np.sort(found)


@dataclass(frozen=True, eq=False)
class Prepared:
    """The teams of a time with what was learned before it."""

    after: date
    found: _Found
    cohesion: float
    chosen_on: int


def prepare_teams(projection: Projection, after: date) -> Prepared:
    """Learn what measuring and predicting need; raises NotFound where nothing can be measured."""
    source = make_source(projection)
    cases = team_cases(source, after)
    if not cases.teams:
        raise NotFound("alliances of three or more known members that began on that day or later", after)
    cohesion, count = _chosen(source, after)
    return Prepared(after, _Found.of(cases, learn(source, after, prior_model())), cohesion, count)


def evaluate_teams(prepared: Prepared, *, bootstrap: int = BOOTSTRAP) -> TeamEvaluation:
    """Measure all methods."""
    found, cohesion = prepared.found, prepared.cohesion
    cases = found.cases
    teams: dict[str, list[IntArray]] = {
        OURS: [found.compose(place, cohesion)[0] for place in range(len(cases.teams))],
        ALONE: [found.compose(place, 0.0)[0] for place in range(len(cases.teams))],
    }
    simple = Simple(cases, found.text)
    for name, method in SIMPLE.items():
        chance = np.random.default_rng(SEED)
        teams[name] = [method(simple, place, chance) for place in range(len(cases.teams))]
    teams[TRUE] = [team.members for team in cases.teams]
    methods = tuple(TeamMethod(name, _measures(cases, chosen, bootstrap)) for name, chosen in teams.items())
    best = max(SIMPLE, key=lambda name: float(_recall(cases, teams[name]).mean()))
    ahead = _recall(cases, teams[OURS]) - _recall(cases, teams[best])
    return TeamEvaluation(
        cases.source.projection.revision,
        prepared.after.isoformat(),
        len(cases.teams),
        float(np.mean([len(team.members) for team in cases.teams])),
        len(cases.past.known),
        cohesion,
        prepared.chosen_on,
        methods,
        _measured(ahead[:, None], bootstrap)[0],
    )


def predict_teams(prepared: Prepared) -> Iterator[TeamPrediction]:
    """The team that is composed for every alliance that is measured."""
    found, projection = prepared.found, prepared.found.cases.source.projection
    for place, team in enumerate(found.cases.teams):
        alliance = projection.key(Label.ALLIANCE, team.row).local
        chosen, scores = found.compose(place, prepared.cohesion)
        for rank, (actor, score) in enumerate(zip(chosen.tolist(), scores.tolist(), strict=True), 1):
            yield TeamPrediction(alliance, rank, projection.key(Label.ACTOR, actor).local, round(score, 9))


def _chosen(source: Source, after: date) -> tuple[float, int]:
    """The weight of closeness that found most true members in the years before; none where too few are known."""
    for years in range(1, YEARS + 1):
        begin = after.replace(year=after.year - years, day=min(after.day, 28))
        cases = team_cases(source, begin, after)
        if len(cases.teams) >= ENOUGH:
            break
    else:
        return COHESION[2], 0
    # the weights to start from: learning twice would take twice as long and hardly moves this choice
    found = _Found.of(cases, prior_model())
    recalls = {
        weight: _recall(cases, [found.compose(i, weight)[0] for i in range(len(cases.teams))]) for weight in COHESION
    }
    best = max(COHESION, key=lambda weight: (round(float(recalls[weight].mean()), 4), -weight))
    return best, len(cases.teams)


def _recall(cases: TeamCases, chosen: Sequence[IntArray]) -> FloatArray:
    pairs = zip(cases.teams, chosen, strict=True)
    return np.array([len(np.intersect1d(team.members, each)) / len(team.members) for team, each in pairs])


def _measures(cases: TeamCases, chosen: Sequence[IntArray], bootstrap: int) -> dict[str, Measure]:
    pairs = zip(cases.teams, chosen, strict=True)
    away = [mean_distance(cases.ties.distances([*cases.started(team), *each.tolist()])) for team, each in pairs]
    measured = np.stack([_recall(cases, chosen), np.array(away)], axis=1)
    return dict(zip((RECALL, DISTANCE), _measured(measured, bootstrap), strict=True))


def _measured(values: FloatArray, bootstrap: int) -> list[Measure]:
    """The mean of each column of teams × columns, with its interval over teams."""
    rng = np.random.default_rng(SEED)
    count = len(values)
    means = np.stack([values[rng.integers(0, count, count)].mean(axis=0) for _ in range(max(bootstrap, 1))])
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    each = zip(values.mean(axis=0).tolist(), low.tolist(), high.tolist(), strict=True)
    return [Measure(mean, a, b) for mean, a, b in each]
