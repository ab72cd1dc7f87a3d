"""What the worker of an installation does: its kinds of jobs, and what is to be done now and then."""

import logging
from collections.abc import Callable
from datetime import timedelta

from api.jobs.imports import KIND
from api.jobs.leases import LEASE, Leases
from api.jobs.periodic import Periodic
from api.jobs.worker import Worker
from api.mail.contact_mail import contacts
from api.mail.notice_mail import tell_all
from api.mail.outbox import Postman
from api.services import Services

log = logging.getLogger(__name__)

WATCHED_TASK = "mail"
"""The task that comes most often: whether it is overdue tells whether a worker runs."""


def due_imports(services: Services) -> Periodic:
    """Queue scheduled imports."""
    return Periodic("due-imports", timedelta(minutes=1), services.imports.queue_due)


def tidy_imports(services: Services) -> Periodic:
    """Forget old jobs and remove files that nothing needs any more."""
    return Periodic("tidy-imports", timedelta(hours=1), services.imports.tidy)


def send_mail(services: Services) -> Periodic:
    """Hand waiting mails to the mail server, where there is one."""
    return Periodic(WATCHED_TASK, timedelta(seconds=20), lambda: send_waiting(services))


def tell(services: Services) -> Periodic:
    """Put into the mail queue what people asked to be told."""
    return Periodic("notices", timedelta(hours=3), lambda: log_told(tell_all(services)))


def log_told(count: int) -> None:
    """Say how many mails were written."""
    if count:
        log.info("%d notices to be mailed", count)


def forget(services: Services) -> Periodic:
    """Forget sessions, links, tokens, events and messages whose time is over."""

    def sweep() -> None:
        gone = {**services.accounts.records.sweep(), "contacts": contacts(services).sweep()}
        if any(gone.values()):
            log.info("forgotten: %s", ", ".join(f"{count} {table}" for table, count in gone.items() if count))

    return Periodic("forget", timedelta(hours=6), sweep)


PERIODIC: tuple[Callable[[Services], Periodic], ...] = (due_imports, tidy_imports, tell, send_mail, forget)
"""The tasks that come again; each takes seconds."""


def send_waiting(services: Services) -> None:
    """Send what waits."""
    if services.settings.mail:
        Postman(services.mails, services.settings.mail).round()


def make_worker(services: Services, *, lease: timedelta = LEASE) -> Worker:
    """The worker of an installation; raises StoreError."""
    imports = services.imports
    kinds = {KIND: imports.kind(lambda: services.store)}
    tasks = [task(services) for task in PERIODIC]
    return Worker(imports.jobs, kinds, tasks, leases=Leases(imports.jobs, lease=lease))
