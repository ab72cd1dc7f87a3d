"""Answers that depend on nothing but a revision: marked with an ETag, not sent again, not worked out again.

It knows revisions and bytes; it never knows what an answer says.
"""

import hashlib
from collections import OrderedDict
from datetime import UTC, date, datetime
from importlib.metadata import version
from threading import Lock

from flask import Blueprint, Flask, Response, current_app, g, request

from api.http.current import services, snapshot, words
from api.http.viewer import Role, viewer
from api.language import day_of
from graph_service.errors import StoreError

MOST_BYTES = 32_000_000
MOST_EACH = 1_000_000
EACH = 1_000
"""About how many bytes an answer takes beside its body: its name, its headers, its place."""
_KEPT_HEADERS = (
    "Content-Type", "Content-Encoding", "Content-Language", "Vary", "Link", "Content-Disposition", "HX-Push-Url",
)  # fmt: skip
_MARK = "depends_on_graph"
BUILT = "kompass_built"
"""Under this name an application keeps what tells the build of the styles that its pages refer to."""


def depends_on_graph(blueprint: Blueprint) -> Blueprint:
    """Mark routes whose GET answers follow from the graph, the question, the viewer, the language and the day alone."""
    setattr(blueprint, _MARK, True)
    return blueprint


class AnswerCache:
    """Finished answers of one revision to anonymous questions, the least recently asked dropped first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """Start empty."""
        self._most = most_bytes
        self._size = 0
        self._revision = -1
        self._kept: OrderedDict[str, tuple[bytes, dict[str, str]]] = OrderedDict()
        self._lock = Lock()

    def find(self, name: str) -> tuple[bytes, dict[str, str]] | None:
        """The body and headers kept under a name."""
        with self._lock:
            found = self._kept.get(name)
            if found is not None:
                self._kept.move_to_end(name)
            return found

    def keep(self, name: str, revision: int, body: bytes, headers: dict[str, str]) -> None:
        """Keep an answer if it is small enough; the first of a new revision takes the place of all before it."""
        if len(body) > MOST_EACH:
            return
        with self._lock:
            if revision != self._revision:
                self._kept.clear()
                self._revision, self._size = revision, 0
            if name not in self._kept:
                self._kept[name] = (body, headers)
                self._size += len(body) + EACH
            while self._size > self._most:
                _, (dropped, _) = self._kept.popitem(last=False)
                self._size -= len(dropped) + EACH


def install_caching(app: Flask) -> None:
    """Let an application answer from what it knows already."""
    cache = AnswerCache()
    release = version("buendniskompass")

    def answer_known() -> Response | None:
        if request.method not in ("GET", "HEAD") or not _applies(app):
            return None
        try:
            tag = g.etag = _tag(release)
        except StoreError:  # whether there is an answer all the same, its page knows
            return None
        if request.if_none_match.contains_weak(tag):
            response = Response(status=304)
            response.set_etag(tag, weak=True)
            return response
        if viewer().role is not Role.ANONYMOUS:
            return None
        g.answer_name = f"{tag} {request.full_path} {_encoding()}"
        found = cache.find(g.answer_name)
        if found is None:
            return None
        g.pop("answer_name")
        return Response(found[0], headers=found[1])

    def mark(response: Response) -> Response:
        tag = g.get("etag")
        if tag is None or response.status_code != 200:
            return response
        if (
            "Set-Cookie" not in response.headers
            and "answer_name" in g
            and not (response.is_streamed or response.direct_passthrough)
        ):
            kept = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
            cache.keep(g.answer_name, snapshot().revision, response.get_data(), kept)
        response.set_etag(tag, weak=True)
        response.headers["Cache-Control"] = "private, no-cache" if viewer().account else "public, no-cache"
        response.vary.update(("Accept-Language", "Accept-Encoding", "Cookie", "Authorization", "HX-Request"))
        return response

    app.before_request(answer_known)
    app.after_request(mark)


def leave_out() -> None:
    """Say that the answer lacks what the store could not tell just now: it is not kept for others."""
    if not services().stale:
        g.pop("etag", None)


def _applies(app: Flask) -> bool:
    return any(getattr(app.blueprints.get(name), _MARK, False) for name in request.blueprints)


def _tag(release: str) -> str:
    """A digest of everything that an answer depends on besides its address."""
    seen = snapshot()
    who = sorted(seen.audience.municipalities)
    parts = (
        services().store_identity,
        seen.revision,
        services().stale,
        seen.audience.clearance,
        who,
        viewer().account,
        words().language,
        request.cookies.get("kompass_theme", ""),
        request.headers.get("HX-Request", ""),
        today(),
        release,
        current_app.extensions.get(BUILT, str)(),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def _encoding() -> str:
    return ",".join(sorted(each for each, _ in request.accept_encodings))


def today() -> date:
    """The day that answers are given on; ages are counted to it."""
    return day_of(datetime.now(UTC))
