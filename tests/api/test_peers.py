"""Peers read like an answer to a person, and come whole for programs."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from graph_service.keys import NodeKey
from tests.api.conftest import DISTRICTS, write_package

RATED = {"90001": 4, "90002": 0, "91002": 4}
"""How severely these districts face a challenge."""
ALL = ("--lens", "all-indicators", "--level", "district")


def test_the_answer_says_who_how_close_why_and_from_whom(loaded):
    said = loaded("peers", "Großbärenkreis", *ALL).stdout
    lines = said.splitlines()
    assert lines[0] == "Großbärenkreis: Von den 5 nächsten Kommunen ist eine vergleichbar: Kleinbärenkreis."
    assert any(re.match(r" 1  Kleinbärenkreis · Landkreis, Bärenland", line) for line in lines)
    assert "ähnlicher als " in said
    assert "Ausländeranteil (17,5\N{NO-BREAK SPACE}/ 17,1\N{NO-BREAK SPACE}%, 2022)" in said
    assert "- Amt A; Amt B (dl-de/by-2-0)" in said


def test_every_rank_begins_its_line(loaded):
    ranks = re.findall(r"^\W*(\d+)  \S", loaded("peers", "90001", *ALL).stdout, re.MULTILINE)
    assert ranks == ["1", "2", "3", "4", "5"]


def test_the_answer_in_english(loaded):
    said = re.sub(r"\n +", " ", loaded("--lang", "en", "peers", "90001", *ALL).stdout)
    assert said.startswith("Of the 5 nearest municipalities one is comparable to Großbärenkreis: Kleinbärenkreis.")
    assert "Share of foreigners (17.5\N{NO-BREAK SPACE}/ 17.1\N{NO-BREAK SPACE}%, 2022)" in said
    assert "closer than " in said


def test_whom_the_answer_calls_comparable_is_closer_than_most_pairs(loaded):
    for code in DISTRICTS:
        said = re.sub(r"\n +", " ", loaded("--lang", "en", "peers", code, *ALL).stdout).splitlines()[0]
        answer = json.loads(loaded("peers", code, *ALL, "--format", "json").stdout)
        near = [each["name"] for each in answer["suggestions"] if each["closeness"] >= 0.75]
        if not near:
            nearest = answer["suggestions"][0]["name"]
            assert said == f"No municipality is really comparable to {answer['name']}; the nearest is {nearest}."
        elif len(near) == 1:
            assert said == f"Of the 5 nearest municipalities one is comparable to {answer['name']}: {near[0]}."
        else:
            assert said.startswith(f"Of the 5 nearest municipalities {len(near)} are comparable to {answer['name']};")
    one = loaded("--lang", "en", "peers", "90001", *ALL, "--limit", "1").stdout
    assert one.startswith("One municipality is comparable to Großbärenkreis: Kleinbärenkreis.")


def test_what_is_unknown_is_said_and_never_zero(loaded):
    said = loaded("peers", "90004", *ALL).stdout
    assert "Für eines von 3 Merkmalen liegt kein Wert vor" in said
    assert "Einkommen je Kopf." in said
    there = loaded("peers", "90003", *ALL).stdout
    assert "Hier unbekannt: Einkommen je Kopf." in there


def test_json_is_the_whole_answer_and_every_score_the_sum_of_its_reasons(loaded):
    answer = json.loads(loaded("peers", "90001", *ALL, "--format", "json").stdout)
    assert {"revision", "key", "lens", "weights", "periods", "coverage", "suggestions"} <= answer.keys()
    assert len(answer["suggestions"]) == 5
    for suggestion in answer["suggestions"]:
        assert suggestion["score"] == pytest.approx(sum(c["amount"] for c in suggestion["contributions"]))
        assert {"feature", "amount", "own", "other", "unit", "period"} <= suggestion["contributions"][0].keys()


def test_csv_has_a_row_for_each_peer(loaded):
    rows = list(csv.DictReader(io.StringIO(loaded("peers", "90001", *ALL, "--format", "csv").stdout)))
    assert [row["rank"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert rows[0]["candidate"] == "90002"


def test_everybodys_peers_are_those_that_each_is_told(loaded):
    everybody = list(csv.DictReader(io.StringIO(loaded("peers", "--all", *ALL, "--format", "csv").stdout)))
    assert list(everybody[0]) == ["municipality", "rank", "candidate", "score"]
    assert {row["municipality"] for row in everybody} == set(DISTRICTS)
    one = json.loads(loaded("peers", "90003", *ALL, "--format", "json").stdout)["suggestions"]
    same = [(row["candidate"], float(row["score"])) for row in everybody if row["municipality"] == "90003"]
    assert [key for key, _ in same] == [NodeKey(s["key"]).local for s in one]
    assert [score for _, score in same] == pytest.approx([s["score"] for s in one])


def test_why_gives_every_reason_and_their_sum(loaded):
    said = loaded("peers", "90001", *ALL, "--why", "Seenkreis").stdout
    assert "Seenkreis · Landkreis, Seenland" in said
    assert re.search(r"Summe .*0,\d+", said)
    other = json.loads(loaded("peers", "90001", *ALL, "--why", "91001", "--format", "json").stdout)
    assert other["score"] == pytest.approx(sum(c["amount"] for c in other["contributions"]))


def test_why_as_csv_has_a_row_for_each_reason(loaded):
    asked = ("peers", "90001", *ALL, "--why", "91001", "--format")
    rows = list(csv.DictReader(io.StringIO(loaded(*asked, "csv").stdout)))
    told = json.loads(loaded(*asked, "json").stdout)["contributions"]
    assert [row["feature"] for row in rows] == [each["feature"] for each in told]
    assert [float(row["amount"]) for row in rows] == [each["amount"] for each in told]


def test_filters_limit_and_weights_are_obeyed(loaded):
    near = json.loads(loaded("peers", "90001", *ALL, "--population", "0.9..1.1", "--format", "json").stdout)
    assert {s["key"] for s in near["suggestions"]} == {"municipality:90002", "municipality:91001"}
    assert (
        len(json.loads(loaded("peers", "90001", *ALL, "--limit", "2", "--format", "json").stdout)["suggestions"]) == 2
    )
    weighted = json.loads(loaded("peers", "90001", *ALL, "--weight", "income=0", "--format", "json").stdout)
    assert weighted["weights"]["income"] == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["90001", "--weight", "income"], 2),
        (["90001", "--weight", "income=-1"], 2),
        (["90001", "--weight", "income=nan"], 2),
        (["90001", "--population", "2..0.5"], 2),
        (["90001", "--limit", "0"], 2),
        (["90001", "--all"], 2),
        ([], 2),
        (["90001", "--lens", "beauty"], 1),
        (["90001", "--weight", "beauty=1"], 1),
        (["Nirgendwo"], 1),
        (["90001", "--why", "Nirgendwo"], 1),
    ],
)
def test_wrong_questions_are_one_line(loaded, arguments, code):
    given = arguments if "--lens" in arguments else [*arguments, *ALL]
    assert len(loaded("peers", *given, code=code).stderr.splitlines()) == 1


def test_a_name_that_several_share_lists_them(kompass, tmp_path):
    twins = {**DISTRICTS, "91003": ("Großbärenkreis", 1000, 1.0, 1.0)}
    kompass("import", "package", write_package(tmp_path / "twins", districts=twins))
    said = kompass("peers", "Großbärenkreis", *ALL, code=1).stderr.splitlines()
    assert len(said) == 3
    assert "municipality:90001  Großbärenkreis (Kreis, kreisfreie Stadt, Bärenland)" in said[1]


def test_names_with_umlauts_and_slips_lead_somewhere(loaded):
    assert loaded("peers", "Grossbaerenkreis", *ALL).stdout.startswith("Großbärenkreis")
    assert "(Großbärenkreis" in loaded("peers", "Grosbärenkreis", *ALL, code=1).stderr


def test_show_gives_each_value_with_unit_year_and_source_and_a_dot_where_it_is_suppressed(loaded):
    said = loaded("show", "90004").stdout
    assert said.startswith("Küstenkreis · 90004 · Landkreis, Bärenland · 155.000 Einwohner")
    assert re.search(r"Ausländeranteil +8,5 +% +2022 +Amt A", said)
    assert re.search(r"Einkommen je Kopf +• +EUR +2021 +unbekannt oder geheim zu halten +Amt B", said)
    known = json.loads(loaded("show", "90004", "--format", "json").stdout)
    assert {o["indicator"]: o["value"] for o in known["observations"]}["income"] is None


def test_indicators_and_lenses_are_listed(loaded):
    rows = json.loads(loaded("indicators", "--format", "json").stdout)
    assert [(row["id"], row["observations"]) for row in rows] == [("foreigners", 12), ("income", 6), ("inhabitants", 6)]
    lenses = {row["id"] for row in json.loads(loaded("lenses", "--format", "json").stdout)}
    assert {"structure", "young-refugees", "education", "economy", "demography", "all-indicators"} <= lenses
    assert "Struktur" in loaded("lenses", "structure").stdout


def test_a_lens_of_ones_own_is_used(loaded, tmp_path):
    lens = tmp_path / "mine.toml"
    lens.write_text('id = "mine"\n[title]\nde = "Meiner"\n[[indicator]]\nid = "income"\n', encoding="utf-8")
    assert "Blickwinkel: Meiner (ein Merkmal," in loaded("peers", "90001", "--lens", lens).stdout
    lens.write_text("id = [", encoding="utf-8")
    assert "mine.toml" in loaded("peers", "90001", "--lens", lens, code=1).stderr


def test_an_empty_store_says_how_to_fill_it(kompass):
    assert "kompass demo" in kompass("peers", "08119", code=1).stderr


@pytest.mark.parametrize("kind", ["further", "different", "unfamiliar", "ahead"])
def test_special_kinds_of_peers_say_what_they_mean(loaded, kind):
    from api.language import Words
    from api.words.suggestions import MEANING

    said = " ".join(loaded("peers", "90001", *ALL, f"--{kind}").stdout.split())
    assert " ".join(Words("de")(MEANING[kind]).split()) in said
    answer = json.loads(loaded("peers", "90001", *ALL, f"--{kind}", "--format", "json").stdout)
    assert answer["kind"] == kind
    for suggestion in answer["suggestions"]:
        assert suggestion["score"] == pytest.approx(sum(c["amount"] for c in suggestion["contributions"]))


def add_tables(package: Path, **tables: list[str]) -> None:
    described = json.loads((package / "datapackage.json").read_text("utf-8"))
    for name, rows in tables.items():
        (package / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        described["resources"].append({"name": name, "path": f"{name}.csv"})
    (package / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")


def test_who_is_further_says_with_which_practice(kompass, package):
    practices = ["key,title", "mentors,Patenschaften"]
    applications = ["practice,municipality,status", "mentors,90002,running"]
    add_tables(package, practices=practices, applications=applications)
    kompass("import", "package", package)
    said = kompass("peers", "90001", *ALL, "--further").stdout
    assert re.search(r"^ 1  Kleinbärenkreis", said, re.MULTILINE)
    assert "Praxis: Patenschaften." in said


def test_who_is_unfamiliar_comes_from_another_state(loaded):
    answer = json.loads(loaded("peers", "90001", *ALL, "--unfamiliar", "--format", "json").stdout)
    assert {s["key"] for s in answer["suggestions"]} == {"municipality:91001", "municipality:91002"}


def test_who_is_ahead_says_by_how_many_years_and_what_came_after(loaded):
    said = loaded("--lang", "en", "peers", "91001", "--lens", "all-indicators", "--level", "district", "--ahead").stdout
    assert re.search(r"About \d+ years ahead\.", said) or "none of this kind" in said


def test_like_challenges_are_mixed_in_as_far_as_is_asked(kompass, package):
    ratings = ["municipality,challenge,severity,rated_on,rater_role"]
    ratings += [f"{key},late-entrants,{severity},2024-01-01,youth-office" for key, severity in RATED.items()]
    words = ["id,kind,label_de,label_en", "late-entrants,challenge,Späte Schuleinsteiger,Late school entrants"]
    add_tables(package, ratings=ratings, vocabulary=words)
    kompass("import", "package", package)

    def first(*options: str) -> str:
        answer = json.loads(kompass("peers", "90001", *ALL, *options, "--format", "json").stdout)
        return str(answer["suggestions"][0]["key"])

    assert first() == "municipality:90002"
    assert first("--challenges", "0.9") == "municipality:91002"
    assert "Herausforderungen, wie beide" in kompass("peers", "90001", *ALL, "--why", "91002").stdout
    assert kompass("peers", "90004", *ALL, "--challenges", "0.5", code=1).stderr.count("\n") == 1
    kompass("peers", "90001", *ALL, "--challenges", "2", code=2)
    kompass("peers", "90001", *ALL, "--challenge", "late-entrants", code=2)
    kompass("peers", "90001", *ALL, "--further", "--challenge", "beauty", code=1)
