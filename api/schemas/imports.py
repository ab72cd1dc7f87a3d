"""How imports are asked for over HTTP."""

from typing import Any

import marshmallow as ma
from werkzeug.datastructures import FileStorage

from api.jobs.imports import ImportOrder
from api.jobs.schedules import Every
from api.jobs.table import JobState
from api.jobs.uploads import MOST_FILES
from api.schemas.paging import PageQuery

SOURCE = r"^[a-z0-9][a-z0-9-]{0,59}$"
DATASET = r"^[a-z0-9][a-z0-9._-]{0,99}$"


class UploadedFile(ma.fields.Field[FileStorage]):
    """A file of a form, with a name."""

    def _deserialize(self, value: Any, *_: object, **__: object) -> FileStorage:
        if not isinstance(value, FileStorage) or not value.filename:
            raise ma.ValidationError("Not a file.")
        return value


def _text(most: int, description: str) -> ma.fields.String:
    return ma.fields.String(
        load_default="", validate=ma.validate.Length(max=most), metadata={"description": description}
    )


def _pattern(pattern: str, description: str, **options: Any) -> ma.fields.String:
    return ma.fields.String(validate=ma.validate.Regexp(pattern), metadata={"description": description}, **options)


class ImportForm(ma.Schema):
    """What is to be imported: files, or what lies at a web address, once or again and again."""

    source = _pattern(SOURCE, "What kind of files they are; see /imports/sources.", required=True)
    files = ma.fields.List(
        UploadedFile(metadata={"type": "string", "format": "binary"}),
        load_default=list,
        validate=ma.validate.Length(max=MOST_FILES),
        metadata={"description": "The files; a list may come with its column map (.toml)."},
    )
    dataset = _pattern(DATASET, "The id of the dataset; otherwise the source's own.")
    column_map = _pattern(SOURCE, "For lists: the name of a shipped column map.")
    title = _text(300, "What the dataset is called, where the source does not say so.")
    licence = _text(100, "The licence; a source that states another one is refused.")
    url = _pattern(
        r"^https?://[^\s@\x00-\x1f\x7f-\x9f]{1,1990}$", "Instead of files: the address that they are fetched from."
    )
    sha256 = _pattern(r"^[0-9a-f]{64}$", "The checksum that the fetched file must have.")
    every = ma.fields.String(
        validate=ma.validate.OneOf([each.value for each in Every]),
        metadata={"description": "Ask the address again and again; each time a person confirms."},
    )


class NumberedPageQuery(PageQuery):
    """Which part of a list whose cursors are numbers."""

    cursor = _pattern(r"^[0-9]{1,18}$", "`next` of the page before.")


class ImportsQuery(NumberedPageQuery):
    """Which imports."""

    state = ma.fields.String(validate=ma.validate.OneOf([each.value for each in JobState]))


def import_order(sent: dict[str, Any]) -> ImportOrder:
    """The order of a form, without its files; raises NotFound, InvalidValue."""
    named = ("source", "dataset", "column_map", "title", "licence", "url", "sha256")
    return ImportOrder(**{name: sent[name] for name in named if name in sent})
