"""ZIP archives from strangers."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from graph_service.errors import SourceError
from importers.archives import archive_names, check_file, kind_of, open_archive


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def refusal(path: Path, **limits: int) -> SourceError:
    with pytest.raises(SourceError) as caught:
        open_archive(path, **limits)
    assert caught.value.place.file == path.name
    return caught.value


def test_an_archive_lists_its_files_and_gives_their_content(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"folder/": b"", "folder/eins.txt": "Grüße".encode(), "zwei": b""})
    archive = open_archive(path)
    assert archive.names == archive_names(path) == ("folder/eins.txt", "zwei")
    assert archive.read("folder/eins.txt").decode() == "Grüße"
    with pytest.raises(SourceError):
        archive.read("drei")


@pytest.mark.parametrize("name", ["../slip", "a/../../slip", "/etc/slip", "..\\slip", "C:\\slip"])
def test_a_name_that_leaves_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    assert refusal(packed(tmp_path / "slip.zip", {name: b"x"})).expected == "names that stay inside the archive"


def test_a_link_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "link.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert refusal(path).expected == "an archive without links"


def test_one_name_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a", "2")
    assert "each name once" in refusal(path).expected


def test_what_unpacks_to_more_than_the_limit_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "bomb.zip", {"a": bytes(600_000), "b": bytes(600_000)})
    assert open_archive(path, most_unpacked=1_200_000).names == ("a", "b")
    assert "once unpacked" in refusal(path, most_unpacked=1_199_999).expected


def test_a_declared_size_that_lies_is_found_out(tmp_path: Path) -> None:
    path = packed(tmp_path / "lie.zip", {"a": bytes(500_000)})
    content = bytearray(path.read_bytes())
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    path.write_bytes(content)
    assert refusal(path).expected == "an undamaged ZIP archive"


def test_an_archive_packed_beyond_reason_is_refused_within_the_limit(tmp_path: Path) -> None:
    path = packed(tmp_path / "dense.zip", {"a": bytes(80 << 20)})
    assert "-fold" in refusal(path).expected
    assert refusal(path).found == "more content in a"


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.99])
def test_a_truncated_archive_is_refused(tmp_path: Path, keep: float) -> None:
    content = packed(tmp_path / "whole.zip", {"a": bytes(range(256)) * 1000}).read_bytes()
    path = tmp_path / "half.zip"
    path.write_bytes(content[: int(len(content) * keep)])
    assert refusal(path).expected == "an undamaged ZIP archive"


def test_a_flipped_bit_is_found_by_the_checksum(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a": bytes(range(256)) * 100})
    content = bytearray(path.read_bytes())
    content[60] ^= 1
    path.write_bytes(content)
    assert refusal(path).expected == "an undamaged ZIP archive"


def test_a_locked_archive_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "locked.zip", {"a": b"secret"})
    content = bytearray(path.read_bytes())
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + offset] |= 1
    path.write_bytes(content)
    assert refusal(path).expected == "a file without a password"


def test_absent_empty_too_large_and_no_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "large").write_bytes(bytes(3 << 20))
    for path, expected in (
        (tmp_path / "absent", "a readable file"),
        (tmp_path, "a readable file"),
        (tmp_path / "empty", "a file with content"),
        (tmp_path / "large", "a file of at most 2 MB"),
    ):
        with pytest.raises(SourceError) as caught:
            check_file(path, most=2 << 20)
        assert caught.value.expected == expected


def test_a_refusal_says_what_the_file_is_instead() -> None:
    raw = io.BytesIO()
    zipfile.ZipFile(raw, "w").writestr("a", "b")
    kinds = {
        raw.getvalue(): "a ZIP archive",
        b"%PDF-1.7": "a PDF document",
        b"\xef\xbb\xbf{}": "a JSON document",
        b"<!DOCTYPE html>": "a web page",
        "Gemeinde;Fläche".encode("latin-1"): "text",
        bytes(100): "binary data",
    }
    assert {head: kind_of(head) for head in kinds} == kinds
