"""The service answers soon after it was started: what takes long to import and few answers need comes later."""

import subprocess
import sys

LATE = (
    "networkx", "scipy.optimize", "scipy.linalg", "scipy.stats", "scipy.spatial", "openpyxl", "docx", "PIL", "rdflib",
    "icalendar", "shapely", "authlib", "joserfc", "requests", "pyarrow", "neo4j", "numba", "dns",
)  # fmt: skip
"""Together they take longer than all the rest."""


def test_what_few_answers_need_is_not_imported_at_the_start() -> None:
    look = f"import sys, api.app; print(*[each for each in {LATE!r} if each in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, timeout=300, check=True)
    assert done.stdout.split() == []


def test_the_first_page_needs_only_what_draws_its_map(tmp_path) -> None:
    look = (
        "import sys; from api.app import create_app; from api.sample import load_sample; from api.settings import *;"
        "from graph_service.store.open import open_store; from pathlib import Path;"
        f"store = open_store('sqlite:///{tmp_path}/kompass.db'); load_sample(store); before = set(sys.modules);"
        f"app = create_app(Settings(store=store.url, cache=Path('{tmp_path}'), state_folder=Path('{tmp_path}')));"
        "assert app.test_client().get('/').status_code == 200;"
        f"print(*[each for each in {LATE!r} if each in set(sys.modules) - before and each != 'shapely'])"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, timeout=300, check=True)
    assert done.stdout.split() == []
