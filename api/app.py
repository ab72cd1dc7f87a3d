"""The HTTP service: the only place where routes, services and settings are put together."""

import logging
from pathlib import Path
from typing import cast

from flask import Flask, Response, g, request
from flask_compress import Compress
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from api.http.auth import install_auth
from api.http.caching import install_caching
from api.http.current import EXTENSION, services, words
from api.http.errors import STATUS, headers, http_problem, problem
from api.http.guard import install_guard, install_sharing
from api.http.limits import install_limits
from api.http.negotiation import wanted_language
from api.http.openapi import PREFIX, PROBLEM, describe
from api.http.operations import install_operations
from api.http.receiving import FileRequest
from api.json import to_json
from api.language import Words
from api.pages import PAGES
from api.pages.frame import install_pages
from api.pages.problems import render_problem
from api.resources import RESOURCES
from api.services import Services
from api.settings import Settings
from graph_service.errors import GraphServiceError

PATIENCE = 1.0
"""For how many seconds a revision is taken to be the newest without asking the store again."""
MOST_BODY = 1_000_000
"""Bytes that a request may send; routes that take files set their own limit."""

log = logging.getLogger(__name__)


def create_app(settings: Settings, given: Services | None = None, *, workers_folder: Path | None = None) -> Flask:
    """The application for these settings; nothing is opened before the first request.

    ``workers_folder``: where several processes that serve together put their figures.
    """
    app = Flask("api", static_folder="static", static_url_path="/static")
    if settings.proxies:
        n = settings.proxies
        # Flask documents replacing it; its type says method
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    app.request_class = FileRequest
    app.extensions[EXTENSION] = given or Services(settings, patience=PATIENCE)
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BODY,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_STREAMS=False,
        JSON_SORT_KEYS=False,
    )
    app.url_map.strict_slashes = False
    install_operations(app, workers_folder=workers_folder)
    install_guard(app)
    install_sharing(app, settings.cors)
    _install_language(app)
    _install_errors(app)
    install_auth(app)
    install_limits(app, settings.rate_limit)
    # answers are kept as they leave, so the cache looks at them after they were compressed
    install_caching(app)
    Compress(app)
    api = describe(app)
    for blueprint in RESOURCES:
        api.register_blueprint(blueprint, url_prefix=PREFIX + (blueprint.url_prefix or ""))
    install_pages(app)
    for page in PAGES:
        app.register_blueprint(page)
    return app


def _install_language(app: Flask) -> None:
    def choose() -> None:
        g.words = Words(wanted_language(request, services().settings.language))

    def tell(response: Response) -> Response:
        response.headers.setdefault("Content-Language", words().language)
        if services().stale:
            # RFC 9111 dropped the Warning header, so this is a name of our own; documented in docs/api.md
            response.headers["Kompass-Data"] = "last-known"
        elif "snapshot" in g and services().is_earlier(g.snapshot):
            response.headers["Kompass-Data"] = "earlier"
        return response

    app.before_request(choose)
    app.after_request(tell)


def _install_errors(app: Flask) -> None:
    app.register_error_handler(GraphServiceError, _answer_problem)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_mistake)


def _answer_problem(error: GraphServiceError) -> Response:
    return _told(problem(error, words()), STATUS.get(error.code, 500), error)


def _answer_http(error: HTTPException) -> Response:
    if error.response is not None or (error.code or 500) < 400:  # a redirect is no problem
        return cast("Response", Response.force_type(error.get_response(), request.environ))
    return _told(http_problem(error, words()), error.code or 500, error)


def _answer_mistake(error: Exception) -> Response:
    """A mistake in the program: its place goes to the log, not to whoever asked."""
    log.exception("a mistake in the program at %s %s", request.method, request.url_rule)
    hidden = GraphServiceError("an answer", "a mistake in the program")
    return _told(problem(hidden, words()), 500, error)


def _told(details: dict[str, object], status: int, error: Exception) -> Response:
    if request.path.startswith(PREFIX):
        response = Response(to_json(details), status, content_type=PROBLEM)
    else:
        response = render_problem(details, status, error)
    response.headers.update(headers(status, error))
    return response
