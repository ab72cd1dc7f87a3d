"""Protects whoever uses the service in a browser: headers on every answer, no writing on behalf of other sites."""

from urllib.parse import urlsplit

from flask import Flask, Response, request

from api.errors import Forbidden

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
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def install_guard(app: Flask) -> None:
    """Protect an application's users."""

    def refuse_other_sites() -> None:
        if request.method not in SAFE and "Authorization" not in request.headers and _from_elsewhere():
            raise Forbidden("a request from this site", request.headers.get("Origin", "another site"))

    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    app.before_request(refuse_other_sites)
    app.after_request(add_headers)


def _from_elsewhere() -> bool:
    """Whether a browser says that another site sends this; programs other than browsers say nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host
