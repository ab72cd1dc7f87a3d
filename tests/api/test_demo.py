"""The demo loads the bundled sample once, answers, and says what to try next."""

import json
import re
from pathlib import Path

import pytest

import api.sample
from api.cli.demo import NEXT
from api.cli.main import ENTRIES

needs_sample = pytest.mark.skipif(not api.sample.SAMPLE.is_file(), reason="the sample is not built: make sample")


@needs_sample
def test_the_demo_prints_ten_peers_and_the_second_time_loads_nothing(kompass):
    first = kompass("demo")
    ranks = [int(found) for found in re.findall(r"^\W*(\d+)\b", first.stdout, re.MULTILINE)]
    assert set(range(1, 11)) <= set(ranks)
    assert first.stdout.startswith("Rems-Murr-Kreis: 10 vergleichbare Kommunen")
    assert "geladen" in first.stderr
    revision = json.loads(kompass("show", "08119", "--format", "json").stdout)["revision"]
    second = kompass("demo")
    assert second.stdout == first.stdout
    assert "war schon da" in second.stderr
    assert json.loads(kompass("show", "08119", "--format", "json").stdout)["revision"] == revision
    held = {each["id"]: each["claims"] for each in json.loads(kompass("datasets", "--format", "json").stdout)}
    assert held["statutory-bodies"] > 10_000
    assert len(held) == 3


@needs_sample
def test_what_the_demo_suggests_works(kompass, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kompass("demo")
    for line, _ in NEXT:
        kompass(*line.split())
    assert (tmp_path / "kompass.xlsx").exists()


def test_the_demo_suggests_only_commands_that_exist():
    assert all(line.split()[0] in ENTRIES for line, _ in NEXT)


def test_an_installation_without_the_sample_says_how_to_build_it(kompass, monkeypatch, tmp_path):
    monkeypatch.setattr(api.sample, "SAMPLE", Path(tmp_path / "absent.zip"))
    assert "make sample" in kompass("demo", code=1).stderr
