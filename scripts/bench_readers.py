"""Readers who ask a service one question after the other, all at once, and how long each waited."""

import asyncio
import re
import time
from dataclasses import dataclass, field

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


@dataclass
class Seen:
    """What the readers saw."""

    waits: list[float] = field(default_factory=list)
    failures: int = 0

    def percentile(self, share: float) -> float:
        """How long this share of the questions waited at most."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


async def read_on(port: int, users: int, seconds: float) -> Seen:
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
                writer.write(
                    f"GET {path_of(turn)} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode()
                )
                status = await _answer(reader)
                seen.waits.append(time.perf_counter() - began)
                seen.failures += status >= 400
            writer.close()
        except (OSError, asyncio.IncompleteReadError):
            seen.failures += 1


def path_of(turn: int) -> str:
    """What is asked at a turn."""
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
