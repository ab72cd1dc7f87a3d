"""The real service on this computer, for tests that look at it as its users do."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from flask import Blueprint
from waitress import create_server

from api.accounts.passwords import Passwords
from api.accounts.service import Accounts
from api.app import create_app
from api.services import Services

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def served(services: Services, more: Blueprint | None = None) -> Iterator[str]:
    """Its address while it runs, with one more page if a test brings it; the services end with it."""
    app = create_app(services.settings, services)
    if more is not None:
        app.register_blueprint(more)
    server = create_server(app, host="127.0.0.1", port=0, threads=4, asyncore_use_poll=True)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        thread.join(5)
        services.close()


def quick_accounts(services: Services) -> Accounts:
    """The accounts of these services, whose passwords cost next to nothing."""
    accounts = Accounts.on(services.state, passwords=Passwords(memory_kib=8, rounds=1))
    services.__dict__["_accounts"] = accounts
    return accounts


def work(services: Services) -> None:
    """Let the worker do what waits, as a process of its own."""
    settings = services.settings
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KOMPASS_")}
    environment |= {
        "KOMPASS_STORE": settings.store,
        "KOMPASS_CACHE": str(settings.cache),
        "KOMPASS_STATE": str(settings.state),
    }
    command = [sys.executable, "-m", "api.cli.main", "worker", "--once"]
    subprocess.run(command, env=environment, cwd=ROOT, check=True, timeout=120, capture_output=True)
