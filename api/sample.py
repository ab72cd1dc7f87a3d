"""The bundled sample: loaded once, and again only where this version of the project brings another."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path

from graph_service.errors import SourceError
from graph_service.keys import Label
from graph_service.model import Dataset, Level, Municipality, Record
from graph_service.store.contract import Changes, GraphStore, Reader, Writer
from graph_service.vocabulary import VOCABULARY_DATASET, load_vocabulary
from importers.contract import Issues, Progress, Reading, silent
from importers.datasets import load_dataset
from importers.package.importer import PackageImporter
from importers.run import run
from importers.statutory_bodies.derive import statutory_bodies

SAMPLE = files("importers") / "sample" / "germany.zip"
PRECEDENCE = 850
"""The sample is believed last: what a publisher's own, perhaps newer, file says comes before it."""
FIRST_DISTRICT = "08119"
"""Rems-Murr-Kreis, of which `kompass demo` shows the peers."""


class _Stamped:
    """The package importer; its dataset's note says which version of the sample it is."""

    id = PackageImporter.id

    def __init__(self, stamp: str) -> None:
        self._stamp = stamp

    def read(self, paths: Sequence[Path], issues: Issues, progress: Progress = silent) -> Reading:
        reading = PackageImporter().read(paths, issues, progress)
        return replace(reading, dataset=replace(_stamped(reading.dataset, self._stamp), precedence=PRECEDENCE))


def _stamped(dataset: Dataset, stamp: str) -> Dataset:
    return replace(dataset, note=f"{dataset.note.rstrip()} [{stamp}]".lstrip())


def load_sample(store: GraphStore, progress: Progress = silent) -> bool:
    """Load the sample, the vocabularies and the bodies derived from its districts; return whether anything was to do.

    Raises SourceError where this installation has no sample, StoreError.
    """
    if not SAMPLE.is_file():
        raise SourceError("the bundled sample: build it with `make sample`", "an installation without it")
    stamp = _version()
    held = {status.dataset.id: status.dataset for status in store.read(lambda reader: reader.datasets())}
    if held.get(_bodies(stamp).id) == _bodies(stamp):  # it is written last
        return False
    _replace(store, _stamped(VOCABULARY_DATASET, stamp), load_vocabulary().concepts())
    with as_file(SAMPLE) as path:
        run(_Stamped(stamp), [path], store, progress=progress)
    _replace(store, _bodies(stamp), store.read(_derived))
    return True


def _version() -> str:
    """A short digest of everything that is loaded."""
    digest = hashlib.sha256(SAMPLE.read_bytes())
    for package in ("graph_service/vocabularies", "importers/statutory_bodies"):
        root, _, name = package.partition("/")
        for entry in sorted((files(root) / name).iterdir(), key=lambda each: each.name):
            if entry.is_file():
                digest.update(entry.read_bytes())
    return digest.hexdigest()[:12]


def _bodies(stamp: str) -> Dataset:
    return _stamped(load_dataset("statutory_bodies"), stamp)


def _derived(reader: Reader) -> list[Record]:
    places = [node for node in reader.nodes(Label.MUNICIPALITY) if isinstance(node, Municipality)]
    states = {place.key.local: place.name or "" for place in places if place.level is Level.STATE}
    german = [place for place in places if place.level is Level.DISTRICT and place.key.local[:2] in states]
    return list(statutory_bodies((p for p in german if len(p.key.local) == 5 and p.valid_until is None), states))


def _replace(store: GraphStore, dataset: Dataset, records: Iterable[Record]) -> None:
    kept = list(records)  # the unit of work may run more than once

    def work(writer: Writer) -> Changes:
        return writer.replace(dataset, kept)

    store.write(work)
