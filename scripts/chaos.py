"""Kills the service and the worker at random moments of imports and edits, and looks whether anything was lost.

    python -m scripts.chaos                    100 rounds on an SQLite store in a temporary folder
    python -m scripts.chaos --rounds 5 --actors 500 --seed 7
    python -m scripts.chaos --rounds 40 --aim write      wait for the moments in which the store is written

Every round imports another version of one dataset over HTTP, confirms it and edits by hand all the while; meanwhile
worker and service are killed (SIGKILL) and started again. After every kill the store must hold one whole version, the
old or the new one; in the end every edit and every import that was acknowledged must be there, once.
"""

import argparse
import io
import itertools
import json
import random
import statistics
import sys
import tempfile
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.chaos_house import PATIENCE, House, Lost

AT_WORK = 0.7
"""The share of kills that wait until the worker is at an import; the others come at any time."""
WORK_SECONDS = 0.8


@dataclass
class Figures:
    """What was done and found."""

    rounds: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    during: Counter[str] = field(default_factory=Counter)
    """In which state an import was when something was killed."""
    looked: int = 0
    again: int = 0
    """Stages of imports that a second or third worker ended."""
    retried: int = 0
    """Imports given up after three dead workers, and taken up again by a person."""
    edits: int = 0
    unanswered: int = 0
    seconds: list[float] = field(default_factory=list)


class Companion(threading.Thread):
    """Does something beside the rounds; what went wrong is raised when it is ended."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._ending = threading.Event()
        self._problem: Exception | None = None

    def work(self) -> None:
        """Go on until it is ended."""
        raise NotImplementedError

    def run(self) -> None:
        """Work, and keep what goes wrong."""
        try:
            self.work()
        except Exception as error:
            self._problem = error

    def end(self) -> None:
        """Have it end; raises what went wrong."""
        self._ending.set()
        self.join()
        if self._problem is not None:
            raise self._problem


class Editor(Companion):
    """Enters one record after the other, each until it is acknowledged, under one idempotency key."""

    def __init__(self, house: House, figures: Figures) -> None:
        super().__init__("editor")
        self.acknowledged: list[str] = []
        self._house = house
        self._figures = figures

    def work(self) -> None:
        """Enter records."""
        for number in itertools.count():
            if self._ending.wait(0.05):
                return
            self._enter(f"Edit {number}")

    def _enter(self, name: str) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            answer = self._house.send("POST", "/actors", json={"name": name}, headers={"Idempotency-Key": name})
            if answer.status_code in (200, 201):
                self.acknowledged.append(name)
                self._figures.edits += 1
                return
            time.sleep(0.2)
        raise Lost(f"{name} was never taken: {answer.status_code} {answer.text[:200]}")


class Killer(Companion):
    """Kills something now and then, looks at the store, and starts it again."""

    def __init__(
        self, house: House, figures: Figures, random: random.Random, allowed: tuple[str, str], aim: str
    ) -> None:
        super().__init__("killer")
        self.state: Callable[[], str] = lambda: ""
        self._house = house
        self._figures = figures
        self._random = random
        self._allowed = allowed
        self._aim = aim

    def work(self) -> None:
        """Kill a few times within the usual length of a round."""
        usual = statistics.median(self._figures.seconds) if self._figures.seconds else 6.0
        for _ in range(self._random.randint(1, 3)):
            if self._random.random() < AT_WORK:
                self._wait_for_work(usual)
                delay = self._random.uniform(0, WORK_SECONDS)
            else:
                delay = self._random.uniform(0, usual / 2)
            if self._ending.wait(delay):
                return
            victims = self._random.choice(("worker", "worker", "worker", "service", "both"))
            chosen = [p for p in (self._house.worker, self._house.service) if victims in (p.name, "both")]
            for process in chosen:
                process.kill()
            self._figures.kills[victims] += 1
            self._figures.during[self.state()] += 1
            self._house.whole(*self._allowed)
            self._figures.looked += 1
            for process in chosen:
                process.start()

    def _wait_for_work(self, most: float) -> None:
        """Wait until the worker is at an import, but not for ever."""
        until = time.monotonic() + most
        wanted = f"{self._aim}, running" if self._aim else "running"
        while not self.state().endswith(wanted) and time.monotonic() < until and not self._ending.wait(0.01):
            pass


def one_round(house: House, figures: Figures, random: random.Random, number: int, aim: str) -> None:
    """Import one more version while things die; raises Lost."""
    old, new = str(number - 1) if number > 1 else "", str(number)
    killer = Killer(house, figures, random, (old, new), aim)
    seen = ["asking"]
    killer.state = lambda: seen[0]
    begun = time.monotonic()
    killer.start()
    try:
        id = _ask(house, package(house.actors, number))
        job = _until(house, figures, id, seen, "confirming")
        figures.again += job["attempts"] > 1
        house.whole(old)
        _confirm(house, id)
        job = _until(house, figures, id, seen, "done")
        figures.again += job["attempts"] > 1
    finally:
        killer.end()
    house.whole(new)
    figures.rounds += 1
    figures.seconds.append(time.monotonic() - begun)


def package(actors: int, version: int) -> bytes:
    """An exchange package with so many actors, each named after the version."""
    rows = "".join(f"chaos-{i},Actor {i} v{version},{'words ' * 10}\n" for i in range(actors))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        resources = [{"name": "actors", "path": "actors.csv"}]
        archive.writestr("datapackage.json", json.dumps({"name": "chaos", "resources": resources}))
        archive.writestr("actors.csv", f"key,name,description\n{rows}")
    return packed.getvalue()


def _ask(house: House, content: bytes) -> str:
    """Bring a package until that is acknowledged. What was brought without an answer is cancelled: a person would."""
    earlier = {job["id"] for job in house.send("GET", "/imports").json()["imports"]}
    answer = house.send("POST", "/imports", data={"source": "package"}, files={"files": ("chaos.zip", content)})
    if answer.status_code != 202:
        raise Lost(f"an import was not taken: {answer.status_code} {answer.text[:300]}")
    id = str(answer.json()["id"])
    for job in house.send("GET", "/imports").json()["imports"]:
        if job["id"] not in earlier and job["id"] != id:
            house.send("POST", f"/imports/{job['id']}/cancel")
    return id


def _confirm(house: House, id: str) -> None:
    """Confirm; where an answer was lost the second one says that it is confirmed already."""
    answer = house.send("POST", f"/imports/{id}/confirm")
    if answer.status_code not in (202, 409):
        raise Lost(f"an import could not be confirmed: {answer.status_code} {answer.text[:300]}")


def _until(house: House, figures: Figures, id: str, seen: list[str], wanted: str) -> dict[str, Any]:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        answer = house.send("GET", f"/imports/{id}")
        if answer.status_code != 200:
            raise Lost(f"an acknowledged import is not there: {answer.status_code} {answer.text[:300]}")
        house.worker.check()
        job: dict[str, Any] = answer.json()
        seen[0] = f"{job['stage']}, {job['state']}"
        if job["state"] == wanted:
            return job
        if job["state"] == "failed" and job["failure"]["code"] == "job-crashed":
            house.send("POST", f"/imports/{id}/retry")
            figures.retried += 1
        elif job["state"] in ("failed", "cancelled"):
            raise Lost(f"an import was {job['state']}: {job['failure']}")
        time.sleep(0.03)
    raise Lost(f"an import never became {wanted}: {job}")


def run(rounds: int, actors: int, seed: int, folder: Path, aim: str = "") -> Figures:
    """Play all rounds; raises Lost."""
    figures = Figures()
    chance = random.Random(seed)  # noqa: S311 - no secret
    with closing(House(folder, actors)) as house:
        house.service.start()
        house.worker.start()
        house.send("GET", "/imports/sources")
        editor = Editor(house, figures)
        editor.start()
        try:
            for number in range(1, rounds + 1):
                one_round(house, figures, chance, number, aim)
                if sys.stderr.isatty():
                    print(f"round {number} of {rounds}: {sum(figures.kills.values())} kills", file=sys.stderr)
        finally:
            editor.end()
        house.undamaged()
        figures.unanswered = house.unanswered
        found = house.edited()
        lost = [name for name in editor.acknowledged if not found[name]]
        twice = [name for name, times in found.items() if times > 1]
        if lost or twice:
            raise Lost(f"edits lost: {lost[:5]}, entered twice: {twice[:5]}")
    return figures


def main() -> None:
    """Play, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--actors", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--aim", choices=("check", "write"), default="", help="kill at this stage of an import")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = run(given.rounds, given.actors, given.seed, Path(folder), given.aim)
    kills = ", ".join(f"{victims} {count}" for victims, count in sorted(figures.kills.items()))
    print(f"rounds: {figures.rounds} of {given.actors} records, median {statistics.median(figures.seconds):.1f} s")
    print(f"kills: {sum(figures.kills.values())} ({kills}); store looked at after each: whole {figures.looked} times")
    print("import was, when killed: " + ", ".join(f"{state} {n}" for state, n in figures.during.most_common()))
    print(f"stages ended by a second or third attempt: {figures.again}; retried by a person: {figures.retried}")
    print(f"requests that got no answer and were sent again: {figures.unanswered}")
    print(f"edits acknowledged: {figures.edits}; lost 0, entered twice 0")
    print("both databases undamaged; nothing acknowledged was lost")


if __name__ == "__main__":
    main()
