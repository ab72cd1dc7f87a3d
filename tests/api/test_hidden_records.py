"""No answer of any route contains a hidden record or depends on one: each is what it would be without it.

Every GET route of the API and every page is asked, found in the application itself: a new one is tested at once.
"""

import json
import re
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from flask import Flask, g
from hidden_graphs import AUDIENCES, KINDS, TOWNS, Oracle, graphs, stored
from hypothesis import HealthCheck, Phase, given, settings

from api.app import create_app
from api.http.viewer import ANONYMOUS, Role, Viewer
from api.services import Services
from api.settings import Settings
from graph_service.model import Visibility
from graph_service.visibility import Audience

PLACES = {
    "code": [*TOWNS],
    "other": ["11", "12"],
    "key": [*KINDS, *(f"municipality:{code}" for code in TOWNS)],
    "indicator": ["x", "y"],
    "format": ["package", "graphml", "gexf", "geojson", "xlsx", "neo4j-csv", "hsds", "dcat"],
    "dataset": ["made"],
    "kind": ["field"],
    "lens": ["structure"],
    "number": ["1"],
}
QUERIES = {
    "/api/v1/search": "q=a",
    "/search": "q=a",
    "/search/suggestions": "q=a",
    "/api/v1/network/ego": "key=municipality:11",
    "/api/v1/network/paths": "source=actor:a&target=actor:b",
    "/api/v1/network/between": "one=11&other=12",
    "/api/v1/alliances/suggestions": "municipality=11&need=a",
    "/api/v1/alliances/composition": "municipality=11&field=language&need=a",
    "/api/v1/municipalities/<place:code>/peers": "lens=all-indicators",
    "/api/v1/municipalities/<place:code>/practices": "text=e",
    "/municipalities/<string:code>/peers": "lens=all-indicators",
}
OWN = (
    "/api/v1/accounts", "/api/v1/me", "/api/v1/imports", "/api/v1/contacts", "/api/v1/openapi.json", "/account",
    "/password", "/contact", "/confirm", "/sign-in", "/static", "/metrics", "/health",
)  # fmt: skip
"""What is about accounts and the service, not about the graph."""
ROLES = {Visibility.PUBLIC: Role.ANONYMOUS, Visibility.PEERS: Role.READER, Visibility.OWN: Role.EDITOR}


def addresses(app: Flask) -> list[str]:
    """An address or several for every route that reads the graph."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(OWN):
            continue
        filled = [rule.rule]
        for name in rule.arguments:
            label = rule.rule.split("/")[3 if rule.rule.startswith("/api") else 1].removesuffix("s")
            local = [key.partition(":")[2] for key in KINDS if key.startswith(f"{label}:")]
            values = PLACES.get(name) or local or ["x"]
            filled = [_with(each, name, value) for each in filled for value in values[:4] if _with(each, name, value)]
        query = QUERIES.get(rule.rule, "")
        found += [f"{each}?{query}" if query else each for each in filled]
    return sorted(found)


def _with(rule: str, name: str, value: str) -> str:
    head, _, tail = rule.partition(f":{name}>" if f":{name}>" in rule else f"<{name}>")
    return f"{head.rpartition('<')[0] if f':{name}>' in rule else head}{value}{tail}"


def _comparable(body: bytes, path: str) -> object:
    if "/exports/" in path:  # they are compared by the reader's own test
        return len(body) > 0
    if body.startswith(b"BEGIN:VCALENDAR"):  # when it was written, and into which store
        return re.sub(rb"(?m)^(DTSTAMP|LAST-MODIFIED|UID):.*$", b"", body)
    if body.startswith(b"PK"):
        with ZipFile(BytesIO(body)) as archive:  # the time of making apart
            return {name: archive.read(name) for name in archive.namelist() if not name.startswith("docProps/")}
    try:
        return _without_times(json.loads(body))
    except ValueError:
        return re.sub(rb'name="idempotency" value="\w*"', b"", body)  # drawn by lot, to enter a form once


def _without_times(value: object) -> object:
    if isinstance(value, dict):
        return {k: _without_times(v) for k, v in value.items() if k not in ("at", "since", "updated_at")}
    if isinstance(value, list):
        return [_without_times(each) for each in value]
    return value


# a failing example is small anyway, and shrinking it would ask every route a thousand times
@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(graphs(), AUDIENCES)
def test_every_answer_is_what_it_would_be_without_the_hidden_records(records, audience):
    viewer = viewer_of(audience)
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        stored(records, one).close()
        stored(Oracle(records, viewer.audience).visible(), other).close()
        found = [ask(f"sqlite:///{folder}/kompass.db", folder, viewer) for folder in (one, other)]
        differing = [path for path in found[0] if found[0][path] != found[1][path]]
        assert not differing, (differing[0], found[0][differing[0]], found[1][differing[0]])
        assert not [path for path, (status, _) in found[0].items() if status >= 500]


def viewer_of(audience: Audience) -> Viewer:
    """Somebody with this clearance."""
    role = ROLES[audience.clearance]
    if role is Role.ANONYMOUS:
        return ANONYMOUS
    places = audience.municipalities if role is Role.EDITOR else frozenset()
    return Viewer("somebody", role, places, "session")


def ask(store: str, folder: str, viewer: Viewer) -> dict[str, tuple[int, object]]:
    """What each address answers this viewer."""
    services = Services(Settings(store=store, cache=Path(folder), state_folder=Path(folder)))
    app = create_app(services.settings, services)
    recognise = next(f for f in app.before_request_funcs[None] if f.__module__ == "api.http.auth")
    at = app.before_request_funcs[None].index(recognise)

    def be() -> None:
        g.viewer = viewer

    app.before_request_funcs[None][at] = be
    client = app.test_client()
    told = {path: client.get(path) for path in addresses(app)}
    services.close()
    return {path: (answer.status_code, _comparable(answer.data, path)) for path, answer in told.items()}
