"""/reconcile: lists of municipalities and actors matched with ours, by the Reconciliation Service API 0.2."""

from typing import Any

import marshmallow as ma
from flask import Response, render_template, request

from api import reconciliation as protocol
from api.http.blueprint import Blueprint
from api.http.caching import depends_on_graph
from api.http.current import services, snapshot, words
from api.http.guard import FRAMED, open_to_all_sites
from api.http.openapi import PREFIX
from api.json import to_json
from api.questions.records import address_of
from api.reconciliation_preview import preview
from api.schemas.reconcile import BatchSchema, PropertiesQuery, SuggestQuery, sent
from graph_service.keys import NodeKey
from matching.reconciliation.matcher import Reconciler

reconcile = Blueprint(
    "reconcile", __name__, url_prefix="/reconcile", description="Matching somebody's list (OpenRefine and others)."
)
previews = Blueprint("previews", __name__, url_prefix="/previews", description="Records in pages of other sites.")
records = Blueprint("records", __name__, url_prefix="/records", description="One address for every record.")
ANSWER = {"type": "object"}
"""The form is the protocol's: https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/"""
depends_on_graph(records)
open_to_all_sites(reconcile)
open_to_all_sites(previews)


@reconcile.route("")
@reconcile.response(200, ANSWER)
def get_manifest() -> Response:
    """Tell what this service of the Reconciliation API 0.2 can do; with `queries` or `extend` answer these."""
    return _answered(request.args.get("queries"), request.args.get("extend"))


@reconcile.route("", methods=("POST",))
@reconcile.arguments(BatchSchema)
@reconcile.response(200, ANSWER)
def answer_batch(batch: dict[str, Any]) -> Response:
    """Answer a batch of queries, or tell values of properties. The protocol's own form fields are taken, too."""
    return _answered(*sent(batch))


@reconcile.route("/suggest/entity")
@reconcile.arguments(SuggestQuery, location="query", unknown=ma.EXCLUDE)
@reconcile.response(200, ANSWER)
def suggest_entity(query: dict[str, Any]) -> Response:
    """Suggest municipalities and actors for what was typed so far."""
    types = [query["type"]] if "type" in query else []
    return _json(protocol.suggest_entities(_reconciler(), query["prefix"], words(), types, query["cursor"]))


@reconcile.route("/suggest/type")
@reconcile.arguments(SuggestQuery, location="query", unknown=ma.EXCLUDE)
@reconcile.response(200, ANSWER)
def suggest_type(query: dict[str, Any]) -> Response:
    """Suggest types for what was typed so far."""
    return _json(protocol.suggest_types(query["prefix"], words(), query["cursor"]))


@reconcile.route("/suggest/property")
@reconcile.arguments(SuggestQuery, location="query", unknown=ma.EXCLUDE)
@reconcile.response(200, ANSWER)
def suggest_property(query: dict[str, Any]) -> Response:
    """Suggest properties for what was typed so far."""
    return _json(protocol.suggest_properties(_reconciler(), query["prefix"], words(), query["cursor"]))


@reconcile.route("/properties")
@reconcile.arguments(PropertiesQuery, location="query", unknown=ma.EXCLUDE)
@reconcile.response(200, ANSWER)
def propose_properties(query: dict[str, Any]) -> Response:
    """Propose properties that a list can be extended with."""
    return _json(protocol.propose_properties(_reconciler(), query.get("type", ""), words(), query["limit"]))


@previews.route("/<key:key>")
@previews.response(200, {"type": "string"}, content_type="text/html")
def preview_entity(key: str) -> Response:
    """Show an entity where it is to be chosen from a list: a small page, made to stand in one of another site."""
    here = snapshot()
    address = address_of(here, key)
    shown = preview(_reconciler(), here.projection.known(key) or NodeKey(key), words())
    base = services().settings.url or request.host_url.rstrip("/")
    page = render_template("reconcile_preview.html", shown=shown, url=f"{base}/{address}")
    return Response(page, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": FRAMED})


@records.route("/<key:key>")
@records.response(303)
def find_record(key: str) -> Response:
    """Lead to the record with this key, whatever kind it is."""
    return Response(status=303, headers={"Location": f"{PREFIX}/{address_of(snapshot(), key)}"})


def _answered(queries: str | bytes | None, extend: str | bytes | None) -> Response:
    if queries is not None:
        return _json(protocol.answer(_reconciler(), protocol.read_batch(queries), words()))
    if extend is not None:
        return _json(protocol.extend(_reconciler(), *protocol.read_extension(extend), words()))
    return _json(protocol.manifest(_endpoints(), words()))


def _reconciler() -> Reconciler:
    return snapshot().prepared("reconciler", Reconciler, ahead=True)


def _endpoints() -> protocol.Endpoints:
    base = services().settings.url or request.host_url.rstrip("/")
    return protocol.Endpoints(
        f"{base}{PREFIX}/reconcile",
        f"{base}{PREFIX}/records/{{{{id}}}}",
        f"{base}{PREFIX}/previews/{{{{id}}}}",
        f"{base}{PREFIX}/openapi.json",
    )


def _json(answer: Any) -> Response:
    return Response(to_json(answer), content_type="application/json")
