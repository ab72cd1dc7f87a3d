// A slider beside the field of the year: the same number, by hand or by key; letting go shows that year.

export function enableYears(root: ParentNode, label: string): void {
  const form = root.querySelector<HTMLFormElement>("form[data-years]:not(:has(input[type=range]))");
  const field = form?.querySelector<HTMLInputElement>("input[name=year]");
  if (!form || !field) return;
  const slider = Object.assign(document.createElement("input"), { type: "range", min: field.min, max: field.max, step: "1" });
  slider.id = "nw-years";
  slider.value = field.value || field.max;
  slider.setAttribute("aria-label", label);
  slider.addEventListener("input", () => (field.value = slider.value));
  slider.addEventListener("change", () => form.requestSubmit());
  field.before(slider);
}
