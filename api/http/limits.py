"""How often one client may ask: writing always has a limit, reading where the installation sets one."""

from threading import Lock
from typing import Any, NoReturn

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits.storage import MemoryStorage

from api.http.errors import TooMany
from api.http.guard import SAFE
from api.http.viewer import viewer

WRITING = "120 per minute"
"""Far more than a person types, far less than a program gone wild."""


class CountsInMemory(MemoryStorage):
    """Counts of this process. The library's own may start the same timer twice where two threads count at once."""

    STORAGE_SCHEME = ["kompass-memory"]  # noqa: RUF012 - the library's form; it finds storages by it

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any) -> None:
        """Take what the library gives."""
        self._counting = Lock()
        super().__init__(uri, wrap_exceptions, **options)

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, one after the other."""
        with self._counting:
            return super().incr(key, expiry, amount)


def install_limits(app: Flask, reading: str) -> None:
    """Limit an application's clients: by account, else by address. ``reading`` such as "600 per minute", or ""."""

    def unlimited() -> bool:
        # who has not signed in cannot write anything, and signing in has limits of its own
        return not reading if request.method in SAFE else viewer().account is None

    def limit() -> str:
        return reading if request.method in SAFE else WRITING

    Limiter(
        _client,
        app=app,
        default_limits=[limit],
        default_limits_exempt_when=unlimited,
        storage_uri=f"{CountsInMemory.STORAGE_SCHEME[0]}://",
        on_breach=_refuse,
    )


def _client() -> str:
    return viewer().account or get_remote_address()


def _refuse(_: object) -> NoReturn:
    raise TooMany("fewer requests in a minute")
