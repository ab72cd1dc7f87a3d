"""Units are said in the reader's language; publishers write them in German, and so they stay in German and in data."""

import csv
import io
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from docx import Document
from flask.testing import FlaskClient

import importers
from api.app import create_app
from api.language import Words
from api.sample import SAMPLE
from api.services import Services
from api.settings import Settings
from api.words.units import UNITS, unbroken, unit_words
from importers.package.importer import PackageImporter
from importers.run import run
from tests.api.conftest import Run, write_package

SIGNS = {"%", "€", "€/m²", "m²", "km", "0–1", ""}
"""Read alike in both languages."""
BASE = "/municipalities/90001"
GERMAN, ENGLISH = "je 1.000 Einwohner", "per 1,000 inhabitants"


def named(value: object) -> Iterator[str]:
    """The units that a file of definitions names, at whatever depth."""
    if isinstance(value, dict):
        if isinstance(value.get("unit"), str):
            yield value["unit"]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from named(each)


def bundled() -> set[str]:
    with SAMPLE.open("rb") as file, ZipFile(file) as sample:
        name = next(each for each in sample.namelist() if each.endswith("indicators.csv"))
        found = {row["unit"] for row in csv.DictReader(io.StringIO(sample.read(name).decode("utf-8-sig")))}
    for path in Path(importers.__file__).parent.glob("*/indicators.toml"):
        found.update(named(tomllib.loads(path.read_text("utf-8"))))
    return found


def per_thousand(folder: Path) -> Path:
    """The small country with a unit in words."""
    package = write_package(folder)
    path = package / "indicators.csv"
    path.write_text(path.read_text("utf-8").replace(",%,", f",{GERMAN},"), "utf-8")
    return package


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    services = Services(Settings(store=f"sqlite:///{tmp_path / 'k.db'}", cache=tmp_path))
    run(PackageImporter(), [per_thousand(tmp_path / "bears")], services.store)
    yield create_app(services.settings, services).test_client()
    services.close()


def test_every_unit_of_the_bundled_data_and_sources_can_be_said_in_english() -> None:
    assert bundled() - SIGNS - UNITS.keys() == set()


def test_in_german_a_unit_is_what_its_publisher_writes_and_the_catalog_agrees() -> None:
    german, english = Words("de"), Words("en")
    for unit, said in UNITS.items():
        assert german(said) == unit_words(unit, german) == unit
        assert unit_words(unit, english) == said
    assert unit_words("Schiffe je Hafen", english) == "Schiffe je Hafen"
    assert unit_words(None, english) == unit_words("", german) == ""


def test_in_a_label_neither_a_law_nor_a_unit_is_torn_apart() -> None:
    assert unbroken("Menschen (SGB II), je km² und je 100") == "Menschen (SGB\u00a0II), je\u00a0km² und je 100"
    assert unbroken("Kinder je Kita") == "Kinder je Kita"


def told(client: FlaskClient, path: str, language: str) -> str:
    """What a page or file says, as text."""
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200, path
    if path.endswith("xlsx"):
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
        return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    if path.endswith("docx"):
        paper = Document(io.BytesIO(answer.data))
        return paper.element.xpath("string()")
    return answer.data.decode("utf-8-sig").replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    "path",
    [
        BASE,
        f"{BASE}/peers",
        f"{BASE}/peers.xlsx",
        f"{BASE}/peers.docx",
        f"{BASE}/compare?with=90002",
        "/indicators",
        "/indicators/foreigners",
    ],
)
def test_pages_and_papers_say_units_in_their_language(client: FlaskClient, path: str) -> None:
    english, german = told(client, path, "en"), told(client, path, "de")
    assert ENGLISH in english
    assert GERMAN not in english
    assert GERMAN in german
    assert ENGLISH not in german


def test_the_command_line_says_them_too_and_data_keep_the_publishers_word(kompass: Run, tmp_path: Path) -> None:
    kompass("import", "package", per_thousand(tmp_path / "bears"))
    for arguments in (
        ("show", "90001"),
        ("indicators",),
        ("peers", "90001", "--why", "90002", "--lens", "all-indicators"),
    ):
        said = " ".join(kompass("--lang", "en", *arguments).stdout.split())
        assert ENGLISH in said, arguments
        assert GERMAN not in said, arguments
    known = json.loads(kompass("--lang", "en", "show", "90001", "--format", "json").stdout)["observations"]
    assert GERMAN in {each["unit"] for each in known}
    assert GERMAN in kompass("--lang", "en", "indicators", "--format", "csv").stdout
