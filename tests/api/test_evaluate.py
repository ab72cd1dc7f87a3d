"""Peers are measured against lists that others made, beside simple methods; predictions can be scored by anybody."""

import csv
import io
import json
from pathlib import Path

import pytest

ALL = ("--level", "district")


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    path = tmp_path / "truth.csv"
    lines = ["model,municipality,peer,rank", "bears,90001,90002,1", "bears,90001,91001,2", "bears,90003,90004,1"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_our_method_stands_beside_simple_ones_and_chance(loaded, truth):
    said = loaded("evaluate", "peers", "--truth", truth, *ALL).stdout
    assert all(method in said for method in ("kompass", "z-euclid", "gower", "random"))
    result = json.loads(loaded("evaluate", "peers", "--truth", truth, *ALL, "--format", "json").stdout)
    ours = next(m for m in result["methods"] if m["method"] == "kompass")
    assert ours["models"][0]["queries"] == 2
    assert 0 < ours["mean"]["ndcg@10"] <= 1


def test_csv_has_every_figure_with_its_interval(loaded, truth):
    rows = list(
        csv.DictReader(io.StringIO(loaded("evaluate", "peers", "--truth", truth, *ALL, "--format", "csv").stdout))
    )
    assert {row["measure"] for row in rows} == {"ndcg@10", "recall@10", "precision@10", "mrr"}
    assert all(float(row["low"]) <= float(row["mean"]) + 1e-9 <= float(row["high"]) + 2e-9 for row in rows)


def test_predictions_are_written_for_others_to_score(loaded, truth, tmp_path):
    target = tmp_path / "predictions.csv"
    loaded("evaluate", "peers", "--truth", truth, *ALL, "--predictions", target)
    rows = list(csv.DictReader(target.open(encoding="utf-8")))
    assert list(rows[0]) == ["model", "municipality", "rank", "candidate", "score"]
    assert {row["municipality"] for row in rows} == {"90001", "90003"}


@pytest.mark.parametrize(
    "content",
    [None, "", "a,b\n1,2\n", "model,municipality,peer,rank\nm,90001,90002,first\n", "municipality,peer\n1,2\n"],
)
def test_wrong_lists_are_one_line(loaded, tmp_path, content):
    path = tmp_path / "lists.csv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert len(loaded("evaluate", "peers", "--truth", path, *ALL, code=1).stderr.splitlines()) == 1


def test_wrong_use_is_2(loaded):
    loaded("evaluate", code=2)
    assert "--truth" in loaded("evaluate", "peers", code=2).stderr
    assert "kompass evaluate --help" in loaded("evaluate", "beauty", code=2).stderr
