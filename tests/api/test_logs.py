"""What a library logs does not stand beside the one line that says what is wrong."""

import subprocess
import sys


def test_a_server_that_does_not_answer_is_one_line() -> None:
    command = [sys.executable, "-m", "api.cli.main", "--store", "neo4j://127.0.0.1:1", "datasets"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 1
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert "Neo4j" in line
