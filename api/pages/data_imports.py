"""Imports as pages: bring files or name an address, look at what would change, confirm, watch, read the report."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from api.http.access import requires
from api.http.current import services, words
from api.http.errors import STATUS
from api.http.receiving import takes_files
from api.http.viewer import Role, viewer
from api.jobs.imports import Stage
from api.jobs.periodic import attended
from api.jobs.schedules import Every
from api.jobs.table import Job, JobState
from api.jobs.uploads import SUFFIXES
from api.jobs.work import WATCHED_TASK
from api.language import N_
from api.messages import describe_error, issue_label
from api.pages.data_frame import HOME, tabs
from api.pages.frame import url_with
from api.pages.sign_in import refusal
from api.questions.imports import (
    ImportAnswer,
    ask_for_import,
    find_import,
    import_answer,
    list_imports,
    list_issues,
    list_schedules,
    list_sources,
)
from api.schemas.imports import ImportForm, import_order
from api.words.sources import SOURCES
from graph_service.errors import GraphServiceError, InvalidValue, Place

data_imports = Blueprint("data_imports", __name__, url_prefix=f"{HOME}/imports")

EACH = 25
STATES: Mapping[JobState, str] = {
    JobState.QUEUED: N_("waiting for the import service"),
    JobState.RUNNING: N_("being processed"),
    JobState.CONFIRMING: N_("waiting for your confirmation"),
    JobState.DONE: N_("imported"),
    JobState.FAILED: N_("failed"),
    JobState.CANCELLED: N_("cancelled"),
}
STEPS = (N_("File"), N_("Recognised"), N_("Preview"), N_("Import"), N_("Report"))
EVERY = {Every.DAILY: N_("every day"), Every.WEEKLY: N_("every week"), Every.MONTHLY: N_("every month")}
COUNTS = (
    ("read", N_("Rows read")),
    ("new", N_("New")),
    ("changed", N_("Changed")),
    ("unchanged", N_("Unchanged")),
    ("retired", N_("No longer in the source, removed")),
    ("skipped", N_("Skipped")),
)
FIELDS = ("source", "dataset", "column_map", "title", "licence", "url", "every")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of issue: how often, and whether rows were skipped for it."""

    id: str
    label: str
    count: str


@data_imports.get("")
@requires(Role.OFFICE)
def show_imports() -> str:
    """The form that begins one, those that come again, and those that were."""
    return _start()


def _start(problem: str = "", given: Mapping[str, str] | None = None) -> str:
    here, speak = services().imports, words()
    cursor = request.args.get("before", "")
    found = list_imports(here, speak, limit=EACH, cursor=cursor if cursor.isdigit() else "", state=None)
    sources = list_sources()
    return render_template(
        "data_imports.html",
        tabs=tabs(),
        imports=[(each, speak(STATES[each.state])) for each in found.imports],
        older=url_with(before=found.next) if found.next else "",
        schedules=[(each, speak(EVERY[each.every])) for each in list_schedules(here).schedules],
        sources=[
            (each, speak(SOURCES[each]).partition(":")[0] if each in SOURCES else each) for each in sources.sources
        ],
        column_maps=[(each, each) for each in sources.column_maps],
        every=[(each.value, speak(word)) for each, word in EVERY.items()],
        given=dict.fromkeys(FIELDS, "") | dict(given or {}),
        problem=problem,
        attended=_attended(),
        most_mb=here.files.most_bytes >> 20,
        endings=",".join(SUFFIXES),
    )


def _attended() -> bool:
    return attended(services().state, WATCHED_TASK)


@data_imports.post("")
@requires(Role.OFFICE)
@takes_files
def start_import() -> Response | tuple[str, int]:
    """Bring files, or name where they lie."""
    made: list[str] = []
    files = [each for each in request.files.getlist("files") if each.filename]
    unclear = _unclear(bool(files), bool(request.form.get("url", "").strip()))
    if unclear:
        return _start(unclear, request.form), STATUS[InvalidValue.code]

    def ask() -> None:
        said = [(name, request.form[name].strip()) for name in FIELDS if request.form.get(name, "").strip()]
        try:
            sent = ImportForm().load(MultiDict(said))
        except ValidationError as error:
            name = str(next(iter(error.messages), ""))
            raise InvalidValue("a value that fits", request.form.get(name, ""), Place(column=name)) from None
        every = Every(sent["every"]) if "every" in sent else None
        brought = [(each.filename or "", each.stream) for each in files]
        made.append(ask_for_import(services().imports, import_order(sent), brought, viewer().account, every).id)

    error = refusal(ask)
    if error:
        return _start(_sentence(error), request.form), STATUS[error.code]
    return redirect(f"{HOME}/imports/{made[0]}", 303)


def _unclear(files: bool, address: bool) -> str:
    """What is missing or too much, where it is not said what to import."""
    if files and address:
        return words()("You chose files and gave an address, too. Leave one of them out.")
    return "" if files or address else words()("No file is chosen. Choose a file on this computer, or give an address.")


def _sentence(error: GraphServiceError) -> str:
    return describe_error(error, words())


@data_imports.get("/<local:id>")
@requires(Role.OFFICE)
def show_import(id: str) -> str:
    """One import: the step it is at, what it would change or has changed, and what was noticed."""
    return _page(id)


def _page(id: str, problem: str = "") -> str:
    here, speak = services().imports, words()
    found = import_answer(find_import(here, id), speak)
    cursor = request.args.get("after", "")
    issues = list_issues(here, speak, id, limit=EACH, cursor=cursor if cursor.isdigit() else "")
    at = _at(found)
    waiting = found.state in (JobState.QUEUED, JobState.RUNNING)
    standing = f"{found.state}-{found.stage}"
    report = found.report or {}
    return render_template(
        "data_import.html",
        tabs=tabs(),
        one=found,
        standing=standing,
        # whoever listens is told what is new, not the same every two seconds
        news=request.args.get("seen") != standing,
        address=f"{HOME}/imports/{id}",
        name=found.title or found.dataset or ", ".join(file.name for file in found.files) or found.url,
        state=speak(STATES[found.state]),
        steps=[(speak(word), number < at, number == at) for number, word in enumerate(STEPS)],
        waiting=waiting,
        attended=not waiting or found.state is JobState.RUNNING or _attended(),
        source=speak(SOURCES.get(found.source, found.source)),
        counts=[(speak(word), report[name]) for name, word in COUNTS if name in report],
        nothing_new=not any(report.get(name) for name in ("new", "changed", "retired")),
        kinds=_kinds(report),
        issues=[(each, speak.finding(each.found)) for each in issues.issues],
        first="after" in request.args,
        following=url_with(after=issues.next, seen=None) if issues.next else "",
        who={each: _name(each) for each in (found.asked_by, found.confirmed_by) if each},
        problem=problem,
    )


def _at(found: ImportAnswer) -> int:
    """The number of the step that an import is at."""
    match found.state:
        case JobState.CONFIRMING:
            return 2
        case JobState.DONE:
            return 4
        case JobState.QUEUED | JobState.RUNNING | JobState.FAILED | JobState.CANCELLED:
            return {Stage.FETCH: 0, Stage.CHECK: 1, Stage.WRITE: 3}[Stage(found.stage)]


def _kinds(report: Mapping[str, object]) -> list[Kind]:
    counts = report.get("issues")
    if not isinstance(counts, dict):
        return []
    return [Kind(kind, issue_label(kind, words()), words().number(count)) for kind, count in counts.items()]


def _name(account: str) -> str:
    if account == viewer().account:
        return words()("You")
    known = services().accounts.registry
    error = refusal(lambda: known.get(account))
    return words()("an account that was erased") if error else (known.get(account).name or known.get(account).email)


def _done(id: str, action: str) -> Response | tuple[str, int]:
    """Do something to an import, and go back to its page."""
    here = services().imports
    job = find_import(here, id)
    if _is_so(job, action):
        return redirect(f"{HOME}/imports/{id}", 303)

    def act() -> None:
        match action:
            case "confirm":
                here.confirm(job.id, viewer().account)
            case "cancel":
                here.jobs.cancel(job.id)
            case "retry":
                here.jobs.retry(job.id)

    error = refusal(act)
    if error:
        speak = words()
        return _page(
            id, speak("It is further on by now: {state}.", state=speak(STATES[find_import(here, id).state]))
        ), STATUS[error.code]
    return redirect(f"{HOME}/imports/{id}", 303)


def _is_so(job: Job, action: str) -> bool:
    """Whether it was done already: by a second click, or in another window."""
    match action:
        case "confirm":
            return job.confirmed_by is not None and job.state is not JobState.CONFIRMING
        case "cancel":
            return job.cancelling or job.state is JobState.CANCELLED
        case _:
            return job.state in (JobState.QUEUED, JobState.RUNNING)


@data_imports.post("/<local:id>/confirm")
@requires(Role.OFFICE)
def confirm_import(id: str) -> Response | tuple[str, int]:
    """Let a rehearsed import be written."""
    return _done(id, "confirm")


@data_imports.post("/<local:id>/cancel")
@requires(Role.OFFICE)
def cancel_import(id: str) -> Response | tuple[str, int]:
    """Decide against an import."""
    return _done(id, "cancel")


@data_imports.post("/<local:id>/retry")
@requires(Role.OFFICE)
def retry_import(id: str) -> Response | tuple[str, int]:
    """Take up a failed import where it failed."""
    return _done(id, "retry")


@data_imports.post("/schedules/<local:id>/removed")
@requires(Role.OFFICE)
def remove_schedule(id: str) -> Response:
    """Ask an address no more."""
    services().imports.schedules.remove(id)
    return redirect(f"{HOME}/imports#schedules", 303)
