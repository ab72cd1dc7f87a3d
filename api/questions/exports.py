"""The graph as a file for another program, as far as the audience may see it."""

import shutil
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from threading import BoundedSemaphore
from types import MappingProxyType

from api.errors import TooMany
from api.language import N_, Words
from api.services import Services
from api.snapshot import Snapshot
from graph_service.errors import NotFound
from graph_service.export.registry import exporter
from graph_service.store.contract import Reader
from graph_service.visibility import PUBLIC, Audience


@dataclass(frozen=True, slots=True)
class Form:
    """How a format leaves: the ending of its file, its media type, and whether it is a folder that is packed."""

    ending: str
    media_type: str
    purpose: str
    folder: bool = False


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "package": Form(".zip", "application/zip", N_("everything, as exchange package")),
        "xlsx": Form(
            ".xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            N_("a workbook for people"),
        ),
        "graphml": Form(".graphml", "application/xml", N_("the network, for Gephi, yEd and networkx")),
        "gexf": Form(".gexf", "application/xml", N_("the network, for Gephi")),
        "geojson": Form(".geojson", "application/geo+json", N_("municipalities with their figures, for maps")),
        "neo4j-csv": Form(".zip", "application/zip", N_("tables for neo4j-admin database import"), folder=True),
        "hsds": Form(".json", "application/json", N_("actors and offers, for service directories")),
        "skos": Form(".ttl", "text/turtle", N_("the vocabularies")),
        "dcat": Form(".ttl", "text/turtle", N_("the datasets as a catalogue, for open data portals")),
    }
)
"""Every format of the command line."""

_running = BoundedSemaphore(2)
"""How many exports are written at the same time; each may take seconds and much memory."""


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


def find_export(services: Services, audience: Audience, format: str) -> Written:
    """An export as a temporary file; that of what everybody may see is kept as long as the revision stands.

    Raises NotFound, TooMany, StoreError.
    """
    if format not in FORMS:
        raise NotFound("one of " + ", ".join(FORMS), format)
    if audience != PUBLIC:
        return _write(services, audience, format)
    return services.snapshot(audience).prepared(("export", format), lambda _: _write(services, audience, format))


def _write(services: Services, audience: Audience, format: str) -> Written:
    form, write = FORMS[format], exporter(format)
    if not _running.acquire(blocking=False):
        raise TooMany("a moment without other exports", "exports that are being written")
    folder = Path(mkdtemp(prefix="kompass-export-"))
    path = folder / ("buendniskompass" if form.folder else f"buendniskompass{form.ending}")

    def work(reader: Reader, _: Snapshot) -> None:
        write(reader, path, visibility=audience.clearance)

    try:
        services.read(audience, work)
        if form.folder:
            path = Path(shutil.make_archive(str(path), "zip", path))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        _running.release()
    return Written(path, form.media_type)
