"""Going through pages by keyboard alone: every stop is seen, and no stop is hidden behind something else."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.waiting import comes_true

STOPS = 150
CONTROLS = """() => {
  // whatever can be clicked is to be come to, also what was taken out of the order or is a control only by its role
  const controls = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"],'
    + '[role=button], [role=link], [role=checkbox], [role=switch], [role=tab], [role=slider], [contenteditable]';
  // of several choices that exclude one another only the chosen one is a stop, or any if none is chosen
  const chosen = each => each.checked || !document.querySelector(`input[type=radio][name="${each.name}"]:checked`);
  window.missed = new Set([...document.querySelectorAll(controls)].filter(each =>
    each.checkVisibility({visibilityProperty: true}) && !each.disabled
      && (each.type !== 'radio' || chosen(each))));
}"""
MISSED = """() => {
  const group = each => [...document.querySelectorAll(`input[type=radio][name="${each.name}"]`)];
  const alone = each => each.type !== 'radio' || each.checked || group(each).every(one => window.missed.has(one));
  return [...window.missed].filter(alone).map(each => each.outerHTML.slice(0, 200));
}"""
AT = """target => {
  const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
  // a card shows the ring of its link around itself, a field for dates the browser's own on the button inside of it
  const ring = at.type === 'date' || [style, getComputedStyle(at, '::after')]
    .some(each => each.outlineStyle !== 'none' && parseFloat(each.outlineWidth) > 0);
  const places = [[.5, .5], [.05, .5], [.95, .5], [.5, .05], [.5, .95]]
    .map(([x, y]) => [box.left + x * box.width, box.top + y * box.height])
    .filter(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight);
  const again = window.missed && at !== document.body && !window.missed.delete(at) && at.type !== 'date';
  return {
    again,
    reached: at === target,
    stop: at.tabIndex >= 0 && at !== document.body,
    seen: ring || style.boxShadow !== 'none',
    uncovered: places.some(([x, y]) => {
      const there = document.elementFromPoint(x, y);
      return there && (at.contains(there) || there.contains(at));
    }),
    what: at.outerHTML.slice(0, 200),
  };
}"""


def to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Go on with the tabulator until something has the focus; whatever has it on the way must show it."""
    target = target.first
    expect(target).to_be_visible()
    for _ in range(STOPS):
        at: dict[str, Any] = target.evaluate(AT)
        if at["stop"]:
            assert at["seen"], f"the focus cannot be seen on {at['what']}"
            assert at["uncovered"], f"something covers what has the focus: {at['what']}"
        if at["reached"]:
            return
        page.keyboard.press(key)
    raise AssertionError(f"the keyboard does not reach {target}")


def press(page: Page, target: Locator, key: str = "Enter", by: str = "Tab") -> None:
    """Reach something, and press a key on it."""
    to(page, target, by)
    page.keyboard.press(key)


def write(page: Page, target: Locator, text: str) -> None:
    """Reach a field and put a text in the place of what it holds."""
    to(page, target)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def pick(page: Page, target: Locator, label: str) -> None:
    """Reach a list of choices and go down in it to one of them."""
    to(page, target)
    page.keyboard.press("Home")
    for _ in range(STOPS):
        if target.evaluate("each => each.selectedOptions[0].text.trim()") == label:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no arrow leads to {label}")


def suggested(page: Page, target: Locator, text: str, whole: str) -> None:
    """Reach a field, type the beginning of a name, and take the first suggestion."""
    write(page, target, text)
    expect(page.get_by_role("option", name=whole).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def skip(page: Page) -> None:
    """Past the head of a page that was just opened, by its first stop."""
    page.keyboard.press("Tab")
    link = page.locator("a.bk-skip")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def sign_in(page: Page, email: str, password: str) -> None:
    """Fill in the page that leads in."""
    write(page, page.locator("#field-email"), email)
    write(page, page.locator("#field-password"), password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def assert_kept(page: Page) -> None:
    """After a part of a page was replaced, the focus is somewhere."""
    held = "!['body', undefined].includes(document.activeElement?.localName)"
    assert comes_true(lambda: page.evaluate(held)), "the focus was lost with the part that was replaced"


def faults_of(page: Page) -> list[str]:
    """Go once through the whole of a page: what cannot be seen, lies under something, or is never come to."""
    page.evaluate(CONTROLS)
    found: list[str] = []
    for _ in range(4 * STOPS):
        page.keyboard.press("Tab")
        at: dict[str, Any] = page.evaluate(AT)
        if at["again"] or not at["stop"]:
            break
        found += [f"unseen: {at['what']}"] * (not at["seen"]) + [f"covered: {at['what']}"] * (not at["uncovered"])
    return found + [f"not reached: {each}" for each in page.evaluate(MISSED)]
