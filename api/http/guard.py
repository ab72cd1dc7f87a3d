"""Protects whoever uses the service in a browser: headers on every answer, no writing on behalf of other sites."""

from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, request

from api.http.errors import Forbidden

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
FRAMED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors *"
"""For a page that is made to stand in one of another site: it loads, sends and knows nothing."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


_MARK = "open_to_all_sites"
_OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
_ASKED = {"Access-Control-Allow-Methods": "GET, POST", "Access-Control-Allow-Headers": "Content-Type"}


def open_to_all_sites(blueprint: Blueprint) -> Blueprint:
    """Mark routes that change nothing whatever is sent, so that pages of other sites may ask them (CORS)."""
    setattr(blueprint, _MARK, True)
    return blueprint


def _open() -> bool:
    return any(getattr(current_app.blueprints.get(name), _MARK, False) for name in request.blueprints)


def install_guard(app: Flask) -> None:
    """Protect an application's users."""

    def refuse_other_sites() -> None:
        if request.method not in SAFE and not _open() and "Authorization" not in request.headers and _from_elsewhere():
            raise Forbidden("a request from this site", request.headers.get("Origin", "another site"))

    def add_headers(response: Response) -> Response:
        if _open():
            response.headers.update(_OPEN | (_ASKED if request.method == "OPTIONS" else {}))
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    app.before_request(refuse_other_sites)
    app.after_request(add_headers)


def install_sharing(app: Flask, origins: tuple[str, ...]) -> None:
    """Let pages of these other sites read the API as anybody may: without cookies, and nothing but reading."""
    if not origins:
        return

    def allow(response: Response) -> Response:
        origin = request.headers.get("Origin", "")
        if request.path.startswith("/api/") and (origin in origins or "*" in origins):
            response.headers["Access-Control-Allow-Origin"] = "*" if "*" in origins else origin
            response.headers["Access-Control-Expose-Headers"] = "ETag, Link, Kompass-Data"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Methods"] = "GET, HEAD"
                response.headers["Access-Control-Allow-Headers"] = "If-None-Match, Accept-Language"
            response.vary.add("Origin")
        return response

    app.after_request(allow)


def _from_elsewhere() -> bool:
    """Whether a browser says that another site sends this; programs other than browsers say nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host
