"""A group of routes: answers leave as JSON made straight from dataclasses, strict about what comes in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

import marshmallow as ma
from flask import Response
from flask_smorest import Blueprint as SmorestBlueprint
from webargs.flaskparser import FlaskParser

from api.http.statuses import name_of
from api.json import to_json
from api.schemas.dataclasses import schema_of

P = ParamSpec("P")
R = TypeVar("R")

READING = (304, 401, 403, 404, 409, 422, 429, 503)
"""What any question may be answered with besides an answer: a bad token, nothing there, a name that several have …"""
WRITING = (400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
VERSIONED = (412, 428)
"""And where a change must say which version it changes: not the present one, none."""


class Parser(FlaskParser):
    """Refuses what it does not know, in queries too: a misspelt parameter must not go unnoticed."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {
        "query": ma.RAISE,
        "json": ma.RAISE,
        "form": ma.RAISE,
    }


class Blueprint(SmorestBlueprint):
    """As flask-smorest's, with `answers`, and its decorators with types."""

    ARGUMENTS_PARSER = Parser()

    def route(self, rule: str, **options: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Register a view under a path."""
        return cast("Callable[[Callable[P, R]], Callable[P, R]]", super().route(rule, **options))

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """Register a view; its operation is called as the view is, and the usual problems are described."""
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)
        name = self._endpoints[-1]
        for method, described in self._docs[name].items():
            if method == "parameters":
                continue
            words = name.split("_")
            usual: tuple[int, ...] = READING if method in ("get", "head") else WRITING
            said = described.setdefault("manual_doc", {})
            said.setdefault("operationId", words[0] + "".join(map(str.capitalize, words[1:])))
            if any(each.get("name") == "If-Match" for each in said.get("parameters", ())):
                usual += VERSIONED
            told = said.setdefault("responses", {})
            for status in usual:
                told.setdefault(str(status), name_of(status))

    def arguments(
        self, schema: type[ma.Schema], *, location: str = "json", **options: Any
    ) -> Callable[[Callable[..., R]], Callable[..., R]]:
        """Parse what was sent, and give it to the view first."""
        found = super().arguments(schema, location=location, **options)
        return cast("Callable[[Callable[..., R]], Callable[..., R]]", found)

    def doc(self, **values: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Say more of a view in the description of the API."""
        return cast("Callable[[Callable[P, R]], Callable[P, R]]", super().doc(**values))

    def response(
        self, status_code: int | str, schema: Any = None, **options: Any
    ) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Describe an answer that is no dataclass: empty, or a file."""
        return cast("Callable[[Callable[P, R]], Callable[P, R]]", super().response(status_code, schema, **options))

    def answers(
        self, kind: type, status: int = 200, *, many: bool = False
    ) -> Callable[[Callable[P, Any]], Callable[P, Response]]:
        """The view returns a dataclass of this kind (or a list of them), which leaves as JSON as it is.

        Going through a schema would take longer than finding the answer; the schema only documents.
        """
        document = self.response(status, schema_of(kind)(many=many))

        def decorator(view: Callable[P, Any]) -> Callable[P, Response]:
            @wraps(view)
            def wrapper(*args: P.args, **kwargs: P.kwargs) -> Response:
                found = view(*args, **kwargs)
                if isinstance(found, Response):
                    return found
                return Response(to_json(found), status, content_type="application/json")

            documented: Callable[P, Response] = document(wrapper)
            return documented

        return decorator
