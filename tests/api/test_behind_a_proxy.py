"""The service as it is started, behind a reverse proxy: whose word it takes for who is asking, and how."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Served = Callable[..., str]
FORWARDED = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "kompass.example.org"}


@pytest.fixture
def served(loaded, store: str, tmp_path: Path) -> Iterator[Served]:
    """Starts the service with these settings and tells its address."""
    running: list[subprocess.Popen[str]] = []

    def start(**settings: str) -> str:
        command = [sys.executable, "-m", "api.cli.main", "--lang", "en", "--store", store, "serve", "--port", "0"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("KOMPASS_")} | settings
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        running.append(process)
        assert process.stdout is not None
        return process.stdout.readline().split()[1].rstrip("/")

    yield start
    for process in running:
        process.kill()
        process.wait()


def ask(url: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
    """Status and headers of an answer, be it an error."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:
            return answer.status, dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers)


def test_a_proxy_that_was_named_is_believed(served):
    base = served(KOMPASS_PROXIES="1", KOMPASS_RATE_LIMIT="2 per hour")
    route = "/api/v1/municipalities/90001"
    status, headers = ask(base + route, FORWARDED)
    assert (status, headers.get("Strict-Transport-Security")) == (200, "max-age=31536000")
    assert [ask(base + route, FORWARDED)[0] for _ in range(2)] == [200, 429]
    # another client of the same proxy has a count of its own
    assert ask(base + route, FORWARDED | {"X-Forwarded-For": "203.0.113.8"})[0] == 200
    # what a client claims stands before what the proxy adds, and is not believed
    assert ask(base + route, FORWARDED | {"X-Forwarded-For": "203.0.113.9, 203.0.113.7"})[0] == 429


def test_without_a_named_proxy_nobody_is_believed_but_figures_stay_inside(served):
    base = served(KOMPASS_RATE_LIMIT="2 per hour")
    route = "/api/v1/municipalities/90001"
    assert "Strict-Transport-Security" not in ask(base + route, FORWARDED)[1]
    others = [FORWARDED | {"X-Forwarded-For": f"203.0.113.{n}"} for n in (8, 9)]
    assert [ask(base + route, each)[0] for each in others] == [200, 429]
    assert ask(base + "/metrics", {})[0] == 200
    assert ask(base + "/metrics", FORWARDED)[0] == 404
