"""A whole service but for the web, with a clock of its own."""

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from clock import Clock
from neo4j_server import Address

from api.jobs.imports import ImportJobs, ImportOrder
from api.jobs.leases import Leases
from api.jobs.periodic import Periodic
from api.jobs.schedules import Schedules
from api.jobs.table import Job, Jobs, JobState
from api.jobs.uploads import JobFiles
from api.jobs.worker import Task, Worker
from api.state import StateDatabase
from graph_service.store.contract import GraphStore
from graph_service.store.open import open_store

LEASE = timedelta(seconds=30)
ACTORS = "Name;Art;Ort\nHaus der Jugend;youth-office;Bärenstadt\nVerein für alle;association;Seenstadt\n"


class House:
    """A whole service but for the web: state, files, store and a worker, with a clock of its own."""

    def __init__(self, folder: Path, store: GraphStore) -> None:
        self.time = Clock()
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
