// Names beside nodes, the most important first: off other names and nodes, off lines if possible.
// The service places them by the same rules (network_placing.py); tests/names.json holds both to them.

export interface Box {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** A node on the screen, how wide its name is in full and in brief, and what piece of the network it belongs to. */
export interface Spot {
  x: number;
  y: number;
  radius: number;
  width: number;
  brief: number;
  /** It has a name in any case. */
  sure: boolean;
  piece: number;
}

export interface PlacedName {
  index: number;
  x: number;
  y: number;
  brief: boolean;
}

const SQUARE = 48;
/** Up to so many nodes names are tried in all places and off lines. */
export const FEW = 150;
/** What is free at the sides of a name, and beside nodes that are not its own, and above and below them. */
const AIR = 4;
const ROOM = { beside: 6, above: 2 };
/** How far names stay from the frame. */
const RIM = 6;
/** How much of a name above or below its node stands to the left of it, the best first. */
const SLID = [0.5, 0, 1, 0.2, 0.8, 0.3, 0.7, 0.1, 0.9, 0.4, 0.6];
/** So much less covered is no reason to stand elsewhere. */
const HARDLY = 1e-6;
/** So many names may give way for one. */
const CHAIN = 3;
/** So often that is tried in a picture, for it is drawn anew while it moves. */
const PUSHES = 200;
/** What letters take above and below their base line, and how far names stay from their nodes: parts of their height. */
const LETTERS = { above: 0.85, below: 0.23, beside: 0.33, under: 0.8, gap: 0.3 };

/** Boxes in which something stands already, and whose: nodes have their number, names have `nameOf` it. */
export class Taken {
  private readonly squares = new Map<number, [Box, number][]>();

  private *touched(box: Box): Generator<number> {
    for (let i = Math.floor(box.x0 / SQUARE); i <= Math.floor(box.x1 / SQUARE); i++)
      for (let j = Math.floor(box.y0 / SQUARE); j <= Math.floor(box.y1 / SQUARE); j++) yield i * 65_536 + j;
  }

  add(box: Box, owner: number): void {
    const each: [Box, number] = [box, owner];
    for (const square of this.touched(box)) {
      const found = this.squares.get(square);
      if (found) found.push(each);
      else this.squares.set(square, [each]);
    }
  }

  remove(box: Box, owner: number): void {
    for (const square of this.touched(box)) {
      const found = this.squares.get(square) ?? [];
      found.splice(found.findIndex(([, whose]) => whose === owner), 1);
    }
  }

  private *under(box: Box, owner: number): Generator<[Box, number]> {
    for (const square of this.touched(box))
      for (const each of this.squares.get(square) ?? []) {
        const [other, whose] = each;
        if (whose !== owner && box.x0 < other.x1 && other.x0 < box.x1 && box.y0 < other.y1 && other.y0 < box.y1) yield each;
      }
  }

  isFree(box: Box, owner: number): boolean {
    return this.under(box, owner).next().done === true;
  }

  /** The node whose name alone a name would lie on. */
  alone(box: Box, owner: number): number | undefined {
    const found = new Set<number>();
    for (const [, whose] of this.under(box, owner)) found.add(whose);
    const [only] = found;
    return found.size === 1 && only !== undefined && only < 0 ? nameOf(only) : undefined;
  }

  /** How much of nodes a name would lie on; of names none may be covered. */
  covered(box: Box, owner: number): number {
    let area = 0;
    for (const [other, whose] of new Set(this.under(box, owner))) {
      if (whose < 0) return Infinity;
      area += (Math.min(box.x1, other.x1) - Math.max(box.x0, other.x0)) * (Math.min(box.y1, other.y1) - Math.max(box.y0, other.y0));
    }
    return area;
  }
}

/** The mark of a node's name among the owners, and back. */
function nameOf(index: number): number {
  return -1 - index;
}

/** A line on the screen, from x0, y0 to x1, y1. */
export type Stroke = Box;

function crosses(box: Box, line: Stroke): boolean {
  const { x0, y0, x1, y1 } = line;
  if (Math.min(x0, x1) >= box.x1 || Math.max(x0, x1) <= box.x0 || Math.min(y0, y1) >= box.y1 || Math.max(y0, y1) <= box.y0)
    return false;
  const above = (x: number, y: number): boolean => (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) > 0;
  const first = above(box.x0, box.y0);
  return first !== above(box.x1, box.y0) || first !== above(box.x0, box.y1) || first !== above(box.x1, box.y1);
}

interface Name {
  box: Box;
  brief: boolean;
}

class Placing {
  private readonly taken = new Taken();
  readonly names = new Map<number, Name>();
  private readonly few: boolean;
  private pushes = PUSHES;

  constructor(
    private readonly spots: readonly Spot[],
    private readonly lines: readonly Stroke[],
    private readonly height: number,
    private readonly bounds: Box,
  ) {
    this.few = spots.length <= FEW;
    for (const [i, { x, y, radius }] of spots.entries()) {
      const [wide, high] = [radius + ROOM.beside, radius + ROOM.above];
      this.taken.add({ x0: x - wide, y0: y - high, x1: x + wide, y1: y + high }, i);
    }
  }

  /** Places a name where it is free, and says whether there was room; `sure`: else where it covers least. */
  name(index: number, spot: Spot, sure: boolean): boolean {
    const found = this.free(index, spot, sure || this.few) ?? (sure ? this.least(index, spot) : undefined);
    if (found) this.put(index, found);
    return found !== undefined;
  }

  /** Places a name where only that of another stands, if that one finds another place, or can push in its turn. */
  push(index: number, spot: Spot, chain = CHAIN, fixed: readonly number[] = []): boolean {
    for (const brief of this.forms(spot))
      for (const box of this.places(spot, brief ? spot.brief : spot.width, true)) {
        const other = this.taken.alone(box, index);
        const [its, old] = other === undefined ? [] : [this.spots[other], this.names.get(other)];
        if (other === undefined || !its || !old || fixed.includes(other)) continue;
        if (this.pushes === 0) return false;
        this.pushes--;
        this.take(other, old);
        this.put(index, { box, brief });
        const fresh = this.free(other, its, true);
        if (fresh) this.put(other, fresh);
        if (fresh || (chain > 1 && this.push(other, its, chain - 1, [...fixed, index]))) return true;
        this.take(index, { box, brief });
        this.put(other, old);
      }
    return false;
  }

  /** In full, and in brief where that is shorter. */
  private forms(spot: Spot): boolean[] {
    return spot.brief < spot.width ? [false, true] : [false];
  }

  private free(index: number, spot: Spot, all: boolean): Name | undefined {
    for (const brief of all ? this.forms(spot) : [false]) {
      const free = this.places(spot, brief ? spot.brief : spot.width, all).filter((box) => this.taken.isFree(box, index));
      const box = free.find((each) => !this.lines.some((line) => crosses(each, line))) ?? free[0];
      if (box) return { box, brief };
    }
    return undefined;
  }

  private least(index: number, spot: Spot): Name | undefined {
    let least = Infinity;
    let found: Name | undefined;
    for (const box of this.places(spot, spot.brief, true)) {
      const covered = this.taken.covered(box, index);
      if (covered < least - HARDLY) [least, found] = [covered, { box, brief: spot.brief < spot.width }];
    }
    return found;
  }

  private put(index: number, name: Name): void {
    this.taken.add(name.box, nameOf(index));
    this.names.set(index, name);
  }

  private take(index: number, name: Name): void {
    this.taken.remove(name.box, nameOf(index));
    this.names.delete(index);
  }

  /** Where a name could stand within the bounds, the best place first. */
  private places(spot: Spot, width: number, all: boolean): Box[] {
    const { height, bounds } = this;
    const gap = spot.radius + LETTERS.gap * height;
    const beside = spot.y + LETTERS.beside * height;
    const found: [number, number][] = [
      [spot.x + gap, beside],
      [spot.x - gap - width, beside],
    ];
    for (const slid of all ? SLID : SLID.slice(0, 1))
      for (const y of [spot.y + gap + LETTERS.under * height, spot.y - gap]) found.push([spot.x - slid * width, y]);
    return found
      .map(([x, y]) => ({ x0: x - AIR, y0: y - LETTERS.above * height, x1: x + width + AIR, y1: y + LETTERS.below * height }))
      .filter((box) => box.x0 + AIR >= bounds.x0 + RIM && box.x1 - AIR <= bounds.x1 - RIM && box.y0 >= bounds.y0 && box.y1 <= bounds.y1);
  }
}

/** Where names go, given left edge and base line; `spots` in the order of importance. */
export function placeNames(
  spots: readonly Spot[],
  lines: readonly Stroke[],
  height: number,
  most: number,
  bounds: Box,
): PlacedName[] {
  const few = spots.length <= FEW;
  const placing = new Placing(spots, few ? lines : [], height, bounds);
  const { names } = placing;
  const shown = [...spots.entries()].filter(([, { x, y }]) => x >= bounds.x0 && x <= bounds.x1 && y >= bounds.y0 && y <= bounds.y1);
  const named = new Set<number>();
  const name = (index: number, spot: Spot, sure: boolean): void => {
    if (names.size < most && !names.has(index) && placing.name(index, spot, sure)) named.add(spot.piece);
  };
  for (const [i, spot] of shown) if (spot.sure || i === 0) name(i, spot, true);
  // then one of each piece, so that no piece is without a name
  for (const [i, spot] of shown) if (!named.has(spot.piece)) name(i, spot, false);
  for (const [i, spot] of shown) name(i, spot, false);
  // at last names give way to those that found no place
  for (const [i, spot] of few ? shown : []) if (names.size < most && !names.has(i)) placing.push(i, spot);
  return [...names].map(([index, { box, brief }]) => ({ index, x: box.x0 + AIR, y: box.y1 - LETTERS.below * height, brief }));
}
