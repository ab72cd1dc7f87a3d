"""What whoever runs the service looks at: is it alive, is it ready, how does it fare; and one log line a request.

It counts and times; it never looks at what was asked or answered, nor at who asked.
"""

import logging
import secrets
import time
from collections.abc import Iterable
from pathlib import Path

from flask import Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily, Metric

from api.http.current import services
from api.http.errors import headers
from api.json import to_json
from api.settings import Metrics
from graph_service.errors import StoreError

log = logging.getLogger("api.requests")

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
LOCAL = frozenset({"127.0.0.1", "::1"})

REQUESTS = Counter("kompass_requests", "Requests by route, method and status.", ("route", "method", "status"))
DURATION = Histogram("kompass_request_seconds", "How long an answer took.", ("route",), buckets=SECONDS)
RUNNING = Gauge("kompass_requests_running", "Requests that are being answered.", multiprocess_mode="livesum")


def install_operations(app: Flask, *, workers_folder: Path | None = None) -> None:
    """Watch an application. ``workers_folder``: where several processes put their figures together."""

    def begin() -> None:
        g.began = time.perf_counter()
        g.request_id = secrets.token_hex(8)
        RUNNING.inc()

    def end(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "unknown"
        seconds = time.perf_counter() - g.get("began", time.perf_counter())
        REQUESTS.labels(route, request.method if route != "unknown" else "other", response.status_code).inc()
        DURATION.labels(route).observe(seconds)
        response.headers.setdefault("X-Request-ID", g.get("request_id", ""))
        log.info(
            "answered",
            extra={
                "told": {
                    "request": g.get("request_id", ""),
                    "method": request.method,
                    "route": route,
                    "status": response.status_code,
                    "ms": round(seconds * 1000, 1),
                    "bytes": response.content_length,
                }
            },
        )
        return response

    def leave(_: BaseException | None) -> None:
        RUNNING.dec()

    app.before_request(begin)
    app.after_request(end)
    app.teardown_request(leave)
    app.add_url_rule("/health/live", "live", _live)
    app.add_url_rule("/health/ready", "ready", _ready)
    app.add_url_rule("/metrics", "metrics", lambda: _metrics(workers_folder))


def _live() -> Response:
    """Whether the process answers at all."""
    return Response(to_json({"status": "live"}), content_type="application/json")


def _ready() -> Response:
    """Whether questions can be answered: from the present revision, or from the last known one."""
    here = services()
    try:
        snapshot = here.snapshot()
    except StoreError as error:
        missing = {"status": "not ready", "store": error.code}
        response = Response(to_json(missing), 503, content_type="application/json")
        response.headers.update(headers(503, error))
        return response
    told: dict[str, object] = {
        "status": "ready",
        "store": "last-known" if here.stale else "present",
        "revision": snapshot.revision,
    }
    return Response(to_json(told), content_type="application/json")


class _State:
    """What is read off the services when it is asked for."""

    def collect(self) -> Iterable[Metric]:
        """The revision answers are made from, and whether it may be an old one."""
        here = services()
        try:
            revision = here.snapshot().revision
        except StoreError:
            return
        yield GaugeMetricFamily("kompass_revision", "The revision that answers are made from.", revision)
        yield GaugeMetricFamily("kompass_stale", "1 while the store cannot be asked.", float(here.stale))


def _metrics(workers_folder: Path | None) -> Response:
    """Figures for Prometheus; by default for the same machine alone."""
    allowed = services().settings.metrics
    near = request.remote_addr in LOCAL and "X-Forwarded-For" not in request.headers
    if allowed is Metrics.OFF or (allowed is Metrics.LOCAL and not near):
        return Response("", 404, content_type="text/plain")
    registry = CollectorRegistry()
    if workers_folder is not None:
        # the library has no type for this one call
        multiprocess.MultiProcessCollector(registry, str(workers_folder))  # type: ignore[no-untyped-call]
    else:
        for each in (REQUESTS, DURATION, RUNNING):
            registry.register(each)
    registry.register(_State())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
