import { beforeEach, describe, expect, test, vi } from "vitest";
import { enableSliders } from "../src/frame/sliders";

describe("a slider beside the number field of a weight", () => {
  let field: HTMLInputElement;
  let slider: HTMLInputElement;
  let form: HTMLFormElement;

  beforeEach(() => {
    document.body.innerHTML = `<form><div class="bk-weight"><label for="w">Ausländeranteil</label>
      <input id="w" name="w.foreigners" type="number" min="0" max="3" value="1"></div></form>`;
    enableSliders();
    field = document.getElementById("w") as HTMLInputElement;
    slider = document.querySelector("input[type=range]") as HTMLInputElement;
    form = document.querySelector("form") as HTMLFormElement;
  });

  test("says what it weighs and is not sent itself", () => {
    expect(slider.getAttribute("aria-label")).toBe("Ausländeranteil");
    expect(slider.name).toBe("");
    expect(slider.value).toBe("1");
  });

  test("moves the number, and the form hears of it", () => {
    const heard = vi.fn();
    form.addEventListener("change", heard);
    slider.value = "2.5";
    slider.dispatchEvent(new Event("input"));
    slider.dispatchEvent(new Event("change", { bubbles: true }));
    expect(field.value).toBe("2.5");
    expect(heard).toHaveBeenCalledOnce();
  });

  test("follows the number", () => {
    field.value = "3";
    field.dispatchEvent(new Event("input"));
    expect(slider.value).toBe("3");
  });

  test("is made once", () => {
    enableSliders();
    expect(document.querySelectorAll("input[type=range]").length).toBe(1);
  });
});
