import { beforeEach, describe, expect, test } from "vitest";
import { keepPlace } from "../src/frame/place";

const PART = `<a href="/look">Nachsehen</a><input type="checkbox" name="with" value="1"><input type="checkbox" name="with" value="2">
  <button type="submit">Anwenden</button><button id="cancel">Abbrechen</button>`;

function replaced(by: string): void {
  const part = document.getElementById("part") as HTMLElement;
  part.dispatchEvent(new CustomEvent("htmx:beforeSwap", { bubbles: true }));
  const fresh = document.createElement("div");
  fresh.id = "part";
  fresh.innerHTML = by;
  part.replaceWith(fresh);
  fresh.dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true }));
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

  test("stays where it is outside of the part", () => {
    document.querySelector<HTMLElement>("[href='/elsewhere']")?.focus();
    replaced(PART);
    expect(document.activeElement?.getAttribute("href")).toBe("/elsewhere");
  });
});
