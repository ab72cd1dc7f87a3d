"""The only place where records meet a store: read and check everything, then write it in one transaction."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

from graph_service.errors import GraphServiceError, InvalidPackage, InvalidValue, NotFound, SourceError
from graph_service.keys import Label, NodeKey
from graph_service.model import Boundary, Edge, Node, ObservationTable, Record
from graph_service.store.contract import Changes, GraphStore, Reader, Writer
from graph_service.store.journal import Signature
from graph_service.vocabulary import VOCABULARY_DATASET, load_vocabulary
from importers.contract import Importer, ImportReport, Issues, Progress, Reading, silent
from importers.nearest import near_terms

UNKNOWN = "unknown-key"
UNKNOWN_TERM = "unknown-term"
ORIGIN = "import"
"""What the journal calls it."""


def run(
    importer: Importer,
    paths: Sequence[Path],
    store: GraphStore,
    *,
    dataset_id: str = "",
    dry_run: bool = False,
    progress: Progress = silent,
) -> ImportReport:
    """Import files as one dataset: what the dataset claimed before and is not in the files retires.

    A record that points at nothing known is skipped and reported with the nearest known key; where the source must be
    whole it refuses everything. Raises SourceError, StoreError; nothing is written then.
    """
    issues = Issues()
    reading = importer.read(paths, issues, progress)
    dataset = replace(reading.dataset, id=dataset_id) if dataset_id else reading.dataset
    records = list(reading.records)
    if not records:
        raise SourceError("at least one record that can be imported", _summary(issues), None)
    known = store.read(lambda reader: _known(reader, dataset.id)) | _named(records)
    shipped = frozenset(concept.key for concept in load_vocabulary().concepts())
    checked = list(_checked(records, known | shipped, issues, reading))
    fresh = {key for record in checked for key in _concepts(record)} & shipped - known

    def work(writer: Writer) -> Changes:
        if fresh and not fresh <= writer.keys(Label.CONCEPT):
            # terms of the shipped vocabularies need not be imported first: they come with whoever uses them
            writer.replace(VOCABULARY_DATASET, load_vocabulary().concepts())
        return writer.replace(dataset, checked)

    changes = store.rehearse(work) if dry_run else store.write(work, Signature(origin=ORIGIN))
    return ImportReport(importer.id, dataset, reading.read() or len(records), changes, issues, dry_run)


def _concepts(record: Record) -> tuple[NodeKey, ...]:
    """The terms that an edge leads to."""
    return (record.target,) if isinstance(record, Edge) and record.target.label is Label.CONCEPT else ()


def _summary(issues: Issues) -> str:
    return ", ".join(f"{kind}: {count}" for kind, count in sorted(issues.counts.items())) or "nothing"


def _known(reader: Reader, dataset: str) -> frozenset[NodeKey]:
    """What other datasets name; what only this one names may be about to retire."""
    keys = reader.keys()
    try:
        own = [claimed.record.key for claimed in reader.claimed(dataset) if isinstance(claimed.record, Node)]
    except NotFound:
        return frozenset(keys)
    return frozenset(keys - {key for key in own if _only(reader, key, dataset)})


def _only(reader: Reader, key: NodeKey, dataset: str) -> bool:
    """Whether no other dataset names this node."""
    return all(claim.dataset == dataset or "name" not in claim.properties for claim in reader.claims(key))


def _named(records: Iterable[Record]) -> frozenset[NodeKey]:
    return frozenset(r.key for r in records if isinstance(r, Node) and getattr(r, "name", None) is not None)


def _checked(
    records: Iterable[Record], known: frozenset[NodeKey], issues: Issues, reading: Reading
) -> Iterator[Record]:
    """The records whose every end is known; the others are reported, or refuse everything."""
    missing: Counter[NodeKey] = Counter()
    for record in records:
        if isinstance(record, ObservationTable):
            kept = _known_rows(record, known, missing)
            if len(kept):
                yield kept
            continue
        absent = [key for key in _ends(record) if key not in known]
        missing.update(absent)
        if not absent:
            yield record
    if missing:
        nearest = Nearest(known)
        for key, times in sorted(missing.items()):
            _report_unknown(key, times, nearest(key), issues, reading)
        if reading.must_be_whole:
            problems: list[GraphServiceError] = [InvalidValue("a known key", key) for key in sorted(missing)]
            raise InvalidPackage(tuple(problems))


def _report_unknown(key: NodeKey, times: int, suggestion: str, issues: Issues, reading: Reading) -> None:
    """One issue for each place where the file names the key, as far as the importer knows them."""
    places = reading.mentions(key)
    if not places:
        issues.note(UNKNOWN, "a known key", key, suggestion=suggestion, times=times)
        return
    kind, error = UNKNOWN, InvalidValue("the key of something known", key.local)
    if key.label is Label.MUNICIPALITY:
        error = InvalidValue("the official code of a known municipality", key.local)
    elif key.label is Label.CONCEPT:
        vocabulary, _, id = key.local.partition(".")
        words = vocabulary.replace("_", " ")
        kind, error = UNKNOWN_TERM, InvalidValue(f"a term of the vocabulary {words}", id)
    for place in places:
        issues.leave_out(error, place, kind=kind, suggestion=suggestion)


def _ends(record: Node | Edge | Boundary) -> tuple[NodeKey, ...]:
    """The nodes that must be known for a record to make sense; a node that is named makes itself known."""
    if isinstance(record, Edge):
        return (record.source, record.target)
    return (record.key if isinstance(record, Node) else record.municipality,)


def _known_rows(table: ObservationTable, known: frozenset[NodeKey], missing: Counter[NodeKey]) -> ObservationTable:
    """The rows whose municipality and indicator are known."""
    towns = _unknown(table.municipality, Label.MUNICIPALITY, known, missing)
    measures = _unknown(table.indicator, Label.INDICATOR, known, missing)
    if not towns and not measures:
        return table
    pairs = zip(table.municipality, table.indicator, strict=True)
    keep = np.fromiter((t not in towns and m not in measures for t, m in pairs), bool, len(table))
    rows = np.flatnonzero(keep).tolist()

    def kept(column: Sequence[str]) -> list[str]:
        return [column[i] for i in rows]

    return ObservationTable(
        kept(table.municipality), kept(table.indicator), kept(table.period), table.value[keep], kept(table.flag)
    )


def _unknown(
    codes: Sequence[str], label: Label, known: frozenset[NodeKey], missing: Counter[NodeKey]
) -> frozenset[str]:
    """The codes among these that are not known, counted by row in ``missing``."""
    absent = {code: key for code in set(codes) if (key := NodeKey.of(label, code)) not in known}
    if absent:
        missing.update(absent[code] for code in codes if code in absent)
    return frozenset(absent)


class Nearest:
    """Finds the known key that an unknown one was probably meant to be; says nothing rather than something far off."""

    def __init__(self, known: Iterable[NodeKey], cutoff: float = 80) -> None:
        """Sort the known keys by label once."""
        self._by_label: dict[Label, list[str]] = {}
        self._cutoff = cutoff
        for key in known:
            self._by_label.setdefault(key.label, []).append(key.local)
        self._asked = 0

    def __call__(self, key: NodeKey) -> str:
        """The nearest known key of the same label, or "" (also after a thousand questions: they cost time)."""
        self._asked += 1
        choices = self._by_label.get(key.label)
        if not choices or self._asked > 1000:
            return ""
        if key.label is Label.CONCEPT:
            kind, _, text = key.local.partition(".")
            if near := near_terms(kind, text):
                return near
        found = process.extractOne(key.local, choices, scorer=fuzz.ratio, score_cutoff=self._cutoff)
        return "" if found is None else str(NodeKey.of(key.label, found[0]))
