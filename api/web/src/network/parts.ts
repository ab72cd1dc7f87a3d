// Replaces the parts of the page that follow from the view, and keeps the place of whoever works by keyboard.
import { placeOf } from "../frame/place";

/** Puts the parts of a document in the place of those with the same id; says whether all have a place. */
export function replaceParts(root: HTMLElement, fresh: ParentNode): boolean {
  const parts = [...fresh.querySelectorAll<HTMLElement>("[data-part]")];
  const old = parts.map((part) => root.querySelector(`#${CSS.escape(part.id)}`));
  if (old.some((each) => each === null)) return false;
  const active = document.activeElement;
  const inside = active && root.contains(active) && active.closest("[data-part]");
  const again = inside ? placeOf(active) : undefined;
  for (const [i, part] of parts.entries()) old[i]?.replaceWith(part);
  if (again && !document.contains(active)) {
    again(root)?.focus({ preventScroll: true });
    if (document.activeElement === document.body) root.querySelector<HTMLElement>("#nw-canvas")?.focus({ preventScroll: true });
  }
  return true;
}
