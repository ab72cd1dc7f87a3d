"""A whole service in one folder that `chaos` may kill: two processes, a store, and whether all is there."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import requests

from api.accounts.model import Scope
from api.http.viewer import Role
from api.services import Services
from api.settings import Settings
from graph_service.keys import Label
from graph_service.store.open import open_store

WORKER = """
from datetime import timedelta
from api.services import Services
from api.settings import Settings
from api.jobs.work import make_worker
make_worker(Services(Settings.from_environment()), lease=timedelta(seconds=1)).run()
"""
PATIENCE = 120.0
"""Seconds after which something that should happen is taken never to happen."""


class Lost(AssertionError):
    """Something that was acknowledged is not there, or something half done is."""


class Process:
    """A process of the service that can be killed and started again."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.name = name
        self._path = log
        self._command = command
        self._environment = environment
        self._log = log.open("ab")
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        self._running = subprocess.Popen(
            self._command, env=self._environment, stdout=self._log, stderr=self._log, stdin=subprocess.DEVNULL
        )

    def kill(self) -> None:
        """Kill it, as the system does when memory runs out."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()

    def check(self) -> None:
        """Raises Lost where it ended without having been killed."""
        status = self._running.poll() if self._running is not None else None
        if status is not None and status != -signal.SIGKILL:
            said = self._path.read_text("utf-8", "replace")[-1000:]
            raise Lost(f"the {self.name} ended by itself with status {status}: {said}")

    def close(self) -> None:
        """Kill it for good."""
        self.kill()
        self._log.close()


class House:
    """A service, a worker and a store in one folder, and a person of the office with a token."""

    def __init__(self, folder: Path, actors: int) -> None:
        self.folder = folder
        self.actors = actors
        self.unanswered = 0
        """Requests that got no answer and were sent again."""
        self.settings = Settings(store=f"sqlite:///{folder / 'graph.db'}", cache=folder / "cache")
        with closing(Services(self.settings)) as services:
            account = services.accounts.registry.add("office@example.org", Role.OFFICE)
            token = services.accounts.tokens.create(account.id, "chaos", set(Scope))[1]
            services.store.read(lambda reader: reader.revision())
        self.headers = {"Authorization": f"Bearer {token}", "Connection": "close"}
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}/api/v1"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KOMPASS_")}
        environment |= {"KOMPASS_STORE": self.settings.store, "KOMPASS_CACHE": str(folder / "cache")}
        serve = [sys.executable, "-m", "api.cli.main", "serve", "--port", str(port)]
        self.service = Process("service", serve, environment, folder / "service.log")
        self.worker = Process("worker", [sys.executable, "-c", WORKER], environment, folder / "worker.log")

    def send(self, method: str, path: str, **sent: Any) -> requests.Response:
        """Ask until there is an answer; whoever serves may be dead at the moment."""
        headers = self.headers | sent.pop("headers", {})
        until = time.monotonic() + PATIENCE
        while True:
            try:
                answer = requests.request(method, self.url + path, headers=headers, timeout=30, **sent)
            except requests.RequestException:
                if time.monotonic() > until:
                    raise
                self.service.check()
                self.unanswered += 1
                time.sleep(0.05)
                continue
            if answer.status_code != 503 or time.monotonic() > until:
                return answer
            time.sleep(0.2)

    def versions(self) -> Counter[str]:
        """Which versions of the dataset the store holds now, and how many records of each."""
        with closing(open_store(self.settings.store)) as store:
            names = store.read(lambda reader: [str(getattr(n, "name", "")) for n in reader.nodes(Label.ACTOR)])
        return Counter(name.rpartition(" v")[2] for name in names if " v" in name)

    def edited(self) -> Counter[str]:
        """The names that were entered by hand, as the store holds them now."""
        with closing(open_store(self.settings.store)) as store:
            names = store.read(lambda reader: [str(getattr(n, "name", "")) for n in reader.nodes(Label.ACTOR)])
        return Counter(name for name in names if name.startswith("Edit "))

    def whole(self, *allowed: str) -> None:
        """One of these versions and nothing else is there; raises Lost."""
        found = self.versions()
        if found and (len(found) > 1 or not set(found) <= set(allowed) or set(found.values()) != {self.actors}):
            raise Lost(f"a store between versions: {dict(found)}, allowed {allowed}")
        if not found and "" not in allowed:
            raise Lost("the dataset is gone")

    def undamaged(self) -> None:
        """Both files pass SQLite's own check; raises Lost."""
        for path in (self.folder / "graph.db", self.settings.state / "state.db"):
            with closing(sqlite3.connect(path)) as connection:
                said = connection.execute("PRAGMA integrity_check").fetchone()[0]
            if said != "ok":
                raise Lost(f"{path.name}: {said}")

    def close(self) -> None:
        """End everything."""
        self.service.close()
        self.worker.close()


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
