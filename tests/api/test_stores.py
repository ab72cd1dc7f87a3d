"""Whole stores: copies and backups hold everything, and a restore is all or nothing."""

import json
from pathlib import Path

import pytest

from api.cli.export import FORMATS
from graph_service.export.registry import EXPORTERS


def tables(kompass, folder: Path, store: str | None = None) -> dict[str, bytes]:
    kompass(*(["--store", store] if store else []), "export", "package", folder)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix == ".csv"}


def test_a_copy_holds_everything(loaded, store, tmp_path):
    target = f"sqlite:///{tmp_path / 'copy.db'}"
    loaded("copy", store, target)
    assert tables(loaded, tmp_path / "a") == tables(loaded, tmp_path / "b", target) != {}


def test_a_copy_never_overwrites(loaded, store, tmp_path):
    target = f"sqlite:///{tmp_path / 'copy.db'}"
    loaded("copy", store, target)
    assert "bears" in loaded("copy", store, target, code=1).stderr
    loaded("copy", store, store, code=1)


def test_a_backup_brings_back_what_was_removed(loaded, tmp_path):
    before = tables(loaded, tmp_path / "before")
    held = loaded("datasets", "--format", "json").stdout
    loaded("backup", tmp_path / "backup.db")
    loaded("datasets", "--remove", "bears")
    assert json.loads(loaded("datasets", "--format", "json").stdout) == []
    loaded("restore", tmp_path / "backup.db")
    assert tables(loaded, tmp_path / "after") == before
    assert loaded("datasets", "--format", "json").stdout == held


def test_a_restore_takes_away_what_came_later(loaded, package, tmp_path):
    loaded("backup", tmp_path / "backup.db")
    loaded("import", "package", package, "--dataset", "later")
    loaded("restore", tmp_path / "backup.db")
    assert [each["id"] for each in json.loads(loaded("datasets", "--format", "json").stdout)] == ["bears"]


def test_a_backup_is_a_store_itself_in_one_file(loaded, tmp_path):
    loaded("backup", tmp_path / "backup.db")
    assert sorted(path.name for path in tmp_path.iterdir() if "backup" in path.name) == ["backup.db"]
    held = loaded("--store", f"sqlite:///{tmp_path / 'backup.db'}", "datasets", "--format", "json").stdout
    assert json.loads(held)[0]["id"] == "bears"


def test_a_backup_never_overwrites(loaded, tmp_path):
    path = tmp_path / "backup.db"
    path.write_text("mine", encoding="utf-8")
    assert "backup.db" in loaded("backup", path, code=1).stderr
    assert path.read_text("utf-8") == "mine"


@pytest.mark.parametrize("damage", ["absent", "empty", "text", "other", "truncated", "folder"])
def test_what_is_no_backup_is_refused_and_the_store_stays(loaded, tmp_path, damage):
    import sqlite3

    path = tmp_path / "backup.db"
    loaded("backup", path)
    whole = path.read_bytes()
    path.unlink()
    if damage == "empty":
        path.write_bytes(b"")
    elif damage == "text":
        path.write_text("not a database\n" * 100, encoding="utf-8")
    elif damage == "other":
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE mine (x)")
    elif damage == "truncated":
        path.write_bytes(whole[: len(whole) // 2 // 4096 * 4096])
    elif damage == "folder":
        path.mkdir()
    held = loaded("datasets", "--format", "json").stdout
    before = path.read_bytes() if path.is_file() else None
    result = loaded("restore", path, code=1)
    assert len(result.stderr.splitlines()) == 1
    assert "backup.db" in result.stderr
    assert loaded("datasets", "--format", "json").stdout == held
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_store_is_never_its_own_backup(loaded, store):
    loaded("restore", store.removeprefix("sqlite:///"), code=1)
    assert "bears" in loaded("datasets").stdout


def test_an_empty_store_says_how_to_fill_it(kompass):
    assert "kompass demo" in kompass("datasets").stdout


def test_removing_what_is_not_there_is_an_error(loaded):
    assert "boars" in loaded("datasets", "--remove", "boars", code=1).stderr


@pytest.mark.parametrize("url", ["mysql://host/db", "sqlite://kompass.db", "kompass.db", "sqlite:///"])
def test_a_wrong_address_says_what_one_looks_like(kompass, url):
    said = kompass("--store", url, "datasets", code=1).stderr
    assert "sqlite:///" in said


def test_a_file_that_is_no_store_is_left_alone(kompass, tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Sehr geehrte Damen und Herren\n" * 50, encoding="utf-8")
    said = kompass("--store", f"sqlite:///{path}", "datasets", code=1).stderr
    assert "letter.txt" in said
    assert path.read_text("utf-8").startswith("Sehr geehrte")


@pytest.mark.parametrize("form", EXPORTERS)
def test_every_format_is_written_and_said(loaded, tmp_path, form):
    target = tmp_path / f"out.{form}"
    assert str(target) in loaded("export", form, target).stdout
    assert target.exists()
    assert FORMATS[form] in " ".join(loaded("--lang", "en", "export", "--help").stdout.split())


def test_an_unknown_format_is_wrong_use(loaded, tmp_path):
    assert "graphml" in loaded("export", "visio", tmp_path / "x", code=2).stderr
    assert "out" in loaded("export", "graphml", tmp_path / "absent" / "out", code=1).stderr
