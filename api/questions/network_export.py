"""The part of the graph that a view shows, as a file for another program."""

import shutil
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from tempfile import mkdtemp
from threading import BoundedSemaphore

from api.http.errors import TooMany
from api.questions.exports import FORMS, Written
from api.questions.network_shown import Relation, View
from api.services import Services
from api.snapshot import Snapshot
from graph_service.export.part import Part
from graph_service.export.registry import exporter
from graph_service.keys import Label, NodeKey
from graph_service.model import Edge, EdgeType, Node
from graph_service.store.contract import Reader
from graph_service.visibility import Audience

FEW = 3000
"""So many nodes are read one by one; of more the whole graph is read through."""

_running = BoundedSemaphore(2)


class _Shown(Part):
    """The part that a view shows, read by its keys while it is small: that is faster. ``only``: no other relations."""

    def __init__(self, reader: Reader, keys: Collection[NodeKey], only: Collection[Relation] | None) -> None:
        super().__init__(reader, keys)
        self._few = sorted(keys) if len(keys) <= FEW else None
        self._only = only

    def nodes(self, label: Label | None = None) -> Iterator[Node]:
        if self._few is None:
            return super().nodes(label)
        return (self.node(key) for key in self._few if label in (None, key.label))

    def edges(self, type: EdgeType | None = None) -> Iterator[Edge]:
        found = super().edges(type) if self._few is None else self._found(self._few, type)
        only = self._only
        return found if only is None else (each for each in found if (each.type, each.source, each.target) in only)

    def _found(self, keys: Sequence[NodeKey], type: EdgeType | None) -> Iterator[Edge]:
        found = {
            (each.type, each.source, each.target, each.qualifier): each
            for key in keys
            for each in self.edges_of(key)
            if type in (None, each.type)
        }
        return (found[at] for at in sorted(found))


def write_part(services: Services, audience: Audience, format: str, view: View) -> Written:
    """Write a view's nodes and relations to a temporary file, or all that joins these nodes as a package.

    Raises InvalidValue, TooMany, StoreError.
    """
    keys, only = view.keys(), None if format == "package" else view.relations()
    form, write = FORMS[format], exporter(format)
    if not _running.acquire(blocking=False):
        raise TooMany("a moment without other exports", "exports that are being written")
    folder = Path(mkdtemp(prefix="kompass-part-"))
    path = folder / f"part{form.ending}"

    def work(reader: Reader, _: Snapshot) -> None:
        write(_Shown(reader, keys, only), path, visibility=audience.clearance)

    try:
        services.read(audience, work)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        _running.release()
    return Written(path, form.media_type)
