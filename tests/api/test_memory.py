"""A service gives memory back, so that it stays as small as what it holds."""

import gc
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from api import memory
from api.app import create_app
from api.http.caching import EACH, AnswerCache
from api.services import Services
from api.settings import Settings
from graph_service.keys import Label, NodeKey
from graph_service.model import Actor, Dataset

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


ASKED = (
    "/", "/municipalities/90001", "/municipalities/90001/peers", "/practices", "/requests", "/network", "/atlas",
    "/data", "/api/v1/search?q=kreis", "/api/v1/municipalities/Seenkreis/peers", "/api/v1/conflicts",
    "/api/v1/alliances/suggestions?need=See",
    "/api/v1/reconcile?queries=%7B%22a%22:%7B%22query%22:%22Seenkreis%22%7D%7D",
)  # fmt: skip


def test_nothing_holds_an_earlier_revision_once_all_was_asked_of_the_next(loaded, store: str, tmp_path: Path) -> None:
    services = Services(Settings(store=store, cache=tmp_path))
    client = create_app(services.settings, services).test_client()

    def ask_all() -> None:
        for path in ASKED:
            assert client.get(path).status_code == 200, path

    ask_all()
    before = weakref.ref(services.snapshot().projection.arrays)
    actor = Actor(key=NodeKey.of(Label.ACTOR, "steg"), name="Lesesteg")
    services.store.write(lambda tx: tx.replace(Dataset(id="later", title="Später"), [actor]))
    ask_all()
    gc.collect()
    assert before() is None
    services.close()
