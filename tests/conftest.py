"""What the tests share: where the publishers' originals are, and aloud skips where they are absent."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["neo4j_server"]

# tests judge what is answered, never how fast: a machine may have other things to do
settings.register_profile("patient", settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile("patient")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def _folder(name: str) -> Path:
    folder = SHARED / name
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"shared/data/{name} is absent, and CI must have it")
        pytest.skip(f"shared/data/{name} is absent: the publishers' originals are not part of this repository")
    return folder


@pytest.fixture(scope="session")
def germany() -> Path:
    """The folder with the official German files."""
    return _folder("germany")


@pytest.fixture(scope="session")
def evaluation() -> Path:
    """The folder with the packages that hold ground truth."""
    return _folder("evaluation")
