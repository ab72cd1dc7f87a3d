"""The styles and script of the pages are built when their sources changed, and only then."""

import re
from pathlib import Path

import pytest

from scripts.build_web import NotBuilt, Web, _reason


@pytest.fixture
def web(tmp_path: Path) -> Web:
    source = tmp_path / "api" / "web"
    (source / "src").mkdir(parents=True)
    (source / "src" / "one.ts").write_text("let one = 1", "utf-8")
    (source / "package-lock.json").write_text("{}", "utf-8")
    return Web(tmp_path)


def built(web: Web) -> None:
    web.target.mkdir(parents=True)
    (web.target / ".built-from").write_text(web.version(), "utf-8")


def test_what_was_built_from_the_present_sources_is_not_built_again(web):
    assert not web.is_built()
    built(web)
    assert web.is_built()
    assert web.build() is False


@pytest.mark.parametrize("change", ["src/one.ts", "src/two.ts", "package-lock.json"])
def test_a_changed_or_new_source_is_built_anew(web, change):
    built(web)
    (web.source / change).write_text("let two = 2", "utf-8")
    assert not web.is_built()


def test_tools_and_tests_are_no_sources(web):
    built(web)
    for folder in ("node_modules", "tests"):
        (web.source / folder).mkdir()
        (web.source / folder / "more.ts").write_text("", "utf-8")
    assert web.is_built()


def test_a_build_that_fails_leaves_what_was_there(web, monkeypatch):
    built(web)
    (web.source / "src" / "one.ts").write_text("let one =", "utf-8")
    monkeypatch.setattr(web, "install", lambda **_: None)

    def fail(*_: object, **__: object) -> None:
        raise NotBuilt("  a mistake")

    monkeypatch.setattr(web, "_run", fail)
    with pytest.raises(NotBuilt, match="a mistake"):
        web.build()
    assert (web.target / ".built-from").is_file()
    assert not [*web.target.parent.glob(".static-*")]


def test_a_reason_says_that_the_registry_was_not_reached():
    said = "npm error code ECONNREFUSED\nnpm error     at onSocketNT (node:http:1:1)\nnpm error A complete log is there"
    assert _reason(said).splitlines() == [
        "  The npm registry, where the tools come from, did not give them out.",
        "  code ECONNREFUSED",
    ]


@pytest.mark.parametrize("name", ["own", "pages", "matrix", "plain"])
def test_our_own_styles_stay_small(name):
    styles = Path(__file__).resolve().parents[1] / "api" / "web" / "src" / "styles"
    text = re.sub(r"/\*.*?\*/", "", (styles / f"{name}.css").read_text("utf-8"), flags=re.DOTALL)
    lean = re.sub(r"\s*([{};,>])\s*|(?<=:)\s+", r"\1", text)
    assert len(lean.encode()) < 15_000
