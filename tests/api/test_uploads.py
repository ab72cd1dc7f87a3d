"""Files for imports: streamed to disk, limited, whole or not there, and never under a name that leads elsewhere."""

import io
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http.errors import TooLarge
from api.jobs import uploads
from api.jobs.uploads import JobFiles, check_kind, safe_name
from graph_service.errors import SourceError, StoreFull

CSV = b"name;kind\nHaus der Jugend;youth-office\n"


@pytest.fixture
def files(tmp_path: Path) -> JobFiles:
    return JobFiles(tmp_path / "state", most_mb=1)


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_files_are_kept_with_size_and_checksum_for_this_user_alone(files: JobFiles, tmp_path: Path) -> None:
    stored = files.keep("ab12", [("Träger & Orte.csv", io.BytesIO(CSV)), ("map.toml", io.BytesIO(b"[dataset]\n"))])
    assert [(file.name, file.size) for file in stored] == [("Träger _ Orte.csv", len(CSV)), ("map.toml", 10)]
    (path, _) = files.paths("ab12", stored)
    assert path.read_bytes() == CSV
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_is_too_large_is_refused_before_it_is_read_to_its_end_and_leaves_nothing(
    files: JobFiles, tmp_path: Path
) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"a;b\n" * (size // 4)

    endless = Endless()
    with pytest.raises(TooLarge, match="1 MB"):
        files.keep("ab12", [("list.csv", endless)])
    assert endless.given < 4 << 20
    assert everything(tmp_path) == []


def test_the_limit_holds_for_all_files_together(files: JobFiles, tmp_path: Path) -> None:
    half = b"a;b\n" * 150_000
    with pytest.raises(TooLarge):
        files.keep("ab12", [("a.csv", io.BytesIO(half)), ("b.csv", io.BytesIO(half))])
    with pytest.raises(TooLarge, match="20 files"):
        files.keep("ab12", [(f"{n}.csv", io.BytesIO(CSV)) for n in range(21)])
    assert everything(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("program.exe", b"MZ\x90\0"),
        ("page.html", b"<!doctype html><html>"),
        ("list", CSV),
        ("list.csv", b"\x7fELF\x02\x01\x01\0\0\0"),
        ("list.csv", b"PK\x03\x04"),
        ("list.xlsx", CSV),
        ("package.zip", b"%PDF-1.7"),
        ("table.parquet", CSV),
        ("list.csv", b"<!doctype html><html><body>Bitte anmelden"),
        ("empty.csv", b""),
    ],
)
def test_what_no_importer_reads_is_refused_by_name_or_content(
    files: JobFiles, tmp_path: Path, name: str, content: bytes
) -> None:
    with pytest.raises(SourceError):
        files.keep("ab12", [(name, io.BytesIO(content))])
    assert everything(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("a.CSV", CSV),
        ("a.csv", "name;ort\n".encode("utf-16")),
        ("a.csv", "größe;ort\n".encode("cp1252")),
        ("a.geojson", b'{"type": "FeatureCollection"}'),
        ("a.zip", b"PK\x03\x04"),
        ("a.xlsx", b"PK\x03\x04"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.parquet", b"PAR1"),
    ],
)
def test_what_importers_read_is_taken(name: str, head: bytes) -> None:
    check_kind(name, head)


def test_no_files_are_no_upload(files: JobFiles) -> None:
    with pytest.raises(SourceError, match="at least one file"):
        files.keep("ab12", [])


def test_a_file_that_has_gone_or_changed_is_not_imported(files: JobFiles, tmp_path: Path) -> None:
    stored = files.keep("ab12", [("list.csv", io.BytesIO(CSV))])
    (path,) = files.paths("ab12", stored)
    path.write_bytes(CSV + b"x;y\n")
    with pytest.raises(SourceError, match="checksum"):
        files.paths("ab12", stored)
    files.remove("ab12")
    files.remove("ab12")
    with pytest.raises(SourceError, match="upload it again"):
        files.paths("ab12", stored)


def test_files_that_no_job_needs_are_swept_away_when_they_are_old(files: JobFiles, tmp_path: Path) -> None:
    for job in ("old", "needed"):
        files.keep(job, [("list.csv", io.BytesIO(CSV))])
        os.utime(tmp_path / "state" / "imports" / job, (0, 0))
    files.keep("new", [("list.csv", io.BytesIO(CSV))])
    assert files.sweep(lambda job: job == "needed", older_than=3600) == 1
    assert everything(tmp_path) == ["state/imports/needed/list.csv", "state/imports/new/list.csv"]


def test_what_is_being_received_has_no_name_and_lies_in_the_state_folder(files: JobFiles, tmp_path: Path) -> None:
    with files.incoming() as file:
        file.write(b"x" * 5_000_000)
        file.seek(0)
        assert len(file.read()) == 5_000_000
        assert (tmp_path / "state" / "incoming").is_dir()
        assert everything(tmp_path) == []


def test_a_full_disk_is_said_to_be_full(files: JobFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads.os, "fsync", full)
    with pytest.raises(StoreFull):
        files.keep("ab12", [("list.csv", io.BytesIO(CSV))])
    assert everything(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Users\\Ada\\Träger.csv", "Träger.csv"),
        ("..", "file"),
        ("", "file"),
        (".csv", "csv"),
        ("a\0b\nc.csv", "a_b_c.csv"),
        ("_regionen.parquet", "_regionen.parquet"),
        ("GV100AD_30062025.asc", "GV100AD_30062025.asc"),
        ("x" * 300 + ".xlsx", "x" * 50 + ".xlsx"),
    ],
)
def test_a_name_is_made_safe_and_stays_recognisable(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_two_files_of_one_name_are_kept_apart() -> None:
    assert safe_name("List.csv", {"list.csv"}) == "List-2.csv"
    assert safe_name("list.csv", {"list.csv", "list-2.csv"}) == "list-3.csv"


@given(st.text(), st.lists(st.text(max_size=8), max_size=4))
def test_whatever_a_file_is_called_its_safe_name_is_one_new_plain_name(name: str, others: list[str]) -> None:
    taken: set[str] = set()
    for each in (*others, name):
        safe = safe_name(each, taken)
        assert safe == Path(safe).name != ""
        assert not safe.startswith(".")
        assert safe.isprintable()
        assert len(safe.encode()) <= 255
        assert safe.lower() not in taken
        taken.add(safe.lower())
