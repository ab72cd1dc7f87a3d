"""Measures partner suggestions on alliances that began after a date, beside simple methods in the same run.

The task: given the lead, place, kind, topics and description of a later alliance, rank its other members among all
actors known before. Whatever is learned, is learned from what began before the date.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from graph_service.arrays import IntArray
from graph_service.errors import NotFound
from graph_service.keys import Label
from graph_service.projection import Projection
from matching.partners.actors import read_actors
from matching.partners.baselines import BASELINES, LETTERS, Simple, blend_weights, shares
from matching.partners.history import first_of, read_alliances
from matching.partners.learning import DISCOUNT, Case, Source, best_first, learn, window_before
from matching.partners.model import Model, prior_model
from matching.partners.numbers import FloatArray
from matching.peers.evaluation import MEASURES, Measure
from matching.text import Synonyms, shipped_synonyms

OURS, EQUAL, BLEND, CHANCE = "kompass", "blend-equal", "blend-learned", "random"
ALL, NEW = "all", "new-descriptions"
DEEP, TOP = 100, 10
BOOTSTRAP = 1000
SEED = 20150101
LEAST_LETTERS, KNOWN = 12, 0.8
"""A description with fewer letters, or more alike to an earlier one than this cosine, is not new."""


@dataclass(frozen=True, slots=True)
class GroupResult:
    """How a method does on all needs, or on those with new descriptions."""

    group: str
    queries: int
    gold: float
    """Members that are known before, per need."""
    measures: dict[str, Measure]


@dataclass(frozen=True, slots=True)
class PartnerMethod:
    """How one method does, and how long it took."""

    method: str
    groups: tuple[GroupResult, ...]
    seconds: float
    """Of wall time for all needs; simple scores are computed together and say the time of all."""


@dataclass(frozen=True, slots=True)
class PartnerEvaluation:
    """All methods; ours comes first, then the blends, the simple ones, and chance."""

    revision: int
    after: str
    history: int
    """Alliances that began before."""
    candidates: int
    model: Model
    """The weights that were learned from what began before."""
    learning_seconds: float
    methods: tuple[PartnerMethod, ...]

    def find(self, method: str) -> PartnerMethod:
        """A method by name."""
        return next(each for each in self.methods if each.method == method)


@dataclass(frozen=True, slots=True)
class PartnerPrediction:
    """One line of a predictions file."""

    alliance: str
    rank: int
    candidate: str
    score: float


@dataclass(frozen=True, eq=False)
class _Group:
    """Which needs are measured, with whose gold."""

    name: str
    rows: IntArray
    gold: tuple[IntArray, ...]


def make_source(projection: Projection, synonyms: Synonyms | None = None) -> Source:
    """What learning and measuring need of a projection."""
    return Source(projection, read_alliances(projection), read_actors(projection), synonyms or shipped_synonyms())


def evaluate_partners(
    projection: Projection, after: date, *, prior: Model | None = None, bootstrap: int = BOOTSTRAP
) -> PartnerEvaluation:
    """Measure all methods; raises NotFound where nothing can be measured."""
    source = make_source(projection)
    start = time.perf_counter()
    model = learn(source, after, prior or prior_model())
    learned = time.perf_counter() - start
    everything = source.case(after, table=model.table)
    case = everything.answerable()
    if not len(case):
        raise NotFound("alliances with a lead that began on that day or later, with members known before", after)
    groups = _groups(case)
    ranked, seconds = _ranked(case, source, after, model)
    methods = []
    for name, order in ranked.items():
        measured = [_measured(group, order, bootstrap) for group in groups]
        methods.append(PartnerMethod(name, tuple(measured), seconds[name]))
    history = case.signals.history
    return PartnerEvaluation(
        projection.revision,
        after.isoformat(),
        len(history.rows),
        len(history.known),
        model,
        learned,
        tuple(methods),
    )


def predict_partners(source: Source, after: date, model: Model, limit: int = DEEP) -> Iterator[PartnerPrediction]:
    """What is suggested for every alliance with a lead that began later, whoever its members were."""
    case = source.case(after, table=model.table)
    for chunk in case.chunks():
        needs = case.needs.part(chunk)
        among = case.among(needs)
        scores = model.score(case.signals.measure(needs), among)
        for i, order in enumerate(best_first(scores, among, limit)):
            alliance = source.projection.key(Label.ALLIANCE, int(case.rows[chunk[i]])).local
            for rank, actor in enumerate(order.tolist(), 1):
                candidate = source.projection.key(Label.ACTOR, actor).local
                yield PartnerPrediction(alliance, rank, candidate, round(float(scores[i, actor]), 9))


def _ranked(
    case: Case, source: Source, after: date, model: Model
) -> tuple[dict[str, list[IntArray]], dict[str, float]]:
    """The best of every method for every need, and the time it took."""
    names = (OURS, BLEND, EQUAL, *BASELINES, CHANCE)
    ranked: dict[str, list[IntArray]] = {name: [] for name in names}
    taken = {"ours": 0.0, "simple": time.perf_counter()}
    begin = window_before(source.alliances, after)
    earlier = source.case(begin, after).answerable() if begin else None
    weights = blend_weights(earlier) if earlier is not None and len(earlier) else np.ones(len(BASELINES))
    simple = Simple.of(case)
    chance = np.random.default_rng(SEED)
    for chunk in case.chunks():
        needs = case.needs.part(chunk)
        among = case.among(needs)
        start = time.perf_counter()
        ranked[OURS] += best_first(model.score(case.signals.measure(needs), among), among, DEEP)
        taken["ours"] += time.perf_counter() - start
        found = shares(simple.scores(chunk), among)
        for name, score in zip(BASELINES, found, strict=True):
            ranked[name] += best_first(score, among, DEEP)
        together = np.stack(found)
        ranked[BLEND] += best_first(np.tensordot(weights, together, 1), among, DEEP)
        ranked[EQUAL] += best_first(together.sum(axis=0), among, DEEP)
        ranked[CHANCE] += best_first(chance.random(among.shape), among, DEEP)
    others = time.perf_counter() - taken["simple"] - taken["ours"]
    return ranked, {name: taken["ours"] if name == OURS else others for name in names}


def _groups(case: Case) -> list[_Group]:
    """All needs, and those with a new description, equal ones of one lead and topic joined."""
    groups = [_Group(ALL, np.arange(len(case)), case.gold)]
    new = _new(case)
    joined: dict[tuple[str, int, int], list[int]] = {}
    alliances = case.signals.history.alliances
    topic = first_of(case.needs.topics)
    for i in np.flatnonzero(new).tolist():
        row = int(case.rows[i])
        key = (_letters(alliances.description[row]), int(alliances.lead[row]), int(topic[i]))
        joined.setdefault(key, []).append(i)
    if 0 < len(joined) < len(case):
        gold = tuple(np.unique(np.concatenate([case.gold[i] for i in each])) for each in joined.values())
        groups.append(_Group(NEW, np.array([each[0] for each in joined.values()]), gold))
    return groups


def _new(case: Case) -> npt.NDArray[np.bool_]:
    """Which needs have a description unlike all earlier ones."""
    past = case.signals.history
    told = past.alliances.description
    earlier = list(dict.fromkeys(told[i] for i in past.rows.tolist()))
    known = {_letters(text) for text in earlier}
    texts = [told[i] for i in case.rows.tolist()]
    new = np.array([len(_letters(text)) >= LEAST_LETTERS and _letters(text) not in known for text in texts])
    words = TfidfVectorizer(sublinear_tf=True, token_pattern=LETTERS, min_df=2)
    try:
        before = sparse.csr_array(words.fit_transform(earlier)).T.tocsr()
    except ValueError:  # no word occurs twice: nothing is alike
        return new
    later = sparse.csr_array(words.transform(texts))
    for start in range(0, len(texts), 500):
        near = sparse.csr_array(later[start : start + 500] @ before)
        new[start : start + 500] &= np.asarray(near.max(axis=1).toarray()).ravel() <= KNOWN
    return new


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text.casefold()))


def _measured(group: _Group, ranked: Sequence[IntArray], bootstrap: int) -> GroupResult:
    rows = [_measures(ranked[i], gold) for i, gold in zip(group.rows.tolist(), group.gold, strict=True)]
    size = float(np.mean([len(gold) for gold in group.gold]))
    return GroupResult(group.name, len(rows), size, _intervals(np.array(rows), bootstrap))


def _measures(ranked: IntArray, gold: IntArray) -> tuple[float, float, float, float]:
    """In the order of MEASURES."""
    hits = np.isin(ranked, gold)
    top = hits[:TOP]
    gained = float((top * DISCOUNT[: len(top)]).sum() / DISCOUNT[: min(TOP, len(gold))].sum())
    first = float(1 / (np.argmax(hits) + 1)) if hits.any() else 0.0
    return gained, float(top.sum() / len(gold)), float(top.sum() / TOP), first


def _intervals(measured: FloatArray, bootstrap: int) -> dict[str, Measure]:
    chance = np.random.default_rng(SEED)
    count = len(measured)
    # how often each need is drawn: the mean of a draw is a product
    drawn = chance.multinomial(count, np.full(count, 1 / count), size=max(bootstrap, 1)) / count
    low, high = np.percentile(drawn @ measured, [2.5, 97.5], axis=0)
    each: Iterable[tuple[str, float, float, float]] = zip(
        MEASURES, measured.mean(axis=0).tolist(), low.tolist(), high.tolist(), strict=True
    )
    return {name: Measure(mean, a, b) for name, mean, a, b in each}
