"""Gives tests a real Neo4j server: the one that is named, one in Docker, or one from Maven Central's jars.

``KOMPASS_TEST_NEO4J_URI`` names a server with an empty database, which the tests wipe (its password stands in
``KOMPASS_TEST_NEO4J_PASSWORD``). Where no server can be had the tests are skipped aloud, or fail if ``CI`` or
``KOMPASS_TEST_REQUIRE_NEO4J`` is set.
"""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import neo4j
import pytest
from neo4j.exceptions import AuthError, DriverError, Neo4jError

HERE = Path(__file__).parent / "neo4j"
IMAGE = "neo4j:5"
START_SECONDS = 300
HEAP = "1g"


class NoServer(Exception):
    """Why a way to get a server does not work here."""


class Server(Protocol):
    """A server of our own, on the loopback address."""

    port: int

    def start(self) -> None: ...

    def crash(self) -> None: ...

    def stop(self) -> None: ...


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(*arguments: str, seconds: float = 600) -> str:
    """Run a program; raises NoServer with its last words."""
    program = shutil.which(arguments[0])
    if program is None:
        raise NoServer(f"{arguments[0]} is not installed")
    try:
        done = subprocess.run([program, *arguments[1:]], capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise NoServer(f"{arguments[0]} did not answer within {seconds:g} s") from None
    output = (done.stdout + done.stderr).strip()
    if done.returncode:
        raise NoServer(f"{' '.join(arguments[:2])}: {output.splitlines()[-1] if output else done.returncode}")
    return output


def fetch_jars() -> Path:
    """The folder with Neo4j Community's jars, fetched once; raises NoServer."""
    version = re.search(r"<neo4j.version>(.+?)</", (HERE / "pom.xml").read_text("utf-8"))
    assert version is not None
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "buendniskompass-tests"
    jars = cache / f"neo4j-{version[1]}"
    if not jars.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as name:
            fresh = Path(name) / "jars"
            goal = ("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={fresh}")
            command("mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), *goal)
            try:
                fresh.rename(jars)
            except OSError:  # another run was faster
                assert jars.is_dir()
    return jars


@dataclass
class JarServer:
    """Neo4j Community as a process of ours; it ends when we do, because it reads our pipe."""

    folder: Path
    password: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until clients can connect; raises NoServer."""
        major = re.search(r'version "(\d+)', command("java", "-version"))
        if major is None or int(major[1]) < 17 or "jdk.compiler" not in command("java", "--list-modules"):
            raise NoServer("a JDK 17 is not installed (a JRE alone is not enough)")
        jars = fetch_jars()
        self.folder.mkdir(parents=True, exist_ok=True)
        log = self.folder / "server.log"
        settings = "".join(f"{name}={value}\n" for name, value in self.settings.items())
        (self.folder / "neo4j.conf").write_text(settings, "utf-8")
        arguments = [str(self.folder), str(self.port), "password" if self.password else "open"]
        java = shutil.which("java") or "java"
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [java, f"-Xmx{HEAP}", "-cp", str(jars / "*"), str(HERE / "Neo4jServer.java"), *arguments],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_SECONDS
        while b"ready" not in log.read_bytes():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.crash()
                raise NoServer(f"the server did not start: {log.read_text('utf-8', 'replace')[-500:]}")
            time.sleep(0.1)

    def crash(self) -> None:
        """End the process at once, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(60)
            assert self.process.stdin is not None
            self.process.stdin.close()

    def stop(self) -> None:
        """The data is thrown away with the test's folder: no need to ask kindly."""
        self.crash()


@dataclass
class DockerServer:
    """Neo4j Community in a container of ours."""

    password: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    container: str = ""

    def start(self) -> None:
        """Start and wait until clients can connect; raises NoServer."""
        if self.container:
            command("docker", "start", self.container)
        else:
            command("docker", "info", seconds=20)
            # without NEO4J_AUTH the image keeps the first password neo4j, to be changed at the first use
            settings = [] if self.password else ["-e", "NEO4J_AUTH=none"]
            for name, value in {"server.memory.heap.max_size": HEAP, **self.settings}.items():
                settings += ["-e", f"NEO4J_{name.replace('_', '__').replace('.', '_')}={value}"]
            # named by us: `docker run` may tell of fetching the image, too, and leaves one behind where a start fails
            self.container = f"kompass-test-{uuid.uuid4().hex[:12]}"
            port = ["-p", f"127.0.0.1:{self.port}:7687"]
            try:
                command("docker", "run", "-d", "--name", self.container, *port, *settings, IMAGE)
            except NoServer:
                self.stop()
                raise
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline:
                self.stop()
                raise NoServer("the container did not start")
            time.sleep(0.5)

    def _answers(self) -> bool:
        with neo4j.GraphDatabase.driver(f"bolt://127.0.0.1:{self.port}") as driver:
            try:
                driver.verify_connectivity()
            except AuthError:
                return True
            except (Neo4jError, DriverError, OSError):
                return False
        return True

    def crash(self) -> None:
        """End the server at once, as a power cut would."""
        command("docker", "kill", self.container)

    def stop(self) -> None:
        """Remove the container with its data."""
        if self.container:
            # where none was made, docker says so, and all is well
            with contextlib.suppress(NoServer):
                command("docker", "rm", "-f", "-v", self.container)
            self.container = ""


def start_server(folder: Path, *, password: bool = False, settings: Mapping[str, str] | None = None) -> Server:
    """Start a server of our own by the first way that works here; skips aloud, or fails where one is required."""
    reasons = []
    for server in (DockerServer(password, settings or {}), JarServer(folder, password, settings or {})):
        try:
            server.start()
        except NoServer as reason:
            reasons.append(str(reason))
        else:
            return server
    return _missing("; ".join(reasons))


def _missing(why: str) -> Server:
    text = f"no Neo4j server: {why}"
    if os.environ.get("CI", "").lower() not in ("", "0", "false") or os.environ.get("KOMPASS_TEST_REQUIRE_NEO4J"):
        pytest.fail(text)
    pytest.skip(text)


@dataclass(frozen=True)
class Address:
    """How to reach a server: the store's address and the password."""

    url: str
    password: str | None = None


@pytest.fixture(scope="session")
def neo4j_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """The server that all tests share; its database is wiped by each."""
    named = os.environ.get("KOMPASS_TEST_NEO4J_URI")
    if named:
        address = Address(named, os.environ.get("KOMPASS_TEST_NEO4J_PASSWORD"))
        with connected(address) as driver:
            (count,) = driver.execute_query("MATCH (n) WHERE NOT n:Store RETURN count(n)").records[0]
        if count:
            pytest.fail(f"KOMPASS_TEST_NEO4J_URI names a database with {count} nodes: the tests would wipe it")
        yield address
        wipe(address)
        return
    server = start_server(tmp_path_factory.mktemp("neo4j"))
    try:
        yield Address(f"neo4j://127.0.0.1:{server.port}")
    finally:
        server.stop()


def connected(address: Address) -> neo4j.Driver:
    """A driver beside the store, to look at the graph as others see it."""
    found = re.fullmatch(r"([a-z0-9+]+://)(?:([^@/]+)@)?([^/]+)(?:/(.*))?", address.url)
    assert found is not None
    auth = (found[2], address.password or "") if found[2] else None
    return neo4j.GraphDatabase.driver(found[1] + found[3], auth=auth, notifications_min_severity="OFF")


def wipe(address: Address) -> None:
    """Leave a database with nothing in it."""
    with connected(address) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n")


@pytest.fixture
def empty_neo4j(neo4j_address: Address) -> Address:
    """The shared server with nothing in its database."""
    wipe(neo4j_address)
    return neo4j_address


class Start(Protocol):
    """Starts a server that a test may crash: with a password or without, with any of Neo4j's settings."""

    def __call__(self, *, password: bool = False, settings: Mapping[str, str] | None = None) -> Server: ...


@pytest.fixture
def own_neo4j(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Servers of a test's own, stopped after it."""
    servers: list[Server] = []

    def start(*, password: bool = False, settings: Mapping[str, str] | None = None) -> Server:
        servers.append(start_server(tmp_path_factory.mktemp("own-neo4j"), password=password, settings=settings))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
