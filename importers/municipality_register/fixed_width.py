"""The register as text of fixed width (GV100AD): 220 characters a line, today in UTF-8, earlier in Latin-1."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from graph_service.errors import GraphServiceError, InvalidValue, Place, SourceError
from importers.archives import check_file, open_archive
from importers.contract import Issues
from importers.municipality_register.rows import LEVELS, Register, Row, regional_key

MOST_BYTES = 64 << 20
_LINE = re.compile(r"[1-6]\d(?:19|20)\d{6}\d{2}")
_SPANS = {
    "record_type": (0, 2),
    "land": (10, 12),
    "region": (12, 13),
    "district": (13, 15),
    "municipality": (15, 18),
    "association": (18, 22),
    "name": (22, 72),
    "mark": (122, 124),
    "hectares": (128, 139),
    "population": (139, 150),
}
_ARS = ("land", "region", "district", "association", "municipality")


def find_register(path: Path, issues: Issues) -> Register | None:
    """Recognise the text, also when it lies in a ZIP archive; None where it is something else. Raises SourceError."""
    head = check_file(path, MOST_BYTES)
    if head.startswith(b"PK"):
        return _in_archive(path, issues)
    return _register(path.read_bytes(), path.name, issues) if _looks_right(head) else None


def _in_archive(path: Path, issues: Issues) -> Register | None:
    archive = open_archive(path)
    for name in archive.names:
        with archive.open(name) as member:
            head = member.read(512)
        if _looks_right(head):
            return _register(archive.read(name)[: MOST_BYTES + 1], f"{path.name}/{name}", issues)
    return None


def _looks_right(head: bytes) -> bool:
    return _LINE.match(head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")) is not None


def _register(content: bytes, file: str, issues: Issues) -> Register:
    if len(content) > MOST_BYTES:
        raise SourceError(f"a file of at most {MOST_BYTES >> 20} MB", "more", Place(file=file))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    lines = [line for line in text.rstrip("\x1a\x00\r\n ").split("\n") if line.strip()]
    try:
        territory_date = date.fromisoformat(f"{lines[0][2:6]}-{lines[0][6:8]}-{lines[0][8:10]}")
    except ValueError:
        raise SourceError("a territory date (Gebietsstand)", lines[0][2:10], Place(file=file)) from None
    return Register(territory_date, None, "", _rows(lines, file, issues), len(lines))


def _rows(lines: list[str], file: str, issues: Issues) -> Iterator[Row]:
    for number, line in enumerate(lines, 1):
        place = Place(file=file, line=number)
        if line[:2].isdigit() and line[:2] not in LEVELS:
            issues.note("ignored-record-type", "record types 10 to 60", line[:2], place)
            continue
        try:
            yield _row(line, place)
        except GraphServiceError as error:
            issues.add(error, place)


def _row(line: str, place: Place) -> Row:
    fields = {name: line[start:end].strip() for name, (start, end) in _SPANS.items()}
    record_type = fields["record_type"]
    if record_type not in LEVELS:
        raise InvalidValue("record types 10 to 60", record_type)
    parts = tuple(fields[part] for part in _ARS)
    if record_type == "60" and len(line.rstrip("\r")) < _SPANS["population"][1]:
        raise InvalidValue("a line of 220 characters", f"{len(line)}")
    if not fields["name"]:
        raise InvalidValue("a name", "")
    hectares, population = _integer(fields["hectares"]), _integer(fields["population"])
    return Row(
        place=place,
        record_type=record_type,
        mark=fields["mark"],
        ars=regional_key(record_type, parts),
        name=fields["name"],
        population=population,
        area_km2=None if hectares is None else hectares / 100,
    )


def _integer(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise InvalidValue("a whole number", text)
    return int(text)
