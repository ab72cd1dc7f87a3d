"""Imports as people ask for them and look at them: jobs with their reports, schedules, and what can be imported."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO, Any

from api.jobs.imports import KIND, ImportJobs, ImportOrder
from api.jobs.schedules import Every, Schedule
from api.jobs.table import Job, JobState, new_id
from api.jobs.uploads import StoredFile
from api.language import Words
from api.messages import (
    ADVICE_ONLINE,
    describe_difference,
    describe_issue,
    describe_suggestion,
    issue_effect,
    issue_label,
)
from graph_service.errors import InvalidValue, NotFound, Place
from importers.contract import Issue
from importers.registry import importer_ids
from importers.table.maps import shipped_maps


@dataclass(frozen=True, slots=True)
class ImportFailure:
    """Why an import failed: for people in ``detail``, for programs in ``code``."""

    code: str
    detail: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class ImportAnswer:
    """An import as it stands. ``message`` says what is being done, ``report`` what was or would be changed."""

    id: str
    state: JobState
    stage: str
    source: str
    dataset: str
    title: str
    url: str
    schedule: str
    files: tuple[StoredFile, ...]
    asked_by: str | None
    confirmed_by: str | None
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    attempts: int
    cancelling: bool
    done: int
    total: int | None
    message: str
    report: Mapping[str, object] | None
    failure: ImportFailure | None


@dataclass(frozen=True, slots=True)
class ImportList:
    """Imports, the newest first; ``next`` is the cursor of the next page."""

    imports: tuple[ImportAnswer, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class ImportIssue:
    """One thing that an import noticed; the row was skipped unless ``note`` or ``row_kept`` is true.

    ``nearest`` and ``effect`` say for people what was probably meant, and what was done.
    """

    kind: str
    label: str
    note: bool
    detail: str
    file: str
    table: str
    line: int | None
    column: str
    expected: str
    found: str
    suggestion: str
    row_kept: bool
    nearest: str
    effect: str


@dataclass(frozen=True, slots=True)
class ImportIssues:
    """What an import noticed, by kind; ``next`` is the cursor of the next page."""

    issues: tuple[ImportIssue, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class ScheduleAnswer:
    """An import that comes again."""

    id: str
    every: Every
    source: str
    dataset: str
    url: str
    asked_at: datetime
    next_at: datetime
    imported_at: datetime | None
    last_import: str | None


@dataclass(frozen=True, slots=True)
class ScheduleList:
    """All imports that come again, in the order in which they were asked for."""

    schedules: tuple[ScheduleAnswer, ...]


@dataclass(frozen=True, slots=True)
class SourceList:
    """What can be imported: the sources, and the column maps for lists (source ``table``)."""

    sources: tuple[str, ...]
    column_maps: tuple[str, ...]


def ask_for_import(
    imports: ImportJobs,
    order: ImportOrder,
    files: Iterable[tuple[str, IO[bytes]]],
    by: str | None,
    every: Every | None = None,
) -> Job:
    """Ask for an import of files, or of what lies at an address.

    Raises InvalidValue, SourceError, TooLarge, StoreError.
    """
    brought = list(files)
    if bool(brought) == bool(order.url):
        raise InvalidValue("either files or a web address", f"{len(brought)} files")
    if every is not None:
        if not order.url or order.sha256:
            raise InvalidValue("a web address without a checksum, to be asked again and again", order.url)
        schedule = imports.schedules.add(every, order.payload, by)
        imports.queue_due()
        return imports.jobs.job(imports.schedules.schedule(schedule.id).last_job or "")
    id = new_id()
    if brought:
        order = replace(order, files=imports.files.keep(id, brought))
    return imports.ask(order, by, id)


def find_import(imports: ImportJobs, id: str) -> Job:
    """An import; raises NotFound, also for a job that is none."""
    job = imports.jobs.job(id)
    if job.kind != KIND:
        raise NotFound("the id of a job", id)
    return job


def list_imports(imports: ImportJobs, words: Words, *, limit: int, cursor: str, state: JobState | None) -> ImportList:
    """A page of imports; the cursor is a number."""
    before = int(cursor) if cursor else None
    found = imports.jobs.jobs(before=before, limit=limit + 1, kind=KIND, state=state)
    following = str(found[limit - 1].number) if len(found) > limit else None
    return ImportList(tuple(import_answer(job, words) for job in found[:limit]), following)


def list_issues(imports: ImportJobs, words: Words, id: str, *, limit: int, cursor: str) -> ImportIssues:
    """A page of what an import noticed; the cursor is a number. Raises NotFound."""
    find_import(imports, id)
    found = imports.jobs.issues(id, after=int(cursor or 0), limit=limit + 1)
    following = str(found[limit - 1][0]) if len(found) > limit else None
    return ImportIssues(tuple(_issue(issue, words) for _, issue in found[:limit]), following)


def list_schedules(imports: ImportJobs) -> ScheduleList:
    """All imports that come again."""
    return ScheduleList(tuple(map(_schedule_answer, imports.schedules.schedules())))


def list_sources() -> SourceList:
    """What can be imported."""
    return SourceList(tuple(importer_ids()), tuple(each.name for each in shipped_maps()))


def import_answer(job: Job, words: Words) -> ImportAnswer:
    """An import as people see it."""
    order, report = job.payload, job.report or {}
    return ImportAnswer(
        id=job.id,
        state=job.state,
        stage=job.stage,
        source=order["source"],
        dataset=str(report.get("dataset", order["dataset"])),
        title=str(report.get("title", order["title"])),
        url=order["url"],
        schedule=order["schedule"],
        files=tuple(StoredFile(**file) for file in order["files"]),
        asked_by=job.created_by,
        confirmed_by=job.confirmed_by,
        asked_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        attempts=job.attempts,
        cancelling=job.cancelling,
        done=job.progress.done,
        total=job.progress.total,
        message=words(job.progress.message),
        report=job.report,
        failure=_failure(job.error, words) if job.error else None,
    )


def _failure(error: Mapping[str, Any], words: Words) -> ImportFailure:
    place = Place(**error.get("place", {}))
    detail = describe_difference(error["expected"], error["found"], place, words)
    advice = words(ADVICE_ONLINE.get(error["code"], ""))
    return ImportFailure(error["code"], f"{detail}. {advice}" if advice else detail, error["expected"], error["found"])


def _issue(told: Mapping[str, Any], words: Words) -> ImportIssue:
    place = Place(**told["place"])
    issue = Issue(told["kind"], told["expected"], told["found"], place, told["note"])
    issue = replace(issue, suggestion=told.get("suggestion", ""), row_kept=told.get("row_kept", False))
    return ImportIssue(
        kind=issue.kind,
        label=issue_label(issue.kind, words),
        note=issue.note,
        detail=describe_issue(issue, words),
        file=place.file,
        table=place.table,
        line=place.line,
        column=place.column,
        expected=issue.expected,
        found=issue.found,
        suggestion=issue.suggestion,
        row_kept=issue.row_kept,
        nearest=describe_suggestion(issue.suggestion, words),
        effect=issue_effect(issue, words),
    )


def _schedule_answer(schedule: Schedule) -> ScheduleAnswer:
    order = schedule.payload
    return ScheduleAnswer(
        id=schedule.id,
        every=schedule.every,
        source=order["source"],
        dataset=order["dataset"],
        url=order["url"],
        asked_at=schedule.created_at,
        next_at=schedule.next_at,
        imported_at=schedule.imported_at,
        last_import=schedule.last_job,
    )
