import { beforeEach, describe, expect, test, vi } from "vitest";
import { carryChoice, carryInto, enableChoosing, showCount } from "../src/frame/choosing";

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

  test("what is chosen stands in the address and goes along with the same question", () => {
    history.replaceState(null, "", "/municipalities/1/peers?lens=education&with=9");
    document.body.insertAdjacentHTML(
      "beforeend",
      `<main><a href="/municipalities/1/peers?kind=further">weiter</a><a href="/municipalities/1/peers.csv">Liste</a>
       <a href="/saved?address=%2Fmunicipalities%2F1%2Fpeers%3Flens%3Deducation">merken</a><a href="/municipalities/2">andere</a></main>`,
    );
    choose(2, true);
    carryChoice();
    expect(location.search).toBe("?lens=education&with=2");
    const links = [...document.querySelectorAll("main a")].map((each) => each.getAttribute("href"));
    expect(links).toEqual([
      "/municipalities/1/peers?kind=further&with=2",
      "/municipalities/1/peers.csv?with=2",
      "/saved?address=%2Fmunicipalities%2F1%2Fpeers%3Flens%3Deducation%26with%3D2",
      "/municipalities/2",
    ]);
  });

  test("a form beside the list sends what is chosen now", () => {
    const form = document.querySelector("form") as HTMLFormElement;
    form.insertAdjacentHTML("beforeend", `<input type="hidden" name="with" value="9">`);
    carryInto(form);
    choose(0, true);
    const formData = new FormData(form);
    // browsers say so themselves when a form is sent; the test's document does not
    form.dispatchEvent(Object.assign(new Event("formdata"), { formData }));
    expect(formData.getAll("with")).toEqual(["0"]);
  });
});
