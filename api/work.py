"""What the worker of an installation does: its kinds of jobs, and what is to be done now and then."""

from collections.abc import Callable
from datetime import timedelta

from api.import_jobs import KIND
from api.leases import LEASE, Leases
from api.periodic import Periodic
from api.services import Services
from api.worker import Worker


def due_imports(services: Services) -> Periodic:
    """Queue scheduled imports."""
    return Periodic("due-imports", timedelta(minutes=1), services.imports.queue_due)


def tidy_imports(services: Services) -> Periodic:
    """Forget old jobs and remove files that nothing needs any more."""
    return Periodic("tidy-imports", timedelta(hours=1), services.imports.tidy)


PERIODIC: tuple[Callable[[Services], Periodic], ...] = (due_imports, tidy_imports)
"""The tasks that come again; each takes seconds."""


def make_worker(services: Services, *, lease: timedelta = LEASE) -> Worker:
    """The worker of an installation; raises StoreError."""
    imports = services.imports
    kinds = {KIND: imports.kind(lambda: services.store)}
    tasks = [task(services) for task in PERIODIC]
    return Worker(imports.jobs, kinds, tasks, leases=Leases(imports.jobs, lease=lease))
