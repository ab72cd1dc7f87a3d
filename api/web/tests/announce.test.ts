import { beforeEach, describe, expect, test, vi } from "vitest";
import { announceUpdates } from "../src/frame/announce";

describe("partial updates", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    document.body.innerHTML = `<p id="status" role="status" data-failed="Das hat nicht geklappt."></p>
      <div id="failure" hidden><p></p></div><div id="list" data-announce="Liste aktualisiert, 10 Kommunen"><p></p></div>`;
    announceUpdates();
  });

  test("say what the replaced part now holds", () => {
    const list = document.getElementById("list") as HTMLElement;
    list.dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true, detail: { elt: list } }));
    vi.advanceTimersByTime(100);
    expect(document.getElementById("status")?.textContent).toBe("Liste aktualisiert, 10 Kommunen");
  });

  test("that fail are told and shown, until the next one begins", () => {
    const list = document.getElementById("list") as HTMLElement;
    list.dispatchEvent(new CustomEvent("htmx:responseError", { bubbles: true }));
    const box = document.getElementById("failure") as HTMLElement;
    expect(box.hidden).toBe(false);
    expect(box.textContent).toContain("Das hat nicht geklappt.");
    list.dispatchEvent(new CustomEvent("htmx:beforeRequest", { bubbles: true }));
    expect(box.hidden).toBe(true);
  });
});
