// A list from which a few are chosen for comparison: how many there are, and no more than may be; links to copy.

/** With script the boxes themselves are sent along; what stands in for them without it would only contradict them. */
export function enableChoosing(root: ParentNode = document): void {
  for (const each of root.querySelectorAll("[data-without-script]")) each.remove();
  showCount();
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-copy][data-done]:not([data-ready])")) {
    if (!button.dataset.copy) continue;
    button.dataset.ready = "";
    button.hidden = false;
    button.addEventListener("click", () => void copy(button));
  }
}

export function showCount(): void {
  const line = document.querySelector<HTMLElement>("#comparison [data-count]");
  if (!line) return;
  const boxes = [...document.querySelectorAll<HTMLInputElement>("input[type=checkbox][name=with]")];
  const chosen = boxes.filter((each) => each.checked).length;
  const most = Number(/\d+/.exec(line.dataset.count?.replace("{n}", "") ?? "")?.[0] ?? boxes.length);
  line.dataset.empty ??= line.textContent ?? "";
  line.textContent = chosen ? (line.dataset.count ?? "").replace("{n}", String(chosen)) : line.dataset.empty;
  for (const each of boxes) each.disabled = !each.checked && chosen >= most;
}

async function copy(button: HTMLButtonElement): Promise<void> {
  const address = new URL(button.dataset.copy ?? "", location.href).href;
  await navigator.clipboard.writeText(address);
  button.textContent = button.dataset.done ?? "";
}
