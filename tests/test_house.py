"""The house itself: files that must be there, lock files, scripts, and everything documented that can be used."""

import importlib
import os
import pkgutil
import re
import subprocess
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from api.cli.main import ENTRIES
from api.settings import VARIABLES
from graph_service.errors import GraphServiceError

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock")
PACKAGES = ("graph_service", "importers", "matching", "api")


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def locked(name: str) -> list[Requirement]:
    return [Requirement(line.rstrip(" \\")) for line in text(name).splitlines() if re.match(r"[a-z0-9]", line)]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))


# --- files ---


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "LICENSE",
        "publiccode.yml",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "Makefile",
        "pyproject.toml",
        ".ci/run",
        ".editorconfig",
        *LOCKS,
    ],
)
def test_what_a_newcomer_looks_for_is_there(name):
    assert text(name).strip()


def test_the_readme_names_the_two_commands_and_every_make_target_it_names_exists():
    named = set(re.findall(r"\bmake ([a-z]+)\b(?=`|\s*(?:#|$))", text("README.md"), re.MULTILINE))
    assert {"demo", "test"} <= named <= targets()


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", *(str(p.relative_to(ROOT)) for p in ROOT.glob("docs/**/*.md"))]
)
def test_links_between_pages_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text(page)):
        if "://" not in link and not link.startswith("mailto:"):
            assert ((ROOT / page).parent / link).exists(), link


def test_the_licence_is_the_whole_eupl():
    licence = text("LICENSE")
    assert licence.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert [int(n) for n in re.findall(r"^(\d+)\.[A-Z]", licence, re.MULTILINE)] == list(range(1, 16))
    assert "Appendix" in licence
    assert PROJECT["project"]["license"] == "EUPL-1.2" == yaml.safe_load(text("publiccode.yml"))["legal"]["license"]


def test_publiccode_describes_the_project_as_the_standard_asks():
    code = yaml.safe_load(text("publiccode.yml"))
    assert code["softwareVersion"] == PROJECT["project"]["version"]
    for key in (
        "publiccodeYmlVersion",
        "name",
        "url",
        "softwareType",
        "developmentStatus",
        "platforms",
        "localisation",
    ):
        assert code[key], key
    assert code["maintenance"]["type"] == "community"
    assert code["maintenance"]["contacts"][0]["name"]
    assert code["localisation"]["availableLanguages"] == ["de", "en"] == list(code["description"])
    for words in code["description"].values():
        assert len(words["shortDescription"]) <= 150
        assert 150 <= len(words["longDescription"]) <= 10_000
        assert all(len(feature) <= 100 for feature in words["features"])


# --- lock files ---


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_pins_every_package_with_hashes_and_names_no_index(name):
    lock = text(name)
    assert "://" not in lock
    assert not re.search(r"^\s*(-i|-f|--(extra-)?index-url|--find-links)\b", lock, re.MULTILINE)
    entries = re.split(r"\n(?=\S)", lock.strip())[1:]
    assert len(entries) > 30
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("requirements.lock", PROJECT["project"]["dependencies"] + PROJECT["build-system"]["requires"]),
        ("requirements-dev.lock", PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]),
    ],
)
def test_a_lock_file_holds_what_the_project_asks_for(name, wanted):
    pins: dict[str, list[Requirement]] = {}
    for pin in locked(name):
        pins.setdefault(canonicalize_name(pin.name), []).append(pin)
    for requirement in map(Requirement, wanted):
        found = pins.get(canonicalize_name(requirement.name), [])
        assert found, f"{requirement}: run make lock"
        for pin in found:
            (version,) = (specifier.version for specifier in pin.specifier)
            assert requirement.specifier.contains(version, prereleases=True), f"{requirement}: run make lock"


def test_users_and_developers_run_the_same_versions_and_users_need_no_tools():
    # a tool may need on every Python what the project needs on older ones alone: the marker differs, not the version
    users, developers = ({f"{pin.name}{pin.specifier}" for pin in locked(name)} for name in LOCKS)
    assert users < developers
    names = {canonicalize_name(pin.name) for pin in locked("requirements.lock")}
    assert names.isdisjoint({"pyarrow", "pytest", "mypy", "ruff", "hypothesis"})


# --- scripts ---


@pytest.mark.parametrize("script", ["scripts/find_python.sh", "scripts/setup.sh", "scripts/lock.sh", ".ci/run"])
def test_a_script_can_be_run_and_parsed(script):
    path = ROOT / script
    assert os.access(path, os.X_OK)
    shell = path.read_text("utf-8").splitlines()[0].rpartition("/")[2].split()[-1]
    subprocess.run([shell, "-n", str(path)], check=True)


def test_ci_runs_what_developers_run():
    assert "make test" in text(".ci/run")
    for target in ("help", "demo", "test", "check", "dev", "bench", "sample", "lock", "clean"):
        assert target in targets()
        assert re.search(rf"^{target}:.*## \w", text("Makefile"), re.MULTILINE), f"make help does not explain {target}"


def interpreter(folder: Path, version: str, *, usable: bool, complete: bool) -> Path:
    """A stand-in for a Python that says what it is."""
    path = folder / "python"
    path.write_text(
        '#!/bin/sh\ncase "$2" in\n'
        f"*version_info\\[:2\\]*) echo {version} ;;\n"
        f"*'(3, 11)'*) exit {0 if usable else 1} ;;\n"
        f"*ensurepip*) exit {0 if complete else 1} ;;\nesac\n"
    )
    path.chmod(0o755)
    return path


def find_python(path: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHON": str(path)}
    return subprocess.run(
        [str(ROOT / "scripts/find_python.sh")], env=environment, capture_output=True, text=True, check=False
    )


def test_a_python_that_will_do_is_found(tmp_path):
    path = interpreter(tmp_path, "3.12", usable=True, complete=True)
    assert find_python(path).stdout.strip() == str(path)


def test_a_python_that_is_too_old_is_named_with_what_to_install(tmp_path):
    done = find_python(interpreter(tmp_path, "3.9", usable=False, complete=True))
    assert done.returncode == 1
    assert "3.11 or newer is needed" in done.stderr
    assert "Python 3.9" in done.stderr
    assert "apt install" in done.stderr


def test_a_python_without_venv_is_named_with_the_package_to_install(tmp_path):
    done = find_python(interpreter(tmp_path, "3.11", usable=True, complete=False))
    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr
    assert "python3.11-venv" in done.stderr


def test_no_python_at_all_is_said_in_words(tmp_path):
    done = find_python(tmp_path / "nothing")
    assert done.returncode == 1
    assert "none was found" in done.stderr


# --- documentation ---


def codes() -> set[str]:
    """The codes of all errors, of whatever module."""
    for package in map(importlib.import_module, PACKAGES):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    found, open_ = set(), [GraphServiceError]
    while open_:
        error = open_.pop()
        found.add(error.code)
        open_ += error.__subclasses__()
    return found


def documented(page: str) -> set[str]:
    """What stands between backticks on a page."""
    return set(re.findall(r"`([^`\n]+)`", text(page)))


def test_every_error_code_is_documented():
    assert codes() - documented("docs/errors.md") == set()


def test_every_setting_is_documented():
    assert set(VARIABLES) - documented("docs/settings.md") == set()


def test_every_importer_is_documented():
    ours = {point.name for point in entry_points(group="buendniskompass.importers")}
    assert ours >= set(PROJECT["project"]["entry-points"]["buendniskompass.importers"])
    shown = set(re.findall(r"kompass import ([a-z-]+)", text("docs/importing.md")))
    assert ours - documented("docs/importing.md") - shown == set()


def test_every_command_is_documented():
    shown = set(re.findall(r"\bkompass ([a-z]+)\b", text("docs/commands.md")))
    assert set(ENTRIES) - shown == set()


def test_every_decision_is_numbered_once_and_says_why():
    records = sorted(path for path in (ROOT / "docs/decisions").glob("*.md") if path.name != "README.md")
    numbers = [path.name[:4] for path in records]
    assert len(set(numbers)) == len(numbers)
    for path in records:
        record = path.read_text("utf-8")
        assert re.match(r"\d{4}-[a-z0-9-]+\.md\Z", path.name)
        assert record.startswith(f"# {path.name[:4]}. ")
        assert re.search(r"^Status: (proposed|accepted|superseded by \d{4}), \d{4}-\d\d-\d\d$", record, re.MULTILINE)
        headings = re.findall(r"^## (.+)$", record, re.MULTILINE)
        assert [h for h in headings if h in ("Context", "Decision", "Alternatives", "Consequences")] == [
            "Context",
            "Decision",
            "Alternatives",
            "Consequences",
        ], path.name


MARK = re.compile(r"#\s*(?:type: ignore|noqa)(?:\[[^\]]*\]|:[ A-Z0-9,]+)?")
CHECKED = (*PACKAGES, "scripts", "tests")


def silent_marks(lines: list[str]) -> list[int]:
    """The lines that silence a check without saying why, in what follows or in a comment just above."""
    found = []
    for number, line in enumerate(lines, 1):
        mark = MARK.search(line)
        said = line[mark.end() :].strip("# ") if mark else ""
        above = lines[number - 2].strip() if number > 1 else ""
        if mark and not said and not above.startswith("#"):
            found.append(number)
    return found


def test_a_mark_that_silences_a_check_needs_a_reason():
    marked = "x = f()  " + "# " + "type: ignore[misc]"
    assert silent_marks([marked, f"{marked}  # the library has no type", "# no type", marked]) == [1]
    assert silent_marks(["y = 1  " + "# " + "noqa: E501", "z = 2  " + "# " + "noqa: E501  # one case"]) == [1]
    files = (path for folder in CHECKED for path in sorted((ROOT / folder).rglob("*.py")))
    silent = [(path, number) for path in files for number in silent_marks(path.read_text("utf-8").splitlines())]
    assert [f"{path.relative_to(ROOT)}:{number}" for path, number in silent] == []
