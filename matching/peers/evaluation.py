"""Measures peers against official lists, beside simple baselines in the same run.

Every method ranks the same candidates for every municipality that has a list: those with values for at least 40 % of
the indicators; areas that contain one another are left out, of the lists too. Intervals are bootstraps over
municipalities.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from graph_service.arrays import IntArray
from graph_service.errors import InvalidValue, NotFound
from graph_service.keys import Label, municipality_key
from graph_service.model import Level
from graph_service.projection import FloatArray, Projection
from matching.peers.baselines import BASELINES
from matching.peers.bulk import all_peers, masks
from matching.peers.learning import FOLDS, held_out
from matching.peers.learning import learn as learn_weights
from matching.peers.lens import Lens
from matching.peers.table import Table, build_table
from matching.peers.truth import TruthRow

OURS, LEARNED, HUBS = "kompass", "kompass-learned", "kompass-hub-control"
MEASURES = ("ndcg@10", "recall@10", "precision@10", "mrr")
TOP, DEEP = 10, 100
HUB_CONTROL = 0.2
SEED = 20220515


@dataclass(frozen=True, slots=True)
class Measure:
    """A mean over municipalities with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ModelResult:
    """How one method does on one model's lists."""

    model: str
    queries: int
    measures: dict[str, Measure]


@dataclass(frozen=True, slots=True)
class MethodResult:
    """How one method does: by model, the mean of the models, and how evenly it spreads its suggestions."""

    method: str
    models: tuple[ModelResult, ...]
    mean: dict[str, float]
    most: int
    """In how many lists of ten the most frequently suggested municipality stands."""
    never: int
    """How many municipalities stand in no list."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All methods on all models; ours comes first."""

    revision: int
    lens: str
    lens_version: str
    candidates: int
    methods: tuple[MethodResult, ...]

    @property
    def best_baseline(self) -> MethodResult:
        """The baseline with the best mean nDCG@10."""
        own = {OURS, LEARNED, HUBS}
        return max((m for m in self.methods if m.method not in own), key=lambda m: m.mean["ndcg@10"])


@dataclass(frozen=True, slots=True)
class LearnedLens:
    """A lens whose weights were learned from lists, and the evidence: nDCG@10 over lists not learned from."""

    lens: Lens
    lists: int
    before: Measure
    """With the weights it had."""
    after: Measure | None
    """With weights learned from the other lists, cross-validated; None where there are too few lists for that."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """One line of a predictions file."""

    model: str
    municipality: str
    rank: int
    candidate: str
    score: float


@dataclass(frozen=True, eq=False)
class _Lists:
    """One model's lists: rows that have one, and what each candidate is worth to them."""

    rows: IntArray
    gains: list[dict[int, float]]


@dataclass(frozen=True, eq=False)
class _Setting:
    """What all methods share."""

    table: Table
    candidates: IntArray
    models: dict[str, _Lists]


def evaluate_peers(
    projection: Projection,
    truth: Iterable[TruthRow],
    lens: Lens,
    *,
    level: Level | None = None,
    learn: bool = False,
    bootstrap: int = 1000,
) -> Evaluation:
    """Measure the lens, with ``learn`` also cross-validated learned weights, beside the baselines.

    ``level``: among which municipalities (None: the lens's level, or every level). Raises NotFound where no list fits.
    """
    setting = _setting(projection, truth, lens, level)
    ours = _ours(setting.table, setting)
    hubs = _ours(setting.table.through(replace(setting.table.lens, hub_control=HUB_CONTROL)), setting)
    methods = [_result(OURS, setting, dict.fromkeys(setting.models, ours), bootstrap)]
    if learn:
        methods.append(_result(LEARNED, setting, _learned(setting), bootstrap))
    methods.append(_result(HUBS, setting, dict.fromkeys(setting.models, hubs), bootstrap))
    for name, order in _baselines(setting):
        methods.append(_result(name, setting, dict.fromkeys(setting.models, order), bootstrap))
    return Evaluation(projection.revision, lens.id, lens.version, len(setting.candidates), tuple(methods))


def learn_lens(
    projection: Projection,
    truth: Iterable[TruthRow],
    lens: Lens,
    *,
    level: Level | None = None,
    model: str = "",
    bootstrap: int = 1000,
) -> LearnedLens:
    """Learn a lens's weights from the lists of one model, with cross-validated evidence.

    Raises NotFound where no list fits, InvalidValue where there are several models and none is named.
    """
    found = _setting(projection, truth, lens, level)
    if model and model not in found.models:
        raise NotFound("one of the models that the lists name", model)
    if not model and len(found.models) > 1:
        raise InvalidValue("one model to learn from, named with --model", ", ".join(sorted(found.models)))
    name = model or next(iter(found.models))
    setting = replace(found, models={name: found.models[name]})
    lists = _as_mapping(setting.models[name])

    def measured(orders: Orders) -> Measure:
        return _result(name, setting, {name: orders}, bootstrap).models[0].measures[MEASURES[0]]

    learned = learn_weights(setting.table, lists)
    return LearnedLens(
        replace(learned, id=f"{lens.id}-learned"),
        len(lists),
        measured(_ours(setting.table, setting)),
        measured(_learned(setting)[name]) if len(lists) >= FOLDS else None,
    )


def predictions(
    projection: Projection,
    truth: Iterable[TruthRow],
    lens: Lens,
    *,
    level: Level | None = None,
    learn: bool = False,
    limit: int = TOP,
) -> Iterator[Prediction]:
    """What we predict for every list, learned weights by cross-validation, for scoring by others."""
    setting = _setting(projection, truth, lens, level)
    table = setting.table
    keys = [projection.key(Label.MUNICIPALITY, place).local for place in table.features.rows.tolist()]
    for model, lists in setting.models.items():
        tables = held_out(table, _as_mapping(lists)) if learn else dict.fromkeys(lists.rows.tolist(), table)
        for used, rows in _by_table(tables):
            found = all_peers(used, used.lens.filters, limit, rows)
            for row, peers, scores in zip(rows.tolist(), found.peers.tolist(), found.scores.tolist(), strict=True):
                for rank, (peer, score) in enumerate(zip(peers, scores, strict=True), 1):
                    if peer >= 0:
                        yield Prediction(model, keys[row], rank, keys[peer], score)


def _setting(projection: Projection, truth: Iterable[TruthRow], lens: Lens, level: Level | None) -> _Setting:
    if level is not None:
        lens = replace(lens, filters=replace(lens.filters, level=level, any_level=False))
    table = build_table(projection, lens, lens.filters.level)
    weighed = table.weights > 0
    known = (~np.isnan(table.features.values[:, weighed])).mean(axis=1)
    candidates = np.flatnonzero(known >= lens.filters.min_coverage)
    models = _models(projection, table, candidates, truth)
    if not models:
        raise NotFound("lists of municipalities that have values", lens.id)
    return _Setting(table, candidates, models)


def _models(projection: Projection, table: Table, candidates: IntArray, truth: Iterable[TruthRow]) -> dict[str, _Lists]:
    row_of: dict[str, int] = {}
    for row in candidates.tolist():
        row_of[projection.key(Label.MUNICIPALITY, int(table.features.rows[row])).local] = row
    gains: dict[str, dict[int, dict[int, float]]] = {}
    for line in truth:
        row, peer = row_of.get(line.municipality), row_of.get(line.peer)
        if row is not None and peer is not None:
            municipality_key(line.municipality)  # a broken key is an error, not an unknown municipality
            gains.setdefault(line.model, {}).setdefault(row, {})[peer] = line.gain
    models = {}
    for model, lists in gains.items():
        rows = np.array(sorted(lists), np.int64)
        allowed = masks(table, table.lens.filters, rows)
        kept = [
            {peer: gain for peer, gain in lists[row].items() if mask[peer]}
            for row, mask in zip(rows.tolist(), allowed, strict=True)
        ]
        use = np.array([bool(each) for each in kept], bool)
        models[model] = _Lists(rows[use], [each for each in kept if each])
    return {model: lists for model, lists in models.items() if len(lists.rows)}


def _queries(setting: _Setting) -> IntArray:
    return np.unique(np.concatenate([lists.rows for lists in setting.models.values()]))


Orders = dict[int, list[int]]
"""For each row asked for, the rows suggested, best first."""


def _ours(table: Table, setting: _Setting) -> Orders:
    found = all_peers(table, table.lens.filters, DEEP, _queries(setting))
    return dict(zip(found.rows.tolist(), found.peers.tolist(), strict=True))


def _learned(setting: _Setting) -> dict[str, Orders]:
    orders: dict[str, Orders] = {}
    for model, lists in setting.models.items():
        orders[model] = {}
        for table, rows in _by_table(held_out(setting.table, _as_mapping(lists))):
            found = all_peers(table, table.lens.filters, DEEP, rows)
            orders[model] |= dict(zip(rows.tolist(), found.peers.tolist(), strict=True))
    return orders


def _by_table(tables: Mapping[int, Table]) -> Iterator[tuple[Table, IntArray]]:
    for table in dict.fromkeys(tables.values()):
        yield table, np.array([row for row, used in tables.items() if used is table], np.int64)


def _as_mapping(lists: _Lists) -> dict[int, dict[int, float]]:
    return dict(zip(lists.rows.tolist(), lists.gains, strict=True))


def _baselines(setting: _Setting) -> Iterator[tuple[str, Orders]]:
    table, candidates = setting.table, setting.candidates
    rows = _queries(setting)
    weighed = np.flatnonzero(table.weights > 0)
    values = table.features.values[np.ix_(candidates, weighed)]
    indicators = [table.features.indicators[j] for j in weighed.tolist()]
    places = np.searchsorted(candidates, rows)
    allowed = [mask[candidates] for mask in masks(table, table.lens.filters, rows)]
    for name, baseline in BASELINES.items():
        distances = baseline(values, indicators, places)
        orders: Orders = {}
        for row, distance, mask in zip(rows.tolist(), distances, allowed, strict=True):
            away = np.where(mask & ~np.isnan(distance), distance, np.inf)
            order = np.argsort(away, kind="stable")[:DEEP]
            orders[row] = candidates[order[np.isfinite(away[order])]].tolist()
        yield name, orders


def _result(method: str, setting: _Setting, orders: Mapping[str, Orders], bootstrap: int) -> MethodResult:
    models = []
    counts = np.zeros(len(setting.table.features.rows), np.int64)
    for model, lists in setting.models.items():
        order = orders[model]
        measured = np.array([_measures(order[r], g) for r, g in zip(lists.rows.tolist(), lists.gains, strict=True)])
        models.append(ModelResult(model, len(measured), _intervals(measured, bootstrap)))
        top = np.array([(order[row] + [-1] * TOP)[:TOP] for row in lists.rows.tolist()])
        counts += np.bincount(top[top >= 0], minlength=len(counts))
    mean = {name: float(np.mean([m.measures[name].mean for m in models])) for name in MEASURES}
    shown = counts[setting.candidates] / len(models)
    return MethodResult(method, tuple(models), mean, round(float(shown.max(initial=0))), int((shown == 0).sum()))


def _measures(order: Sequence[int], gains: Mapping[int, float]) -> tuple[float, float, float, float]:
    """nDCG@10, recall@10, precision@10 and the reciprocal rank of the first hit within the first hundred."""
    found = [gains.get(row, 0.0) for row in order[:TOP]]
    gained = sum(gain / np.log2(i + 2) for i, gain in enumerate(found))
    ideal = sum(gain / np.log2(i + 2) for i, gain in enumerate(sorted(gains.values(), reverse=True)[:TOP]))
    hits = sum(gain > 0 for gain in found)
    first = next((1 / i for i, row in enumerate(order[:DEEP], 1) if row in gains), 0.0)
    return gained / ideal, hits / len(gains), hits / TOP, first


def _intervals(measured: FloatArray, bootstrap: int) -> dict[str, Measure]:
    chance = np.random.default_rng(SEED)
    means = np.stack(
        [measured[chance.integers(0, len(measured), len(measured))].mean(axis=0) for _ in range(max(bootstrap, 1))]
    )
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    each = zip(MEASURES, measured.mean(axis=0).tolist(), low.tolist(), high.tolist(), strict=True)
    return {name: Measure(mean, a, b) for name, mean, a, b in each}
