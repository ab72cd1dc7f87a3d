"""The part of the graph that a view shows, as a file for another program."""

import shutil
from collections.abc import Collection
from pathlib import Path
from tempfile import mkdtemp
from threading import BoundedSemaphore

from api.errors import TooMany
from api.questions.exports import FORMS, Written
from api.services import Services
from api.snapshot import Snapshot
from graph_service.export.part import Part
from graph_service.export.registry import exporter
from graph_service.keys import NodeKey
from graph_service.store.contract import Reader
from graph_service.visibility import Audience

_running = BoundedSemaphore(2)


def write_part(services: Services, audience: Audience, format: str, keys: Collection[NodeKey]) -> Written:
    """Write these nodes and what joins them to a temporary file; raises InvalidValue, TooMany, StoreError."""
    form, write = FORMS[format], exporter(format)
    if not _running.acquire(blocking=False):
        raise TooMany("a moment without other exports", "exports that are being written")
    folder = Path(mkdtemp(prefix="kompass-part-"))
    path = folder / f"part{form.ending}"

    def work(reader: Reader, _: Snapshot) -> None:
        write(Part(reader, keys), path, visibility=audience.clearance)

    try:
        services.read(audience, work)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        _running.release()
    return Written(path, form.media_type)
