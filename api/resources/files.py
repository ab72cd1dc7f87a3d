"""/exports and /municipalities.geojson: the data as files for other programs."""

from collections.abc import Callable
from typing import Any

import marshmallow as ma
from flask import Response, send_file

from api.http.blueprint import Blueprint
from api.http.caching import depends_on_graph
from api.http.current import services, snapshot, words
from api.questions.exports import FORMS, FormsListed, find_export, list_forms
from api.questions.shapes import feature_collection
from api.schemas.lists import TERM, level, part_of_name, place, towns_asked
from graph_service.model import Level

exports = Blueprint("exports", __name__, url_prefix="/exports", description="The data as files.")
maps = Blueprint("maps", __name__, description="Municipalities for maps.")
FILE = {"type": "string", "format": "binary"}
for each in (exports, maps):
    depends_on_graph(each)


class ShapesQuery(ma.Schema):
    """Which municipalities, and which indicator goes with them."""

    level = level(load_default=Level.DISTRICT.value)
    state = place("The state that they lie in.", "Baden-Württemberg")
    parent = place("What they lie in directly.", "0811")
    q = part_of_name()
    indicator = ma.fields.String(
        validate=ma.validate.Regexp(TERM), metadata={"description": "Its latest value becomes a property."}
    )


class FeatureCollectionSchema(ma.Schema):
    """GeoJSON (RFC 7946) in WGS84."""

    type = ma.fields.String(required=True, validate=ma.validate.Equal("FeatureCollection"))
    name = ma.fields.String(required=True)
    revision = ma.fields.Integer(required=True)
    features = ma.fields.List(ma.fields.Dict(), required=True)


def _described(view: Callable[[str], Response]) -> Callable[[str], Response]:
    """Describe every type of file that an export may be."""
    for media_type in dict.fromkeys(form.media_type for form in FORMS.values()):
        schema = {"type": "object"} if media_type.endswith("json") else FILE
        view = exports.response(200, schema, content_type=media_type, description="The file.")(view)
    return view


@exports.route("")
@exports.answers(FormsListed)
def list_exports() -> FormsListed:
    """List the formats that the data can leave in."""
    return list_forms(words())


@exports.route("/<local:format>")
@_described
def get_export(format: str) -> Response:
    """Write everything that may be seen to a file. This may take a while."""
    written = find_export(services(), snapshot().audience, format)
    response = send_file(written.path, written.media_type, as_attachment=True, download_name=written.path.name)
    response.call_on_close(lambda: written)  # holds the file until it has left
    return response


@maps.route("/municipalities.geojson")
@maps.arguments(ShapesQuery, location="query")
@maps.response(200, FeatureCollectionSchema, content_type="application/geo+json")
def get_shapes(query: dict[str, Any]) -> Response:
    """Show municipalities with simplified boundaries, or points where no boundary is known."""
    here = snapshot()
    asked = towns_asked(here, {**query, "limit": 1})
    found = feature_collection(services(), here.audience, asked, words(), query.get("indicator", ""))
    return Response(found, content_type="application/geo+json")
