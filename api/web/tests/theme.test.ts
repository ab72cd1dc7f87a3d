import { beforeEach, describe, expect, test, vi } from "vitest";
import { applyTheme, enableTheme, themeCookie } from "../src/frame/theme";

function form(): HTMLFormElement {
  document.body.innerHTML = `<form action="/theme" method="post">
    <button name="theme" value="light" data-theme="light" aria-pressed="false">Hell</button>
    <button name="theme" value="dark" data-theme="dark" aria-pressed="false">Dunkel</button></form>`;
  return document.querySelector("form") as HTMLFormElement;
}

function press(where: HTMLFormElement, theme: string): void {
  const submitter = where.querySelector<HTMLButtonElement>(`[data-theme=${theme}]`);
  const event = new Event("submit", { cancelable: true });
  Object.defineProperty(event, "submitter", { value: submitter });
  where.dispatchEvent(event);
}

describe("the switch between light and dark", () => {
  beforeEach(() => applyTheme(""));

  test("changes the page at once and marks what is chosen", () => {
    const where = form();
    enableTheme(where);
    press(where, "dark");
    expect(document.documentElement.dataset.kernTheme).toBe("dark");
    expect(where.querySelector("[data-theme=dark]")?.getAttribute("aria-pressed")).toBe("true");
    expect(where.querySelector("[data-theme=light]")?.getAttribute("aria-pressed")).toBe("false");
  });

  test("pressed again follows the system anew", () => {
    const where = form();
    enableTheme(where);
    press(where, "dark");
    press(where, "dark");
    expect(document.documentElement.dataset.kernTheme).toBeUndefined();
  });

  test("marks what the system prefers while nothing is chosen, and choosing it keeps it", async () => {
    vi.stubGlobal("matchMedia", () => ({ matches: true, addEventListener: () => undefined }));
    vi.resetModules();
    const { enableTheme: enable } = await import("../src/frame/theme");
    const where = form();
    enable(where);
    const dark = where.querySelector<HTMLButtonElement>("[data-theme=dark]");
    expect(dark?.getAttribute("aria-pressed")).toBe("true");
    press(where, "dark");
    expect(document.documentElement.dataset.kernTheme).toBe("dark");
    press(where, "dark");
    expect(document.documentElement.dataset.kernTheme).toBeUndefined();
    expect(dark?.getAttribute("aria-pressed")).toBe("true");
    vi.unstubAllGlobals();
  });

  test("a cookie without a theme ends at once", () => {
    expect(themeCookie("")).toContain("Max-Age=0");
    expect(themeCookie("dark")).toContain("SameSite=Lax");
  });
});
