// Names beside nodes, the most important first: off other names and nodes, off lines if possible.
// The service places them by the same rules (network_placing.py); tests/names.json holds both to them.
import { nameOf, Taken, type Box } from "./taken";

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

/** Up to so many nodes names are tried in all places and off lines. */
export const FEW = 150;
/** What is free at the sides of a name, and beside nodes that are not its own, and above and below them. */
const AIR = 7;
const ROOM = { beside: 3, above: 2 };
/** How far names stay from the frame. */
const RIM = 6;
/** Places of a name that show alike well whose it is: at the sides of the node or not, and above and below it: */
interface Near {
  sides: boolean;
  /** How much of the name stands to the left of it, the best first. */
  slid: number[];
  /** So many parts of its height it stands further off. */
  lifted: number;
}
const [MIDDLE, SLID] = [0.5, [0.4, 0.6, 0.3, 0.7, 0.2, 0.8]];
const BEST: Near = { sides: true, slid: [MIDDLE], lifted: 0 };
/** The nearest first; each is tried in full, then in brief, before those further off. */
const NEARNESS: Near[][] = [
  [BEST, { sides: false, slid: [...SLID, 0, 1], lifted: 0 }],
  [{ sides: false, slid: [MIDDLE, ...SLID], lifted: 0.4 }],
];
/** Whose sign a name seems to belong to, in parts of its height: how far above and below signs are looked for, and how near */
/** one over its core is too near; the core: so much of the name to each side of its middle; and how far beyond its ends */
/** signs raise a doubt. */
const READ = { line: 1, close: 0.5, core: 0.25, wide: 3 };
/** So much less covered is no reason to stand elsewhere. */
const HARDLY = 1e-6;
/** So many names may give way for one. */
const CHAIN = 3;
/** So often that is tried in a picture, for it is drawn anew while it moves. */
const PUSHES = 200;
/** What letters take above and below their base line, and how far names stay from their nodes: parts of their height. */
const LETTERS = { above: 0.85, below: 0.23, beside: 0.33, under: 0.8, gap: 0.3 };

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
  near: Near;
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
    for (const name of this.places(spot, true)) {
      const other = this.taken.alone(name.box, index);
      const [its, old] = other === undefined ? [] : [this.spots[other], this.names.get(other)];
      if (other === undefined || !its || !old || fixed.includes(other) || this.doubt(name, index) === Infinity) continue;
      if (this.pushes === 0) return false;
      this.pushes--;
      this.take(other, old);
      this.put(index, name);
      const fresh = this.free(other, its, true);
      if (fresh) this.put(other, fresh);
      if (fresh || (chain > 1 && this.push(other, its, chain - 1, [...fixed, index]))) return true;
      this.take(index, name);
      this.put(other, old);
    }
    return false;
  }

  private free(index: number, spot: Spot, all: boolean): Name | undefined {
    let least = Infinity;
    let found: Name | undefined;
    for (const name of this.places(spot, all)) {
      if (found && name.near.lifted > 0) break;
      if (!this.taken.isFree(name.box, index)) continue;
      let doubt = this.doubt(name, index);
      if (doubt < least) doubt += this.lines.filter((line) => crosses(name.box, line)).length;
      if (doubt < least) [least, found] = [doubt, name];
      if (least === 0) break;
    }
    return found;
  }

  private least(index: number, spot: Spot): Name | undefined {
    let least = Infinity;
    let found: Name | undefined;
    for (const name of this.places(spot, true)) {
      const covered = name.brief === spot.brief < spot.width ? this.taken.covered(name.box, index) : Infinity;
      if (covered < least - HARDLY) [least, found] = [covered, name];
    }
    return found;
  }

  /** How doubtful it is whose name it is: no place at all if another sign is nearer to its middle or over its core. */
  private doubt({ box }: Name, index: number): number {
    const { height, spots } = this;
    const { x0, y0, x1, y1 } = box;
    const [middle, core] = [(x0 + x1) / 2, READ.core * (x1 - x0)];
    const at = spots[index]?.x ?? middle;
    // beside its node a name hangs on it, whatever is above and below
    const hangs = x0 + AIR > at + HARDLY || x1 - AIR < at - HARDLY;
    const own = hangs ? 0 : Math.abs(at - middle) - HARDLY;
    const [reach, close] = [(hangs ? READ.close : READ.line) * height, READ.close * height];
    const wide = hangs ? 0 : READ.wide * height;
    let doubt = 0;
    for (const i of this.taken.nodes({ x0: x0 - wide, y0: y0 - reach, x1: x1 + wide, y1: y1 + reach }, index)) {
      const other = spots[i];
      if (!other) continue;
      const gap = Math.max(y0 - other.y, other.y - y1) - other.radius;
      const away = Math.abs(other.x - middle);
      if (gap < reach && (away < own || (gap < close && away < core))) return Infinity;
      if (gap < reach && away < middle - x0 + wide) doubt = 1;
    }
    return doubt;
  }

  private put(index: number, name: Name): void {
    this.taken.add(name.box, nameOf(index));
    this.names.set(index, name);
  }

  private take(index: number, name: Name): void {
    this.taken.remove(name.box, nameOf(index));
    this.names.delete(index);
  }

  /** Where a name could stand within the bounds, in full and in brief, the best place first. */
  private *places(spot: Spot, all: boolean): Generator<Name> {
    const { height, bounds } = this;
    for (const nears of all ? NEARNESS : [[BEST]])
      for (const brief of all && spot.brief < spot.width ? [false, true] : [false]) {
        const width = brief ? spot.brief : spot.width;
        for (const near of nears)
          for (const [x, y] of this.spread(spot, width, near)) {
            const box = { x0: x - AIR, y0: y - LETTERS.above * height, x1: x + width + AIR, y1: y + LETTERS.below * height };
            if (x >= bounds.x0 + RIM && x + width <= bounds.x1 - RIM && box.y0 >= bounds.y0 && box.y1 <= bounds.y1)
              yield { box, brief, near };
          }
      }
  }

  private spread(spot: Spot, width: number, near: Near): [number, number][] {
    let gap = spot.radius + LETTERS.gap * this.height;
    const beside = spot.y + LETTERS.beside * this.height;
    const found: [number, number][] = near.sides ? [[spot.x + gap, beside], [spot.x - gap - width, beside]] : [];
    const [first, last] = [this.bounds.x0 + RIM, this.bounds.x1 - RIM - width];
    gap += near.lifted * this.height;
    for (const slid of near.slid) {
      // what would leave the frame stands at its edge
      const x = Math.max(first, Math.min(spot.x - slid * width, last));
      if (x - HARDLY > spot.x || spot.x > x + width + HARDLY) continue;
      found.push([x, spot.y + gap + LETTERS.under * this.height], [x, spot.y - gap]);
    }
    return found;
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
