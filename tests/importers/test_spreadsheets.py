"""Workbooks as offices send them, and as attackers do."""

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook as Book

from graph_service.errors import SourceError
from importers import spreadsheets
from importers.spreadsheets import Row, is_workbook, open_workbook, plain_header

PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OPEN = "urn:oasis:names:tc:opendocument:xmlns"


def xlsx(path: Path, rows: list[list[object]], sheet: str = "Daten") -> Path:
    book = Book()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def raw_xlsx(path: Path, sheet_data: str, member: str = "worksheets/sheet1.xml") -> Path:
    """A workbook with exactly this XML in its sheet."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", f'<Types xmlns="{PACKAGE}/content-types"/>')
        z.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        z.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        z.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="{member}"/></Relationships>',
        )
        z.writestr(f"xl/{member}", f'<worksheet xmlns="{MAIN}"><sheetData>{sheet_data}</sheetData></worksheet>')
    return path


def ods(path: Path, body: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        z.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{OPEN}:manifest:1.0"/>')
        z.writestr(
            "content.xml",
            f'<o:document-content xmlns:o="{OPEN}:office:1.0" xmlns:office="{OPEN}:office:1.0" '
            f'xmlns:table="{OPEN}:table:1.0" xmlns:text="{OPEN}:text:1.0"><office:body><office:spreadsheet>'
            f'<table:table table:name="a">{body}</table:table></office:spreadsheet></office:body></o:document-content>',
        )
    return path


def ods_cell(repeat: int = 1) -> str:
    return (
        f'<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="{repeat}">'
        "<text:p>1</text:p></table:table-cell>"
    )


def content(path: Path) -> list[Row]:
    book = open_workbook(path)
    return list(book.rows(book.sheet_names[0]))


def refusal(path: Path) -> SourceError:
    with pytest.raises(SourceError) as caught:
        content(path)
    assert caught.value.place.file == path.name
    return caught.value


def test_text_keeps_its_zeros_and_numbers_their_kind(tmp_path: Path) -> None:
    rows = content(
        xlsx(
            tmp_path / "a.xlsx",
            [["01001000", 1001000, 1.5, None, True, date(2024, 12, 31), " x "]],
        )
    )
    assert rows == [("01001000", 1001000, 1.5, None, True, date(2024, 12, 31), " x ")]
    assert [type(cell) for cell in rows[0][1:3]] == [int, float]


def test_the_nth_row_is_line_n_even_when_the_sheet_starts_far_down(tmp_path: Path) -> None:
    rows = content(raw_xlsx(tmp_path / "a.xlsx", '<row r="3"><c r="B3"><v>7</v></c></row>'))
    assert len(rows) == 3
    assert rows[2] == (None, 7)
    assert all(cell is None for row in rows[:2] for cell in row)


def test_an_opendocument_sheet_with_its_empty_margin_reads_like_any_other(tmp_path: Path) -> None:
    margin = (
        '<table:table-row table:number-rows-repeated="1048570">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    path = ods(tmp_path / "a.xlsx", f"<table:table-row>{ods_cell()}{ods_cell(2)}</table:table-row>{margin}")
    assert content(path) == [(1, 1, 1)]


@pytest.mark.parametrize(
    ("make", "body"),
    [
        (raw_xlsx, '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'),
        (raw_xlsx, "<row>" + "<c><v>1</v></c>" * 300 + "</row>" + "<row/>" * 50_000 + "<row><c><v>1</v></c></row>"),
        (ods, f'<table:table-row table:number-rows-repeated="50000">{ods_cell(1000)}</table:table-row>'),
        (
            ods,
            f'<table:table-row>{ods_cell(1000)}</table:table-row><table:table-row table:number-rows-repeated="90000"/>'
            f"<table:table-row>{ods_cell()}</table:table-row>",
        ),
    ],
)
def test_a_small_file_that_would_unfold_into_a_huge_sheet_is_refused(
    tmp_path: Path, make: Callable[[Path, str], Path], body: str
) -> None:
    assert "cells" in refusal(make(tmp_path / "wide.xlsx", body)).expected


def test_a_sheet_is_measured_whatever_its_member_is_called(tmp_path: Path) -> None:
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    assert "cells" in refusal(raw_xlsx(tmp_path / "a.xlsx", far, member="media/Picture.png")).expected


def test_formatted_but_empty_cells_at_the_edge_do_not_count(tmp_path: Path) -> None:
    body = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    assert content(raw_xlsx(tmp_path / "a.xlsx", body)) == [(1,)]


def test_a_bomb_is_refused_while_it_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "MOST_UNPACKED", 5 << 20)
    assert "once unpacked" in refusal(raw_xlsx(tmp_path / "bomb.xlsx", "<row/>" * 1_000_000)).expected


def test_an_entity_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    raw_xlsx(path, "")
    bomb = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><worksheet>&c;</worksheet>'
    members = {name: zipfile.ZipFile(path).read(name) for name in zipfile.ZipFile(path).namelist()}
    with zipfile.ZipFile(path, "w") as z:
        for name, data in members.items():
            z.writestr(name, bomb if name.endswith("sheet1.xml") else data)
    assert refusal(path).expected == "an undamaged workbook"


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("empty.xlsx", b"", "a file with content"),
        ("garbage.xlsx", bytes(range(256)) * 500, "a workbook (XLSX, ODS or XLS)"),
        ("text.xlsx", b"Gemeinde;Name\n", "a workbook (XLSX, ODS or XLS)"),
        ("old.xls", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "an undamaged workbook"),
        (
            "locked.xlsx",
            bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"),
            "a file without a password",
        ),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, name: str, data: bytes, expected: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert refusal(tmp_path / name).expected == expected


def test_an_archive_of_something_else_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("readme.txt", "x")
    assert not is_workbook(path)
    assert refusal(path).expected == "a workbook (XLSX, ODS or XLS)"


def test_a_file_of_two_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "big.xlsx"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(2 << 30)
    assert "at most 256 MB" in refusal(path).expected


def test_a_header_is_compared_without_hyphens_and_footnotes() -> None:
    assert plain_header("Post-leit-\nzahl3)") == plain_header("Postleit zahl") == "postleitzahl"


@pytest.mark.germany
def test_old_xls_exports_read_with_codes_as_text(germany: Path) -> None:
    book = open_workbook(germany / "rki-gisd-inkar" / "A_Bruttoverdienst.xls")
    rows = list(book.rows("Daten"))
    assert len(book.sheet_names) == 3
    assert rows[2][0] == "01001"
    assert len(rows) == 402


@pytest.mark.germany
def test_damaged_xls_files_are_refused_or_read_but_never_unfold_or_crash(germany: Path, tmp_path: Path) -> None:
    original = (germany / "rki-gisd-inkar" / "A_ArbeitslosigkeitKreis.xls").read_bytes()
    path = tmp_path / "a.xls"
    outcomes = set()
    for n in range(0, 3000, 37):
        damaged = bytearray(original)
        for k in range(5):
            damaged[(n * 7919 + k * 104_729) % len(damaged)] ^= 0x55
        damaged[n % 512] ^= 0x0F
        path.write_bytes(damaged)
        try:
            outcomes.add(len(content(path)) >= 0)
        except SourceError as error:
            outcomes.add(error.expected)
    assert "an undamaged workbook" in outcomes


@pytest.mark.germany
def test_a_truncated_original_is_refused(germany: Path, tmp_path: Path) -> None:
    for name in ("destatis-gemeindeverzeichnis/AuszugGV4QAktuell_2024.xlsx", "rki-gisd-inkar/A_Bruttoverdienst.xls"):
        whole = (germany / name).read_bytes()
        path = tmp_path / Path(name).name
        path.write_bytes(whole[: len(whole) // 3])
        assert "undamaged" in refusal(path).expected
