"""``kompass partners``, ``learn partners`` and ``evaluate partners`` as a person uses them."""

import csv
import json
from pathlib import Path

import pytest


def write(folder: Path, tables: dict[str, list[list[str]]]) -> Path:
    folder.mkdir(parents=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    resources = [{"name": name, "path": f"{name}.csv"} for name in tables]
    description = {"name": "partners", "title": "Partner", "resources": resources}
    (folder / "datapackage.json").write_text(json.dumps(description), encoding="utf-8")
    return folder


@pytest.fixture
def alliances(tmp_path):
    """Two leads that ask the same helpers year by year."""
    towns = [["key", "name", "level"], ["90001", "Ährenkreis", "district"], ["90002", "Seenkreis", "district"]]
    actors = [["key", "name", "kind", "municipality", "description", "assured_on"]]
    actors += [
        ["amt1", "Jugendamt Ährenkreis", "", "90001", "", ""],
        ["amt2", "Jugendamt Seenkreis", "", "90002", "", ""],
    ]
    for i in range(6):
        place = "90001" if i < 3 else "90002"
        actors.append([f"v{i}", f"Verein {i}", "", place, "Sprachpaten" if i == 5 else "", "2019-01-01"])
    told = (("Mentoren für Schulkinder", "Beratung von Eltern"), ("Sport für Mädchen", "Chor am Abend"))
    rows = [["key", "name", "description", "started_on"]]
    members = [["actor", "alliance", "role"]]
    for year in range(2010, 2018):
        for lead in (0, 1):
            for n in range(2):
                key = f"a{year}{lead}{n}"
                rows.append([key, f"Bündnis {year}", told[lead][n], f"{year}-01-01"])
                members += [[f"amt{lead + 1}", key, "lead"], [f"v{lead * 3 + n}", key, "member"]]
    return write(
        tmp_path / "partners", {"municipalities": towns, "actors": actors, "alliances": rows, "memberships": members}
    )


@pytest.fixture
def filled(kompass, alliances):
    kompass("import", "package", alliances)
    return kompass


def test_the_answer_says_who_and_why_in_both_languages(filled):
    german = filled("--lang", "de", "partners", "--municipality", "Ährenkreis", "--need", "Mentoren").stdout
    assert "Verein 0" in german
    assert "Hat Ähnliches getragen: „Mentoren für Schulkinder" in german.replace("\n    ", " ")
    english = filled("--lang", "en", "partners", "--need", "Mentoren", "--member", "amt1").stdout
    assert "alliances with you before" in english
    assert "Jugendamt Ährenkreis" not in english


def test_json_is_the_whole_answer_and_every_score_the_sum_of_its_reasons(filled):
    answer = json.loads(filled("partners", "--need", "Sport", "--member", "actor:amt2", "--format", "json").stdout)
    assert answer["revision"] > 0
    assert answer["coverage"] > 0
    assert answer["suggestions"]
    for each in answer["suggestions"]:
        assert each["score"] == pytest.approx(sum(c["amount"] for c in each["contributions"]), abs=1e-9)


def test_csv_has_a_row_for_each_actor(filled):
    rows = list(csv.DictReader(filled("partners", "--municipality", "90002", "--format", "csv").stdout.splitlines()))
    assert [row["rank"] for row in rows] == [str(i + 1) for i in range(len(rows))]
    assert {row["municipality"] for row in rows[:3]} == {"90002"}


def test_ones_own_synonyms_and_weights_are_used(filled, tmp_path):
    synonyms, weights = tmp_path / "own.toml", tmp_path / "weights.json"
    synonyms.write_text('talk = ["Xylophon", "Sprachpaten"]\n', encoding="utf-8")
    found = filled("partners", "--need", "Xylophon", "--synonyms", synonyms, "--format", "csv").stdout
    assert "v5" in found
    filled("learn", "partners", "--until", "2016-01-01", "--output", weights)
    learned = json.loads(weights.read_text("utf-8"))
    assert learned["evidence"]["until"] == "2016-01-01"
    assert learned["evidence"]["needs"] > 0
    answer = filled("partners", "--need", "Sport", "--weights", weights, "--format", "json").stdout
    assert json.loads(answer)["weights_id"] == "learned"


def test_evaluation_shows_simple_methods_and_writes_predictions(filled, tmp_path):
    target = tmp_path / "predictions.csv"
    shown = filled("--lang", "en", "evaluate", "partners", "--after", "2017-01-01", "--predictions", target).stdout
    for method in ("kompass", "blend-learned", "knn", "popularity", "random"):
        assert method in shown
    with target.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["alliance", "rank", "candidate", "score"]
    first = {row["alliance"]: row["candidate"] for row in rows if row["rank"] == "1"}
    assert first == {"a201700": "v0", "a201701": "v1", "a201710": "v3", "a201711": "v4"}
    result = json.loads(filled("evaluate", "partners", "--after", "2017-01-01", "--format", "json").stdout)
    assert result["methods"][0]["method"] == "kompass"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["partners"], 2),
        (["partners", "--field", "nothing"], 1),
        (["partners", "--need", "x", "--member", "nobody"], 1),
        (["partners", "--need", "x", "--weights", "none.json"], 1),
        (["partners", "--need", "x", "--synonyms", "none.toml"], 1),
        (["evaluate", "partners", "--after", "2030-01-01"], 1),
        (["evaluate", "partners", "--after", "soon"], 2),
        (["learn", "partners"], 2),
    ],
)
def test_wrong_questions_are_one_line(filled, arguments, code):
    assert len(filled(*arguments, code=code).stderr.strip().splitlines()) == 1


def test_empty_stores_and_statistics_alone_get_a_helpful_answer(kompass, package):
    assert "kompass import" in kompass("partners", "--need", "Mentoren").stdout
    assert kompass("evaluate", "partners", "--after", "2015-01-01", code=1).stderr
    assert json.loads(kompass("learn", "partners", "--until", "2015-01-01").stdout)["id"] == "prior"
    kompass("import", "package", package)
    assert "kompass import" in kompass("partners", "--municipality", "90001").stdout
