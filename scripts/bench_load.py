"""Many readers at once on the whole country: how long they wait, whether anything fails, and how much memory it takes.

The client runs on the same machine and takes its share of the processors, so a service alone is faster than this.
"""

import asyncio
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scripts.figures import Figure, duration

PATHS = (
    "/",
    "/municipalities/08119/peers",
    "/practices",
    "/api/v1/municipalities/08119",
    "/api/v1/municipalities/08119/peers",
    "/api/v1/municipalities/09162/peers?lens=young-refugees",
    "/api/v1/search?q=Rems",
    "/api/v1/indicators",
    "/api/v1/municipalities?limit=50",
)
"""What is asked, one after the other; every tenth question is about another municipality, which nobody asked before."""
FRESH = 10
USERS = (50, 500)
SECONDS = 20.0
WORKERS = 2


@dataclass
class Seen:
    """What the readers saw."""

    waits: list[float] = field(default_factory=list)
    failures: int = 0

    def percentile(self, share: float) -> float:
        """How long this share of the questions waited at most."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def bench_load() -> Iterator[Figure]:
    """Serve the sample from a file, and from Neo4j where KOMPASS_TEST_NEO4J_URI names an empty one."""
    with tempfile.TemporaryDirectory() as folder:
        file = f"sqlite:///{folder}/kompass.db"
        _kompass("--store", file, "demo")
        yield from _loaded("SQLite", file)
        neo4j = os.environ.get("KOMPASS_TEST_NEO4J_URI")
        if neo4j:
            _kompass("copy", file, neo4j)
            yield from _loaded("Neo4j", neo4j)
        else:
            yield Figure("the same on Neo4j", "", "not measured: KOMPASS_TEST_NEO4J_URI names no server")


def _loaded(what: str, store: str) -> Iterator[Figure]:
    with _service(store) as (port, pid, first):
        yield Figure(f"{what}: first answer after the start", "2 s", duration(first), f"{WORKERS} workers")
        for users in USERS:
            seen = asyncio.run(_readers(port, users, SECONDS))
            target = "p95 < 100 ms, no error" if users == USERS[0] else "no error"
            told = ", ".join(f"p{round(s * 100)} {duration(seen.percentile(s))}" for s in (0.5, 0.95, 0.99))
            rate = f"{len(seen.waits) / SECONDS:,.0f} answers/s, {seen.failures} failed of {len(seen.waits):,}"
            yield Figure(f"{what}: {users} readers for {SECONDS:.0f} s", target, told, rate)
        yield Figure(
            f"{what}: memory of all its processes", "< 600 MB", f"{_memory(pid):,.0f} MB", "shared counted once"
        )


def _kompass(*args: str) -> None:
    command = [sys.executable, "-m", "api.cli.main", *args]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextlib.contextmanager
def _service(store: str) -> Iterator[tuple[int, int, float]]:
    """The service; its port, process and how long the first answer took."""
    command = [sys.executable, "-m", "api.cli.main", "--store", store, "serve", "--port", "0"]
    began = time.perf_counter()
    process = subprocess.Popen([*command, "--workers", str(WORKERS)], stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        found = re.search(r"http://[^:]+:(\d+)/", line)
        if found is None:
            raise RuntimeError(f"the service did not start: {line}")
        port = int(found[1])
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60).read()
        yield port, process.pid, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(60)


async def _readers(port: int, users: int, seconds: float) -> Seen:
    """So many readers, each asking again as soon as it was answered."""
    seen = Seen()
    until = time.perf_counter() + seconds
    async with asyncio.TaskGroup() as group:
        for number in range(users):
            group.create_task(_reader(port, number, until, seen))
    return seen


async def _reader(port: int, number: int, until: float, seen: Seen) -> None:
    turn = number
    while time.perf_counter() < until:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            while time.perf_counter() < until:
                turn += 1
                began = time.perf_counter()
                writer.write(f"GET {_path(turn)} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode())
                status = await _answer(reader)
                seen.waits.append(time.perf_counter() - began)
                seen.failures += status >= 400
            writer.close()
        except (OSError, asyncio.IncompleteReadError):
            seen.failures += 1


def _path(turn: int) -> str:
    if turn % FRESH:
        return PATHS[turn % len(PATHS)]
    return f"/api/v1/municipalities/08119/peers?limit=10&population_to={1 + turn % 9_000 / 100:g}"


async def _answer(reader: asyncio.StreamReader) -> int:
    """Read one answer whole; its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    length = re.search(r"(?im)^content-length: *(\d+)", head)
    if length is None:
        while (size := int((await reader.readline()).split(b";")[0], 16)) > 0:
            await reader.readexactly(size + 2)
        await reader.readline()
    else:
        await reader.readexactly(int(length[1]))
    return int(head.split(" ", 2)[1])


def _memory(pid: int) -> float:
    """What a process and its children hold together, in MB; pages that they share count once. Needs Linux."""
    family = [pid, *(int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split())]
    total = 0
    for each in family:
        found = re.search(r"(?m)^Pss: +(\d+) kB", Path(f"/proc/{each}/smaps_rollup").read_text("utf-8"))
        total += int(found[1]) if found else 0
    return total / 1024
