// What stands where in a picture of the network: boxes of nodes and of names, found by squares of a grid.

export interface Box {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

const SQUARE = 48;

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

  /** Other nodes in a box. */
  nodes(box: Box, owner: number): Set<number> {
    const found = new Set<number>();
    for (const [, whose] of this.under(box, owner)) if (whose >= 0) found.add(whose);
    return found;
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
export function nameOf(index: number): number {
  return -1 - index;
}
