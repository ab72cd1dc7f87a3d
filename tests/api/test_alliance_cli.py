"""`kompass alliance` and `kompass evaluate teams` as a person uses them."""

import csv
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.api.conftest import Run

ACTORS = [
    # key, kind, municipality
    ("amt", "school-authority", "90001"),
    ("spitze", "political-lead", "90001"),
    ("schule", "school", "90001"),
    ("jmd", "youth-migration-service", "90001"),
    ("klub", "sports-culture-club", "90001"),
    ("nachbar", "migrant-organisation", "90002"),
]


def write_actors(folder: Path) -> Path:
    """A package with two districts, actors and an alliance that has its troubles."""
    tables = {
        "municipalities": [
            ["key", "name", "level", "parent"],
            ["90", "Bärenland", "state", ""],
            ["90001", "Großbärenkreis", "district", "90"],
            ["90002", "Kleinbärenkreis", "district", "90"],
        ],
        "vocabulary": [["id", "kind", "label_de"], ["school", "field", "Schule"]],
        "actors": [
            ["key", "name", "kind", "municipality", "fields", "assured_on"],
            *([key, f"Träger {key}", kind, place, "school", "2020-01-01"] for key, kind, place in ACTORS),
        ],
        "alliances": [["key", "name", "kind", "fields"], ["b1", "Bündnis Schule", "alliance", "school"]],
        "memberships": [
            ["actor", "alliance", "role"],
            ["amt", "b1", "coordination"],
            ["schule", "b1", "delivery"],
        ],
    }
    return write_tables(folder, tables)


def write_tables(folder: Path, tables: dict[str, list[list[str]]]) -> Path:
    """An exchange package of these tables."""
    folder.mkdir(parents=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    resources = [{"name": name, "path": f"{name}.csv"} for name in tables]
    (folder / "datapackage.json").write_text(
        json.dumps({"name": folder.name, "resources": resources}), encoding="utf-8"
    )
    return folder


@pytest.fixture
def town(kompass: Run, tmp_path: Path) -> Run:
    """Runs the program on a store with actors."""
    kompass("import", "package", write_actors(tmp_path / "town"))
    return kompass


SCHOOL = ("alliance", "--municipality", "Großbärenkreis", "--field", "school", "--on", "2026-06-01")


def flowing(result: Result) -> str:
    """What was printed, without line breaks."""
    return " ".join(result.stdout.split())


def keys(result: Result) -> list[str]:
    return [row["candidate"] for row in csv.DictReader(result.stdout.splitlines())]


def test_a_composed_alliance_names_members_roles_and_how_sure_it_is(town: Run) -> None:
    told = flowing(town(*SCHOOL, "--need", "Späte Schuleinsteiger"))
    assert "Großbärenkreis" in told
    assert "Träger jmd" in told
    assert "Zugang zur Zielgruppe" in told
    assert "das ist nachgerechnet" in told
    assert "zuletzt bestätigt 01.01.2020" in told


def test_json_sums_up_and_csv_has_a_row_for_each_member(town: Run) -> None:
    found = json.loads(town(*SCHOOL, "--format", "json").stdout)
    total = sum(c["amount"] for member in found["suggestions"] for c in member["contributions"])
    assert found["score"] == pytest.approx(total)
    assert found["missing_roles"] == []
    assert {"revision", "coverage", "weights", "gap", "exact"} <= found.keys()
    assert keys(town(*SCHOOL, "--format", "csv")) == [m["key"].partition(":")[2] for m in found["suggestions"]]


def test_with_and_without_are_obeyed_by_name_or_key(town: Run) -> None:
    found = keys(town(*SCHOOL, "--with", "Träger klub", "--without", "actor:jmd", "--format", "csv"))
    assert "klub" in found
    assert "jmd" not in found
    missing = flowing(town(*SCHOOL, "--without", "jmd"))
    assert "Es fehlen noch" in missing
    assert "Träger nachbar (Kleinbärenkreis" in missing


def test_a_size_and_a_role_that_are_asked_for(town: Run) -> None:
    assert len(keys(town(*SCHOOL, "--size", "5", "--format", "csv"))) == 5
    found = json.loads(town(*SCHOOL, "--role", "voice", "--format", "json").stdout)
    assert [missing["role"] for missing in found["missing_roles"]] == ["voice"]


def test_weights_of_partner_suggestions_decide_for_teams_too(town: Run, tmp_path: Path) -> None:
    def features(*given: object) -> set[str]:
        found = json.loads(town(*SCHOOL, "--format", "json", *given).stdout)
        return {reason["feature"] for member in found["suggestions"] for reason in member["contributions"]}

    own = tmp_path / "weights.json"
    own.write_text(
        json.dumps(
            {"format": 1, "id": "own", "version": "1", "weights": {"place:plain": 1}, "sharpness": 1, "evidence": {}}
        ),
        encoding="utf-8",
    )
    assert "field" in features()
    assert "place" in features("--weights", own)
    assert "field" not in features("--weights", own)
    assert town(*SCHOOL, "--weights", tmp_path / "absent.json", code=1).stderr.count("\n") == 1


def test_a_check_names_what_is_missing_and_what_is_old(town: Run) -> None:
    told = flowing(town("--lang", "en", "alliance", "--check", "Bündnis Schule", "--on", "2026-06-01"))
    assert "2 members; an alliance needs three." in told
    assert "Nobody is recorded for Decision, mandate; Träger amt could." in told
    assert "Nobody from this sector: Civil society" in told
    assert "Träger amt: last confirmed 01/01/2020." in told
    found = json.loads(town("alliance", "--check", "b1", "--format", "json").stdout)
    assert {"missing-role", "stale", "no-ties"} <= {each["kind"] for each in found["findings"]}
    assert town("alliance", "--check", "b1", "--format", "csv").stdout.startswith("alliance,finding,subject,names,on")


def test_wrong_use_is_said_in_a_line(town: Run) -> None:
    town("alliance", code=2)
    town("alliance", "--check", "b1", "--field", "school", code=2)
    assert "king" in town("alliance", "--field", "king", code=1).stderr
    assert "nobody" in town(*SCHOOL, "--with", "nobody", code=1).stderr
    assert town(*SCHOOL, "--with", "amt", "--without", "amt", code=1).stderr.count("\n") == 1


def test_stores_without_actors_get_an_answer_or_a_line(kompass: Run, loaded: Run) -> None:
    assert "kein Akteur" in loaded("alliance", "--municipality", "90001", "--field", "school").stdout
    assert loaded("evaluate", "teams", "--after", "2015-01-01", code=1).stderr.count("\n") == 1
    assert "b9" in kompass("alliance", "--check", "b9", code=1).stderr


def test_an_empty_store_gets_an_answer_or_a_line(kompass: Run) -> None:
    assert "kein Akteur" in kompass("alliance", "--field", "school").stdout
    kompass("alliance", "--municipality", "90001", code=1)
    kompass("evaluate", "teams", "--after", "2015-01-01", code=1)


@pytest.fixture
def clubs(tmp_path: Path) -> Callable[[int], Path]:
    """Three circles of actors that found alliances year after year; the seed shuffles who was in the last year's."""

    def written(seed: int) -> Path:
        actors = [[f"c{i}{j}", f"Haus {i}{j}", ""] for i in range(3) for j in range(6)]
        chance, late = random.Random(1), random.Random(seed)
        alliances, members = [], []
        for year in range(2010, 2016):
            for i, topic in enumerate(("Schwimmen", "Lesen", "Garten")):
                for n, name in enumerate(("Apfel", "Birne", "Kirsche")):
                    key = f"x{year}{i}{n}"
                    alliances.append(
                        [key, f"{topic} {name}", "project", f"{topic} für Kinder, Runde {name}", f"{year}-01-01"]
                    )
                    circle = [f"c{i}{j}" for j in range(6)] if year < 2015 or not seed else [row[0] for row in actors]
                    chosen = (late if year == 2015 else chance).sample([c for c in circle if c != f"c{i}0"], 3)
                    members += [[f"c{i}0", key, "lead"], *([one, key, "member"] for one in chosen)]
        return write_tables(
            tmp_path / f"clubs{seed}",
            {
                "municipalities": [["key", "name", "level"], ["90", "Bärenland", "state"]],
                "actors": [["key", "name", "kind"], *actors],
                "alliances": [["key", "name", "kind", "description", "started_on"], *alliances],
                "memberships": [["actor", "alliance", "role"], *members],
            },
        )

    return written


def test_teams_are_found_again_and_the_future_does_not_leak(
    kompass: Run, clubs: Callable[[int], Path], tmp_path: Path
) -> None:
    predictions = []
    for seed in (0, 7):
        kompass("import", "package", clubs(seed), "--dataset", "clubs")
        target = tmp_path / f"predictions{seed}.csv"
        result = kompass(
            "evaluate", "teams", "--after", "2015-01-01", "--predictions", target, "--format", "json", KOMPASS_LANG="en"
        )
        found = json.loads(result.stdout)
        assert found["teams"] == 9
        measured = {method["method"]: method["measures"] for method in found["methods"]}
        assert measured["true-members"]["recall"]["mean"] == 1
        if not seed:
            assert measured["kompass"]["recall"]["mean"] > measured["random-in-slot"]["recall"]["mean"]
            assert measured["kompass"]["distance"]["mean"] < measured["random-in-slot"]["distance"]["mean"]
            best = measured[found["best_baseline"]]["recall"]["mean"]
            assert found["ahead"]["mean"] == pytest.approx(measured["kompass"]["recall"]["mean"] - best)
            assert found["ahead"]["low"] <= found["ahead"]["mean"] <= found["ahead"]["high"]
        predictions.append(target.read_text(encoding="utf-8"))
    assert predictions[0] == predictions[1]
    assert predictions[0].startswith("alliance,rank,candidate,score\n")
    table = kompass("--lang", "en", "evaluate", "teams", "--after", "2015-01-01").stdout
    assert "9 teams with 3.0 known members each" in table
    assert "greedy-distance-relevance" in table
