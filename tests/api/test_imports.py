"""Imports report what they did: for people, and whole for programs."""

import csv
import io
import json
from pathlib import Path

import pytest

from api.language import Words
from api.messages import ISSUES
from importers.registry import find_importer, importer_ids
from tests.api.conftest import write_package


def test_an_import_says_what_was_new_and_a_second_one_that_nothing_changed(kompass, package):
    assert "0 unverändert, 0 zurückgezogen" in kompass("import", "package", package).stdout
    again = kompass("import", "package", package).stdout
    assert " 0 neu, 0 geändert, " in again


def test_the_json_report_has_the_promised_names(kompass, package):
    report = json.loads(kompass("import", "package", package, "--format", "json").stdout)
    promised = ("source", "dataset", "read", "new", "changed", "unchanged", "retired", "issues", "examples")
    assert set(promised) <= report.keys()
    assert (report["source"], report["dataset"], report["changed"]) == ("package", "bears", 0)
    assert report["new"] > report["read"] / 2


def test_a_dry_run_reports_the_same_and_changes_nothing(kompass, package):
    rehearsed = json.loads(kompass("import", "package", package, "--dry-run", "--format", "json").stdout)
    assert json.loads(kompass("datasets", "--format", "json").stdout) == []
    done = json.loads(kompass("import", "package", package, "--format", "json").stdout)
    assert rehearsed.pop("dry_run")
    assert not done.pop("dry_run")
    assert rehearsed == done


def test_a_dataset_can_be_kept_under_another_id(kompass, package):
    kompass("import", "package", package)
    kompass("import", "package", package, "--dataset", "bears-again")
    held = json.loads(kompass("datasets", "--format", "json").stdout)
    assert [each["id"] for each in held] == ["bears", "bears-again"]


def test_issues_are_shown_with_place_and_all_of_them_go_to_json_and_csv(kompass, package):
    for i in range(25):
        (package / f"strange-{i}.csv").write_text("x\n", encoding="utf-8")
    said = kompass("--lang", "en", "import", "package", package).stdout
    assert "files that are not read (25, noted)" in said
    assert "and 5 more" in said
    assert said.count("strange-") == 20
    report = json.loads(kompass("import", "package", package, "--format", "json").stdout)
    assert report["issues"] == {"ignored-file": 25}
    assert (len(report["examples"]), len(report["all_issues"])) == (20, 25)
    rows = list(csv.DictReader(io.StringIO(kompass("import", "package", package, "--format", "csv").stdout)))
    assert len(rows) == 25
    assert rows[0]["kind"] == "ignored-file"


def test_a_broken_package_lists_every_problem_and_writes_nothing(kompass, tmp_path):
    broken = write_package(tmp_path / "broken")
    observations = broken / "observations.csv"
    observations.write_text(observations.read_text("utf-8") + "99999,foreigners,2022,viel,\n", encoding="utf-8")
    said = kompass("import", "package", broken, code=1).stderr.splitlines()
    assert said[0].startswith("Fehler: ")
    assert len(said) >= 2
    assert any("99999" in line or "viel" in line for line in said[1:])
    assert json.loads(kompass("datasets", "--format", "json").stdout) == []


@pytest.mark.parametrize("name", ["absent.zip", "empty.zip", "garbage.zip"])
def test_a_wrong_file_is_one_line(kompass, tmp_path, name):
    path = tmp_path / name
    if name != "absent.zip":
        path.write_bytes(b"" if name == "empty.zip" else bytes(range(256)) * 40)
    result = kompass("import", "package", path, code=1)
    assert len(result.stderr.splitlines()) == 1
    assert name in result.stderr


def test_an_unknown_source_lists_the_known_ones(kompass, package):
    said = kompass("import", "excel", package, code=1).stderr
    assert all(source in said for source in importer_ids())


def test_the_sources_are_listed_in_both_languages(kompass):
    listed = json.loads(kompass("sources", "--format", "json").stdout)
    assert [each["source"] for each in listed] == importer_ids()
    assert "Gemeindeverzeichnis" in kompass("sources").stdout
    assert "municipality register" in kompass("--lang", "en", "sources").stdout


@pytest.mark.parametrize("source", importer_ids())
def test_every_importer_answers_to_its_name(source):
    assert find_importer(source).id == source


def test_every_kind_of_issue_has_a_name_in_both_languages():
    import scripts.translations as translations

    kinds = translations.Source(Path(__file__).resolve().parents[2]).kinds()
    assert kinds
    assert sorted(kinds - ISSUES.keys()) == []
    assert all(Words("de")(label) != label for label in ISSUES.values())


def test_nothing_but_the_answer_goes_to_standard_output(kompass, package):
    result = kompass("import", "package", package, "--format", "json")
    json.loads(result.stdout)
    assert result.stderr == ""
