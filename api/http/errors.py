"""What an error means over HTTP: its status, and its description as problem+json (RFC 9457)."""

from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from werkzeug.exceptions import HTTPException

from api.language import Words
from api.messages import describe_error
from graph_service.errors import Ambiguous, GraphServiceError, InvalidPackage, NotFound


class Unauthorised(GraphServiceError):
    """Nobody has signed in, and the question needs somebody who has."""

    code = "unauthorised"


class LinkEnded(NotFound):
    """A link that was sent to somebody was used, or is too old."""


class Forbidden(GraphServiceError):
    """The role of who is asking does not suffice."""

    code = "forbidden"


class Conflict(GraphServiceError):
    """What is asked for contradicts the present state."""

    code = "conflict"


class PreconditionFailed(GraphServiceError):
    """Somebody else has changed the record since it was read."""

    code = "changed-meanwhile"


class PreconditionRequired(GraphServiceError):
    """A change must say which version it changes."""

    code = "version-required"


class TooLarge(GraphServiceError):
    """More was sent than is accepted."""

    code = "too-large"


class TooMany(GraphServiceError):
    """Too many requests in too short a time."""

    code = "too-many-requests"


STATUS: Mapping[str, int] = MappingProxyType(
    {
        "unauthorised": 401,
        "forbidden": 403,
        "not-found": 404,
        "ambiguous": 409,
        "conflict": 409,
        "changed-meanwhile": 412,
        "too-large": 413,
        "invalid-value": 422,
        "unreadable-source": 422,
        "invalid-package": 422,
        "usage": 422,
        "version-required": 428,
        "too-many-requests": 429,
        "sign-on-unavailable": 503,
        "store-full": 507,
        "store": 503,
        "store-unavailable": 503,
        "store-unauthorised": 503,
        "store-too-old": 503,
        "store-too-new": 503,
        "store-not-migrated": 503,
        "store-read-only": 503,
        "store-corrupt": 503,
        "store-busy": 503,
    }
)
"""HTTP status by error code; any other is 500."""

RETRY_AFTER = 5
"""Seconds after which it makes sense to ask a store again that could not be reached."""


def problem(error: GraphServiceError, words: Words) -> dict[str, Any]:
    """An error of ours as problem details."""
    status = STATUS.get(error.code, 500)
    told: dict[str, Any] = {
        "type": f"about:blank#{error.code}",
        "title": words.phrase(error.expected),
        "status": status,
        "detail": describe_error(error, words),
        "code": error.code,
        "expected": error.expected,
        "found": error.found,
    }
    place = {name: value for name, value in asdict(error.place).items() if value not in ("", None)}
    if place:
        told["place"] = place
    if isinstance(error, Ambiguous):
        told["candidates"] = [{"key": key, "name": name} for key, name in error.candidates]
    if isinstance(error, InvalidPackage):
        told["problems"] = [problem(each, words) for each in error.problems[:1000]]
    return told


def http_problem(error: HTTPException, words: Words) -> dict[str, Any]:
    """An error of the HTTP layer as problem details; what was wrong with the input is listed by field."""
    status = error.code or 500
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": words.phrase(error.name),
        "status": status,
        "detail": words.phrase(error.description or error.name),
        "code": error.name.lower().replace(" ", "-"),
    }
    messages = getattr(error, "data", {}).get("messages")
    if messages:
        told |= {"code": "invalid-value", "errors": messages}
    return told


def headers(status: int, error: Exception) -> dict[str, str]:
    """What goes with a status: when to try again, how to sign in, which methods there are."""
    found: dict[str, str] = {}
    if status == 401:
        found["WWW-Authenticate"] = 'Bearer realm="buendniskompass"'
    if status in (429, 503):
        found["Retry-After"] = str(getattr(error, "retry_after", RETRY_AFTER))
    valid = getattr(error, "valid_methods", None)
    if status == 405 and valid:
        found["Allow"] = ", ".join(sorted(valid))
    return found
