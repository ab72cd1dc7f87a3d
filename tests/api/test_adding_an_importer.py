"""The page on adding an importer is true: what it shows is taken from it, installed, and run."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "adding-an-importer.md"


def blocks() -> dict[str, str]:
    found = re.findall(r"```(\w+)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return dict(found)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder with the module and what pip would write beside it."""
    site = tmp_path / "site"
    project = tomllib.loads(blocks()["toml"])["project"]
    about = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    about.mkdir(parents=True)
    lines = [
        f"[{group}]\n" + "\n".join(f"{k} = {v}" for k, v in points.items())
        for group, points in project["entry-points"].items()
    ]
    (about / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n", encoding="utf-8"
    )
    (site / "kompass_youth_clubs.py").write_text(blocks()["python"], encoding="utf-8")
    return site


def kompass(site: Path, *args: object) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KOMPASS_")}
    command = [sys.executable, "-m", "api.cli.main", "--lang", "en", *map(str, args)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment | {"PYTHONPATH": str(site)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_example_of_the_page_is_found_and_imports(installed, tmp_path):
    store = f"sqlite:///{tmp_path / 'kompass.db'}"
    package = tmp_path / "district"
    package.mkdir()
    (package / "datapackage.json").write_text('{"name": "district", "resources": []}', encoding="utf-8")
    (package / "municipalities.csv").write_text("key,name,level\n08119,Rems-Murr-Kreis,district\n", encoding="utf-8")
    clubs = tmp_path / "youth_clubs.csv"
    clubs.write_text(blocks()["csv"], encoding="utf-8")

    assert "youth-clubs" in kompass(installed, "sources")
    kompass(installed, "--store", store, "import", "package", package)
    said = kompass(installed, "--store", store, "import", "youth-clubs", clubs)
    assert "4 new" in said, "two clubs, each with a place"
    assert "line 4" in said
    assert "8119" in said
    again = kompass(installed, "--store", store, "import", "youth-clubs", clubs)
    assert "0 new, 0 changed, 4 unchanged" in again
