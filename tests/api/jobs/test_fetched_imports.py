"""Files fetched from the web, once or again on a schedule; and a worker that waits for work."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from waiting import comes_true
from web_server import answer, serving

from api.jobs import worker as worker_module
from api.jobs.imports import ImportOrder, Stage
from api.jobs.schedules import Every
from api.jobs.table import JobState
from api.jobs.worker import Done
from tests.api.jobs.conftest import ACTORS, House


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
    assert every.after(_at_night(before)) == _at_night(after)


@pytest.mark.parametrize(
    ("every", "before", "after"),
    [
        (Every.DAILY, "2026-03-28", "2026-03-29"),
        (Every.WEEKLY, "2026-10-20", "2026-10-27"),
        (Every.MONTHLY, "2026-10-01", "2026-11-01"),
    ],
)
def test_a_nights_import_stays_at_night_when_the_clocks_change(every: Every, before: str, after: str) -> None:
    assert every.after(_at_night(before).astimezone(UTC)) == _at_night(after)


def _at_night(day: str) -> datetime:
    """Half past three at night by German clocks."""
    return datetime.combine(date.fromisoformat(day), time(3, 30), ZoneInfo("Europe/Berlin"))


def test_a_worker_waits_for_work_until_it_is_stopped(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "IDLE_SECONDS", 0.01)
    worker = house.worker(fine=lambda task: Done({}))
    thread = threading.Thread(target=worker.run)
    thread.start()
    job = house.jobs.enqueue("fine", {})
    assert comes_true(lambda: house.state(job) is JobState.DONE)
    worker.stop()
    thread.join(60)
    assert not thread.is_alive()
