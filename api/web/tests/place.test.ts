import { beforeEach, describe, expect, test } from "vitest";
import { keepPlace } from "../src/frame/place";

const PART = `<a href="/look">Nachsehen</a><input type="checkbox" name="with" value="1"><input type="checkbox" name="with" value="2">
  <button type="submit">Anwenden</button><button id="cancel">Abbrechen</button>`;

function swapped(by: string): HTMLElement {
  const part = document.getElementById("part") as HTMLElement;
  part.dispatchEvent(new CustomEvent("htmx:beforeSwap", { bubbles: true }));
  const fresh = document.createElement("div");
  fresh.id = "part";
  fresh.innerHTML = by;
  part.replaceWith(fresh);
  fresh.dispatchEvent(new CustomEvent("htmx:afterSwap", { bubbles: true }));
  return fresh;
}

function settled(part: HTMLElement): void {
  part.dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true }));
}

function replaced(by: string): void {
  settled(swapped(by));
}

describe("the focus, once a part of the page was replaced", () => {
  beforeEach(() => {
    document.body.innerHTML = `<a href="/elsewhere">Anderswo</a><div id="part">${PART}</div>`;
    keepPlace();
  });

  test.each(["a[href='/look']", "[value='2']", "[type=submit]", "#cancel"])("stays on %s", (what) => {
    document.querySelector<HTMLElement>(`#part ${what}`)?.focus();
    replaced(PART);
    expect(document.activeElement).toBe(document.querySelector(`#part ${what}`));
  });

  test("goes to the part if what had it is gone", () => {
    document.querySelector<HTMLElement>("#cancel")?.focus();
    replaced("<p>Fertig</p>");
    expect(document.activeElement?.id).toBe("part");
  });

  test("is back at once, before what came has settled", () => {
    document.querySelector<HTMLElement>("#cancel")?.focus();
    swapped(PART);
    expect(document.activeElement?.id).toBe("cancel");
  });

  test("comes back after a second replacement that began before the first one had settled", () => {
    document.querySelector<HTMLElement>("#cancel")?.focus();
    swapped("<p>Einen Augenblick</p>");
    settled(swapped(PART));
    expect(document.activeElement?.id).toBe("cancel");
  });

  test("is not fetched back later by somebody who has left it", () => {
    document.querySelector<HTMLElement>("#cancel")?.focus();
    replaced(PART);
    document.querySelector<HTMLElement>("#cancel")?.blur();
    replaced(PART);
    expect(document.activeElement).toBe(document.body);
  });

  test("stays where it is outside of the part", () => {
    document.querySelector<HTMLElement>("[href='/elsewhere']")?.focus();
    replaced(PART);
    expect(document.activeElement?.getAttribute("href")).toBe("/elsewhere");
  });
});
