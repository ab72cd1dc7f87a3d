"""A small country made by hand, and the program run on it as a person would."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from clock import Clock

from api.cli.main import program
from api.state import StateDatabase

Run = Callable[..., Result]

DISTRICTS = {
    # key: name, population, share of foreigners, income
    "90001": ("Großbärenkreis", 400_000, 17.5, 25_000),
    "90002": ("Kleinbärenkreis", 390_000, 17.1, 25_400),
    "90003": ("Mühlenkreis", 150_000, 9.0, 21_000),
    "90004": ("Küstenkreis", 155_000, 8.5, None),
    "91001": ("Seenkreis", 410_000, 16.0, 26_000),
    "91002": ("Mühlenkreis (Süd)", 90_000, 5.0, 19_500),
}


def write_package(folder: Path, *, districts: dict[str, tuple[str, int, float, float | None]] = DISTRICTS) -> Path:
    """An exchange package with two states, their districts and two indicators over two years."""
    folder.mkdir(parents=True)
    towns = [["key", "name", "level", "kind", "parent", "population"]]
    towns += [["90", "Bärenland", "state", "", "", "1095000"], ["91", "Seenland", "state", "", "", "500000"]]
    values = [["municipality", "indicator", "period", "value", "flag"]]
    for key, (name, population, share, income) in districts.items():
        towns.append([key, name, "district", "landkreis", key[:2], str(population)])
        values += [[key, "foreigners", "2012", str(share - 4), ""], [key, "foreigners", "2022", str(share), ""]]
        values.append([key, "income", "2021", "" if income is None else str(income), "." if income is None else ""])
        values.append([key, "inhabitants", "2022", str(population), ""])
    indicators = [
        ["id", "label_de", "label_en", "unit", "theme", "polarity", "scale", "source", "licence", "url"],
        [
            "foreigners",
            "Ausländeranteil",
            "Share of foreigners",
            "%",
            "migration",
            "0",
            "share",
            "Amt A",
            "dl-de/by-2-0",
            "",
        ],
        ["income", "Einkommen je Kopf", "Income per head", "EUR", "economy", "1", "log", "Amt B", "dl-de/by-2-0", ""],
        ["inhabitants", "Bevölkerung", "Population", "", "demography", "0", "log", "Amt A", "dl-de/by-2-0", ""],
    ]
    tables = {"municipalities": towns, "indicators": indicators, "observations": values}
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    resources = [{"name": name, "path": f"{name}.csv"} for name in tables]
    description = {"name": "bears", "title": "Bären und Seen", "resources": resources}
    (folder / "datapackage.json").write_text(json.dumps(description), encoding="utf-8")
    return folder


def write_texts(folder: Path, tables: Mapping[str, str]) -> Path:
    """An exchange package of tables written out as text, named like its folder."""
    folder.mkdir()
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    resources = [{"name": name, "path": f"{name}.csv"} for name in tables]
    (folder / "datapackage.json").write_text(json.dumps({"name": folder.name, "resources": resources}), "utf-8")
    return folder


def write_kinds_and_types(package: Path) -> None:
    """Make one district of the small country a town of its own, one a Kreis, and give one an official type."""
    path = package / "municipalities.csv"
    rows = path.read_text("utf-8").replace("Seenkreis,district,landkreis", "Seenkreis,district,stadtkreis")
    path.write_text(rows.replace("Küstenkreis,district,landkreis", "Küstenkreis,district,kreis"), "utf-8")
    (package / "types.csv").write_text("municipality,type\n90002,municipality_type.bbsr-kreistyp-2\n", "utf-8")
    description = json.loads((package / "datapackage.json").read_text("utf-8"))
    description["resources"].append({"name": "types", "path": "types.csv"})
    (package / "datapackage.json").write_text(json.dumps(description), "utf-8")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The small country as an exchange package."""
    return write_package(tmp_path / "bears")


@pytest.fixture
def clock() -> Clock:
    """Tells the same time until it is told to go on."""
    return Clock()


@pytest.fixture
def state(tmp_path: Path) -> Iterator[StateDatabase]:
    """The database of accounts, jobs and mail, real and empty."""
    database = StateDatabase(tmp_path / "state.db")
    yield database
    database.close()


@pytest.fixture
def store(tmp_path: Path) -> str:
    """The address of a store that does not exist yet."""
    return f"sqlite:///{tmp_path / 'kompass.db'}"


@pytest.fixture
def kompass(store: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the program on the store, as a newcomer without any setting."""
    for name in list(os.environ):
        if name.startswith(("KOMPASS_", "LC_", "LANG")):
            monkeypatch.delenv(name)

    def run(*args: object, code: int = 0, **environment: str) -> Result:
        given = ["--store", store, *map(str, args)]
        result = CliRunner().invoke(program, given, env=environment)
        assert result.exit_code == code, f"exit {result.exit_code}: {result.stderr}{result.stdout}"
        assert "Traceback" not in result.output
        return result

    return run


@pytest.fixture
def loaded(kompass: Run, package: Path) -> Run:
    """Runs the program on a store that holds the small country."""
    kompass("import", "package", package)
    return kompass
