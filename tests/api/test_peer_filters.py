"""The command line narrows the list of peers as the page and the interface do."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.api.conftest import DISTRICTS, Run, write_kinds_and_types, write_package

ALL = ("--lens", "all-indicators", "--level", "district")
FILTERS = [
    (("--kind", "stadtkreis"), {"91001"}, "Stadtkreis"),
    (("--kind", "kreisfreie-stadt"), {"91001"}, "Kreisfreie Stadt"),
    (("--kind", "landkreis"), set(DISTRICTS) - {"90001", "91001"}, "Landkreis, Kreis"),
    (("--kind", "kreis"), {"90004"}, "Kreis"),
    (("--type", "bbsr-kreistyp-2"), {"90002"}, "Städtischer Kreis"),
    (("--state", "91"), {"91001", "91002"}, "Seenland"),
    (("--state", "seenland"), {"91001", "91002"}, "Seenland"),
    (("--state", "same"), {"90002", "90003", "90004"}, "im eigenen Land"),
    (("--state", "other"), {"91001", "91002"}, "in anderen Ländern"),
    (("--size", "like"), {"90002", "91001"}, "das 0,8- bis 1,25-Fache an Einwohnern"),
    (("--size", "larger"), {"91001"}, "mindestens das 1-Fache an Einwohnern"),
    (("--size", "smaller"), set(DISTRICTS) - {"90001", "91001"}, "höchstens das 1-Fache an Einwohnern"),
    (("--kind", "landkreis", "--state", "91"), {"91002"}, "Landkreis, Kreis; Seenland"),
]


@pytest.fixture
def mixed(kompass: Run, tmp_path: Path) -> Run:
    """Runs the program on the small country with two kinds and one type of district."""
    package = write_package(tmp_path / "bears")
    write_kinds_and_types(package)
    kompass("import", "package", package)
    return kompass


def test_a_filter_keeps_whom_it_says_for_one_and_for_all_and_the_answer_says_so(mixed: Run) -> None:
    for options, wanted, said in FILTERS:
        shown = " ".join(mixed("peers", "90001", *ALL, *options).stdout.split())
        assert "Nur: " in shown, options
        assert said in shown, options
        answer = json.loads(mixed("peers", "90001", *ALL, *options, "--format", "json").stdout)
        assert {each["key"].partition(":")[2] for each in answer["suggestions"]} == wanted, options
        rows = csv.DictReader(io.StringIO(mixed("peers", "--all", *ALL, *options).stdout))
        assert {row["candidate"] for row in rows if row["municipality"] == "90001"} == wanted, options


@pytest.mark.parametrize("option", ["kind", "type", "state"])
def test_what_nobody_knows_is_one_line(mixed: Run, option: str) -> None:
    said = mixed("peers", "90001", *ALL, f"--{option}", "nonsense", code=1).stderr
    assert "nonsense" in said
    assert len(said.splitlines()) == 1


def test_two_sizes_contradict_each_other(mixed: Run) -> None:
    said = mixed("peers", "90001", *ALL, "--size", "half", "--population", "0.5..2", code=2).stderr
    assert "--size" in said
    mixed("peers", "90001", *ALL, "--size", "huge", code=2)


def test_a_weight_adds_an_indicator_that_the_lens_lacks(mixed: Run, tmp_path: Path) -> None:
    lens = tmp_path / "mine.toml"
    lens.write_text('id = "mine"\ntitle = { de = "Meiner", en = "Mine" }\n[[indicator]]\nid = "income"\n', "utf-8")
    asked = ("peers", "90001", "--lens", lens, "--format", "json")
    assert json.loads(mixed(*asked).stdout)["weights"].keys() == {"income"}
    weights = json.loads(mixed(*asked, "--weight", "foreigners=2").stdout)["weights"]
    assert weights.keys() == {"income", "foreigners"}
    assert weights["foreigners"] > weights["income"]
    everybody = mixed("peers", "--all", "--lens", lens, "--weight", "foreigners=2").stdout
    assert len(everybody.splitlines()) > 1
    mixed(*asked, "--weight", "beauty=2", code=1)
