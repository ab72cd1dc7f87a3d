"""A lens is learned from lists that somebody gives, written as a file, and used by that file."""

from pathlib import Path

import pytest

from matching.peers.lens import load_lens

ALL = ("--lens", "all-indicators", "--level", "district")


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    path = tmp_path / "truth.csv"
    lists = {"90001": "91001", "90002": "91001", "91001": "90001", "90003": "90004", "90004": "90003", "91002": "90003"}
    rows = [f"bears,{town},{peer},1" for town, peer in lists.items()]
    path.write_text("\n".join(["model,municipality,peer,rank", *rows]) + "\n", encoding="utf-8")
    return path


def test_a_learned_lens_is_a_file_that_carries_its_evidence_and_ranks(loaded, truth, tmp_path):
    target = tmp_path / "gelernt.toml"
    said = loaded("learn", "peers", "--truth", truth, *ALL, "--output", target).stdout
    assert "aus 6 Listen gelernt" in said
    assert "nDCG@10" in said
    lens = load_lens(target)
    assert lens.id == "all-indicators-learned"
    assert "aus 6 Listen" in lens.description_de
    assert "from 6 lists" in lens.description_en
    weights = [indicator.weight for indicator in lens.indicators]
    assert len(weights) == 3
    assert max(weights) > 1.2 * min(weights), "something was learned"
    assert "Alle Merkmale, gelernt" in loaded("peers", "90001", "--lens", target).stdout


def test_too_few_lists_are_said_to_prove_nothing(loaded, tmp_path):
    truth, target = tmp_path / "one.csv", tmp_path / "one.toml"
    truth.write_text("municipality,peer\n90001,91001\n", encoding="utf-8")
    assert "zu wenige Listen" in loaded("learn", "peers", "--truth", truth, *ALL, "--output", target).stdout
    assert target.exists()


@pytest.mark.parametrize("options", [(), ("--model", "wolves")])
def test_which_lists_must_be_clear(loaded, truth, tmp_path, options):
    with truth.open("a", encoding="utf-8") as file:
        file.write("foxes,90001,90002,1\n")
    target = tmp_path / "none.toml"
    result = loaded("learn", "peers", "--truth", truth, *ALL, *options, "--output", target, code=1)
    assert "eine Art von Listen" in result.stderr
    assert not target.exists()
