// Pieces of the network laid out for the width at hand: large ones in rows, those of one or two in columns with room for names.
import { FEW } from "./names";
import { orderOf } from "./order";
import { radiusOf, type ViewData, type ViewNode } from "./view";

/** A view laid out in a frame of so many pixels. */
export interface Packed extends ViewData {
  frame?: { width: number; height: number };
}

interface Place {
  x: number;
  y: number;
}

const NARROW = 480;
interface Room {
  line: [number, number];
  beside: number;
  above: number;
  row: number;
  least: { across: number; down: number };
}

/** The line between two, and the least of it, what is free around a piece, the least height of a row; in pixels. */
const ROOMS: Record<"wide" | "narrow", Room> = {
  wide: { line: [46, 24], beside: 62, above: 26, row: 25, least: { across: 0.6, down: 0.6 } },
  narrow: { line: [24, 24], beside: 44, above: 24, row: 22, least: { across: 0.35, down: 0.7 } },
};
/** What is free between a sign and its name, and between a name and the next sign. */
const GAP = { own: 6, next: 14 };
const APART = 6;
const SIGN = 8;
const STEP = 0.05;
/** So many times as high as the place large pieces may be; a narrow place is scrolled through anyway. */
const HIGHEST = 2;

/** The same view for a place of this size; as it is where its places mean something, all hangs together, or a piece is so */
/** large that it would be cut off. `wide`: how much room the name of a node takes, in brief. */
export function packed(data: ViewData, width: number, height: number, wide: (node: ViewNode) => number): Packed {
  const pieces = piecesOf(data);
  if (data.layout !== "force" || data.nodes.length > FEW || pieces.length < 2) return data;
  const room = width < NARROW ? ROOMS.narrow : ROOMS.wide;
  const places: Place[] = [];
  const large = pieces.filter((piece) => piece.length > 2);
  let [shrunk, rows, end, widest] = [1, 0, 0, 0];
  const small = (top: number): number => {
    const twos = pieces.filter((piece) => piece.length === 2);
    const ones = pieces.filter((piece) => piece.length === 1);
    return inColumns(places, data.nodes, ones, inColumns(places, data.nodes, twos, top, width, room, wide), width, room, wide);
  };
  for (; ; shrunk -= STEP) {
    rows = inRows(places, data.nodes, large, width, shrunk, room);
    end = small(rows);
    widest = Math.max(0, ...large.map((piece) => boxOf(data.nodes, piece).width * shrunk + 2 * room.beside));
    if (shrunk - STEP < room.least.across || (end <= height && widest <= width)) break;
  }
  // signs must lie within, names may be missing
  if (widest - 2 * room.beside + 2 * SIGN > width || (room === ROOMS.wide && rows > HIGHEST * height)) return data;
  const nodes = data.nodes.map((node, i) => ({ ...node, ...places[i] }));
  return { ...data, nodes, frame: { width, height: end } };
}

function piecesOf(data: ViewData): number[][] {
  const { pieces } = orderOf(data.nodes, data.lines, undefined);
  const found = new Map<number, number[]>();
  for (const [i, piece] of pieces.entries()) found.set(piece, [...(found.get(piece) ?? []), i]);
  return [...found.values()].sort((a, b) => b.length - a.length || (a[0] ?? 0) - (b[0] ?? 0));
}

function boxOf(nodes: readonly ViewNode[], piece: readonly number[]): Place & { width: number; height: number } {
  const [xs, ys] = [piece.map((i) => nodes[i]?.x ?? 0), piece.map((i) => nodes[i]?.y ?? 0)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** Pieces as they are, like words in lines of a text, each line in the middle; says where the next begins. */
function inRows(
  places: Place[], nodes: readonly ViewNode[], pieces: readonly number[][], width: number, shrunk: number, room: Room,
): number {
  // a narrow place has room below
  const down = Math.max(shrunk, room.least.down);
  let [y, x, high] = [0, 0, 0];
  let row: number[] = [];
  const end = (): void => {
    for (const i of row) (places[i] as Place).x += (width - x) / 2;
    [y, x, high, row] = [y + high, 0, 0, []];
  };
  for (const piece of pieces) {
    const box = boxOf(nodes, piece);
    const wide = box.width * shrunk + 2 * room.beside;
    if (x > 0 && x + wide > width) end();
    for (const i of piece)
      places[i] = {
        x: x + room.beside + ((nodes[i]?.x ?? 0) - box.x) * shrunk,
        y: y + room.above + ((nodes[i]?.y ?? 0) - box.y) * down,
      };
    row.push(...piece);
    [x, high] = [x + wide, Math.max(high, box.height * down + 2 * room.above)];
  }
  end();
  return y;
}

/** Pieces of one or of two in columns with room for all names: of two the first has its name to its left. */
function inColumns(
  places: Place[], nodes: readonly ViewNode[], pieces: readonly number[][], top: number, width: number, room: Room,
  wide: (node: ViewNode) => number,
): number {
  if (pieces.length === 0) return top;
  const most = (end: number, of: (node: ViewNode) => number): number =>
    Math.max(0, ...pieces.map((piece) => nodes[piece[end] ?? -1]).map((node) => (node ? of(node) : 0)));
  const radius = Math.max(most(0, radiusOf), most(1, radiusOf));
  const high = Math.max(room.row, 2 * radius + APART);
  const beside = (end: number): number => radius + GAP.own + most(end, wide) + GAP.next / 2;
  const two = pieces[0]?.length === 2;
  const [before, after] = two ? [beside(0), beside(1)] : [radius + GAP.next / 2, beside(0)];
  const [usual, least] = two ? room.line : [0, 0];
  const columns = Math.max(1, Math.floor(width / (before + least + after)));
  const column = width / Math.min(columns, pieces.length);
  const line = Math.max(least, Math.min(usual, column - before - after));
  // what does not fit is missing at both ends alike; a single row stands in the middle
  const spare = (column - before - line - after) / 2;
  const begin = before + (pieces.length <= columns ? spare : Math.min(0, spare));
  for (const [n, piece] of pieces.entries())
    for (const [end, i] of piece.entries())
      places[i] = {
        x: (n % columns) * column + begin + end * line,
        y: top + high * (Math.floor(n / columns) + 0.75),
      };
  return top + high * (Math.ceil(pieces.length / columns) + 0.5);
}
