"""How tests come to a server by Docker: asked of a stand-in for `docker` that runs the real server."""

import os
import shutil
import sys
from pathlib import Path
from string import Template

import pytest
from neo4j_server import HERE, IMAGE, Address, DockerServer, NoServer, connected, fetch_jars

DOCKER = Template("""#!$python
import os, signal, subprocess, sys, pathlib, shutil
rest, home = sys.argv[1:], pathlib.Path('$home')
with open(home / "asked", "a") as log:
    print(*rest, file=log)

def begin(box):
    port = (box / "port").read_text()
    # a pipe that never ends stands for the container's life
    pipe = os.open(box / "alive", os.O_RDWR)
    command = ["java", "-Xmx512m", "-cp", '$jars' + "/*", '$source', str(box), port, "open"]
    with open(box / "log", "ab") as log:
        server = subprocess.Popen(command, stdin=pipe, stdout=log, stderr=log, start_new_session=True)
    (box / "pid").write_text(str(server.pid))

def end(box):
    try:
        os.kill(int((box / "pid").read_text()), signal.SIGKILL)
    except ProcessLookupError:
        pass

match rest[0]:
    case "info":
        pass
    case "run":
        box = home / rest[rest.index("--name") + 1]
        box.mkdir()
        (box / "neo4j.conf").touch()
        (box / "port").write_text(rest[rest.index("-p") + 1].split(":")[1])
        os.mkfifo(box / "alive")
        print("Unable to find image locally", file=sys.stderr)
        if (home / "broken").exists():
            sys.exit("docker: Error response from daemon: port is already allocated.")
        begin(box)
        print("0123456789ab")
        print("Status: Downloaded newer image", file=sys.stderr)
    case "start":
        begin(home / rest[1])
    case "kill":
        end(home / rest[1])
    case "rm":
        box = home / rest[-1]
        if (box / "pid").exists():
            end(box)
        shutil.rmtree(box)
""")


@pytest.fixture
def boxes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the stand-in's containers; `docker` is the stand-in."""
    if shutil.which("java") is None:
        pytest.skip("no Java: the stand-in for docker cannot run the server")
    try:
        jars = fetch_jars()
    except NoServer as reason:
        pytest.skip(f"no jars of Neo4j: {reason}")
    home = tmp_path / "boxes"
    home.mkdir()
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    source = HERE / "Neo4jServer.java"
    program.write_text(DOCKER.substitute(python=sys.executable, home=home, jars=jars, source=source), "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return home


def left(home: Path) -> list[str]:
    """Containers that are still there."""
    return [path.name for path in home.iterdir() if path.is_dir()]


def test_a_container_is_started_killed_started_again_with_its_data_and_removed(boxes: Path) -> None:
    server = DockerServer(settings={"db.memory.transaction.max": "20m"})
    server.start()
    try:
        address = Address(f"neo4j://127.0.0.1:{server.port}")
        with connected(address) as driver:
            driver.execute_query("CREATE (:Kept)")
        server.crash()
        server.start()
        with connected(address) as driver:
            assert driver.execute_query("MATCH (n:Kept) RETURN count(n)").records[0][0] == 1
        (name,) = left(boxes)
        assert server.container == name
    finally:
        server.stop()
    assert left(boxes) == []
    asked = (boxes / "asked").read_text().splitlines()
    run = next(line for line in asked if line.startswith("run"))
    assert f"-p 127.0.0.1:{server.port}:7687" in run
    assert "NEO4J_AUTH=none" in run
    assert "NEO4J_db_memory_transaction_max=20m" in run
    assert run.endswith(IMAGE)
    assert [line.split()[0] for line in asked] == ["info", "run", "kill", "start", "rm"]


def test_a_container_that_cannot_start_is_removed_and_the_reason_told(boxes: Path) -> None:
    (boxes / "broken").touch()
    with pytest.raises(NoServer, match="port is already allocated"):
        DockerServer().start()
    assert left(boxes) == []
