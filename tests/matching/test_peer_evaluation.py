"""Measures, baselines and learned weights: small cases by hand, then the official lists."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from towns import matrix

from graph_service.errors import InvalidValue, NotFound, SourceError
from graph_service.keys import municipality_key
from graph_service.projection import Projection, build
from graph_service.store.open import open_store
from importers.package.importer import PackageImporter
from importers.run import run
from matching.peers.evaluation import HUBS, LEARNED, OURS, Evaluation, evaluate_peers, predictions
from matching.peers.learning import learn
from matching.peers.lens import EVERYTHING, Distance, Filters, Lens, LensIndicator
from matching.peers.matcher import PeerMatcher, PeerQuestion
from matching.peers.table import build_table
from matching.peers.truth import TruthRow, read_truth


def test_a_perfect_list_scores_1_and_a_reversed_one_less() -> None:
    towns = matrix([[float(i)] for i in range(8)])
    truth = [TruthRow("m", "t00", f"t{i:02}", i) for i in range(1, 4)]
    plain = replace(EVERYTHING, distance=Distance.MANHATTAN)
    ours = evaluate_peers(towns, truth, plain, bootstrap=5).methods[0]
    assert ours.mean == {"ndcg@10": 1.0, "recall@10": 1.0, "precision@10": 0.3, "mrr": 1.0}
    backwards = [replace(row, rank=8 - i) for i, row in enumerate(truth, 1)]
    other = evaluate_peers(towns, backwards, plain, bootstrap=5).methods[0]
    ideal = sum(g / np.log2(i + 2) for i, g in enumerate((6, 5, 4)))
    assert other.mean["ndcg@10"] == pytest.approx(sum(g / np.log2(i + 2) for i, g in enumerate((4, 5, 6))) / ideal)


def test_lists_that_fit_nobody_are_an_error() -> None:
    with pytest.raises(NotFound):
        evaluate_peers(matrix([[1.0], [2.0]]), [TruthRow("m", "x", "y")], EVERYTHING)


def test_truth_is_read_and_broken_truth_refused() -> None:
    rows = read_truth(["model,municipality,peer,rank", "m,a,b,1", "m,a,c,11", "n,a,b,"])
    assert rows == [TruthRow("m", "a", "b", 1), TruthRow("n", "a", "b", None)]
    assert [row.gain for row in rows] == [10, 1]
    with pytest.raises(SourceError):
        read_truth(["a,b", "1,2"])
    with pytest.raises(InvalidValue) as caught:
        read_truth(["model,municipality,peer,rank", "m,a,b,first"], "truth.csv")
    assert (caught.value.place.file, caught.value.place.line) == ("truth.csv", 2)


def noisy(rows: int = 60) -> tuple[Projection, list[TruthRow]]:
    """Four indicators of which the lists follow only the first."""
    values = np.random.default_rng(5).random((rows, 4))
    found = matrix(values.tolist())
    truth = []
    for i in range(rows):
        near = np.argsort(np.abs(values[:, 0] - values[i, 0]), kind="stable")[1:6]
        truth += [TruthRow("m", f"t{i:02}", f"t{j:02}", rank) for rank, j in enumerate(near, 1)]
    return found, truth


def test_learning_finds_the_indicator_that_the_lists_follow() -> None:
    found, truth = noisy()
    table = build_table(found, EVERYTHING, None)
    lists: dict[int, dict[int, float]] = {}
    for row in truth:
        lists.setdefault(int(row.municipality[1:]), {})[int(row.peer[1:])] = row.gain
    learned = learn(table, lists)
    weights = {each.id: each.weight for each in learned.indicators}
    assert weights["i00"] == 1.0
    assert max(weights[id] for id in ("i01", "i02", "i03")) < 0.35
    assert all(each.weight >= 0 and 0 <= (each.bend or 0) <= 1 for each in learned.indicators)
    # and the lens ranks by itself what the learner saw
    first = PeerMatcher(learned).fit(found).suggest(PeerQuestion(municipality_key("t00")))[0]
    assert int(first.key[-2:]) in lists[0]


def test_a_single_list_moves_the_weights_but_a_little() -> None:
    found, truth = noisy()
    table = build_table(found, EVERYTHING, None)
    one = learn(table, {0: {int(row.peer[1:]): 1.0 for row in truth if row.municipality == "t00"}})
    weights = [each.weight for each in one.indicators]
    assert weights[0] == max(weights)
    assert min(weights) > 0


def test_learned_weights_are_measured_on_lists_they_have_not_seen() -> None:
    found, truth = noisy()

    def measured(rows: list[TruthRow]) -> dict[str, float]:
        methods = evaluate_peers(found, rows, EVERYTHING, learn=True, bootstrap=5).methods
        return {method.method: method.mean["ndcg@10"] for method in methods}

    assert measured(truth)[LEARNED] > 1.5 * measured(truth)[OURS]
    senseless = [replace(row, peer=f"t{(int(row.peer[1:]) * 7 + 11) % 60:02}") for row in truth]
    assert measured([row for row in senseless if row.peer != row.municipality])[LEARNED] < 0.3


def test_predictions_are_what_the_evaluation_scores() -> None:
    found, truth = noisy()
    lines = list(predictions(found, truth, EVERYTHING))
    assert [line.rank for line in lines[:10]] == list(range(1, 11))
    plain = PeerMatcher(EVERYTHING).fit(found).suggest(PeerQuestion(municipality_key("t00")))
    assert [(line.candidate, line.score) for line in lines[:10]] == [(s.key.local, s.score) for s in plain]


@pytest.fixture(scope="module")
def package(evaluation: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Projection]]:
    """Evaluation packages, imported as a user would."""
    stores = []

    def load(name: str) -> Projection:
        store = open_store(f"sqlite:///{tmp_path_factory.mktemp(name)}/store.db")
        stores.append(store)
        run(PackageImporter(), [evaluation / name], store)
        return store.read(build)

    yield load
    for store in stores:
        store.close()


def official(evaluation: Path, name: str) -> list[TruthRow]:
    with (evaluation / name / "peers_truth.csv").open(encoding="utf-8", newline="") as file:
        return read_truth(file)


def figures(found: Evaluation, method: str) -> dict[str, float]:
    result = next(m for m in found.methods if m.method == method)
    return {model.model: model.measures["ndcg@10"].mean for model in result.models}


@pytest.mark.germany
def test_a_lens_of_the_publishers_own_two_indicators_gives_the_publishers_list(
    evaluation: Path, package: Callable[[str], Projection]
) -> None:
    both = (LensIndicator("deprivation_score"), LensIndicator("population_density"))
    lens = Lens(id="own", indicators=both, filters=Filters(any_level=True), distance=Distance.EUCLID, tolerance=None)
    found = evaluate_peers(package("mysociety"), official(evaluation, "mysociety"), lens, bootstrap=5)
    assert figures(found, OURS)["deprivation"] == pytest.approx(1, abs=1e-9)
    assert figures(found, "z-euclid")["deprivation"] == pytest.approx(1, abs=1e-9)
    assert figures(found, "gower")["deprivation"] == pytest.approx(0.963, abs=5e-4)


@pytest.mark.germany
def test_the_default_is_better_than_every_baseline_and_nowhere_much_worse(
    evaluation: Path, package: Callable[[str], Projection]
) -> None:
    ours: dict[str, float] = {}
    others: dict[str, dict[str, float]] = {}
    held: dict[str, float] = {}
    for name in ("ons2025", "kolada"):
        found = evaluate_peers(package(name), official(evaluation, name), EVERYTHING, bootstrap=5)
        ours |= figures(found, OURS)
        held |= figures(found, HUBS)
        for method in found.methods[2:]:
            others.setdefault(method.method, {}).update(figures(found, method.method))
    # the published figures of the baselines come out again
    assert others["log-clip-z-euclid"]["global"] == pytest.approx(0.549, abs=5e-4)
    assert others["log-gower"]["economic"] == pytest.approx(0.270, abs=5e-4)
    assert others["log-gower"]["socioekonomi"] == pytest.approx(0.381, abs=5e-4)
    assert others["rank-manhattan"]["overgripande"] == pytest.approx(0.227, abs=5e-4)
    best = max(np.mean(list(each.values())) for each in others.values())
    assert np.mean(list(ours.values())) >= 1.04 * best
    for model, own in ours.items():
        assert own >= 0.95 * max(each[model] for each in others.values()), model
    assert np.mean(list(held.values())) == pytest.approx(np.mean(list(ours.values())), rel=0.02)
