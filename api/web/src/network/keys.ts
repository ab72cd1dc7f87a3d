// What keys do on the picture, and the list of them.

export interface Commands {
  move: (direction: "left" | "right" | "up" | "down") => void;
  beside: (step: 1 | -1) => void;
  home: () => void;
  back: () => void;
  enter: () => void;
  expand: () => void;
  hide: () => void;
  middle: () => void;
  undo: () => void;
  search: () => void;
  zoom: (larger: boolean) => void;
  fit: () => void;
  help: () => void;
}

const ARROWS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" } as const;

/** Does what a key stands for; says whether it stands for anything. */
export function pressed(event: KeyboardEvent, commands: Commands): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key in ARROWS) {
    commands.move(ARROWS[event.key as keyof typeof ARROWS]);
    return true;
  }
  const does: Record<string, () => void> = {
    n: () => commands.beside(1),
    p: () => commands.beside(-1),
    Home: commands.home,
    Backspace: commands.back,
    Enter: commands.enter,
    "+": commands.expand,
    "-": commands.hide,
    m: commands.middle,
    u: commands.undo,
    "/": commands.search,
    PageUp: () => commands.zoom(true),
    PageDown: () => commands.zoom(false),
    "0": commands.fit,
    "?": commands.help,
  };
  const act = does[event.key] ?? does[event.key.toLowerCase()];
  act?.();
  return act !== undefined;
}

const LISTED = ["arrows", "next", "home", "enter", "plus", "middle", "undo", "search", "zoom", "fingers", "question"];

export function keysDialog(words: Readonly<Record<string, string>>): HTMLDialogElement {
  const dialog = document.createElement("dialog");
  dialog.className = "nw-keys";
  dialog.setAttribute("aria-label", words["keys"] ?? "");
  const list = document.createElement("ul");
  for (const name of LISTED) list.append(Object.assign(document.createElement("li"), { textContent: words[name] ?? "" }));
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: words["close"] ?? "" });
  close.addEventListener("click", () => dialog.close());
  dialog.append(list, close);
  return dialog;
}
