"""Many readers at once on the whole country: how long they wait, whether anything fails, and how much memory it takes.

The client runs on the same machine and takes its share of the processors, so a service alone is faster than this.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from graph_service.store.open import open_store
from scripts.bench_growth import grow
from scripts.bench_readers import Seen, read_on
from scripts.figures import Figure, duration, table

USERS = (50, 500)
SECONDS = 20.0
WORKERS = 2
EDIT_EVERY = 15.0
"""Seconds between two changes by an editor, after each of which nothing that was answered holds any more."""
EDITOR = "editor@example.org"


@dataclass(frozen=True, slots=True)
class Load:
    """What is measured: for how long, on which store (a file of its own where none is named), with how many actors."""

    seconds: float = SECONDS
    store: str = ""
    times: int = 1
    users: tuple[int, ...] = USERS


@dataclass
class Memory:
    """What all processes of the service held, in MB, second by second."""

    samples: list[float] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    """Open files."""

    def __str__(self) -> str:
        third = max(len(self.samples) // 3, 1)
        first, last = max(self.samples[:third]), max(self.samples[-third:])
        told = f"{max(self.samples):,.0f} MB at most; {first:,.0f} in the first third, {last:,.0f} in the last"
        return f"{told}; {max(self.files)} open files"


@dataclass(frozen=True, slots=True)
class Running:
    """A service that answers."""

    port: int
    pid: int
    first_answer: float
    busy: float
    """Seconds of processor time until the first answer: what does not depend on who else uses the machine."""
    token: str

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"


def bench_load(load: Load | None = None) -> Iterator[Figure]:
    """Serve the sample from a file; or from the named store, which is filled with it where it is empty."""
    load = load or Load()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = f"sqlite:///{folder}/kompass.db"
        environment = newcomer(folder)
        if not load.store or _is_empty(load.store):
            kompass(environment, "--store", file, "demo")
            if load.times > 1:
                store = open_store(file)
                yield Figure("actors", "", f"{grow(store, load.times):,}", f"{load.times} times the sample's")
                store.close()
            if load.store:
                kompass(environment, "copy", file, load.store)
        yield from _loaded(load.store or file, environment, load)


def _is_empty(url: str) -> bool:
    store = open_store(url, password=os.environ.get("KOMPASS_NEO4J_PASSWORD", ""))
    try:
        return not store.read(lambda reader: reader.keys())
    finally:
        store.close()


def newcomer(folder: Path) -> dict[str, str]:
    """An environment without settings, in which Python keeps what it has compiled, as it does for everybody."""
    kept = {k: v for k, v in os.environ.items() if k == "KOMPASS_NEO4J_PASSWORD" or not k.startswith("KOMPASS_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {"KOMPASS_STATE": str(folder / "state"), "PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def _loaded(store: str, environment: Mapping[str, str], load: Load) -> Iterator[Figure]:
    what = "Neo4j" if store.startswith(("neo4j", "bolt")) else "SQLite"
    token = _editor(environment, store)
    with service(environment, store, token) as running:
        yield Figure(
            f"{what}: first answer after the first start",
            "",
            duration(running.first_answer),
            f"compiles, {running.busy:.1f} s of processor time",
        )
    with service(environment, store, token) as running:
        yield Figure(
            f"{what}: first answer after the start",
            "2 s",
            duration(running.first_answer),
            f"{WORKERS} workers, {running.busy:.1f} s of processor time",
        )
        for users in load.users:
            memory, stop, edits = Memory(), threading.Event(), list[int]()
            beside = [
                threading.Thread(target=_watch, args=(running.pid, memory, stop)),
                threading.Thread(target=_edit, args=(running, stop, edits)),
            ]
            for each in beside:
                each.start()
            seen = asyncio.run(read_on(running.port, users, load.seconds))
            stop.set()
            for each in beside:
                each.join()
            yield from _told(what, users, seen, edits, memory, load)


def _told(what: str, users: int, seen: Seen, edits: list[int], memory: Memory, load: Load) -> Iterator[Figure]:
    target = "p95 < 100 ms, no error" if users == USERS[0] else "no error"
    told = ", ".join(f"p{round(s * 100)} {duration(seen.percentile(s))}" for s in (0.5, 0.95, 0.99))
    told += f", longest {duration(seen.percentile(1))}"
    refused = sum(status >= 400 for status in edits)
    rate = f"{len(seen.waits) / load.seconds:,.0f} answers/s, {seen.failures} failed of {len(seen.waits):,}"
    rate += f"; {len(edits)} changes meanwhile, {refused} failed"
    yield Figure(f"{what}: {users} readers for {load.seconds:.0f} s", target, told, rate)
    yield Figure(f"{what}: memory with {users} readers", "< 600 MB", str(memory), "all processes, shared counted once")


def kompass(environment: Mapping[str, str], *args: str, said: str = "") -> str:
    """What a command of ours prints, for a newcomer; raises CalledProcessError."""
    command = [sys.executable, "-m", "api.cli.main", *args]
    done = subprocess.run(command, check=True, env=environment, input=said, capture_output=True, text=True)
    return done.stdout


def _editor(environment: Mapping[str, str], store: str) -> str:
    """The token of somebody who changes the graph."""
    password = "a long one for measuring, nobody's own"  # noqa: S105  # of an account that lives for this run
    kompass(environment, "--store", store, "user", "add", EDITOR, "--role", "office", said=f"{password}\n{password}\n")
    scopes = ("--scope", "write", "--scope", "office")
    made = kompass(environment, "--store", store, "token", "create", EDITOR, "--name", "load", *scopes)
    return made.split()[-1]


@contextlib.contextmanager
def service(environment: Mapping[str, str], store: str, token: str) -> Iterator[Running]:
    """The service, once it has answered."""
    command = [sys.executable, "-m", "api.cli.main", "--store", store, "serve", "--port", "0"]
    began = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--workers", str(WORKERS)], stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        found = re.search(r"http://[^:]+:(\d+)/", line)
        if found is None:
            raise RuntimeError(f"the service did not start: {line}")
        port = int(found[1])
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=600).read()
        yield Running(port, process.pid, time.perf_counter() - began, _busy(process.pid), token)
    finally:
        process.terminate()
        process.wait(60)


def _watch(pid: int, memory: Memory, stop: threading.Event) -> None:
    while not stop.wait(1):
        memory.samples.append(_memory(pid))
        memory.files.append(sum(len(os.listdir(f"/proc/{each}/fd")) for each in _family(pid)))  # noqa: PTH208  # counted


def _edit(running: Running, stop: threading.Event, statuses: list[int]) -> None:
    """Enter an actor now and then."""
    while not stop.wait(EDIT_EVERY):
        body = json.dumps({"name": f"Verein {time.time_ns()}", "municipality": "08119"})
        headers = {"Authorization": f"Bearer {running.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{running.url}/api/v1/actors", body.encode(), headers)  # noqa: S310  # our own address
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own address
                statuses.append(answer.status)
        except urllib.error.HTTPError as error:
            statuses.append(error.code)


def _family(pid: int) -> list[int]:
    """A process and its children. Needs Linux."""
    return [pid, *(int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split())]


def _busy(pid: int) -> float:
    """Seconds of processor time that a process and its children have used."""
    told = [Path(f"/proc/{each}/stat").read_text("utf-8").rpartition(")")[2].split() for each in _family(pid)]
    return sum(int(each[11]) + int(each[12]) for each in told) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> float:
    """What a process and its children hold together, in MB; pages that they share count once."""
    total = 0
    for each in _family(pid):
        found = re.search(r"(?m)^Pss: +(\d+) kB", Path(f"/proc/{each}/smaps_rollup").read_text("utf-8"))
        total += int(found[1]) if found else 0
    return total / 1024


def load_options(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument("--minutes", type=float, default=SECONDS / 60, help="load: how long each number asks")
    parser.add_argument("--store", default="", help="load: a store to serve, filled with the sample where it is empty")
    parser.add_argument("--times", type=int, default=1, help="load: so many times the sample's actors")
    parser.add_argument("--users", type=int, nargs="+", default=list(USERS), help="load: readers at once")


def main() -> None:
    """Measure with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    load_options(parser)
    given = parser.parse_args()
    for line in table(bench_load(Load(given.minutes * 60, given.store, given.times, tuple(given.users)))):
        print(line, flush=True)


if __name__ == "__main__":
    main()
