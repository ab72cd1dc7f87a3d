"""Requests that bring files: received onto the disk of the state folder, never into memory."""

from collections.abc import Callable
from functools import wraps
from typing import IO, Any, ParamSpec, TypeVar

import marshmallow as ma
from flask import Request, request
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from api.http.blueprint import Blueprint, Parser
from api.http.current import services
from api.jobs.uploads import disk_errors

P = ParamSpec("P")
R = TypeVar("R")

_FORM_AROUND_FILES = 1 << 20


class FileRequest(Request):
    """A request whose files go to the state folder while they arrive."""

    def _get_file_stream(self, *_: object, **__: object) -> IO[bytes]:
        return services().imports.files.incoming()

    def _load_form_data(self) -> None:
        with disk_errors(services().settings.state):
            super()._load_form_data()


class _FormParser(Parser):
    """Reads fields and files of a form as one."""

    DEFAULT_UNKNOWN_BY_LOCATION = Parser.DEFAULT_UNKNOWN_BY_LOCATION | {"files": ma.RAISE}

    def load_files(self, req: Any, schema: Any) -> Any:
        """The fields and the files; what a browser sends of empty fields is as if it were not there."""
        given = CombinedMultiDict([req.form, req.files])
        filled = [(name, value) for name, value in given.items(multi=True) if getattr(value, "filename", value)]
        return self._makeproxy(MultiDict(filled), schema)


class FileBlueprint(Blueprint):
    """A group of routes whose forms may bring files: ``arguments(…, location="files")``."""

    ARGUMENTS_PARSER = _FormParser()


def takes_files(view: Callable[P, R]) -> Callable[P, R]:
    """Let a route take as much as an upload may have; stands below what says who may."""

    @wraps(view)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        request.max_content_length = services().imports.files.most_bytes + _FORM_AROUND_FILES
        return view(*args, **kwargs)

    return wrapper
