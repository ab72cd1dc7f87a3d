"""Imports as jobs: fetched where they lie elsewhere, rehearsed, confirmed by a person, written in one transaction."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Self, TypeVar

from api.jobs.fetching import check_url, fetch
from api.jobs.schedules import Schedules
from api.jobs.table import ENDED, Clock, Job, Jobs, JobState, now
from api.jobs.uploads import JobFiles, StoredFile, disk_errors
from api.jobs.worker import Ask, Cancelled, Done, GoOn, Outcome, Task
from api.language import N_, day_of
from api.settings import Settings
from api.state import StateDatabase
from graph_service.errors import InvalidValue, NotFound, SourceError
from graph_service.model import CURATED, Dataset
from graph_service.store.contract import GraphStore, Reader, Writer
from graph_service.store.journal import UNSIGNED, Signature
from graph_service.vocabulary import VOCABULARY_DATASET
from importers.contract import Importer, ImportReport, Issues, Progress, Reading, silent
from importers.registry import find_importer
from importers.run import run
from importers.table.maps import shipped_map_path

T = TypeVar("T")

KIND = "import"
MOST_WAITING = timedelta(days=30)
"""After this time an import that nobody confirmed is cancelled."""
MOST_KEPT = timedelta(days=180)
"""After this time an import that ended is forgotten with its report."""
FAILED_FILES_KEPT = timedelta(days=14)
"""So long the files of a failed import are kept, so that it can be tried again."""
MOST_ISSUES_OF_A_KIND = 1000
EXAMPLES = 5
RESERVED = frozenset({CURATED.id, VOCABULARY_DATASET.id})
"""Datasets that the project fills itself; an import that replaced one would take away what people entered."""


class Stage(StrEnum):
    """The steps of an import."""

    FETCH = "fetch"
    CHECK = "check"
    WRITE = "write"


@dataclass(frozen=True, kw_only=True)
class ImportOrder:
    """What a person asked for. Checked once built; raises NotFound, InvalidValue."""

    source: str
    dataset: str = ""
    column_map: str = ""
    title: str = ""
    licence: str = ""
    url: str = ""
    sha256: str = ""
    schedule: str = ""
    retrieved_on: str = ""
    files: tuple[StoredFile, ...] = ()

    def __post_init__(self) -> None:
        _importer(self)
        if self.url:
            check_url(self.url)
        if self.dataset:
            Dataset(id=self.dataset, title="")
        if self.dataset in RESERVED:
            raise InvalidValue("a dataset that the service does not fill itself", self.dataset)

    @classmethod
    def of(cls, job: Job) -> Self:
        """The order of a job."""
        files = tuple(StoredFile(**file) for file in job.payload["files"])
        return cls(**{**job.payload, "files": files})

    @property
    def payload(self) -> dict[str, Any]:
        """As a job keeps it."""
        return asdict(self)


@dataclass(frozen=True)
class ImportJobs:
    """Asks for imports and does them."""

    jobs: Jobs
    files: JobFiles
    schedules: Schedules
    fetch_private: bool = False
    clock: Clock = now

    @classmethod
    def on(cls, state: StateDatabase, settings: Settings, clock: Clock = now) -> Self:
        """The imports of an installation, whose tables are brought up to date; raises StoreError."""
        jobs = Jobs(state, clock)
        files = JobFiles(settings.state, settings.max_upload_mb)
        return cls(jobs, files, Schedules(jobs, clock), settings.fetch_private, clock)

    def ask(self, order: ImportOrder, by: str | None, id: str = "") -> Job:
        """Queue an import whose files are kept already (under this id), or are to be fetched."""
        stage = Stage.FETCH if order.url else Stage.CHECK
        return self.jobs.enqueue(KIND, order.payload, stage=stage, created_by=by, id=id)

    def confirm(self, id: str, by: str | None) -> Job:
        """Let a rehearsed import be written; raises Conflict, NotFound."""
        return self.jobs.confirm(id, Stage.WRITE, by)

    def queue_due(self) -> None:
        """Queue the scheduled imports that are due."""
        self.schedules.queue_due(
            lambda payload, by: self.jobs.enqueue(KIND, payload, stage=Stage.FETCH, created_by=by).id
        )

    def tidy(self) -> None:
        """Forget what is old, and remove files that nothing needs any more."""
        self.jobs.expire(waiting=MOST_WAITING, ended=MOST_KEPT)
        self.files.sweep(self._needs_files, older_than=timedelta(days=1).total_seconds())

    def _needs_files(self, id: str) -> bool:
        try:
            job = self.jobs.job(id)
        except NotFound:
            return False
        if job.state is JobState.FAILED and job.finished_at is not None:
            return job.finished_at > self.clock() - FAILED_FILES_KEPT
        return job.state not in ENDED

    def kind(self, store: Callable[[], GraphStore]) -> Callable[[Task], Outcome]:
        """How a worker does imports into a store."""
        return lambda task: self._work(task, store)

    def _work(self, task: Task, store: Callable[[], GraphStore]) -> Outcome:
        stage = Stage(task.job.stage)
        if task.settling and stage is not Stage.WRITE:
            raise Cancelled
        order = ImportOrder.of(task.job)
        if stage is Stage.FETCH:
            return self._fetch(task, order)
        task.say(N_("Reading"))
        paths = self.files.paths(task.job.id, order.files)
        rehearsed = stage is Stage.CHECK or task.settling
        held = _HeldStore(store(), task)
        report = run(
            _Described(order),
            paths,
            held,
            dataset_id=order.dataset,
            dry_run=rehearsed,
            progress=task.tick,
        )
        told, issues = report_object(report), report_issues(report)
        if task.settling and report.changes.total:
            raise Cancelled
        if stage is Stage.CHECK:
            return Ask(told, issues)
        return Done(told, issues, lambda: self.schedules.imported(order.schedule, order.files[0].sha256))

    def _fetch(self, task: Task, order: ImportOrder) -> Outcome:
        task.say(N_("Fetching"))
        with self.files.incoming() as target, disk_errors(Path("incoming")):
            name = fetch(order.url, target, most=self.files.most_bytes, private=self.fetch_private, tick=task.tick)
            target.seek(0)
            (file,) = self.files.keep(task.job.id, [(name, target)], lambda _: task.check())
        if order.sha256 and file.sha256 != order.sha256:
            raise SourceError("a file with the checksum that was stated", file.sha256)
        if order.schedule and self.schedules.known(order.schedule, file.sha256):
            return Done({"source": order.source, "dataset": order.dataset, "unchanged_file": True})
        today = day_of(self.clock()).isoformat()
        return GoOn(Stage.CHECK, replace(order, files=(file,), retrieved_on=today).payload)


@dataclass(frozen=True)
class _HeldStore:
    """A store for one job: writes for good only while the job is still ours and not cancelled, and signs."""

    store: GraphStore
    task: Task

    @property
    def url(self) -> str:
        return self.store.url

    def read(self, work: Callable[[Reader], T]) -> T:
        self.task.say(N_("Comparing with what is known"))
        return self.store.read(work)

    def write(self, work: Callable[[Writer], T], signature: Signature = UNSIGNED) -> T:
        self.task.say(N_("Writing"))

        def held(writer: Writer) -> T:
            result = work(writer)
            self.task.hold()
            return result

        job = self.task.job
        author = signature.author or job.confirmed_by or job.created_by or ""
        return self.store.write(held, Signature(author, signature.origin or "import"))

    def rehearse(self, work: Callable[[Writer], T]) -> T:
        self.task.say(N_("Finding out what would change"))
        return self.store.rehearse(work)

    def close(self) -> None:
        """Leave it to whoever opened the store."""


class _Described:
    """An importer whose dataset is described further by what the person stated."""

    def __init__(self, order: ImportOrder) -> None:
        self._importer = _importer(order)
        self._order = order
        self.id = self._importer.id

    def read(self, paths: Sequence[Path], issues: Issues, progress: Progress = silent) -> Reading:
        reading = self._importer.read(paths, issues, progress)
        return replace(reading, dataset=self._described(reading.dataset))

    def _described(self, dataset: Dataset) -> Dataset:
        order = self._order
        if not order.dataset and dataset.id in RESERVED:
            raise SourceError("a dataset that the service does not fill itself", dataset.id)
        if order.licence and dataset.licence and order.licence != dataset.licence:
            raise SourceError("a source under the licence that was stated", dataset.licence)
        retrieved = date.fromisoformat(order.retrieved_on) if order.retrieved_on else None
        return replace(
            dataset,
            title=order.title or dataset.title,
            licence=dataset.licence or order.licence,
            url=dataset.url or order.url,
            retrieved_on=dataset.retrieved_on or retrieved,
        )


def _importer(order: ImportOrder) -> Importer:
    """The importer of an order, with a shipped column map where one is named; raises NotFound, InvalidValue."""
    importer = find_importer(order.source)
    if not order.column_map:
        return importer
    # only names: as a path it would read any file of this computer
    if shipped_map_path(order.column_map) is None:
        raise NotFound("the name of a shipped column map", order.column_map)
    mapped = getattr(importer, "mapped", None)
    if mapped is None:
        raise InvalidValue("a column map with the source table only", order.source)
    chosen: Importer = mapped(order.column_map)
    return chosen


def report_object(report: ImportReport) -> dict[str, Any]:
    """What an import did or would do, in counts and a few examples."""
    return {
        "source": report.source,
        "dataset": report.dataset.id,
        "title": report.dataset.title,
        "licence": report.dataset.licence,
        "dry_run": report.dry_run,
        "read": report.read,
        **asdict(report.changes),
        "skipped": report.issues.skipped,
        "issues": dict(sorted(report.issues.counts.items())),
        "examples": [asdict(issue) for issue in report.issues.examples(EXAMPLES)],
    }


def report_issues(report: ImportReport) -> Iterator[Mapping[str, Any]]:
    """What an import noticed, one by one, up to a bound for each kind."""
    return (asdict(issue) for issue in report.issues.examples(MOST_ISSUES_OF_A_KIND))
