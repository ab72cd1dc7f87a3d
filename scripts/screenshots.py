"""Takes pictures of the pages in Debian's Chromium, on the bundled sample, to be looked at one by one.

python -m scripts.screenshots [FOLDER]    every page, width, theme; without FOLDER only those that docs/ shows
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from PIL import Image
from playwright.sync_api import Browser, FloatRect, sync_playwright
from waitress import create_server

from api.app import create_app
from api.sample import FIRST_DISTRICT, load_sample
from api.services import Services
from api.settings import Settings

SHOWN = Path(__file__).resolve().parents[1] / "docs" / "screenshots"

PAGES = {
    "start": "/",
    "search": "/search?q=Jugend",
    "peers": f"/municipalities/{FIRST_DISTRICT}/peers",
    "profile": f"/municipalities/{FIRST_DISTRICT}",
    "compare": f"/municipalities/{FIRST_DISTRICT}/compare?with=08116&with=08215&with=06432",
    "lens": f"/municipalities/{FIRST_DISTRICT}/lens",
    "challenges": f"/municipalities/{FIRST_DISTRICT}/challenges",
    "indicator": "/indicators/inkar.arbeitslosenquote",
    "practices": "/practices",
    "practice": "/practices/akteurslandkarten",
    "alliances": "/alliances",
    "candidates": f"/alliances/candidates?municipality={FIRST_DISTRICT}&field=school",
    "board": f"/alliances/board?municipality={FIRST_DISTRICT}&field=school",
    "offers": "/offers",
    "inventory": f"/municipalities/{FIRST_DISTRICT}/offers",
    "requests": "/requests",
    "exchanges": "/exchanges",
    "network": "/network",
    "atlas": "/atlas",
    "data": "/data",
    "sign-in": "/sign-in",
    "about": "/about",
    "accessibility": "/accessibility",
    "privacy": "/privacy",
    "not-found": "/no-such-page",
}
"""File name and address; one that this version does not have is left out."""
WIDTHS = (1280, 768, 375)
IN_DOCS = tuple((width, "light") for width in WIDTHS)
MOST_PIXELS = 2600
"""Pictures in docs/ end here: below it lists only go on."""


@contextmanager
def served() -> Iterator[str]:
    """The service on the bundled sample."""
    with TemporaryDirectory() as folder:
        settings = Settings(store=f"sqlite:///{folder}/sample.db", cache=Path(folder), operator="Amt für Erprobung")
        services = Services(settings)
        load_sample(services.store)
        server = create_server(create_app(settings, services), host="127.0.0.1", port=0, threads=4)
        thread = Thread(target=server.run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.effective_port}"
        server.close()
        thread.join(5)
        services.close()


def take(browser: Browser, base: str, folder: Path, width: int, scheme: str, most: int | None) -> None:
    """Take every page in one width and theme, in German."""
    context = browser.new_context(
        base_url=base,
        locale="de-DE",
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
    )
    page = context.new_page()
    for name, path in PAGES.items():
        answer = page.goto(path, wait_until="load")
        if answer is not None and answer.status == 404 and name != "not-found":
            continue
        page.wait_for_timeout(800)  # maps and pictures of networks settle
        # what sticks to the window would stand in the middle of a picture of the whole page
        page.evaluate("for (const each of document.querySelectorAll('.bk-sticky')) each.classList.remove('bk-sticky')")
        high = int(page.evaluate("document.documentElement.scrollHeight"))
        picture = folder / f"{name}-{width}{'' if scheme == 'light' else '-dark'}.png"
        clip = FloatRect(x=0, y=0, width=width, height=min(high, most or high))
        page.screenshot(path=picture, full_page=True, clip=clip)
        _make_small(picture)
    context.close()


def _make_small(picture: Path) -> None:
    """Pages have few colours: a palette that covers the rare ones, too, keeps all of it at a fraction of the bytes."""
    with Image.open(picture) as image:
        small = image.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small.save(picture, optimize=True)


def main() -> int:
    """Take the pictures."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is missing: apt-get install chromium", file=sys.stderr)
        return 1
    everything = len(sys.argv) > 1
    folder = Path(sys.argv[1]) if everything else SHOWN
    folder.mkdir(parents=True, exist_ok=True)
    looks = [(width, scheme) for scheme in ("light", "dark") for width in WIDTHS] if everything else IN_DOCS
    with served() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader"]
        )
        for width, scheme in looks:
            take(browser, base, folder, width, scheme, None if everything else MOST_PIXELS)
        browser.close()
    pictures = [*folder.glob("*.png")]
    print(f"{len(pictures)} pictures in {folder}, {sum(p.stat().st_size for p in pictures) / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
