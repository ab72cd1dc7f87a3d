"""The graph as a file for another program, as far as the audience may see it."""

import atexit
import shutil
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from threading import BoundedSemaphore, Lock, Thread
from types import MappingProxyType

from api.http.errors import TooMany
from api.language import N_, Words
from api.services import Services
from api.snapshot import Snapshot
from graph_service.errors import NotFound
from graph_service.export.registry import exporter
from graph_service.store.contract import Reader
from graph_service.visibility import Audience


@dataclass(frozen=True, slots=True)
class Form:
    """How a format leaves: the ending of its file, its media type, and whether it is a folder that is packed."""

    ending: str
    media_type: str
    purpose: str
    folder: bool = False


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "package": Form(".zip", "application/zip", N_("Everything, as an exchange package")),
        "xlsx": Form(
            ".xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            N_("A workbook to read, for Excel or LibreOffice"),
        ),
        "graphml": Form(".graphml", "application/xml", N_("The network, for Gephi, yEd and NetworkX")),
        "gexf": Form(".gexf", "application/xml", N_("The network, for Gephi")),
        "geojson": Form(".geojson", "application/geo+json", N_("Municipalities with their figures, for maps")),
        "neo4j-csv": Form(".zip", "application/zip", N_("Tables for a Neo4j database"), folder=True),
        "hsds": Form(".json", "application/json", N_("Actors and offers, for service directories")),
        "skos": Form(".ttl", "text/turtle", N_("The vocabularies")),
        "dcat": Form(".ttl", "text/turtle", N_("The datasets as a catalogue, for open data portals")),
    }
)
"""Every format of the command line."""

PATIENCE = 5.0
"""For how many seconds a file is waited for that is being written; whoever asks again gets it when it is done."""
_places = BoundedSemaphore(2)
"""Exports are written a few at a time; each may take a while and much memory."""


@dataclass(frozen=True, slots=True)
class FormListed:
    """A format that the data can leave in."""

    id: str
    purpose: str
    media_type: str
    url: str


@dataclass(frozen=True, slots=True)
class FormsListed:
    """The formats that the data can leave in."""

    items: tuple[FormListed, ...]


class Written:
    """A file in a folder of its own, which goes when nobody holds this any more."""

    def __init__(self, path: Path, media_type: str) -> None:
        """Take over the folder that the file lies in."""
        self.path, self.media_type = path, media_type
        weakref.finalize(self, shutil.rmtree, path.parent, ignore_errors=True)


def list_forms(words: Words) -> FormsListed:
    """Every format, with what it is for."""
    found = (FormListed(id, words(f.purpose), f.media_type, f"/api/v1/exports/{id}") for id, f in FORMS.items())
    return FormsListed(tuple(found))


class _Slot:
    """An export of one snapshot: being written, or there; one that failed is written again when asked for."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._written: Future[Written] | None = None

    def written(self, write: Callable[[], Written]) -> "Future[Written]":
        with self._lock:
            known = self._written
            if known is None or (known.done() and known.exception() is not None):
                known = self._written = Future()
                # no thread that Python waits for: a service that is told to end has nobody to write for
                Thread(target=_fulfil, args=(known, write), name="export", daemon=True).start()
            return known


def _fulfil(promised: "Future[Written]", write: Callable[[], Written]) -> None:
    with _places:
        try:
            promised.set_result(write())
        except BaseException as error:  # whoever waits is told
            promised.set_exception(error)


def find_export(services: Services, audience: Audience, format: str) -> Written:
    """An export as a temporary file, kept as long as the revision stands.

    Raises NotFound, StoreError, and TooMany while it takes longer than whoever asks can be kept waiting.
    """
    if format not in FORMS:
        raise NotFound("one of " + ", ".join(FORMS), format)
    slot = services.snapshot(audience).prepared(("export", format), lambda _: _Slot())
    try:
        return slot.written(partial(_write, services, audience, format)).result(PATIENCE)
    except TimeoutError:
        raise TooMany("a file that has been written", "one that is being written") from None


def _write(services: Services, audience: Audience, format: str) -> Written:
    form, write = FORMS[format], exporter(format)
    folder = Path(mkdtemp(prefix="kompass-export-"))
    left = partial(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(left)  # where the service ends before the file is written
    path = folder / ("buendniskompass" if form.folder else f"buendniskompass{form.ending}")

    def work(reader: Reader, _: Snapshot) -> None:
        write(reader, path, visibility=audience.clearance)

    try:
        services.read(audience, work)
        if form.folder:
            path = Path(shutil.make_archive(str(path), "zip", path))
    except BaseException:
        left()
        raise
    finally:
        atexit.unregister(left)
    return Written(path, form.media_type)
