// Replaces the parts of the page that follow from the view, and keeps the place of whoever works by keyboard.

/** How to find the same thing again in a new part. */
function traces(element: Element): string[] {
  const found: string[] = [];
  if (element.id) found.push(`#${CSS.escape(element.id)}`);
  for (const name of ["data-act", "data-select", "name", "href"]) {
    const value = element.getAttribute(name);
    if (value) found.push(`${element.localName}[${name}="${CSS.escape(value)}"]`);
  }
  return found;
}

/** Puts the parts of a document in the place of those with the same id; says whether all have a place. */
export function replaceParts(root: HTMLElement, fresh: ParentNode): boolean {
  const parts = [...fresh.querySelectorAll<HTMLElement>("[data-part]")];
  const old = parts.map((part) => root.querySelector(`#${CSS.escape(part.id)}`));
  if (old.some((each) => each === null)) return false;
  const active = document.activeElement;
  const inside = active && root.contains(active) && active.closest("[data-part]");
  const marks = inside ? traces(active) : [];
  for (const [i, part] of parts.entries()) old[i]?.replaceWith(part);
  if (inside && !document.contains(active)) {
    const again = marks.map((mark) => root.querySelector<HTMLElement>(mark)).find((each) => each !== null);
    (again ?? root.querySelector<HTMLElement>("#nw-canvas"))?.focus({ preventScroll: true });
  }
  return true;
}
