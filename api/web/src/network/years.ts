// A slider beside the field of the year: the same number, by hand or by key; letting go shows that year.
// Behind the last year it has one place more, where no year is chosen, as in an empty field.

export function enableYears(root: ParentNode, label: string): void {
  const form = root.querySelector<HTMLFormElement>("form[data-years]:not(:has(input[type=range]))");
  const field = form?.querySelector<HTMLInputElement>("input[name=year]");
  if (!form || !field) return;
  const all = String(Number(field.max) + 1);
  const slider = Object.assign(document.createElement("input"), { type: "range", min: field.min, max: all, step: "1" });
  slider.id = "nw-years";
  slider.value = field.value || all;
  slider.setAttribute("aria-label", label);
  const say = (): void => slider.setAttribute("aria-valuetext", field.value || field.placeholder);
  slider.addEventListener("input", () => {
    field.value = slider.value === all ? "" : slider.value;
    say();
  });
  slider.addEventListener("change", () => form.requestSubmit());
  say();
  field.before(slider);
}
