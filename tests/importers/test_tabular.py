import contextlib
import csv
import math
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.errors import InvalidValue, SourceError
from importers.tabular import (
    guess_decimal,
    is_formula,
    parse_date,
    parse_number,
    parse_value,
    read_table,
)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(content)
    return path


TEXT = "Schlüssel;Größe\n08119;1,5\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("cp1252"), "cp1252"),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_the_encoding_is_recognised_and_the_words_come_out_right(tmp_path, content, encoding):
    table = read_table(written(tmp_path, content))
    assert table.encoding == encoding
    assert [row for _, row in table.rows()] == [["Schlüssel", "Größe"], ["08119", "1,5"]]


def test_an_umlaut_far_behind_the_beginning_still_decides_the_encoding(tmp_path):
    content = ("a;b\n" * 900_000 + "Köln;1\n").encode("cp1252")
    table = read_table(written(tmp_path, content))
    assert table.encoding == "cp1252"
    assert list(table.rows())[-1] == (900_001, ["Köln", "1"])


def test_text_that_windows_1252_would_spoil_gets_a_second_opinion(tmp_path):
    content = ("Straße;Größe\nMünchen;Düsseldorf\nWürzburg;Fürth\n" * 20).encode("cp850")
    table = read_table(written(tmp_path, content))
    assert next(table.rows())[1] == ["Straße", "Größe"]


@pytest.mark.parametrize("delimiter", [";", "\t", ",", "|"])
def test_the_delimiter_is_recognised_beside_commas_within_the_names(tmp_path, delimiter):
    lines = ["key|name|value", "01001|Flensburg, Stadt|1", "01002|Kiel, Stadt|2"]
    quoted = [[f'"{cell}"' if delimiter in cell else cell for cell in line.split("|")] for line in lines]
    table = read_table(written(tmp_path, "\n".join(delimiter.join(line) for line in quoted).encode()))
    assert (table.delimiter, table.delimiter_guessed) == (delimiter, True)
    assert [row[0] for _, row in table.rows()] == ["key", "01001", "01002"]


def test_what_is_stated_is_not_guessed(tmp_path):
    table = read_table(written(tmp_path, TEXT.encode("cp1252")), delimiter=",", encoding="latin-1")
    assert (table.encoding, table.encoding_guessed, table.delimiter, table.delimiter_guessed) == (
        "latin-1",
        False,
        ",",
        False,
    )


def test_line_numbers_are_those_of_the_file_where_cells_span_lines_and_lines_are_empty(tmp_path):
    table = read_table(written(tmp_path, b'a;b\r\n"two\r\nlines";1\r\n\r\nc;2\r\n'))
    assert list(table.rows()) == [(1, ["a", "b"]), (2, ["two\r\nlines", "1"]), (5, ["c", "2"])]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file"),
        (b"\0" * 1000, "NUL bytes"),
        (b"a;b\n" * 600_000 + b"\0", "NUL bytes"),
        (b"x" * 3_000_000, "and more"),
        (b"a;b\n" * 600_000 + b"x" * 3_000_000, "and more"),
        (b"PK\x03\x04 and so on", "a ZIP archive or XLSX workbook"),
        (bytes.fromhex("d0cf11e0a1b11ae1"), "an XLS workbook"),
    ],
)
def test_what_is_no_table_is_refused_before_it_is_read(tmp_path, content, found):
    with pytest.raises(SourceError) as error:
        read_table(written(tmp_path, content))
    assert found in error.value.found
    assert error.value.place.file == "table.csv"


def test_a_file_larger_than_any_table_is_refused_without_reading_it(tmp_path):
    path = written(tmp_path, b"a;b\n1;2\n")
    os.truncate(path, 2 << 30)
    with pytest.raises(SourceError, match="at most 1024 MB"):
        read_table(path)


def test_an_absent_file_and_an_unknown_encoding_are_clear_errors(tmp_path):
    with pytest.raises(SourceError, match="readable file"):
        read_table(tmp_path / "absent.csv")
    with pytest.raises(SourceError, match="name of an encoding"):
        read_table(written(tmp_path, b"a;b"), encoding="klingon")


def test_a_stated_encoding_that_the_file_contradicts_is_a_clear_error(tmp_path):
    table_path = written(tmp_path, b"a;b\n" * 50_000 + "Köln;1\n".encode("cp1252"))
    with pytest.raises(SourceError, match="text in utf-8"):
        list(read_table(table_path, encoding="utf-8").rows())


def test_a_quotation_that_never_closes_is_refused_instead_of_swallowing_the_file(tmp_path):
    csv.field_size_limit(1 << 30)  # as other libraries do for the whole process
    path = written(tmp_path, b'a;b\n1;"open\n' + b"1;2\n" * 100_000)
    with pytest.raises(SourceError, match="quotation marks closed"):
        list(read_table(path).rows())


def test_progress_ends_with_the_whole_file(tmp_path):
    told: list[tuple[int, int | None]] = []
    table = read_table(written(tmp_path, b"a;b\n" * 50_000))
    assert sum(1 for _ in table.rows(lambda done, total: told.append((done, total)))) == 50_000
    assert told[-1] == (200_000, 200_000)
    assert told == sorted(told)


@pytest.mark.parametrize(
    "cell", ["=1+2", "=SUM(A1)", "@SUM(1)", "+SUM(1)", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0"]
)
def test_a_formula_is_noticed(cell):
    assert is_formula(cell)


@pytest.mark.parametrize("cell", ["-16,3", "-", "+49 711 1234", "- Beratung (offen)", "=", "Name", "", "@jugendamt"])
def test_numbers_marks_and_telephone_numbers_are_no_formulas(cell):
    assert not is_formula(cell)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,5", 1234.5),
        ("-16,3", -16.3),
        ("8,50", 8.5),
        ("1 234", 1234),
        ("1\u202f234,5", 1234.5),
        ("1\u00a0234\u00a0567", 1_234_567),
        ("1.234", 1234),
        ("−3", -3),
        (",5", 0.5),
        ("1,5E+03", 1500),
    ],
)
def test_german_numbers_are_read(text, value):
    assert parse_number(text) == value


@pytest.mark.parametrize(
    "text",
    ["1.5", "1 23", "1.23,4", "", "-", "12a", "1,234,5", "١٢", "nan", "inf", "1e999", "1.234 5", "1\t234", "1\x1f234"],
)
def test_what_is_no_german_number_is_refused(text):
    with pytest.raises(InvalidValue):
        parse_number(text)


@given(st.text(alphabet="0123456789.,+-eE '\u202f\t\x1f()"))
def test_any_text_is_a_number_or_clearly_none(text):
    for decimal in (",", "."):
        with contextlib.suppress(InvalidValue):
            assert math.isfinite(parse_number(text, decimal))


@given(st.integers(-(10**12), 10**12), st.sampled_from([",", "."]))
def test_thousands_marks_never_change_a_number(number, decimal):
    grouped = f"{number:,}"
    other = grouped.replace(",", ".") if decimal == "," else grouped
    assert parse_number(other, decimal) == parse_number(str(number), decimal) == number


@given(st.decimals(-10_000, 10_000, places=2))
def test_both_decimal_marks_read_the_same_number(number):
    assert parse_number(f"{number}".replace(".", ",")) == parse_number(f"{number}", ".") == float(number)


@pytest.mark.parametrize(
    ("text", "flag"),
    [("-", "-"), ("–", "-"), (".", "."), ("/", "/"), ("x", "x"), ("...", "..."), ("…", "..."), ("", "")],
)
def test_a_mark_is_missing_with_its_flag_and_never_zero(text, flag):
    value, found = parse_value(text)
    assert math.isnan(value)
    assert found == flag


def test_brackets_keep_the_number_and_say_that_it_is_uncertain():
    assert parse_value("(12,5)") == (12.5, "()")
    assert math.isnan(parse_value("()")[0])
    assert parse_value("()")[1] == "()"


@pytest.mark.parametrize(
    ("values", "mark"),
    [
        (["1.234", "1,5"], ","),
        (["1.5", "3"], "."),
        (["1,234.5"], "."),
        (["1.234.567"], ","),
        (["0.123"], "."),
        (["-", ".", "", "0,5"], ","),
        (["1.234", "5.678"], None),
        (["12", "-"], None),
    ],
)
def test_a_column_decides_its_decimal_mark_or_leaves_it_open(values, mark):
    assert guess_decimal(values) == mark


def test_a_column_that_contradicts_itself_is_refused():
    with pytest.raises(InvalidValue, match="one decimal mark"):
        guess_decimal(["1,5", "1.5"])


@given(st.dates(date(1000, 1, 1)))
def test_both_forms_of_a_date_are_the_same_day(day):
    assert parse_date(day.isoformat()) == parse_date(f"{day.day}.{day.month}.{day.year}") == day


@pytest.mark.parametrize("text", ["31.02.2020", "31.12.24", "12/31/2024", "2024", "", "2024-13-01"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(InvalidValue):
        parse_date(text)
