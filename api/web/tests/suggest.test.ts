import { beforeEach, describe, expect, test, vi } from "vitest";
import { Suggestions } from "../src/frame/suggest";

const LIST = `<ul role="listbox"><li role="option" data-value="08119"><a href="/municipalities/08119">Rems-Murr-Kreis</a></li>
<li role="option" data-value="08116"><a href="/municipalities/08116">Esslingen</a></li></ul>`;

function key(input: HTMLElement, name: string): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key: name, cancelable: true, bubbles: true });
  input.dispatchEvent(event);
  return event;
}

describe("suggestions below a search field", () => {
  let input: HTMLInputElement;
  let suggestions: Suggestions;

  beforeEach(() => {
    document.body.innerHTML = `<p id="status"></p><form><input name="q" data-suggest="/search/suggestions" data-fill></form>`;
    input = document.querySelector("input") as HTMLInputElement;
    suggestions = new Suggestions(input);
    suggestions.show(LIST);
  });

  test("are announced as a list that belongs to the field", () => {
    expect(input.getAttribute("role")).toBe("combobox");
    expect(input.getAttribute("aria-expanded")).toBe("true");
    expect(document.getElementById(input.getAttribute("aria-controls") ?? "")).not.toBeNull();
  });

  test("are walked through with the arrows, past the end back into the field", () => {
    key(input, "ArrowDown");
    const first = input.getAttribute("aria-activedescendant");
    key(input, "ArrowDown");
    expect(input.getAttribute("aria-activedescendant")).not.toBe(first);
    key(input, "ArrowDown");
    expect(input.hasAttribute("aria-activedescendant")).toBe(false);
    key(input, "ArrowUp");
    expect(document.querySelector('[aria-selected="true"]')?.textContent).toBe("Esslingen");
  });

  test("leave Enter to the form until one is chosen", () => {
    expect(key(input, "Enter").defaultPrevented).toBe(false);
    key(input, "ArrowDown");
    expect(key(input, "Enter").defaultPrevented).toBe(true);
    expect(input.value).toBe("08119");
  });

  test("close with Escape and keep what was typed", () => {
    input.value = "Rems";
    key(input, "Escape");
    expect(input.getAttribute("aria-expanded")).toBe("false");
    expect(input.value).toBe("Rems");
  });

  test("that are still on their way come no more once somebody has gone on", async () => {
    vi.useFakeTimers();
    const asked = vi.spyOn(globalThis, "fetch");
    input.value = "Rems";
    input.dispatchEvent(new Event("input"));
    suggestions.close();
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).not.toHaveBeenCalled();
    vi.useRealTimers();
  });
});
