"""The description of the HTTP service (OpenAPI 3.1), made from its routes and schemas."""

from http import HTTPStatus
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin, resolver
from flask import Flask
from flask_smorest import Api as SmorestApi

from api.http.paths import CONVERTERS, schema_of_converter
from api.http.statuses import name_of, phrase_of
from api.json import to_json
from api.schemas.problems import ProblemSchema

PREFIX = "/api/v1"
CONFIG = {
    "API_TITLE": "Bündniskompass",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": PREFIX,
    "OPENAPI_JSON_PATH": "openapi.json",
}
PROBLEM = "application/problem+json"
EXTENSION = "kompass-openapi"


class Api(SmorestApi):  # an extension of Flask, whose error handlers are ours
    """As flask-smorest's, with problem details as the form of every error."""

    ERROR_SCHEMA = ProblemSchema
    # every route names the statuses that it can answer with
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Leave them to `api.app`."""

    def _register_responses(self) -> None:
        """Describe every status that a route may name; errors have one form."""
        for status in HTTPStatus:
            response: dict[str, Any] = {"description": phrase_of(status)}
            if status >= HTTPStatus.BAD_REQUEST:
                response["content"] = {PROBLEM: {"schema": ProblemSchema}}
            self.spec.components.response(name_of(status), response, lazy=True)


def _name(schema: Any) -> str:
    """What a schema is called in the description; one made for many or for a part is the same schema."""
    return str(resolver(schema))


def describe(app: Flask) -> Api:
    """Set up the description of an application's routes."""
    app.config.update(CONFIG)
    info = {
        "description": (
            "Which municipalities are comparable, what have they tried, whom do we need? Public records are open to"
            " everybody; the rest needs a session or a token. Errors are problem details (RFC 9457)."
        ),
        "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    }
    schemes = {
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "kompass_session"},
            }
        },
        # nobody must, but whoever does may see and do more
        "security": [{}, {"token": []}, {"session": []}],
    }
    api = Api(
        app,
        spec_kwargs={"info": info, "marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=_name)} | schemes,
    )
    app.extensions[EXTENSION] = api
    for name, converter in CONVERTERS.items():
        app.url_map.converters[name] = converter
        api.register_converter(converter, schema_of_converter)
    return api


def description(app: Flask) -> bytes:
    """The description of an application's routes as JSON."""
    api: Api = app.extensions[EXTENSION]
    return to_json(api.spec.to_dict(), indent=True) + b"\n"
