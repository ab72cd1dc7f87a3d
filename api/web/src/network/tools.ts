// What stands around the picture: buttons that enlarge it, the link to pass on, and the picture to take along.
import { announce } from "../frame/announce";
import { savePng } from "./png";

/** Buttons with words; the keys that do the same are told by the last one. */
export function toolBar(words: Readonly<Record<string, string>>, acts: Readonly<Record<string, () => void>>): HTMLElement {
  const bar = document.createElement("div");
  bar.className = "nw-zoom bk-noprint";
  for (const [name, act] of Object.entries(acts)) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: words[name] ?? "" });
    button.addEventListener("click", act);
    bar.append(button);
  }
  return bar;
}

export async function copyLink(root: ParentNode): Promise<void> {
  const field = root.querySelector<HTMLInputElement>("#nw-link");
  if (!field) return;
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    field.select();
    document.execCommand("copy");
  }
  announce(root.querySelector<HTMLElement>("[data-copy]")?.dataset["done"] ?? "");
}

/** Saves the view at hand as PNG; says so where that fails. */
export async function takePicture(root: ParentNode, failed: string): Promise<void> {
  const svg = new URL("/network/export/svg", location.href);
  svg.search = new URL(root.querySelector<HTMLElement>("#nw-picture")?.dataset["view"] ?? "", location.href).search;
  try {
    await savePng(svg.href, "netzwerk.png");
  } catch {
    announce(failed);
  }
}
