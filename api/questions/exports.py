"""The graph as a file for another program, as far as the audience may see it."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore
from types import MappingProxyType

from api.errors import TooMany
from api.language import N_, Words
from api.services import Services
from api.snapshot import Snapshot
from graph_service.errors import NotFound
from graph_service.export.registry import EXPORTERS
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


@dataclass(frozen=True, slots=True)
class Written:
    """A file in a folder of its own, which goes when it is closed."""

    path: Path
    media_type: str
    folder: "TemporaryDirectory[str]"


def list_forms(words: Words) -> FormsListed:
    """Every format, with what it is for."""
    found = (FormListed(id, words(f.purpose), f.media_type, f"/api/v1/exports/{id}") for id, f in FORMS.items())
    return FormsListed(tuple(found))


def write_export(services: Services, audience: Audience, format: str) -> Written:
    """Write an export to a temporary file; raises NotFound, TooMany, StoreError."""
    form, write = FORMS.get(format), EXPORTERS.get(format)
    if form is None or write is None:
        raise NotFound("one of " + ", ".join(FORMS), format)
    if not _running.acquire(blocking=False):
        raise TooMany("a moment without other exports", "exports that are being written")
    folder = TemporaryDirectory(prefix="kompass-export-")
    name = "buendniskompass" if form.folder else f"buendniskompass{form.ending}"
    path = Path(folder.name) / name

    def work(reader: Reader, _: Snapshot) -> None:
        write(reader, path, visibility=audience.clearance)

    try:
        services.read(audience, work)
        if form.folder:
            path = Path(shutil.make_archive(str(path), "zip", path))
    except BaseException:
        folder.cleanup()
        raise
    finally:
        _running.release()
    return Written(path, form.media_type, folder)
