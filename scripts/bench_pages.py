"""How soon pages answer one person: the first byte of each, and, in Chromium, the new list of peers after a slider.

Chromium runs on the same machine and takes its share of the processors.
"""

import http.client
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from scripts.bench_load import kompass, newcomer, service
from scripts.figures import Figure, duration

PLACES = (
    *("08111", "08115", "08116", "08117", "08118", "08119", "08121", "08125"),
    *("08126", "08127", "08128", "08135", "08136", "08211", "08212"),
)
"""Districts of the sample; each is asked about once, so that no kept answer helps."""
PAGES = (
    "/",
    "/search?q=Esslingen",
    "/municipalities/{}",
    "/municipalities/{}/peers",
    "/municipalities/{}/compare?with=09162&with=05315",
    "/practices?municipality={}",
    "/municipalities/{}/offers",
    "/network?start=municipality:{}",
    "/atlas",
    "/exchanges",
    "/data",
)
MOVES = 20
MOVE = """share => new Promise(done => {
  const slider = document.querySelector("#question input[type=range]");
  const shown = () => requestAnimationFrame(() => done(performance.now() - began));
  document.body.addEventListener("htmx:afterSwap", shown, { once: true });
  const began = performance.now();
  slider.value = String(share);
  slider.dispatchEvent(new Event("input", { bubbles: true }));
})"""
"""Moves the first slider and tells after how many milliseconds the new list is about to be painted."""


def bench_pages() -> Iterator[Figure]:
    """Serve the sample and ask as one person does."""
    with tempfile.TemporaryDirectory() as name:
        environment, store = newcomer(Path(name)), f"sqlite:///{name}/kompass.db"
        kompass(environment, "--store", store, "demo")
        with service(environment, store, "") as running:
            yield _first_bytes(running.port)
            if chromium := shutil.which("chromium"):
                yield _slider(chromium, running.url)


def _first_bytes(port: int) -> Figure:
    waits: dict[str, list[float]] = {}
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for place in PLACES:
        for page in PAGES:
            began = time.perf_counter()
            connection.request("GET", page.format(place))
            answer = connection.getresponse()
            waits.setdefault(page, []).append(time.perf_counter() - began)
            answer.read()
            if answer.status != http.client.OK:
                raise RuntimeError(f"{page.format(place)} answers {answer.status}")
    connection.close()
    every = sorted(wait for each in waits.values() for wait in each)
    slowest = max(waits, key=lambda page: statistics.median(waits[page]))
    return Figure(
        f"pages: first byte, {len(PAGES)} pages of {len(PLACES)} districts",
        "p95 < 100 ms",
        f"p50 {duration(statistics.median(every))}, p95 {duration(every[int(0.95 * len(every))])}",
        f"slowest {slowest.format('…')}: median {duration(statistics.median(waits[slowest]))}",
    )


def _slider(chromium: str, url: str) -> Figure:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{url}/municipalities/{PLACES[0]}/peers", wait_until="load")
        waits = [page.evaluate(MOVE, turn / 10) / 1000 for turn in range(1, MOVES + 1)]
        browser.close()
    return Figure(
        "pages: slider to new list of peers, in Chromium",
        "< 150 ms",
        f"median {duration(statistics.median(waits))}",
        f"{duration(min(waits))} to {duration(max(waits))} in {MOVES} moves, the rest of 25 ms included",
    )
