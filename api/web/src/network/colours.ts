// The colours of the page for the canvas: read from the style sheet, so that both themes and forced colours are followed.

export interface Colours {
  of: (kind: string) => string;
  text: string;
  paper: string;
  line: string;
  weak: string;
  focus: string;
}

const KINDS = ["municipality", "actor", "alliance", "practice", "offer", "request", "exchange", "challenge", "group"];

export function readColours(place: HTMLElement): Colours {
  const probe = document.createElement("span");
  probe.className = "nw-probe";
  probe.hidden = false;
  place.append(probe);
  const read = (name: string): string => {
    probe.className = `nw-probe ${name}`;
    return getComputedStyle(probe).color;
  };
  const kinds = new Map(KINDS.map((kind) => [kind, read(`bk-${kind}`)]));
  const found = {
    of: (kind: string): string => kinds.get(kind) ?? kinds.get("challenge") ?? "#6e7597",
    text: read("nw-text"),
    paper: read("nw-paper"),
    line: read("nw-line"),
    weak: read("nw-weak"),
    focus: read("nw-focus"),
  };
  probe.remove();
  return found;
}
