"""The lines of docs/api.md do what they say, against a running service with the bundled sample."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from werkzeug.serving import make_server

from api.app import create_app
from api.sample import load_sample
from api.settings import Settings
from graph_service.store.open import open_store

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text("utf-8")
BASE = "http://127.0.0.1:8000"
LINES = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
CALLS = [line for line in LINES if line.startswith("curl ")]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service with the sample."""
    if shutil.which("curl") is None:
        pytest.skip("curl is absent")
    folder = tmp_path_factory.mktemp("sample")
    store = open_store(f"sqlite:///{folder / 'kompass.db'}")
    load_sample(store)
    store.close()
    server = make_server("127.0.0.1", 0, create_app(Settings(store=store.url, cache=folder)), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.mark.parametrize("line", CALLS)
def test_a_line_of_the_page_works(service, line, tmp_path):
    call, _, comment = line.partition(" # ")
    call = call.replace("curl ", "curl --silent --show-error --write-out '\\n%{http_code}' ", 1).replace(BASE, service)
    done = subprocess.run(["sh", "-c", call], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    body, _, status = done.stdout.rpartition("\n")
    assert status == (comment or "200"), body[:500]
    for file in tmp_path.iterdir():
        assert file.stat().st_size > 1000


def test_the_page_tells_of_every_kind_of_resource():
    for name in ("municipalities", "network", "exports", "reconcile", "claims", "search", "indicators"):
        assert any(f"/api/v1/{name}" in line for line in CALLS) or f"`/{name}" in PAGE


def test_the_client_that_is_generated_from_the_description_does_what_the_page_says(service, tmp_path):
    generator = shutil.which("openapi-python-client")
    if generator is None:
        pytest.skip("openapi-python-client is absent")
    description = Path(__file__).resolve().parents[2] / "api" / "openapi.json"
    made = ["generate", "--path", description, "--output-path", "client", "--meta", "none"]
    subprocess.run([generator, *map(str, made)], cwd=tmp_path, check=True, capture_output=True, timeout=300)
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    # what the client needs is installed where its generator is
    python = Path(generator).resolve().with_name("python")
    done = subprocess.run(
        [python, "-c", example.replace(BASE, service)], cwd=tmp_path, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["1", "2", "3"]
