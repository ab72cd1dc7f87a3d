"""A real browser on the real service: the bundled sample, served once for all tests of the pages."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from browser.daily import Town, a_town
from flask import Blueprint, render_template
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright
from service_server import served

from api.sample import load_sample
from api.services import Services
from api.settings import Settings
from scripts.build_web import NotBuilt, Web

ROOT = Path(__file__).resolve().parents[2]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 768, 375)
# what a page does is tested, not how fast a machine is that does much else besides
expect.set_options(timeout=30_000)


def _chromium() -> str:
    found = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
    if found is None:
        if os.environ.get("KOMPASS_TEST_REQUIRE_BROWSER"):
            pytest.fail("Chromium is absent, and must be here: apt-get install chromium")
        pytest.skip("Chromium is absent: install Debian's package chromium to test the pages")
    return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; nothing is downloaded."""
    path = _chromium()
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def web() -> Web:
    """The built styles and script, and the tools of their tests."""
    built = Web(ROOT)
    try:
        built.build()
        built.install(with_tests=True)
    except NotBuilt as error:
        pytest.fail(f"the styles and script cannot be built: {error}")
    return built


def _components() -> Blueprint:
    """One page with every component, which only tests serve."""
    page = Blueprint("components", __name__, template_folder="templates")
    page.add_url_rule("/components", view_func=lambda: render_template("all_components.html"))
    return page


@pytest.fixture(scope="session")
def service(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the real service on the bundled sample."""
    folder = tmp_path_factory.mktemp("service")
    settings = Settings(store=f"sqlite:///{folder / 'sample.db'}", cache=folder, operator="Amt für Erprobung")
    services = Services(settings)
    load_sample(services.store)
    with served(services, _components()) as base:
        yield base


@pytest.fixture(scope="session")
def town(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The real service on a small town, for people who write."""
    with a_town(tmp_path_factory.mktemp("town")) as found:
        yield found


@dataclass
class Watched:
    """What went wrong in a browser while a test looked at pages."""

    base: str
    problems: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    """Parts of messages that the test provokes on purpose."""

    def watch(self, page: Page) -> None:
        """Note errors of script, of the console, and requests to other origins."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(part in message.text for part in self.expected):
            self.problems.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.problems.append(f"asks another origin: {request.url}")


Open = Callable[..., Page]


@pytest.fixture
def watched(service: str) -> Iterator[Watched]:
    """The test fails if anything went wrong that it did not expect."""
    seen = Watched(service)
    yield seen
    assert not seen.problems


@pytest.fixture
def opened(chromium: Browser, service: str, watched: Watched) -> Iterator[Open]:
    """Opens pages: ``opened("/", width=375, language="en", scheme="dark", script=False)``."""
    contexts: list[BrowserContext] = []

    def open_page(
        path: str = "/", *, width: int = 1280, language: str = "de", scheme: str = "light", script: bool = True
    ) -> Page:
        context = chromium.new_context(
            base_url=service,
            locale="de-DE" if language == "de" else "en-GB",
            color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        watched.watch(page)
        page.goto(path, wait_until="load")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(opened: Open) -> Page:
    """The start page in German, light, 1280 px wide."""
    return opened("/")


@pytest.fixture(scope="session")
def axe(web: Web) -> Callable[[Page], list[str]]:
    """What axe-core finds wrong on a page."""
    script = (web.modules / "axe-core" / "axe.min.js").read_text("utf-8")

    def judge(page: Page) -> list[str]:
        page.evaluate(script)
        result: dict[str, Any] = page.evaluate(
            "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES
        )
        return [f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}" for each in result["violations"]]

    return judge


def scrolls_sideways(page: Page) -> bool:
    """Whether a page is wider than its window."""
    return bool(page.evaluate("document.scrollingElement.scrollWidth > innerWidth + 1"))
