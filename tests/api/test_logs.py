"""What a library logs does not stand beside the one line that says what is wrong."""

import os
import subprocess
import sys
from pathlib import Path


def test_a_server_that_does_not_answer_is_one_line() -> None:
    command = [sys.executable, "-m", "api.cli.main", "--store", "neo4j://127.0.0.1:1", "datasets"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 1
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert "Neo4j" in line


def test_a_compiler_at_work_does_not_fill_the_log(tmp_path: Path) -> None:
    code = "from api.logs import configure; configure('debug')"
    code += "; from matching.peers.loop import COMPILER; COMPILER.ready()"
    nothing_kept = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, env=nothing_kept, timeout=120, check=True)
    (line,) = ended.stderr.splitlines()
    assert b"scoring goes on with" in line
