import { beforeEach, describe, expect, test, vi } from "vitest";
import { enableChoosing, showCount } from "../src/frame/choosing";

const boxes = () => [...document.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
const choose = (n: number, on: boolean) => {
  (boxes()[n] as HTMLInputElement).checked = on;
  showCount();
};
const line = () => document.querySelector("[data-count]")?.textContent;

describe("choosing some of a list for comparison", () => {
  beforeEach(() => {
    const items = Array.from({ length: 3 }, (_, n) => `<input type="checkbox" name="with" value="${n}" form="comparison">`);
    document.body.innerHTML = `${items.join("")}
      <form><input type="hidden" name="with" value="1" data-without-script></form>
      <form id="comparison"><span data-count="{n} von 2 gewählt">Wählen Sie bis zu 2.</span></form>
      <button data-copy="/peers?lens=education" data-done="kopiert" hidden>kopieren</button>`;
    enableChoosing();
  });

  test("drops what only stands in for script", () => {
    expect(document.querySelector("[data-without-script]")).toBeNull();
  });

  test("counts, and takes no more than may be", () => {
    expect(line()).toBe("Wählen Sie bis zu 2.");
    choose(0, true);
    expect(line()).toBe("1 von 2 gewählt");
    choose(1, true);
    expect(boxes().map((each) => each.disabled)).toEqual([false, false, true]);
    choose(0, false);
    expect(boxes().some((each) => each.disabled)).toBe(false);
  });

  test("copies the whole address and says so", async () => {
    const written = vi.fn().mockResolvedValue(undefined);
    Object.defineProperty(navigator, "clipboard", { value: { writeText: written }, configurable: true });
    const button = document.querySelector("button") as HTMLButtonElement;
    expect(button.hidden).toBe(false);
    button.click();
    await vi.waitFor(() => expect(button.textContent).toBe("kopiert"));
    expect(written).toHaveBeenCalledWith(new URL("/peers?lens=education", location.href).href);
  });
});
