// The colours of the page for the canvas: read from the style sheet, so that both themes and forced colours are followed.

export interface Colours {
  of: (kind: string) => string;
  text: string;
  paper: string;
  line: string;
  weak: string;
  ground: string;
  focus: string;
  land: string;
  rim: string;
}

const KINDS = ["municipality", "actor", "alliance", "practice", "offer", "request", "exchange", "challenge", "group", "unproven"];

/** Any colour of a style sheet as WebGL can read it. */
function plain(colour: string, pen: CanvasRenderingContext2D | null): string {
  if (!pen) return colour;
  pen.clearRect(0, 0, 1, 1);
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
  return `rgb(${red}, ${green}, ${blue})`;
}

export function readColours(place: HTMLElement): Colours {
  const probe = document.createElement("span");
  probe.className = "nw-probe";
  place.append(probe);
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", {
    willReadFrequently: true,
  });
  const read = (name: string): string => {
    probe.className = `nw-probe ${name}`;
    return plain(getComputedStyle(probe).color, pen);
  };
  const kinds = new Map(KINDS.map((kind) => [kind, read(`bk-${kind}`)]));
  const found = {
    of: (kind: string): string => kinds.get(kind) ?? kinds.get("challenge") ?? "#6e7597",
    text: read("nw-text"),
    paper: read("nw-paper"),
    line: read("nw-line"),
    weak: read("nw-weak"),
    ground: read("nw-ground"),
    focus: read("nw-focus"),
    land: read("nw-land"),
    rim: read("nw-rim"),
  };
  probe.remove();
  return found;
}
