// Where somebody is who works by keyboard, and how to come back there once a part of the page was replaced.

/** Finds the same thing again in what replaced it: by its id, by what it does, or by its text in the same named part. */
export function placeOf(element: Element): (root: ParentNode) => HTMLElement | null {
  const tag = element.localName;
  const owner = element.parentElement?.closest("[id]")?.id;
  const marks = marksOf(element);
  const text = element.textContent?.trim() ?? "";
  return (root) => {
    for (const mark of marks) {
      const found = root.querySelector<HTMLElement>(mark);
      if (found) return found;
    }
    if (!owner || !text) return null;
    const alike = root.querySelectorAll<HTMLElement>(`#${CSS.escape(owner)} ${tag}`);
    return [...alike].find((each) => each.textContent?.trim() === text) ?? null;
  };
}

function marksOf(element: Element): string[] {
  const found: string[] = [];
  if (element.id) found.push(`#${CSS.escape(element.id)}`);
  // boxes and buttons share their name, and differ by their value
  const value = /^(checkbox|radio|submit)$/.test(element.getAttribute("type") ?? "") && element.getAttribute("value");
  for (const name of ["data-act", "data-select", "name", "href"]) {
    const said = element.getAttribute(name);
    const exactly = name === "name" && value ? `[value="${CSS.escape(value)}"]` : "";
    if (said) found.push(`${element.localName}[${name}="${CSS.escape(said)}"]${exactly}`);
  }
  return found;
}

/** Partial updates: what had the focus has it again; what is gone leaves it to the part in which it stood. */
export function keepPlace(root: HTMLElement = document.body): void {
  let left: Place | undefined;
  root.addEventListener("htmx:beforeSwap", () => {
    const element = document.activeElement;
    // on the body, the focus may just have been lost by a replacement that has not settled yet: that place still counts
    if (element && element !== document.body) left = { element, again: placeOf(element), parts: partsAround(element) };
  });
  root.addEventListener("htmx:afterSwap", () => {
    if (left && isLost(left)) left.again(document)?.focus({ preventScroll: true });
  });
  root.addEventListener("htmx:afterSettle", () => {
    if (left && isLost(left)) comeBack(left);
    left = undefined;
  });
}

interface Place {
  element: Element;
  again: ReturnType<typeof placeOf>;
  parts: string[];
}

function isLost(place: Place): boolean {
  return !place.element.isConnected && document.activeElement === document.body;
}

function comeBack(place: Place): void {
  place.again(document)?.focus({ preventScroll: true });
  if (document.activeElement !== document.body) return;
  const part = place.parts.map((id) => document.getElementById(id)).find((each) => each !== null);
  part?.setAttribute("tabindex", "-1");
  part?.focus({ preventScroll: true });
}

function partsAround(element: Element): string[] {
  const ids: string[] = [];
  for (let each = element.parentElement; each; each = each.parentElement) if (each.id) ids.push(each.id);
  return ids;
}
