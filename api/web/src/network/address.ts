// The address is the whole state: what of it is the view, what is about the page, and how forms become addresses.

const VIEW = new Set([
  "start", "target", "entry", "depth", "labels", "types", "field", "year", "by", "layout", "size", "step", "most",
]);
const SEVERAL = new Set(["labels", "types"]);

/** Whether an address is one of the explorer's own page. */
export function isView(url: URL): boolean {
  return url.origin === location.origin && url.pathname === "/network";
}

/** The view of an address alone, written the same way whatever else the address says. */
export function viewOf(url: URL): string {
  const kept = [...url.searchParams].filter(([name, value]) => VIEW.has(name) && value !== "");
  // steps keep their order, everything else has one place
  kept.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return new URLSearchParams(kept).toString();
}

export function sameView(one: URL, other: URL): boolean {
  return viewOf(one) === viewOf(other);
}

/** Whether two addresses differ in nothing but a place within the page. */
export function samePage(one: URL, other: URL): boolean {
  return one.pathname === other.pathname && one.search === other.search;
}

/** The address that a form means: without what is empty, several choices of one kind together. */
export function addressOf(form: HTMLFormElement): URL {
  const url = new URL(form.action, location.href);
  url.search = "";
  const several = new Map<string, string[]>();
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== "string" || value.trim() === "") continue;
    if (SEVERAL.has(name)) several.set(name, [...(several.get(name) ?? []), value]);
    else url.searchParams.append(name, value.trim());
  }
  for (const [name, values] of several) url.searchParams.set(name, values.join(","));
  return url;
}

/** The same view with another node chosen. */
export function withChosen(url: URL, key: string): URL {
  const found = new URL(url);
  found.searchParams.set("at", key);
  return found;
}

export function chosen(url: URL): string {
  return url.searchParams.get("at") ?? "";
}

/** The address after one more step; opening what is open already changes nothing. */
export function withStep(url: URL, act: "open" | "hide", key: string): URL {
  const found = new URL(url);
  const step = `${act}:${key}`;
  if (!found.searchParams.getAll("step").includes(step)) found.searchParams.append("step", step);
  return found;
}

/** The address before the last step; the same where there was none. */
export function withoutLastStep(url: URL): URL {
  const found = new URL(url);
  const steps = found.searchParams.getAll("step");
  found.searchParams.delete("step");
  for (const step of steps.slice(0, -1)) found.searchParams.append("step", step);
  return found;
}

/** What is passed on or kept is the address at hand, whoever is chosen in it. */
export function passOn(root: ParentNode, url: URL): void {
  const here = `${url.pathname}${url.search}`;
  const link = root.querySelector<HTMLInputElement>("#nw-link");
  if (link) link.value = url.href;
  const kept = root.querySelector<HTMLInputElement>('form[action="/saved"] input[name=address]');
  if (kept) kept.value = here;
  const keep = root.querySelector<HTMLAnchorElement>("a[data-keep]");
  if (!keep) return;
  const target = new URL(keep.href);
  target.searchParams.set("address", here);
  keep.href = `${target.pathname}${target.search}`;
}

/** A way to start from another node, from which nothing is filtered or opened yet. */
export function startingAt(url: URL, key: string): URL {
  const found = new URL(url.pathname, url);
  for (const name of ["layout", "size"]) {
    const value = url.searchParams.get(name);
    if (value) found.searchParams.set(name, value);
  }
  found.searchParams.set("start", key);
  return found;
}
