"""The demo loads the bundled sample once, answers, and says what to try next."""

import json
import re
from pathlib import Path

import pytest

import api.sample
from api.cli.demo import NEXT, typed
from api.cli.main import ENTRIES

ROOT = Path(__file__).resolve().parents[2]
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
def test_the_readme_shows_what_the_demo_really_prints(kompass):
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = readme.partition("<!-- demo:begin -->")[2].partition("<!-- demo:end -->")[0].strip().strip("`").strip()
    assert shown
    printed = kompass("demo").stdout
    assert [line for line in shown.splitlines() if line not in printed.splitlines() and line != "…"] == []


@needs_sample
def test_what_the_demo_suggests_works(kompass):
    kompass("demo")
    for line, _ in NEXT:
        if not line.startswith("export"):  # which has tests of its own
            assert kompass(*line.split()).stdout


def test_the_demo_suggests_only_commands_that_exist():
    assert all(line.split()[0] in ENTRIES for line, _ in NEXT)


def test_what_it_suggests_can_be_typed_as_it_stands(monkeypatch, tmp_path):
    monkeypatch.setattr("sys.argv", [".venv/bin/kompass", "demo"])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert typed() == ".venv/bin/kompass"
    (tmp_path / "kompass").write_text("#!/bin/sh\n")
    (tmp_path / "kompass").chmod(0o755)
    assert typed() == "kompass"


def test_an_installation_without_the_sample_says_how_to_build_it(kompass, monkeypatch, tmp_path):
    monkeypatch.setattr(api.sample, "SAMPLE", Path(tmp_path / "absent.zip"))
    assert "make sample" in kompass("demo", code=1).stderr
