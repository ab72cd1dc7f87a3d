"""Runs the service: one process with threads, or several that share one address, ended without losing an answer."""

import gc
import multiprocessing
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from waitress.server import create_server

from api.http.processes import Crew
from api.memory import share_heaps
from api.settings import Settings, announce_metrics_folder, announce_store
from graph_service.errors import NotFound
from graph_service.store.open import import_driver

THREADS = 8
BACKLOG = 1024
LAST_ANSWERS = 25
"""For how many seconds granian's processes may take to end before they are killed."""
OPEN_FILES = 4096
LIMITS: dict[str, Any] = {
    "ident": None,
    "channel_timeout": 60,
    "max_request_header_size": 32_768,
    "connection_limit": 1_000,
    # X-Forwarded-* is the application's to judge: believed as KOMPASS_PROXIES says, and a sign that a proxy was there
    "clear_untrusted_proxy_headers": False,
    "expose_tracebacks": False,
}


def serve(settings: Settings, host: str, port: int, workers: int, started: Callable[[int], None]) -> None:
    """Serve until told to end (SIGTERM, SIGINT); ``started`` is told the port once connections are accepted."""
    listener = _listen(host, port)
    try:
        started(listener.getsockname()[1])
        if workers == 1:
            _run(settings, listener, None)
        else:
            _supervise(settings, listener, workers)
    finally:
        listener.close()


def serve_by_granian(settings: Settings, host: str, port: int, workers: int, started: Callable[[int], None]) -> None:
    """The same by granian, an HTTP server in Rust; raises NotFound where it is not installed."""
    try:
        from granian import Granian
        from granian.constants import Interfaces
        from granian.log import LogLevels
    except ImportError:
        raise NotFound("granian: install buendniskompass[granian]", "an installation without it") from None
    # copies of this process would keep granian's own handlers until the application is made, and with them lose a
    # SIGTERM that arrives before; then nobody would ever end them
    multiprocessing.set_start_method("spawn", force=True)
    with tempfile.TemporaryDirectory(prefix="kompass-metrics-") as folder:
        # what is started afresh reads the environment
        announce_store(settings.store)
        announce_metrics_folder(Path(folder))
        server = Granian(
            "api.wsgi:make",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=THREADS,
            backlog=BACKLOG,
            factory=True,
            websockets=False,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            workers_kill_timeout=LAST_ANSWERS,
        )
        started(port)
        server.serve()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except BaseException:
        listener.close()
        raise
    listener.listen(BACKLOG)
    listener.setblocking(False)
    return listener


def _run(
    settings: Settings, listener: socket.socket, workers_folder: Path | None, ready: Callable[[], None] = lambda: None
) -> None:
    """Answer in this process until it is told to end; answers under way are finished. ``ready``: told that it can."""
    from api.app import create_app

    share_heaps()
    app = create_app(settings, workers_folder=workers_folder)
    _allow_open_files()
    # select() knows files up to number 1,023 alone
    server = create_server(app, sockets=[listener], threads=THREADS, asyncore_use_poll=True, **LIMITS)
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    ready()
    # waitress finishes what its threads are at when its loop is left this way
    server.run()


def _allow_open_files() -> None:
    """Raise this process's limit of open files as far as it may: every connection and every mapped array is one."""
    if sys.platform == "win32":
        return  # has no such limit, nor the module
    import resource

    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _supervise(settings: Settings, listener: socket.socket, workers: int) -> None:
    """Keep so many processes answering; raises NotStarted."""
    folder = Path(tempfile.mkdtemp(prefix="kompass-metrics-"))
    # the metrics library looks there when it is first imported, in the workers
    announce_metrics_folder(folder)
    try:
        _import_once(settings.store)
        Crew(partial(_run, settings, listener, folder), workers).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _import_once(store: str) -> None:
    """Import the program before it is copied, so that workers start at once and share the memory of it."""
    import api.app  # noqa: F401  # only its being there matters

    import_driver(store)

    gc.collect()
    gc.freeze()  # what is never looked at again by the collector stays shared
