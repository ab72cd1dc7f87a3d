"""The worker: imports are rehearsed, confirmed, written whole or not at all, and taken up again whatever happens."""

import io
import json
import logging
import os
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from clock import Time
from neo4j_server import Address
from web_server import answer, serving

from api.jobs import worker as worker_module
from api.jobs.imports import ImportJobs, ImportOrder, Stage
from api.jobs.leases import MOST_ATTEMPTS, Leases
from api.jobs.periodic import Periodic
from api.jobs.schedules import Every, Schedules
from api.jobs.table import Job, Jobs, JobState, Progress
from api.jobs.uploads import JobFiles
from api.jobs.worker import Done, Task, Worker
from api.state import StateDatabase
from graph_service.errors import GraphServiceError, InvalidValue, NotFound, StoreUnavailable
from graph_service.store.contract import GraphStore
from graph_service.store.open import open_store
from importers import run as run_module

LEASE = timedelta(seconds=30)
ACTORS = "Name;Art;Ort\nHaus der Jugend;youth-office;Bärenstadt\nVerein für alle;association;Seenstadt\n"


class House:
    """A whole service but for the web: state, files, store and a worker, with a clock of its own."""

    def __init__(self, folder: Path, store: GraphStore) -> None:
        self.time = Time()
        self.database = StateDatabase.within(folder / "state")
        self.jobs = Jobs(self.database, self.time)
        self.files = JobFiles(folder / "state", most_mb=5)
        self.schedules = Schedules(self.jobs, self.time)
        self.imports = ImportJobs(self.jobs, self.files, self.schedules, fetch_private=True, clock=self.time)
        self.store = store

    def worker(self, *tasks: Periodic, **kinds: Callable[[Task], Any]) -> Worker:
        leases = Leases(self.jobs, self.time, lease=LEASE)
        return Worker(
            self.jobs, {"import": self.imports.kind(lambda: self.store), **kinds}, tasks, leases=leases, clock=self.time
        )

    def upload(self, content: str | bytes = ACTORS, name: str = "traeger.csv", **order: Any) -> Job:
        id = f"job{len(self.jobs.jobs())}"
        raw = content.encode() if isinstance(content, str) else content
        files = self.files.keep(id, [(name, io.BytesIO(raw))])
        return self.imports.ask(ImportOrder(**{"source": "table", **order}, files=files), "ada", id)

    def work(self) -> None:
        self.worker().run(once=True)

    def names(self) -> list[str]:
        return self.store.read(lambda reader: sorted(str(node.name) for node in reader.nodes()))

    def state(self, job: Job) -> JobState:
        return self.jobs.job(job.id).state


both_stores = pytest.mark.parametrize(
    "house", ["sqlite", pytest.param("neo4j", marks=pytest.mark.neo4j)], indirect=True
)


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    address = Address(f"sqlite:///{tmp_path / 'graph.db'}")
    if getattr(request, "param", "sqlite") == "neo4j":
        address = request.getfixturevalue("empty_neo4j")
    with closing(open_store(address.url, password=address.password)) as store:
        made = House(tmp_path, store)
        with closing(made.database):
            yield made


def zipped(folder: Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    return packed.getvalue()


# --- rehearse, confirm, write


@both_stores
def test_an_import_is_rehearsed_and_changes_nothing_before_a_person_confirms_it(house: House, package: Path) -> None:
    job = house.upload(zipped(package), "bears.zip", source="package")
    house.work()
    waiting = house.jobs.job(job.id)
    assert waiting.state is JobState.CONFIRMING
    assert waiting.report is not None
    assert (waiting.report["dry_run"], waiting.report["new"] > 0, waiting.report["dataset"]) == (True, True, "bears")
    assert house.names() == []
    house.imports.confirm(job.id, "bea")
    house.work()
    done = house.jobs.job(job.id)
    assert done.state is JobState.DONE
    assert done.report is not None
    assert done.report["dry_run"] is False
    assert {name: done.report[name] for name in ("new", "read")} == {n: waiting.report[n] for n in ("new", "read")}
    assert "Seenkreis" in house.names()


@both_stores
def test_who_confirmed_an_import_stands_in_the_journal(house: House, package: Path) -> None:
    job = house.upload(zipped(package), "bears.zip", source="package")
    house.work()
    house.imports.confirm(job.id, "bea")
    house.work()
    (entry,) = house.store.read(lambda reader: reader.journal())
    assert (entry.dataset, entry.signature.author, entry.signature.origin) == ("bears", "bea", "import")


def test_what_an_import_notices_is_kept_and_comes_in_pages(house: House, package: Path) -> None:
    broken = package / "municipalities.csv"
    broken.write_text(broken.read_text("utf-8") + "90009,Ort,hamlet,,90,1\n90010,Ort,district,,90,x\n", "utf-8")
    job = house.upload(zipped(package), "bears.zip", source="package")
    house.work()
    failed = house.jobs.job(job.id)
    assert failed.state is JobState.FAILED
    assert failed.error is not None
    assert failed.error["code"] == "invalid-package"
    issues = house.jobs.issues(job.id)
    assert [(issue["place"]["line"], issue["place"]["column"]) for _, issue in issues] == [
        (10, "level"),
        (11, "population"),
    ]


def test_a_file_that_is_no_source_fails_with_what_was_expected(house: House) -> None:
    job = house.upload("nothing;here\n1;2\n", source="municipality-register")
    house.work()
    failed = house.jobs.job(job.id)
    assert failed.state is JobState.FAILED
    assert failed.error is not None
    assert failed.error["expected"]
    assert house.names() == []


def test_archives_are_checked_when_they_are_imported(house: House) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("datapackage.json", "{}")
        archive.writestr("../../escape.csv", "key,name\n")
    job = house.upload(packed.getvalue(), "evil.zip", source="package")
    house.work()
    assert house.state(job) is JobState.FAILED


def test_the_title_and_licence_that_a_person_states_describe_the_dataset(house: House) -> None:
    job = house.upload(dataset="traeger", title="Träger der Stadt", licence="CC-BY-4.0")
    house.work()
    house.imports.confirm(job.id, "ada")
    house.work()
    (status,) = house.store.read(lambda reader: reader.datasets())
    assert (status.dataset.id, status.dataset.title, status.dataset.licence) == (
        "traeger",
        "Träger der Stadt",
        "CC-BY-4.0",
    )


def test_another_licence_than_the_sources_own_is_not_believed(house: House, package: Path) -> None:
    descriptor = package / "datapackage.json"
    told = json.loads(descriptor.read_text("utf-8")) | {"licenses": [{"name": "CC-BY-NC-4.0"}]}
    descriptor.write_text(json.dumps(told), "utf-8")
    job = house.upload(zipped(package), "bears.zip", source="package", licence="CC0-1.0")
    house.work()
    failed = house.jobs.job(job.id)
    assert failed.error is not None
    assert (failed.error["expected"], failed.error["found"]) == (
        "a source under the licence that was stated",
        "CC-BY-NC-4.0",
    )


@pytest.mark.parametrize("id", ["curated", "vocabulary"])
def test_what_people_entered_by_hand_is_never_replaced_by_a_file(house: House, package: Path, id: str) -> None:
    with pytest.raises(InvalidValue):
        house.upload(dataset=id)
    descriptor = package / "datapackage.json"
    descriptor.write_text(json.dumps(json.loads(descriptor.read_text("utf-8")) | {"name": id}), "utf-8")
    job = house.upload(zipped(package), "bears.zip", source="package")
    house.work()
    assert house.state(job) is JobState.FAILED


@pytest.mark.parametrize(
    ("order", "error"),
    [
        ({"source": "nonsense"}, NotFound),
        ({"column_map": "../../../etc/passwd"}, NotFound),
        ({"column_map": "/etc/map.toml"}, NotFound),
        ({"source": "package", "column_map": "actors"}, InvalidValue),
        ({"dataset": "No Id"}, InvalidValue),
        ({"url": "file:///etc/passwd"}, InvalidValue),
    ],
)
def test_an_order_that_cannot_be_right_is_refused_at_once(order: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        ImportOrder(**{"source": "table", **order})


# --- cancelled, stopped, dead


def at_progress(monkeypatch: pytest.MonkeyPatch, what: Callable[[], None]) -> None:
    """Let something happen while the files are being read."""
    real = run_module._checked

    def checked(*given: Any) -> Any:
        what()
        return real(*given)

    monkeypatch.setattr(run_module, "_checked", checked)


def wait_until(true: Callable[[], bool]) -> None:
    ready = threading.Event()
    for _ in range(400):
        if true():
            return
        ready.wait(0.02)
    raise AssertionError("it never came true")


@both_stores
def test_a_cancelled_import_stops_and_writes_nothing(
    house: House, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = house.upload(zipped(package), "bears.zip", source="package")
    house.work()
    house.imports.confirm(job.id, "ada")
    at_progress(monkeypatch, lambda: house.jobs.cancel(job.id))
    house.work()
    assert house.state(job) is JobState.CANCELLED
    assert house.names() == []
    assert house.store.read(lambda reader: reader.revision()) == 0


def test_a_worker_that_is_stopped_gives_its_job_back_and_another_does_it(
    house: House, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = house.upload(zipped(package), "bears.zip", source="package")
    worker = house.worker()
    with monkeypatch.context() as patch:
        at_progress(patch, worker.stop)
        worker.run()
    given_back = house.jobs.job(job.id)
    assert (given_back.state, given_back.attempts) == (JobState.QUEUED, 0)
    house.work()
    assert house.state(job) is JobState.CONFIRMING


@both_stores
def test_a_worker_that_slept_too_long_writes_nothing_because_the_job_is_anothers_by_now(
    house: House, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = house.upload(zipped(package), "bears.zip", source="package")
    house.work()
    house.imports.confirm(job.id, "ada")
    taken: list[Job | None] = []

    def sleep() -> None:
        house.time.goes_on(minutes=5)
        taken.append(Leases(house.jobs, house.time).claim())

    with monkeypatch.context() as patch:
        at_progress(patch, sleep)
        house.work()
    assert [other.id for other in taken if other] == [job.id]
    assert house.names() == [], "the sleeper must not write"
    house.time.goes_on(minutes=5)
    house.work()
    assert house.state(job) is JobState.DONE


@both_stores
def test_a_job_that_was_written_but_not_ticked_off_is_done_again_without_harm(house: House, package: Path) -> None:
    job = house.upload(zipped(package), "bears.zip", source="package")
    house.work()
    house.imports.confirm(job.id, "ada")
    leases = Leases(house.jobs, house.time)
    claimed = leases.claim()
    assert claimed is not None
    with Task(claimed, leases, threading.Event()) as task:
        house.imports.kind(lambda: house.store)(task)
    names, revision = house.names(), house.store.read(lambda reader: reader.revision())
    house.time.goes_on(minutes=5)
    house.work()
    done = house.jobs.job(job.id)
    assert (done.state, done.attempts) == (JobState.DONE, 2)
    assert (house.names(), house.store.read(lambda reader: reader.revision())) == (names, revision)


@both_stores
@pytest.mark.parametrize("written", [True, False])
def test_a_job_cancelled_after_its_worker_died_ends_as_what_really_happened(
    house: House, package: Path, written: bool
) -> None:
    job = house.upload(zipped(package), "bears.zip", source="package")
    house.work()
    house.imports.confirm(job.id, "ada")
    leases = Leases(house.jobs, house.time)
    claimed = leases.claim()
    assert claimed is not None
    if written:
        with Task(claimed, leases, threading.Event()) as task:
            house.imports.kind(lambda: house.store)(task)
    house.jobs.cancel(job.id)
    house.time.goes_on(minutes=5)
    house.work()
    assert house.state(job) is (JobState.DONE if written else JobState.CANCELLED)
    assert bool(house.names()) is written


# --- trouble


def test_a_store_that_cannot_be_reached_is_tried_again_later_but_not_for_ever(house: House, package: Path) -> None:
    job = house.upload(zipped(package), "bears.zip", source="package")
    asked = []

    def gone() -> GraphStore:
        asked.append(house.time.now)
        raise StoreUnavailable("a server that answers")

    worker = house.worker(**{"import": house.imports.kind(gone)})
    for _ in range(10):
        worker.run(once=True)
        house.time.goes_on(minutes=2)
    failed = house.jobs.job(job.id)
    assert failed.error is not None
    assert (failed.state, failed.error["code"]) == (JobState.FAILED, "store-unavailable")
    assert len(asked) == MOST_ATTEMPTS
    house.jobs.retry(job.id)
    house.work()
    assert house.state(job) is JobState.CONFIRMING


def test_a_mistake_in_a_kind_of_job_ends_that_job_alone(house: House, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: Task) -> Done:
        raise ZeroDivisionError

    one, other = house.jobs.enqueue("broken", {}), house.jobs.enqueue("fine", {})
    worker = house.worker(broken=broken, fine=lambda task: Done({"ok": True}))
    worker.run(once=True)
    assert house.state(one) is JobState.FAILED
    assert house.state(other) is JobState.DONE
    assert "ZeroDivisionError" in caplog.text


def test_a_kind_of_job_that_is_not_known_fails(house: House) -> None:
    job = house.jobs.enqueue("unheard-of", {})
    house.work()
    assert house.state(job) is JobState.FAILED


def test_what_belongs_to_being_done_happens_with_it_or_not_at_all(house: House) -> None:
    def fail() -> None:
        raise GraphServiceError("x")

    job = house.jobs.enqueue("odd", {})
    worker = house.worker(odd=lambda task: Done({}, then=fail))
    with pytest.raises(GraphServiceError):
        worker.work_one()
    assert house.state(job) is JobState.RUNNING


def test_one_line_is_logged_for_a_job_with_ids_and_no_contents(
    house: House, package: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "api.jobs.worker")
    job = house.upload(zipped(package), "geheim.zip", source="package")
    house.work()
    (line,) = [record.getMessage() for record in caplog.records if record.name == "api.jobs.worker"]
    assert line.startswith(f"job={job.id} kind=import stage=check attempt=1 outcome=confirming seconds=")
    assert "geheim" not in line


def test_the_lease_is_renewed_and_progress_told_while_a_job_runs(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Leases, "pulse", 0.01)

    def slow(task: Task) -> Done:
        task.say("Reading")
        task.tick(3, 7)
        wait_until(lambda: house.jobs.job(task.job.id).progress == Progress(3, 7, "Reading"))
        for _ in range(3):
            before = until(house)
            house.time.goes_on(seconds=20)
            wait_until(lambda before=before: until(house) > before)
        return Done({})

    job = house.jobs.enqueue("slow", {})
    house.worker(slow=slow).work_one()
    assert house.state(job) is JobState.DONE


def until(house: House) -> datetime:
    with house.database.read() as connection:
        row = connection.execute("SELECT lease_until FROM job WHERE state = 'running'").fetchone()
        return datetime.fromisoformat(row[0])


def test_cancelling_is_noticed_at_the_next_progress(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Leases, "pulse", 0.01)

    def endless(task: Task) -> Done:
        house.jobs.cancel(task.job.id)
        for n in range(1000):
            task.tick(n, None)
            threading.Event().wait(0.01)
        return Done({})

    job = house.jobs.enqueue("endless", {})
    house.worker(endless=endless).work_one()
    assert house.state(job) is JobState.CANCELLED


# --- now and then


def test_tasks_run_when_they_are_due_once_over_all_workers_and_a_failing_one_stops_nobody(house: House) -> None:
    ran: list[str] = []

    def fail() -> None:
        raise ValueError("x")

    tasks = (
        Periodic("failing", timedelta(hours=1), fail),
        Periodic("hourly", timedelta(hours=1), lambda: ran.append("hourly")),
        Periodic("daily", timedelta(days=1), lambda: ran.append("daily")),
    )
    house.worker(*tasks).run(once=True)
    house.worker(*tasks).run(once=True)
    assert ran == ["hourly", "daily"]
    house.time.goes_on(minutes=61)
    house.worker(*tasks).run(once=True)
    assert ran == ["hourly", "daily", "hourly"]


def test_tasks_do_not_wait_for_a_long_job_and_a_busy_database_ends_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker_module, "IDLE_SECONDS", 0.01)
    ran: list[str] = []
    working = threading.Event()

    def long(task: Task) -> Done:
        working.set()
        wait_until(lambda: len(ran) >= 2)
        return Done({})

    def soon() -> None:
        working.wait(10)
        ran.append("soon")

    job = house.jobs.enqueue("long", {})
    worker = house.worker(Periodic("soon", timedelta(), soon), long=long)
    real = Leases.claim
    troubles = iter([StoreUnavailable("a database")])

    def claim(leases: Leases) -> Job | None:
        for trouble in troubles:
            raise trouble
        return real(leases)

    monkeypatch.setattr(Leases, "claim", claim)
    thread = threading.Thread(target=worker.run)
    thread.start()
    wait_until(lambda: house.state(job) is JobState.DONE)
    worker.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert "nothing could be done" in caplog.text


def test_files_are_kept_while_an_import_needs_them_and_removed_after(house: House, package: Path) -> None:
    house.time.now = datetime.now(UTC)
    done = house.upload(zipped(package), "bears.zip", source="package")
    house.work()
    house.imports.confirm(done.id, "ada")
    house.work()
    failed = house.upload("x;y\n", source="inkar")
    house.work()
    waiting = house.upload(zipped(package), "bears.zip", source="package")
    house.work()
    folder = house.database.path.parent / "imports"

    def tidy() -> list[str]:
        for each in folder.iterdir():
            os.utime(each, (0, 0))
        house.imports.tidy()
        return sorted(each.name for each in folder.iterdir())

    assert tidy() == sorted([failed.id, waiting.id])
    house.time.goes_on(days=15)
    assert tidy() == [waiting.id]
    house.time.goes_on(days=16)
    assert tidy() == []
    assert house.state(waiting) is JobState.CANCELLED
    house.time.goes_on(days=181)
    house.imports.tidy()
    assert house.jobs.jobs() == []


# --- from the web


def test_a_file_is_fetched_checked_and_imported_with_where_and_when_it_came_from(house: House) -> None:
    with serving({"/traeger.csv": answer(ACTORS.encode())}) as site:
        job = house.imports.ask(ImportOrder(source="table", dataset="traeger", url=f"{site}/traeger.csv"), "ada")
        assert job.stage == Stage.FETCH
        house.work()
        assert house.state(job) is JobState.CONFIRMING
        house.imports.confirm(job.id, "ada")
        house.work()
    (status,) = house.store.read(lambda reader: reader.datasets())
    assert status.dataset.url.endswith("/traeger.csv")
    assert status.dataset.retrieved_on == house.time.now.date()
    assert "Haus der Jugend" in house.names()


def test_a_file_with_another_checksum_than_stated_is_refused(house: House) -> None:
    with serving({"/traeger.csv": answer(ACTORS.encode())}) as site:
        order = ImportOrder(source="table", dataset="traeger", url=f"{site}/traeger.csv", sha256="0" * 64)
        job = house.imports.ask(order, "ada")
        house.work()
    failed = house.jobs.job(job.id)
    assert failed.error is not None
    assert failed.error["expected"] == "a file with the checksum that was stated"


def test_a_scheduled_import_comes_again_and_does_nothing_while_the_file_is_the_same(house: House) -> None:
    content = [ACTORS]
    with serving({"/traeger.csv": lambda request: answer(content[0].encode())(request)}) as site:
        order = ImportOrder(source="table", dataset="traeger", url=f"{site}/traeger.csv")
        schedule = house.schedules.add(Every.WEEKLY, order.payload, "ada")
        house.imports.queue_due()
        house.imports.queue_due()
        (first,) = house.jobs.jobs()
        house.work()
        house.time.goes_on(days=8)
        house.imports.queue_due()
        assert len(house.jobs.jobs()) == 1, "while the first waits for a person no second one is asked for"
        house.imports.confirm(first.id, "ada")
        house.work()
        house.time.goes_on(days=8)
        house.imports.queue_due()
        house.work()
        second = house.jobs.jobs()[0]
        assert second.state is JobState.DONE
        assert second.report is not None
        assert second.report["unchanged_file"] is True
        content[0] += "Neuer Verein;association;Seenstadt\n"
        house.time.goes_on(days=8)
        house.imports.queue_due()
        house.work()
        third = house.jobs.jobs()[0]
        assert third.state is JobState.CONFIRMING
        assert third.report is not None
        assert third.report["new"] > 0
    house.schedules.remove(schedule.id)
    house.time.goes_on(days=80)
    house.imports.queue_due()
    assert len(house.jobs.jobs()) == 3


def test_what_was_missed_while_nothing_ran_is_asked_for_once(house: House) -> None:
    order = ImportOrder(source="table", url="http://127.0.0.1:1/a.csv")
    house.schedules.add(Every.DAILY, order.payload, "ada")
    house.time.goes_on(days=30)
    house.imports.queue_due()
    house.imports.queue_due()
    assert len(house.jobs.jobs()) == 1
    (schedule,) = house.schedules.schedules()
    assert schedule.next_at == house.time.now + timedelta(days=1)


@pytest.mark.parametrize(
    ("every", "before", "after"),
    [
        (Every.DAILY, "2026-02-28", "2026-03-01"),
        (Every.WEEKLY, "2026-12-30", "2027-01-06"),
        (Every.MONTHLY, "2026-01-31", "2026-02-28"),
        (Every.MONTHLY, "2026-12-15", "2027-01-15"),
    ],
)
def test_the_next_time_is_a_day_a_week_or_a_month_later(every: Every, before: str, after: str) -> None:
    assert every.after(datetime.fromisoformat(before)) == datetime.fromisoformat(after)


def test_a_worker_waits_for_work_until_it_is_stopped(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "IDLE_SECONDS", 0.01)
    worker = house.worker(fine=lambda task: Done({}))
    thread = threading.Thread(target=worker.run)
    thread.start()
    job = house.jobs.enqueue("fine", {})
    wait_until(lambda: house.state(job) is JobState.DONE)
    worker.stop()
    thread.join(10)
    assert not thread.is_alive()
