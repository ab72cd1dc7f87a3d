"""Editors who change the same record at the same time, through a service of two processes: nobody loses anything."""

import json
import os
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.accounts.model import Scope
from api.http.viewer import Role
from api.services import Services
from api.settings import Settings

EDITORS, WORDS = 5, 4


@dataclass(frozen=True)
class Site:
    """A running service, and a token for it."""

    url: str
    token: str

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, str, dict]:
        """Status, ETag and what was said."""
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **headers}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.status, answer.headers.get("ETag", ""), json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, "", json.load(error)


@pytest.fixture(params=["sqlite", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def site(request: pytest.FixtureRequest, package: Path, tmp_path: Path, kompass) -> Iterator[Site]:
    url, environment = f"sqlite:///{tmp_path / 'kompass.db'}", dict(os.environ)
    if request.param == "neo4j":
        address = request.getfixturevalue("empty_neo4j")
        url = address.url
        environment["KOMPASS_NEO4J_PASSWORD"] = address.password or ""
    environment |= {"KOMPASS_STATE": str(tmp_path / "state"), "KOMPASS_STORE": url, "KOMPASS_CACHE": str(tmp_path)}
    given = {name: value for name, value in environment.items() if name.startswith("KOMPASS_") and value}
    kompass("--store", url, "import", "package", package, **given)
    command = [sys.executable, "-m", "api.cli.main", "serve", "--port", "0", "--workers", "2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        found = re.search(r"http://[^:]+:\d+", process.stdout.readline() if process.stdout else "")
        assert found is not None
        yield Site(found[0], token(tmp_path))
    finally:
        process.terminate()
        process.wait(60)


def token(folder: Path) -> str:
    """Of somebody in the office."""
    services = Services(Settings(state_folder=folder / "state"))
    account = services.accounts.registry.add("office@example.org", Role.OFFICE)
    _, secret = services.accounts.tokens.create(account.id, "test", (Scope.READ, Scope.WRITE, Scope.OFFICE))
    services.close()
    return secret


def test_of_editors_through_two_processes_none_loses_what_another_wrote(site):
    status, _, made = site.ask("POST", "/api/v1/actors", {"name": "Haus", "municipality": "90001"})
    assert status == 201
    address = "/api/v1/actors/" + made["key"].removeprefix("actor:")
    turned_away: list[int] = []
    start = threading.Barrier(EDITORS)

    def edit(number: int) -> None:
        start.wait()
        for word in (f"x{number}{step}" for step in range(WORDS)):
            while True:
                status, tag, read = site.ask("GET", f"{address}/row")
                assert status == 200, read
                languages = [*read["record"].get("languages", []), word]
                status, _, told = site.ask("PATCH", address, {"languages": languages}, **{"If-Match": tag})
                if status == 200:
                    break
                assert status == 412, told
                turned_away.append(status)

    editors = [threading.Thread(target=edit, args=(number,)) for number in range(EDITORS)]
    for each in editors:
        each.start()
    for each in editors:
        each.join(300)
    _, _, last = site.ask("GET", f"{address}/row")
    assert sorted(last["record"]["languages"]) == sorted(f"x{n}{s}" for n in range(EDITORS) for s in range(WORDS))
    assert turned_away, "they were at it at the same time"
    # what one process has written the other reads at once
    for _ in range(6):
        told = json.dumps(site.ask("GET", address)[2])
        assert all(word in told for word in last["record"]["languages"])


def test_what_is_sent_again_and_again_is_entered_once(site):
    answers: list[tuple[int, str]] = []

    def send() -> None:
        row = {"name": "Einmal", "municipality": "90001"}
        status, _, told = site.ask("POST", "/api/v1/actors", row, **{"Idempotency-Key": "the same"})
        answers.append((status, told.get("key", "")))

    senders = [threading.Thread(target=send) for _ in range(6)]
    for each in senders:
        each.start()
    for each in senders:
        each.join(120)
    assert len(set(answers)) == 1
    assert answers[0][0] == 201
    assert site.ask("GET", "/api/v1/actors")[2]["total"] == 1
