"""Editing over HTTP: records and relations in the form of the exchange package, the journal, and undoing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import marshmallow as ma
from flask import Response, request, url_for

from api.editing.editor import EDGES, EDITABLE, Editor
from api.editing.history import Lines, changes_since, journal_since
from api.editing.records import Entered, plain_row
from api.http.access import requires
from api.http.blueprint import Blueprint
from api.http.current import services, snapshot
from api.http.errors import PreconditionRequired
from api.http.viewer import Role, viewer
from api.json import to_json
from api.schemas.dataclasses import schema_of
from api.schemas.rows import row_schema
from graph_service.exchange import TABLES
from graph_service.keys import Label, NodeKey

MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class RecordAnswer:
    """A record in the form of the exchange package; ``version`` is its ETag, ``revision`` what undoing needs."""

    key: str
    version: str
    revision: int
    record: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RelationAnswer:
    """A relation as it was entered or taken back."""

    type: str
    source: str
    target: str


RECORD = rf"^({'|'.join(label.value.lower() for label in Label)}):[A-Za-z0-9._-]{{1,200}}$"


class JournalQuery(ma.Schema):
    """From which revision on, and about which record."""

    since = ma.fields.Integer(load_default=0, strict=False, validate=ma.validate.Range(0, 2**53))
    limit = ma.fields.Integer(load_default=100, validate=ma.validate.Range(1, MOST_LINES))
    key = ma.fields.String(validate=ma.validate.Regexp(RECORD))


class StateSchema(ma.Schema):
    """The next state of an exchange; a decision names the municipality that decided, a rejection its reason."""

    state = ma.fields.String(required=True, validate=ma.validate.Regexp(r"^[a-z0-9-]{1,40}$"))
    on = ma.fields.Date(required=True)
    reason = ma.fields.String(load_default="", validate=ma.validate.Length(max=2_000))
    municipality = ma.fields.String(validate=ma.validate.Regexp(r"^[A-Za-z0-9._-]{1,60}$"))


editing = Blueprint("editing", __name__, description="Entering, changing, taking back and undoing by hand.")


def editor() -> Editor:
    """The viewer at work."""
    return Editor(services(), viewer(), snapshot(), "api")


def version_sent() -> str:
    """The version that a change is meant for; raises PreconditionRequired."""
    tags = request.if_match.as_set(include_weak=True)
    if len(tags) != 1:
        raise PreconditionRequired("If-Match with the version that was read")
    return str(next(iter(tags)))


def _answer(entered: Entered, status: int = 200) -> Response:
    told = RecordAnswer(entered.key, entered.version, entered.revision, plain_row(entered.row))
    response = Response(to_json(told), status, content_type="application/json")
    response.set_etag(entered.version)
    return response


VERSION: list[dict[str, object]] = [
    {
        "in": "header",
        "name": "If-Match",
        "required": True,
        "schema": {"type": "string", "pattern": '^(W/)?"[A-Za-z0-9]{1,64}"$'},
        "description": "The ETag of the version that is changed.",
    }
]


def _add_records(name: str) -> None:
    """The routes of one table of records."""
    label = TABLES[name].label
    singular = str(label.value).lower() if label else name
    answer = editing.response(200, schema_of(RecordAnswer))

    def create(row: Mapping[str, Any]) -> Response:
        entered = editor().create(name, row, request.headers.get("Idempotency-Key", "")[:200])
        response = _answer(entered, 201)
        response.headers["Location"] = url_for(f"editing.read_{singular}_row", id=entered.key.local)
        return response

    def read(id: str) -> Response:
        return _answer(editor().read(_key(label, id)))

    def change(row: Mapping[str, Any], id: str) -> Response:
        return _answer(editor().change(_key(label, id), row, version_sent()))

    def take_back(id: str) -> Response:
        editor().take_back(_key(label, id), version_sent())
        return Response(status=204)

    create.__doc__ = f"Enter a new {singular}. With an Idempotency-Key it is entered once, however often it is sent."
    read.__doc__ = f"The {singular} in the form in which it is changed, with its version as ETag."
    change.__doc__ = f"Change columns of a {singular}; null takes a value away. Needs If-Match."
    take_back.__doc__ = f"Take back a {singular} that was entered by hand. Needs If-Match."
    rows, row = f"/{name}", f"/{name}/<local:id>"
    create_in = editing.arguments(row_schema(name))(editing.response(201, schema_of(RecordAnswer))(create))
    change_in = editing.arguments(row_schema(name, partial=True))(answer(change))
    routes: tuple[tuple[str, str, str, Any, list[dict[str, object]]], ...] = (
        (rows, f"create_{singular}", "POST", create_in, []),
        (f"{row}/row", f"read_{singular}_row", "GET", answer(read), []),
        (row, f"change_{singular}", "PATCH", change_in, VERSION),
        (row, f"take_back_{singular}", "DELETE", editing.response(204)(take_back), VERSION),
    )
    for path, endpoint, method, view, parameters in routes:
        role, scope = (Role.READER, "read") if method == "GET" else (Role.EDITOR, "write")
        documented = editing.doc(parameters=parameters)(view) if parameters else view
        guarded = requires(role, scope)(documented)
        guarded.__name__ = endpoint
        editing.add_url_rule(path, endpoint, guarded, methods=[method])


def _add_relations(name: str) -> None:
    """The routes of one table of relations."""
    answer = editing.response(200, schema_of(RelationAnswer))

    def enter(row: Mapping[str, Any]) -> Response:
        edge = editor().enter_edge(name, row)
        return Response(to_json(RelationAnswer(edge.type, edge.source, edge.target)), content_type="application/json")

    def take_back(row: Mapping[str, Any]) -> Response:
        edge = editor().take_back_edge(name, row)
        return Response(to_json(RelationAnswer(edge.type, edge.source, edge.target)), content_type="application/json")

    enter.__doc__ = f"Enter one of the {name}, or change what it says."
    take_back.__doc__ = f"Take back one of the {name} that was entered by hand."
    for path, endpoint, view in (
        (f"/{name}", f"enter_{name}", enter),
        (f"/{name}/taken-back", f"take_back_{name}", take_back),
    ):
        guarded = requires(Role.EDITOR, "write")(editing.arguments(row_schema(name))(answer(view)))
        guarded.__name__ = endpoint
        editing.add_url_rule(path, endpoint, guarded, methods=["POST"])


def _key(label: Label | None, id: str) -> NodeKey:
    if label is None:
        raise TypeError("a table of records")
    return NodeKey.of(label, id)


for _name in EDITABLE:
    _add_records(_name)
for _name in EDGES:
    _add_relations(_name)


@editing.route("/exchanges/<local:id>/state", methods=["POST"])
@requires(Role.EDITOR, "write")
@editing.arguments(StateSchema)
@editing.response(200, schema_of(RecordAnswer))
@editing.doc(parameters=VERSION)
def move_exchange(asked: Mapping[str, Any], id: str) -> Response:
    """Move an exchange to its next state. Needs If-Match."""
    place = asked.get("municipality")
    decided_by = NodeKey.of(Label.MUNICIPALITY, place) if place else None
    day: date = asked["on"]
    entered = editor().move_exchange(
        NodeKey.of(Label.EXCHANGE, id),
        asked["state"],
        day,
        version_sent(),
        reason=asked["reason"],
        decided_by=decided_by,
    )
    return _answer(entered)


@editing.route("/changes")
@editing.arguments(JournalQuery, location="query")
@editing.answers(Lines)
def list_changes(query: Mapping[str, Any]) -> Lines:
    """What has changed since a revision, of what the viewer may see: for systems that keep a copy."""
    return changes_since(editor(), query["since"], query["limit"], query.get("key"))


@editing.route("/journal")
@requires(Role.EDITOR, "read")
@editing.arguments(JournalQuery, location="query")
@editing.answers(Lines)
def read_journal(query: Mapping[str, Any]) -> Lines:
    """The same with who did it and how it was before: the office sees all of it, others what they may change."""
    return journal_since(editor(), query["since"], query["limit"], query.get("key"))


@editing.route("/journal/<revision:revision>/undo", methods=["POST"])
@requires(Role.EDITOR, "write")
@editing.response(204)
def undo(revision: int) -> Response:
    """Take back a revision of single edits, unless something later builds on it."""
    editor().undo(revision)
    return Response(status=204)
