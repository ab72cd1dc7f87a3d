"""Going through a page by keyboard alone."""

from playwright.sync_api import Locator, Page, expect


def to(page: Page, target: Locator) -> None:
    """Go on with the tabulator until something has the focus."""
    expect(target).to_be_visible()
    for _ in range(150):
        if target.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {target}")
