"""Where a package's files are (a folder or a .zip) and what its descriptor says of them."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from graph_service.errors import GraphServiceError, Place, SourceError
from graph_service.exchange import DESCRIPTOR, TABLES
from graph_service.model import Dataset
from importers.archives import check_file, open_archive
from importers.contract import Issues
from importers.datasets import load_dataset
from importers.package.problems import Problems

MOST_BYTES = 4 << 30
MOST_DESCRIPTOR = 16 << 20


class Files(Protocol):
    """The files of a package by their path in it, with forward slashes."""

    @property
    def names(self) -> frozenset[str]:
        """The paths of all files."""
        ...

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """One of them as bytes; raises SourceError."""
        ...


@dataclass(frozen=True)
class Folder:
    """A package as a folder."""

    path: Path

    @property
    def names(self) -> frozenset[str]:
        """What lies in the folder, and one level below."""
        found = (p for pattern in ("*", "*/*") for p in self.path.glob(pattern) if p.is_file())
        return frozenset(p.relative_to(self.path).as_posix() for p in found)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """A file of the folder; raises SourceError where it is empty or cannot be read."""
        check_file(self.path / name, MOST_BYTES)
        with (self.path / name).open("rb") as file:
            yield file


class Zipped:
    """A package as a .zip, its files at the top or together in a folder."""

    def __init__(self, path: Path) -> None:
        self._archive = open_archive(path)
        descriptors = [n for n in self._archive.names if PurePosixPath(n).name == DESCRIPTOR]
        self._prefix = min(descriptors, key=len, default=DESCRIPTOR).removesuffix(DESCRIPTOR)

    @property
    def names(self) -> frozenset[str]:
        """The files beside the descriptor and below."""
        return frozenset(n.removeprefix(self._prefix) for n in self._archive.names if n.startswith(self._prefix))

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """A file of the archive as a stream."""
        return self._archive.open(self._prefix + name)


def open_files(path: Path) -> Files:
    """The files of a package given as folder, .zip or descriptor; raises SourceError."""
    if path.name == DESCRIPTOR:
        path = path.parent
    return Folder(path) if path.is_dir() else Zipped(path)


@dataclass(frozen=True)
class Descriptor:
    """What ``datapackage.json`` says: the dataset, and where each table lies."""

    dataset: Dataset
    paths: Mapping[str, str]
    """Table → path in the package, in the order in which tables are read."""


def read_descriptor(files: Files, name: str, issues: Issues, problems: Problems) -> Descriptor:
    """Read ``datapackage.json``, its mistakes among the problems; raises SourceError where there is none."""
    place = Place(file=DESCRIPTOR)
    if DESCRIPTOR not in files.names:
        raise SourceError(f"an exchange package with {DESCRIPTOR}", f"no {DESCRIPTOR}", Place(file=name))
    content = _load(files, place)
    paths = _listed(content.get("resources", []), files, problems)
    for path in sorted(files.names - set(paths.values()) - {DESCRIPTOR}):
        table = PurePosixPath(path).stem
        if path == f"{table}.csv" and table in TABLES and table not in paths:
            issues.note("unlisted-table", f"a table that {DESCRIPTOR} lists; it is read all the same", path)
            paths[table] = path
        else:
            issues.note("ignored-file", "a table of an exchange package; the file is ignored", path)
    ordered = {table: paths[table] for table in TABLES if table in paths}
    return Descriptor(_dataset(content, Path(name).stem, issues, problems), ordered)


def _load(files: Files, place: Place) -> dict[str, object]:
    with files.open(DESCRIPTOR) as file:
        raw = file.read(MOST_DESCRIPTOR + 1)
    if len(raw) > MOST_DESCRIPTOR:
        raise SourceError(f"a file of at most {MOST_DESCRIPTOR >> 20} MB", "more", place)
    try:
        content = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise SourceError("JSON in UTF-8", error, place) from None
    if not isinstance(content, dict):
        raise SourceError("a JSON object", type(content).__name__, place)
    return content


def _listed(resources: object, files: Files, problems: Problems) -> dict[str, str]:
    """Table → path of the resources that are tables of ours."""
    place = Place(file=DESCRIPTOR, column="resources")
    if not isinstance(resources, list):
        problems.add("a list of resources", type(resources).__name__, place)
        return {}
    paths: dict[str, str] = {}
    for resource in resources:
        path = resource.get("path") if isinstance(resource, dict) else None
        path = path[0] if isinstance(path, list) and len(path) == 1 else path
        if not isinstance(resource, dict) or not isinstance(path, str):
            problems.add("a resource with a path", json.dumps(resource), place)
            continue
        if "://" in path or path.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", path):
            problems.add("a path within the package", path, place)
            continue
        path = PurePosixPath(path).as_posix()
        table = PurePosixPath(path).stem
        if table not in TABLES or not path.endswith(".csv"):
            continue
        if path not in files.names:
            problems.add("a file that is there", path, place)
        elif table in paths:
            problems.add("each table once", path, place)
        else:
            paths[table] = path
            _check_dialect(resource, path, problems)
    return paths


def _check_dialect(resource: Mapping[str, object], path: str, problems: Problems) -> None:
    """Other encodings and delimiters would be read wrongly, so they are refused."""
    encoding = str(resource.get("encoding", "utf-8")).lower().replace("_", "-")
    dialect = resource.get("dialect")
    delimiter = dialect.get("delimiter", ",") if isinstance(dialect, dict) else ","
    if encoding not in ("utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii"):
        problems.add("text in UTF-8", encoding, Place(file=DESCRIPTOR, table=path))
    if delimiter != ",":
        problems.add("cells separated by commas", delimiter, Place(file=DESCRIPTOR, table=path))


def _dataset(content: Mapping[str, object], fallback: str, issues: Issues, problems: Problems) -> Dataset:
    """The dataset that a package is, by its own description."""
    place = Place(file=DESCRIPTOR, column="name")
    name = content.get("name")
    if name is None:
        name = re.sub(r"[^a-z0-9._-]+", "-", fallback.lower()).strip("-._") or "package"
        issues.note("no-name", "a package with a name; the file's name is taken", name, place)
    licences, sources = _objects(content.get("licenses")), _objects(content.get("sources"))
    contributors = _objects(content.get("contributors"))
    publishers = [_text(c, "title") for c in contributors if c.get("role") == "publisher"]
    publishers = publishers or [_text(s, "publisher" if "dataset" in s else "title") for s in sources]
    urls = [_text(content, "homepage"), *(_text(s, "path") for s in sources)]
    defaults = load_dataset("package")
    try:
        return Dataset(
            id=name if isinstance(name, str) else "",
            title=_text(content, "title") or str(name),
            publisher=_joined(publishers),
            licence=_joined([_text(each, "title") or _text(each, "name") for each in licences]),
            url=next(filter(None, urls), ""),
            retrieved_on=_date(content.get("created")),
            note=_text(content, "description"),
            precedence=defaults.precedence,
        )
    except GraphServiceError as error:
        problems.add(error.expected, error.found, place)
        return defaults


def _joined(texts: list[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, texts)))


def _objects(value: object) -> list[dict[str, object]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(content: Mapping[str, object], name: str) -> str:
    value = content.get(name)
    return value if isinstance(value, str) else ""


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
