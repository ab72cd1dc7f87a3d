"""Finds the organizations and services in what HSDS is published as: JSON in several forms, or tables in CSV."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath

import orjson

from graph_service.errors import Place, SourceError
from importers.archives import check_file, kind_of
from importers.contract import Issues
from importers.hsds.tables import MOST_VALUES, TABLES, Item, joined, read_tables
from importers.package.source import Files, Folder, open_files

MOST_BYTES = 128 << 20
_PAGES = ("contents", "content", "items")
"""What an API calls the content of one page."""
_SERVICE_SIGNS = frozenset({"organization_id", "organization", "service_at_locations", "service_areas", "status"})


@dataclass
class Document:
    """The organizations and services of one or several files, each with the place it comes from."""

    organizations: list[tuple[Item, Place]] = field(default_factory=list)
    services: list[tuple[Item, Place]] = field(default_factory=list)
    profile: str = ""

    def add(self, other: "Document") -> None:
        """Take in what another file holds: an API answers page by page."""
        self.organizations += other.organizations
        self.services += other.services
        self.profile = self.profile or other.profile


def read_documents(paths: Sequence[Path], issues: Issues) -> Document:
    """Read one folder or archive of tables, or JSON files; raises SourceError."""
    if not paths:
        raise SourceError("an HSDS document, folder or .zip", "nothing")
    document = Document()
    for path in paths:
        document.add(_read(path, issues))
    if not document.organizations and not document.services:
        raise SourceError("organizations or services of HSDS", "none", Place(file=paths[0].name))
    return document


def _read(path: Path, issues: Issues) -> Document:
    if path.is_dir():
        return _tables(Folder(path), path.name, issues)
    head = check_file(path, MOST_BYTES)
    if head.startswith(b"PK"):
        files = open_files(path)
        documents = sorted(name for name in files.names if PurePosixPath(name).suffix.lower() == ".json")
        if not any(_table_of(name) for name in files.names) and documents:
            return _json_files(files, documents)
        return _tables(files, path.name, issues)
    if kind_of(head) != "a JSON document":
        raise SourceError("an HSDS document in JSON, or a folder or .zip of its tables", kind_of(head), _at(path.name))
    return _json(path.read_bytes(), path.name)


def _at(file: str, table: str = "") -> Place:
    return Place(file=file, table=table)


def _json_files(files: Files, names: Sequence[str]) -> Document:
    document = Document()
    for name in names:
        with files.open(name) as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise SourceError(f"a file of at most {MOST_BYTES >> 20} MB", "more", _at(name))
        document.add(_json(content, name))
    return document


def _json(content: bytes, file: str) -> Document:
    # every value costs far more in memory than in the file, so they are counted first
    if sum(map(content.count, (b",", b"{", b"["))) > MOST_VALUES:
        raise SourceError(f"a document of at most {MOST_VALUES} values", "more", _at(file))
    try:
        loaded = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise SourceError("a whole JSON document", error.msg, Place(file=file, line=error.lineno)) from None
    document = Document()
    if isinstance(loaded, dict):
        document.profile = str(loaded.get("profile") or "")
        _object(loaded, file, document)
    elif isinstance(loaded, list):
        _list(loaded, file, document)
    if not document.organizations and not document.services and not _empty_page(loaded):
        raise SourceError("organizations or services of HSDS", "another JSON document", _at(file))
    return document


def _empty_page(loaded: object) -> bool:
    return isinstance(loaded, dict) and any(loaded.get(name) == [] for name in (*_PAGES, "organizations", "services"))


def _object(loaded: Item, file: str, document: Document) -> None:
    page = next((loaded[name] for name in _PAGES if isinstance(loaded.get(name), list)), None)
    tables = {table: loaded[name] for name in loaded if (table := TABLES.get(name)) and isinstance(loaded[name], list)}
    if page is not None:
        _list(page, file, document)
    elif "id" in loaded:
        _list([loaded], file, document)
    elif "service" in tables or "organization" in tables:
        rows = {table: [row for row in items if isinstance(row, dict)] for table, items in tables.items()}
        organizations, services = joined(rows)
        _list(organizations, file, document, "organization")
        _list(services, file, document, "service")


@lru_cache(maxsize=64)
def _place(file: str, table: str) -> Place:
    """One object for all items of a table: there may be millions."""
    return Place(file=file, table=table)


def _list(items: Sequence[object], file: str, document: Document, table: str = "") -> None:
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            raise SourceError("a list of objects", type(item).__name__, Place(file=file, table=f"item {number}"))
        nested = item.get("service")
        if isinstance(nested, dict):  # a service_at_location around its service
            rest = {name: value for name, value in item.items() if name != "service"}
            item = nested | {"service_at_locations": [rest]}
        if (table or _guess(item)) == "service":
            _service(item, _place(file, "services"), document)
        else:
            _organization(item, _place(file, "organizations"), document)


def _guess(item: Item) -> str:
    """HSDS does not name the kind of a bare object; only services have these fields."""
    return "service" if _SERVICE_SIGNS & item.keys() else "organization"


def _service(item: Item, place: Place, document: Document) -> None:
    organization = item.get("organization")
    if isinstance(organization, dict):
        _organization(organization, _place(place.file, "organizations"), document)
    document.services.append((item, place))


def _organization(item: Item, place: Place, document: Document) -> None:
    document.organizations.append((item, place))
    services = item.get("services")
    for service in services if isinstance(services, list) else ():
        if isinstance(service, dict):
            provided = {"organization_id": item.get("id"), **service}
            document.services.append((provided, _place(place.file, "services")))


def _table_of(name: str) -> str:
    path = PurePosixPath(name)
    return TABLES.get(path.stem.lower(), "") if path.suffix.lower() == ".csv" else ""


def _tables(files: Files, file: str, issues: Issues) -> Document:
    names = {name: table for name in sorted(files.names) if (table := _table_of(name))}
    if not {"organization", "service"} & set(names.values()):
        raise SourceError(
            "tables of HSDS: organizations.csv, services.csv", ", ".join(sorted(files.names)[:5]), _at(file)
        )
    for name in sorted(files.names - names.keys()):
        if PurePosixPath(name).name != "datapackage.json":
            issues.note("ignored-file", "a table of HSDS; the file is ignored", name, _at(file))
    document = Document()
    organizations, services = joined(read_tables(files, names))
    _list(organizations, file, document, "organization")
    _list(services, file, document, "service")
    return document


def every(items: object) -> Iterator[Item]:
    """The objects of a list, whatever else there may be."""
    if isinstance(items, list):
        yield from (item for item in items if isinstance(item, dict))
