"""How the network explorer looks in a real browser, and what it loads."""

import gzip
import re
from collections.abc import Iterator, Sequence

import pytest
from browser.conftest import WIDTHS, Open, Watched, scrolls_sideways
from browser.network_bears import JUGENDAMT, Axe, ready, serve_bears
from playwright.sync_api import Page, expect

from scripts.build_web import Web


@pytest.fixture(scope="module")
def service(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The real service on a small network, in the place of the one on the sample."""
    yield from serve_bears(tmp_path_factory)


@pytest.mark.parametrize(
    ("path", "language", "scheme"),
    [
        (JUGENDAMT, "de", "light"),
        ("/network?start=actor:jugendamt&target=actor:kammer", "en", "dark"),
        ("/network?entry=isolated", "de", "dark"),
    ],
)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    opened: Open, axe: Axe, path: str, language: str, scheme: str
) -> None:
    page = ready(opened(path, language=language, scheme=scheme))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert not scrolls_sideways(page), f"scrolls sideways at {width} px"
        assert axe(page) == []
    assert page.locator("h1").count() == 1


def test_on_a_phone_every_cell_of_the_lists_lies_within_its_frame_and_heads_say_what_sorts(opened: Open) -> None:
    page = ready(opened(JUGENDAMT, width=375))
    outside = """() => [...document.querySelectorAll('.nw-list')].flatMap(frame => {
        const { left, right } = frame.getBoundingClientRect();
        return [...frame.querySelectorAll('th, td')].filter(cell => {
            const box = cell.getBoundingClientRect();
            return box.left < left - 1 || box.right > right + 1 || box.width === 0;
        }).map(cell => cell.textContent);
    })"""
    assert page.locator(".nw-list td").count() > 4
    assert page.evaluate(outside) == []
    after = "each => getComputedStyle(each, '::after').content"
    marks = [each.evaluate(after) for each in page.locator(".nw-list thead th a").all()]
    sorted_by = [each.evaluate(after) for each in page.locator(".nw-list thead [aria-sort] a").all()]
    assert [each[2] for each in marks if "↕" not in each] == ["↑", "↑"] == [each[2] for each in sorted_by]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dots_of_the_map_stand_out_from_the_land(opened: Open, scheme: str) -> None:
    page = ready(opened("/network?layout=map", scheme=scheme))
    light = """() => ['nw-ground', 'nw-land', 'nw-paper'].map(name => {
        const probe = document.querySelector('#explorer').appendChild(document.createElement('span'));
        probe.className = `nw-probe ${name}`;
        const pen = document.createElement('canvas').getContext('2d');
        pen.fillStyle = getComputedStyle(probe).color;
        pen.fillRect(0, 0, 1, 1);
        const linear = part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        const [red, green, blue] = [...pen.getImageData(0, 0, 1, 1).data].map(each => linear(each / 255));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
    })"""
    dot, *grounds = page.evaluate(light)
    least = {"light": 3, "dark": 5}[scheme]
    assert all(max(dot, each) / min(dot, each) >= least for each in grounds)


def test_an_unknown_start_says_so_and_shows_the_whole(opened: Open) -> None:
    page = opened("/network?start=Niemandsland", script=False)
    expect(page.get_by_role("alert").first).to_contain_text("Unter „Niemandsland")
    expect(page.locator("#nw-lists")).to_contain_text("Bündnis Ankommen")


def test_without_webgl_the_service_s_picture_stays(opened: Open, watched: Watched) -> None:
    page = opened("/about")
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(JUGENDAMT)
    expect(page.locator(".nw-picture")).to_be_visible()
    expect(page.locator("#nw-canvas")).to_be_hidden()


def test_on_paper_the_drawn_picture_stands_in_place_of_the_canvas(opened: Open) -> None:
    page = ready(opened(JUGENDAMT))
    expect(page.locator(".nw-picture")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator(".nw-picture")).to_be_visible()
    expect(page.locator("#nw-canvas")).to_be_hidden()


def test_the_script_of_the_picture_is_loaded_here_alone(opened: Open) -> None:
    asked: list[str] = []
    page = opened("/about")
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/privacy")
    assert not [url for url in asked if re.search(r"/(canvas|network)-", url)]
    assert compressed(page, asked) < 25_000
    page.goto(JUGENDAMT)
    ready(page)
    assert [url for url in asked if re.search(r"/canvas-", url)]
    assert compressed(page, asked) < 75_000


def compressed(page: Page, urls: Sequence[str]) -> int:
    """How many bytes the scripts among these addresses are on the way."""
    scripts = {url for url in urls if url.endswith(".js")}
    return sum(len(gzip.compress(page.request.get(url).body())) for url in scripts)
