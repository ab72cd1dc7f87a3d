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

/** What is chosen goes along wherever one goes from here with the same question, and stands in the address. */
export function carryChoice(): void {
  if (!document.getElementById("comparison")) return;
  history.replaceState(history.state, "", withChoice(location.href));
  for (const link of document.querySelectorAll<HTMLAnchorElement>("main a[href]")) {
    const url = new URL(link.href);
    if (url.pathname === "/saved") {
      const kept = url.searchParams.get("address");
      if (kept) url.searchParams.set("address", withChoice(kept));
      link.href = url.pathname + url.search;
    } else if (url.pathname.startsWith(location.pathname)) link.href = withChoice(link.href);
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]"))
    button.dataset.copy = withChoice(button.dataset.copy ?? "");
}

/** Forms beside the list that ask something else send what is chosen now, not what was when the page came. */
export function carryInto(form: HTMLFormElement): void {
  form.addEventListener("formdata", (event) => {
    event.formData.delete("with");
    for (const each of chosenOnes()) event.formData.append("with", each);
  });
}

function withChoice(address: string): string {
  const url = new URL(address, location.href);
  url.searchParams.delete("with");
  for (const each of chosenOnes()) url.searchParams.append("with", each);
  return url.pathname + url.search + url.hash;
}

function chosenOnes(): string[] {
  const boxes = document.querySelectorAll<HTMLInputElement>("input[type=checkbox][name=with]:checked");
  return [...boxes].map((each) => each.value);
}

async function copy(button: HTMLButtonElement): Promise<void> {
  const address = new URL(button.dataset.copy ?? "", location.href).href;
  await navigator.clipboard.writeText(address);
  button.textContent = button.dataset.done ?? "";
}
