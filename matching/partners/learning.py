"""Learns the weights of partner suggestions from the alliances of the past, each seen from the day before it began.

The learner is a listwise softmax: the weights make those who really took part likely among all candidates. They are
bounded below by zero, so that a reason is never turned round, and drawn towards a prior, which rules where the data
say little. How strongly they are drawn is chosen on a later window than the one they are learned on.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from graph_service.arrays import IntArray
from graph_service.projection import Projection
from matching.partners.actors import Actors
from matching.partners.apart import Apart, Told
from matching.partners.apart_learning import learn_apart
from matching.partners.history import Alliances, History, first_of, history, to_day
from matching.partners.model import Evidence, Model, normal
from matching.partners.needs import Needs, needs_of
from matching.partners.numbers import FloatArray
from matching.partners.signals import BENDS, FEATURES, Mask, Signals, Table, bend
from matching.partners.signals_work import freshness
from matching.text import Synonyms, stems

ENOUGH = 20
"""Needs that a window should hold; it grows by years until it does, or holds half as many as there are before it."""
MOST = 2500
"""Needs of a window that are looked at; of more, a fixed sample."""
PLENTY, PLENTIFUL = 1000, 10_000
"""A later window that holds so many needs teaches alone, by up to so many: what held a year before fits less."""
NEAR, EVERY, RANDOM = 80, 12, 40
"""Candidates a need is learned with: the best by the prior, the best by each signal, and any."""
CELLS = 24_000_000
"""Numbers that are held at once."""
STRENGTHS = (2.0, 6.0, 20.0, 60.0)
"""How strongly weights are drawn to the prior: like the precision of a normal distribution, in needs."""
SEED = 20150101


@dataclass(frozen=True, eq=False)
class Case:
    """Needs of a time with who really took part, and the signals of what was known before that time."""

    signals: Signals
    rows: IntArray
    """Positions among all alliances."""
    needs: Needs
    gold: tuple[IntArray, ...]
    """Members of each that were known before, without the team."""

    def __len__(self) -> int:
        return len(self.rows)

    def chunks(self) -> Sequence[IntArray]:
        """Positions of needs in parts that fit into memory."""
        size = max(1, CELLS // (max(len(self.signals.actors), 1) * len(FEATURES)))
        return [np.arange(start, min(start + size, len(self))) for start in range(0, len(self), size)]

    def among(self, needs: Needs) -> Mask:
        """Who may be suggested: known before, and not of the team."""
        mask = np.zeros((len(needs), len(self.signals.actors)), bool)
        mask[:, self.signals.history.known] = True
        mask[needs.team.nonzero()] = False
        return mask

    def sample(self, most: int) -> "Case":
        """At most so many of them, always the same ones."""
        if len(self) <= most:
            return self
        chosen = np.sort(np.random.default_rng(SEED).choice(len(self), most, replace=False))
        return replace(
            self, rows=self.rows[chosen], needs=self.needs.part(chosen), gold=tuple(self.gold[i] for i in chosen)
        )

    def answerable(self) -> "Case":
        """Those whose members include somebody who was known before."""
        chosen = np.array([i for i, gold in enumerate(self.gold) if len(gold)], np.int64)
        return replace(
            self, rows=self.rows[chosen], needs=self.needs.part(chosen), gold=tuple(self.gold[i] for i in chosen)
        )


@dataclass(frozen=True, eq=False)
class Source:
    """What cases are made from."""

    projection: Projection
    alliances: Alliances
    actors: Actors
    synonyms: Synonyms

    def case(self, begin: date, end: date | None = None, table: Table | None = None) -> Case:
        """The alliances with a lead that began in a span, as needs; known is what was before ``begin``.

        What tells actors apart is learned from the same past, when it is first asked for, unless a table is given.
        """
        day = self.alliances.day
        inside = (day >= to_day(begin)) & ((day < to_day(end)) if end else np.isfinite(day))
        rows = np.flatnonzero(inside & (self.alliances.lead >= 0))
        past = history(self.alliances, self.projection, begin)
        known = np.zeros(len(self.actors), bool)
        known[past.known] = True
        needs = needs_of(self.alliances, rows)
        members = self.alliances.members[rows]
        gold = tuple(
            np.sort(each[known[each]]) for each in np.split(members.indices.astype(np.int64), members.indptr[1:-1])
        )
        signals = Signals.of(past, self.actors, self.synonyms, table or learned_table)
        return Case(signals, rows, needs, gold if len(rows) else ())


def learned_table(past: History, told: Told) -> Apart | None:
    """What tells actors apart, learned from a past."""
    return learn_apart(past, told, freshness(past))


@dataclass(frozen=True, eq=False)
class Lists:
    """Features of the candidates of many needs, one below the other."""

    features: FloatArray
    starts: IntArray
    gold: FloatArray
    """For each candidate its share of the need's members that are known, 0 for the others."""
    weight: FloatArray
    """How much each need counts: those that one lead described alike count as one together."""


def learn(source: Source, until: date, prior: Model, data: str = "") -> Model:
    """Learn from what began before a day; returns the prior where there is nothing to learn from."""
    model = _learn_weights(source, until, prior, data)
    if not model.weights.get("told-apart:odds"):
        return model
    past = history(source.alliances, source.projection, until)
    return replace(model, apart=learned_table(past, Told(source.projection)))


def _learn_weights(source: Source, until: date, prior: Model, data: str) -> Model:
    cases = [source.case(begin, end).answerable() for begin, end in _windows(source.alliances, until)]
    cases = [case for case in cases if len(case)]
    if not cases:
        return prior
    if len(cases) == 1:
        case = cases[0].sample(MOST)
        return _model(_fit([_lists(case, prior)], prior, STRENGTHS[-1]), until, [case], data, {})
    earlier, later = (case.sample(MOST) for case in cases)
    before = _lists(earlier, prior)
    tried = [_model(_fit([before], prior, strength), until, [earlier], data, {}) for strength in STRENGTHS]
    figures = dict(zip(STRENGTHS, measure(later, tried), strict=True))
    best = max(figures, key=lambda strength: (round(figures[strength], 4), strength))
    figure = {"ndcg@10": round(figures[best], 4)}
    if len(cases[1]) < PLENTY:
        return _model(_fit([before, _lists(later, prior)], prior, best), until, [earlier, later], data, figure)
    del before  # as large as what follows
    last = cases[1].sample(PLENTIFUL)
    return _model(_fit([_lists(last, prior)], prior, best), until, [last], data, figure)


def _windows(alliances: Alliances, until: date) -> list[tuple[date, date]]:
    """The window to learn on and the later one to choose on; only one where the past is short."""
    led = np.sort(alliances.day[(alliances.lead >= 0) & (alliances.day < to_day(until))])
    windows: list[tuple[date, date]] = []
    end = until
    for _ in range(2):
        begin = end
        while led.size and to_day(begin) > led[0]:
            begin = _year_before(begin)
            inside, before = (led >= to_day(begin)) & (led < to_day(end)), led < to_day(begin)
            if inside.sum() >= ENOUGH or inside.sum() >= before.sum() / 2:
                break
        if begin == end or to_day(begin) <= led[0]:
            break
        windows.insert(0, (begin, end))
        end = begin
    return windows


def window_before(alliances: Alliances, until: date) -> date | None:
    """Where the last window before a day begins, None where there is no past."""
    windows = _windows(alliances, until)
    return windows[-1][0] if windows else None


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=min(day.day, 28))


def _model(weights: FloatArray, until: date, cases: list[Case], data: str, figures: Mapping[str, float]) -> Model:
    evidence = Evidence(data, until.isoformat(), sum(map(len, cases)), dict(figures))
    return normal(weights, "learned", until.isoformat(), evidence)


def _lists(case: Case, model: Model) -> Lists:
    """For each need the candidates that matter, with their features."""
    chance = np.random.default_rng(SEED)
    known = case.signals.history.known
    features, sizes, gold = [], [], []
    for chunk in case.chunks():
        needs = case.needs.part(chunk)
        raw, among = case.signals.measure(needs), case.among(needs)
        score = model.score(raw, among)
        bent = [bend(raw[signal], how, among) for signal, bends in BENDS.items() for how in bends]
        for i, row in enumerate(chunk.tolist()):
            near = [_top(score[i], NEAR), *(_top(signal[i], EVERY) for signal in raw.values())]
            drawn = chance.choice(known, min(RANDOM, len(known)), replace=False)
            chosen = np.unique(np.concatenate([*near, drawn, case.gold[row]]))
            chosen = chosen[among[i][chosen]]
            features.append(np.stack([signal[i][chosen] for signal in bent], axis=1))
            sizes.append(len(chosen))
            hit = np.isin(chosen, case.gold[row])
            gold.append(hit / max(int(hit.sum()), 1))
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    return Lists(np.concatenate(features).astype(np.float32), starts, np.concatenate(gold), counting(case))


def counting(case: Case) -> FloatArray:
    """One over how many needs have the same words and lead: of hundreds, no order among those who answered is right."""
    lead = first_of(case.needs.team).tolist()
    said = [(one, tuple(stems(text))) for one, text in zip(lead, case.needs.texts, strict=True)]
    count = Counter(said)
    return np.array([1 / count[each] for each in said])


def _top(values: FloatArray, count: int) -> IntArray:
    if len(values) <= count:
        return np.flatnonzero(values > 0)
    best = np.argpartition(-values, count)[:count]
    return best[values[best] > 0]


def _fit(lists: Sequence[Lists], prior: Model, strength: float) -> FloatArray:
    """Weights in the learner's scale."""
    from scipy.optimize import minimize  # takes long to import, and most answers never need it

    start = prior.vector() * prior.sharpness
    count = float(sum(each.weight.sum() for each in lists))

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        value, slope = 0.0, np.zeros(len(weights))
        for each in lists:
            part, direction = _softmax_loss(each, weights)
            value, slope = value + part, slope + direction
        off = weights - start
        return value / count + strength / count * float(off @ off), slope / count + 2 * strength / count * off

    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(start), options={"maxiter": 200}
    )
    return np.asarray(found.x)


def _softmax_loss(lists: Lists, weights: FloatArray) -> tuple[float, FloatArray]:
    sizes = np.diff(np.append(lists.starts, len(lists.gold)))
    score = lists.features @ weights.astype(np.float32)
    score = score.astype(np.float64) - np.repeat(np.maximum.reduceat(score, lists.starts), sizes)
    power = np.exp(score)
    total = np.add.reduceat(power, lists.starts)
    weight = np.repeat(lists.weight, sizes)
    value = float(lists.weight @ np.log(total) - (weight * lists.gold) @ score)
    slope = (weight * (power / np.repeat(total, sizes) - lists.gold)).astype(np.float32) @ lists.features
    return value, slope.astype(np.float64)


def measure(case: Case, models: Sequence[Model]) -> list[float]:
    """Mean nDCG@10 of each model."""
    total = np.zeros(len(models))
    for chunk in case.chunks():
        needs = case.needs.part(chunk)
        among, raw = case.among(needs), case.signals.measure(needs)
        gold = [case.gold[i] for i in chunk.tolist()]
        for i, model in enumerate(models):
            total[i] += sum(map(gain, best_first(model.score(raw, among), among, 10), gold))
    found: list[float] = (total / max(len(case), 1)).tolist()
    return found


def best_first(scores: FloatArray, among: Mask, limit: int) -> list[IntArray]:
    """For each need the best candidates, ties by position, which is the order of keys."""
    scores = np.where(among, np.round(scores, 9), -np.inf)
    result = []
    for row in scores:
        count = min(limit, len(row))
        least = np.partition(row, len(row) - count)[len(row) - count] if count else np.inf
        near = np.flatnonzero((row >= least) & (row > -np.inf))
        result.append(near[np.lexsort((near, -row[near]))][:count])
    return result


DISCOUNT = 1 / np.log2(np.arange(2, 12))


def gain(ranked: IntArray, gold: IntArray) -> float:
    """nDCG@10 of one list, every member counting alike."""
    hits = np.isin(ranked[:10], gold)
    return float((hits * DISCOUNT[: len(hits)]).sum() / DISCOUNT[: min(10, len(gold))].sum()) if len(gold) else 0.0
