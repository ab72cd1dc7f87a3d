"""/imports: files are brought here; the worker rehearses them, a person confirms, the worker writes."""

from typing import Any

from flask import Response, url_for

from api.http.access import requires
from api.http.current import services, words
from api.http.receiving import FileBlueprint, takes_files
from api.http.viewer import Role, viewer
from api.jobs.schedules import Every
from api.jobs.table import Job, JobState
from api.json import to_json
from api.questions.imports import (
    ImportAnswer,
    ImportIssues,
    ImportList,
    ScheduleList,
    SourceList,
    ask_for_import,
    find_import,
    import_answer,
    list_imports,
    list_issues,
    list_schedules,
    list_sources,
)
from api.schemas.imports import ImportForm, ImportsQuery, NumberedPageQuery, import_order
from api.schemas.paging import link_next

imports = FileBlueprint(
    "imports", __name__, url_prefix="/imports", description="Bringing data in, checked and confirmed."
)

SCOPE = "import"


@imports.route("")
@requires(Role.OFFICE, SCOPE)
@imports.arguments(ImportsQuery, location="query")
@imports.answers(ImportList)
def list_all_imports(query: dict[str, Any]) -> ImportList:
    """List imports, the newest first."""
    state = JobState(query["state"]) if "state" in query else None
    found = list_imports(services().imports, words(), limit=query["limit"], cursor=query.get("cursor", ""), state=state)
    link_next(found.next)
    return found


@imports.route("", methods=["POST"])
@requires(Role.OFFICE, SCOPE)
@takes_files
@imports.arguments(ImportForm, location="files")
@imports.answers(ImportAnswer, 202)
def start_import(sent: dict[str, Any]) -> Response:
    """Bring files, or name where they lie. They are rehearsed first; nothing changes before the import is confirmed."""
    files = [(file.filename or "", file.stream) for file in sent["files"]]
    every = Every(sent["every"]) if "every" in sent else None
    return _accepted(ask_for_import(services().imports, import_order(sent), files, viewer().account, every))


@imports.route("/sources")
@imports.answers(SourceList)
def list_import_sources() -> SourceList:
    """List what can be imported."""
    return list_sources()


@imports.route("/schedules")
@requires(Role.OFFICE, SCOPE)
@imports.answers(ScheduleList)
def list_import_schedules() -> ScheduleList:
    """List the imports that come again."""
    return list_schedules(services().imports)


@imports.route("/schedules/<local:id>", methods=["DELETE"])
@requires(Role.OFFICE, SCOPE)
@imports.response(204)
def remove_import_schedule(id: str) -> None:
    """Ask an address no more; what was imported from there stays."""
    services().imports.schedules.remove(id)


@imports.route("/<local:id>")
@requires(Role.OFFICE, SCOPE)
@imports.answers(ImportAnswer)
def get_import(id: str) -> ImportAnswer:
    """Tell how an import stands: its state, its progress, its report."""
    return import_answer(find_import(services().imports, id), words())


@imports.route("/<local:id>/issues")
@requires(Role.OFFICE, SCOPE)
@imports.arguments(NumberedPageQuery, location="query")
@imports.answers(ImportIssues)
def list_import_issues(query: dict[str, Any], id: str) -> ImportIssues:
    """List what an import noticed, one by one."""
    found = list_issues(services().imports, words(), id, limit=query["limit"], cursor=query.get("cursor", ""))
    link_next(found.next)
    return found


@imports.route("/<local:id>/confirm", methods=["POST"])
@requires(Role.OFFICE, SCOPE)
@imports.answers(ImportAnswer, 202)
def confirm_import(id: str) -> Response:
    """Let a rehearsed import be written."""
    here = services().imports
    return _accepted(here.confirm(find_import(here, id).id, viewer().account))


@imports.route("/<local:id>/cancel", methods=["POST"])
@requires(Role.OFFICE, SCOPE)
@imports.answers(ImportAnswer, 202)
def cancel_import(id: str) -> Response:
    """Cancel an import; one that is running stops as soon as the worker notices. Nothing is written."""
    here = services().imports
    return _accepted(here.jobs.cancel(find_import(here, id).id))


@imports.route("/<local:id>/retry", methods=["POST"])
@requires(Role.OFFICE, SCOPE)
@imports.answers(ImportAnswer, 202)
def retry_import(id: str) -> Response:
    """Take up a failed import again where it failed."""
    here = services().imports
    return _accepted(here.jobs.retry(find_import(here, id).id))


def _accepted(job: Job) -> Response:
    """The job as it stands now, and where to look how it goes on."""
    response = Response(to_json(import_answer(job, words())), 202, content_type="application/json")
    response.headers["Location"] = url_for("imports.get_import", id=job.id)
    return response
