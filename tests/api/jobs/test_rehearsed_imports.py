"""Imports are rehearsed, confirmed, and only then written; what cannot be right is refused."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from api.jobs.imports import ImportOrder
from api.jobs.table import JobState
from graph_service.errors import InvalidValue, NotFound
from tests.api.jobs.conftest import House, both_stores, zipped


@both_stores
def test_an_import_is_rehearsed_and_changes_nothing_before_a_person_confirms_it(house: House, package: Path) -> None:
    job = house.upload(zipped(package), "bears.zip", source="package")
    house.work()
    waiting = house.jobs.job(job.id)
    assert waiting.state is JobState.CONFIRMING
    assert waiting.report is not None
    assert (waiting.report["dry_run"], waiting.report["new"] > 0, waiting.report["dataset"]) == (True, True, "bears")
    assert house.names() == []
    house.imports.confirm(job.id, "bea")
    house.work()
    done = house.jobs.job(job.id)
    assert done.state is JobState.DONE
    assert done.report is not None
    assert done.report["dry_run"] is False
    assert {name: done.report[name] for name in ("new", "read")} == {n: waiting.report[n] for n in ("new", "read")}
    assert "Seenkreis" in house.names()


@both_stores
def test_who_confirmed_an_import_stands_in_the_journal(house: House, package: Path) -> None:
    job = house.upload(zipped(package), "bears.zip", source="package")
    house.work()
    house.imports.confirm(job.id, "bea")
    house.work()
    (entry,) = house.store.read(lambda reader: reader.journal())
    assert (entry.dataset, entry.signature.author, entry.signature.origin) == ("bears", "bea", "import")


def test_what_an_import_notices_is_kept_and_comes_in_pages(house: House, package: Path) -> None:
    broken = package / "municipalities.csv"
    broken.write_text(broken.read_text("utf-8") + "90009,Ort,hamlet,,90,1\n90010,Ort,district,,90,x\n", "utf-8")
    job = house.upload(zipped(package), "bears.zip", source="package")
    house.work()
    failed = house.jobs.job(job.id)
    assert failed.state is JobState.FAILED
    assert failed.error is not None
    assert failed.error["code"] == "invalid-package"
    issues = house.jobs.issues(job.id)
    assert [(issue["place"]["line"], issue["place"]["column"]) for _, issue in issues] == [
        (10, "level"),
        (11, "population"),
    ]


def test_a_file_that_is_no_source_fails_with_what_was_expected(house: House) -> None:
    job = house.upload("nothing;here\n1;2\n", source="municipality-register")
    house.work()
    failed = house.jobs.job(job.id)
    assert failed.state is JobState.FAILED
    assert failed.error is not None
    assert failed.error["expected"]
    assert house.names() == []


def test_archives_are_checked_when_they_are_imported(house: House) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("datapackage.json", "{}")
        archive.writestr("../../escape.csv", "key,name\n")
    job = house.upload(packed.getvalue(), "evil.zip", source="package")
    house.work()
    assert house.state(job) is JobState.FAILED


def test_the_title_and_licence_that_a_person_states_describe_the_dataset(house: House) -> None:
    job = house.upload(dataset="traeger", title="Träger der Stadt", licence="CC-BY-4.0")
    house.work()
    house.imports.confirm(job.id, "ada")
    house.work()
    (status,) = house.store.read(lambda reader: reader.datasets())
    assert (status.dataset.id, status.dataset.title, status.dataset.licence) == (
        "traeger",
        "Träger der Stadt",
        "CC-BY-4.0",
    )


def test_another_licence_than_the_sources_own_is_not_believed(house: House, package: Path) -> None:
    descriptor = package / "datapackage.json"
    told = json.loads(descriptor.read_text("utf-8")) | {"licenses": [{"name": "CC-BY-NC-4.0"}]}
    descriptor.write_text(json.dumps(told), "utf-8")
    job = house.upload(zipped(package), "bears.zip", source="package", licence="CC0-1.0")
    house.work()
    failed = house.jobs.job(job.id)
    assert failed.error is not None
    assert (failed.error["expected"], failed.error["found"]) == (
        "a source under the licence that was stated",
        "CC-BY-NC-4.0",
    )


@pytest.mark.parametrize("id", ["curated", "vocabulary"])
def test_what_people_entered_by_hand_is_never_replaced_by_a_file(house: House, package: Path, id: str) -> None:
    with pytest.raises(InvalidValue):
        house.upload(dataset=id)
    descriptor = package / "datapackage.json"
    descriptor.write_text(json.dumps(json.loads(descriptor.read_text("utf-8")) | {"name": id}), "utf-8")
    job = house.upload(zipped(package), "bears.zip", source="package")
    house.work()
    assert house.state(job) is JobState.FAILED


@pytest.mark.parametrize(
    ("order", "error"),
    [
        ({"source": "nonsense"}, NotFound),
        ({"column_map": "../../../etc/passwd"}, NotFound),
        ({"column_map": "/etc/map.toml"}, NotFound),
        ({"source": "package", "column_map": "actors"}, InvalidValue),
        ({"dataset": "No Id"}, InvalidValue),
        ({"url": "file:///etc/passwd"}, InvalidValue),
    ],
)
def test_an_order_that_cannot_be_right_is_refused_at_once(order: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        ImportOrder(**{"source": "table", **order})
