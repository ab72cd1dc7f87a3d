// Names beside nodes, the most important first: off other names and nodes, off lines if possible.
// The service places them by the same rules (network_labels.py).

export interface Box {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** A node on the screen, and how wide its name is in full and in brief; `sure`: it has a name in any case. */
export interface Spot {
  x: number;
  y: number;
  radius: number;
  width: number;
  brief: number;
  sure: boolean;
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
const SLID = [0.5, 0, 1, 0.25, 0.75];

/** Boxes in which something stands already; nodes have an owner, names have none. */
export class Taken {
  private readonly squares = new Map<number, [Box, number][]>();

  private *touched(box: Box): Generator<number> {
    for (let i = Math.floor(box.x0 / SQUARE); i <= Math.floor(box.x1 / SQUARE); i++)
      for (let j = Math.floor(box.y0 / SQUARE); j <= Math.floor(box.y1 / SQUARE); j++) yield i * 65_536 + j;
  }

  add(box: Box, owner = -1): void {
    for (const square of this.touched(box)) {
      const found = this.squares.get(square);
      if (found) found.push([box, owner]);
      else this.squares.set(square, [[box, owner]]);
    }
  }

  private *under(box: Box, owner: number): Generator<[Box, number]> {
    for (const square of this.touched(box))
      for (const each of this.squares.get(square) ?? []) {
        const [other, whose] = each;
        if (whose !== owner && box.x0 < other.x1 && other.x0 < box.x1 && box.y0 < other.y1 && other.y0 < box.y1) yield each;
      }
  }

  isFree(box: Box, owner = -2): boolean {
    return this.under(box, owner).next().done === true;
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

class Placing {
  private readonly taken = new Taken();

  constructor(
    private readonly spots: readonly Spot[],
    private readonly lines: readonly Stroke[],
    private readonly height: number,
    private readonly bounds: Box,
  ) {
    for (const [i, { x, y, radius }] of spots.entries()) {
      const [wide, high] = [radius + ROOM.beside, radius + ROOM.above];
      this.taken.add({ x0: x - wide, y0: y - high, x1: x + wide, y1: y + high }, i);
    }
  }

  /** The name in the best place that is free, or, where it is sure, where it covers least. */
  name(index: number, sure: boolean): PlacedName | undefined {
    const spot = this.spots[index];
    if (!spot) return undefined;
    const all = sure || this.spots.length <= FEW;
    for (const brief of all && spot.brief < spot.width ? [false, true] : [false]) {
      const free = this.places(spot, brief ? spot.brief : spot.width, all).filter((box) => this.taken.isFree(box, index));
      const best = free.find((box) => !this.lines.some((line) => crosses(box, line))) ?? free[0];
      if (best) return this.put(index, best, brief);
    }
    if (!sure) return undefined;
    let least = Infinity;
    let best: Box | undefined;
    for (const box of this.places(spot, spot.brief, true)) {
      const covered = this.taken.covered(box, index);
      if (covered < least) [least, best] = [covered, box];
    }
    return best && this.put(index, best, spot.brief < spot.width);
  }

  private put(index: number, box: Box, brief: boolean): PlacedName {
    this.taken.add(box);
    return { index, x: box.x0 + AIR, y: box.y1 - this.height * 0.3, brief };
  }

  /** Where a name could stand within the bounds, the best place first. */
  private places(spot: Spot, width: number, all: boolean): Box[] {
    const { height, bounds } = this;
    const gap = spot.radius + 4;
    const beside = spot.y + height * 0.35;
    const found: [number, number][] = [
      [spot.x + gap, beside],
      [spot.x - gap - width, beside],
    ];
    for (const slid of all ? SLID : SLID.slice(0, 1))
      for (const y of [spot.y + gap + height * 0.8, spot.y - gap]) found.push([spot.x - slid * width, y]);
    return found
      .map(([x, y]) => ({ x0: x - AIR, y0: y - height, x1: x + width + AIR, y1: y + height * 0.3 }))
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
  const placing = new Placing(spots, spots.length <= FEW ? lines : [], height, bounds);
  const found: PlacedName[] = [];
  for (const [index, { x, y, sure }] of spots.entries()) {
    if (found.length >= most) break;
    if (x < bounds.x0 || x > bounds.x1 || y < bounds.y0 || y > bounds.y1) continue;
    const name = placing.name(index, sure || index === 0);
    if (name) found.push(name);
  }
  return found;
}
