// A slider beside a number field of a weight: the same value, quicker to move. The number field stays what is sent.

export function enableSliders(root: ParentNode = document): void {
  for (const field of root.querySelectorAll<HTMLInputElement>(".bk-weight input[type=number]:not([data-with-slider])")) {
    field.dataset.withSlider = "";
    field.before(sliderOf(field));
  }
}

function sliderOf(field: HTMLInputElement): HTMLInputElement {
  const slider = document.createElement("input");
  slider.type = "range";
  slider.min = field.min || "0";
  slider.max = field.max || "3";
  slider.step = "0.1";
  slider.value = field.value;
  slider.setAttribute("aria-label", field.labels?.[0]?.textContent?.trim() ?? field.name);
  slider.addEventListener("input", () => {
    field.value = slider.value;
    // the form asks once the hand rests: its trigger has a delay
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  // the slider has no name and is not sent; its own change would only ask the same twice
  slider.addEventListener("change", (event) => event.stopPropagation());
  field.addEventListener("input", () => (slider.value = field.value));
  return slider;
}
