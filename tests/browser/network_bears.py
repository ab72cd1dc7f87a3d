"""A small network, served for tests of the explorer in a real browser."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page, expect
from service_server import served

from api.cli.main import program
from api.services import Services
from api.settings import Settings

Axe = Callable[[Page], list[str]]
Rows = Sequence[Sequence[object]]
PLACES: Rows = (
    ("key", "name", "level", "parent", "population", "longitude", "latitude"),
    ("90", "Bärenland", "state", "", 900_000, 9.0, 48.5),
    ("90001", "Großbärenkreis", "district", "90", 400_000, 8.9, 48.4),
    ("90002", "Mühlenkreis", "district", "90", 150_000, 9.3, 48.7),
)
ACTORS: Rows = (
    ("key", "name", "kind", "municipality", "fields"),
    ("jugendamt", "Jugendamt Großbärenkreis", "jugendamt", "90001", ""),
    ("bruecke", "Lernbrücke e.V.", "association", "90001", "language"),
    ("paten", "Patenkreis Süd", "association", "90001", ""),
    ("schule", "Gesamtschule am Fluss", "school", "90002", ""),
    ("kammer", "Handwerkskammer Mühlenkreis", "chamber", "90002", ""),
    ("allein", "Frauentreff am Markt", "association", "90002", ""),
)
ALLIANCES: Rows = (
    ("key", "name", "municipalities", "fields", "started_on", "ended_on"),
    ("ankommen", "Bündnis Ankommen", "90001", "language", "2016-01-01", ""),
    ("uebergang", "Runder Tisch Übergang", "90002", "school-to-work", "2019-05-01", "2021-12-31"),
)
MEMBERSHIPS: Rows = (
    ("actor", "alliance", "role", "since"),
    ("jugendamt", "ankommen", "", "2016-01-01"),
    ("bruecke", "ankommen", "", "2016-01-01"),
    ("paten", "ankommen", "", "2017-01-01"),
    ("bruecke", "uebergang", "", ""),
    ("schule", "uebergang", "", ""),
    ("kammer", "uebergang", "", ""),
)
COOPERATIONS: Rows = (("actor_a", "actor_b", "strength", "since"), ("schule", "kammer", "coordinates", "2018-01-01"))
TABLES = {
    "municipalities": PLACES,
    "actors": ACTORS,
    "alliances": ALLIANCES,
    "memberships": MEMBERSHIPS,
    "cooperations": COOPERATIONS,
}
JUGENDAMT = "/network?start=actor:jugendamt"


def write_package(folder: Path) -> Path:
    folder.mkdir()
    for name, rows in TABLES.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    resources = [{"name": name, "path": f"{name}.csv"} for name in TABLES]
    (folder / "datapackage.json").write_text(json.dumps({"name": "bears", "resources": resources}), encoding="utf-8")
    return folder


def serve_bears(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The real service on this network; where it answers."""
    folder = tmp_path_factory.mktemp("network")
    store = f"sqlite:///{folder / 'network.db'}"
    imported = CliRunner().invoke(
        program, ["--store", store, "import", "package", str(write_package(folder / "package"))]
    )
    assert imported.exit_code == 0, imported.output
    services = Services(Settings(store=store, cache=folder))
    with served(services) as base:
        yield base


def ready(page: Page) -> Page:
    """Wait until the picture can be used."""
    expect(page.locator("#explorer[data-ready]")).to_be_attached()
    return page


def status(page: Page) -> str:
    return page.locator("#status").inner_text()
