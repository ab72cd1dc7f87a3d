"""A service gives memory back, so that it stays as small as what it holds."""

import subprocess
import sys

import pytest

from api import memory
from api.http.caching import EACH, AnswerCache

MEASURED = """
import re, threading
from api.memory import give_back, share_heaps

def held():
    return int(re.search(r"RssAnon:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024

share_heaps()
kept = []

def work():
    much = [bytes(1000 + i % 7) for i in range(100_000)]
    kept.append(much[-1])  # what lies last keeps the C library from giving back what lies before

thread = threading.Thread(target=work)
thread.start()
thread.join()
before = held()
give_back()
print(before - held())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_what_is_free_between_things_that_are_kept_goes_back_to_the_system() -> None:
    done = subprocess.run([sys.executable, "-c", MEASURED], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 50


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_glibc", lambda: None)
    memory.share_heaps()
    memory.give_back()


def test_answers_of_an_earlier_revision_are_not_kept_beside_those_of_a_new_one() -> None:
    cache = AnswerCache()
    cache.keep("first", 1, b"old", {})
    assert cache.find("first") == (b"old", {})
    cache.keep("second", 2, b"new", {})
    assert cache.find("first") is None
    assert cache.find("second") == (b"new", {})


def test_the_least_recently_asked_answers_make_room() -> None:
    cache = AnswerCache(most_bytes=2 * (EACH + 10))
    for name in ("first", "second"):
        cache.keep(name, 1, bytes(10), {})
    cache.find("first")
    cache.keep("third", 1, bytes(10), {})
    assert [name for name in ("first", "second", "third") if cache.find(name)] == ["first", "third"]
