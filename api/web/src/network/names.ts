// Names beside nodes: the most important first, each only where it touches neither a node nor another name.

export interface Box {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

export interface Spot {
  x: number;
  y: number;
  radius: number;
  width: number;
}

export interface PlacedName {
  index: number;
  x: number;
  y: number;
}

const SQUARE = 48;

/** Boxes in which something stands already. */
export class Taken {
  private readonly squares = new Map<number, Box[]>();

  private *touched(box: Box): Generator<number> {
    for (let i = Math.floor(box.x0 / SQUARE); i <= Math.floor(box.x1 / SQUARE); i++)
      for (let j = Math.floor(box.y0 / SQUARE); j <= Math.floor(box.y1 / SQUARE); j++) yield i * 65_536 + j;
  }

  add(box: Box): void {
    for (const square of this.touched(box)) {
      const found = this.squares.get(square);
      if (found) found.push(box);
      else this.squares.set(square, [box]);
    }
  }

  isFree(box: Box): boolean {
    for (const square of this.touched(box))
      for (const other of this.squares.get(square) ?? [])
        if (box.x0 < other.x1 && other.x0 < box.x1 && box.y0 < other.y1 && other.y0 < box.y1) return false;
    return true;
  }
}

/** Where names go, given left edge and base line; `spots` in the order of importance. */
export function placeNames(spots: readonly Spot[], height: number, most: number, bounds: Box): PlacedName[] {
  const taken = new Taken();
  for (const { x, y, radius } of spots) taken.add({ x0: x - radius, y0: y - radius, x1: x + radius, y1: y + radius });
  const found: PlacedName[] = [];
  for (let index = 0; index < spots.length && found.length < most; index++) {
    const spot = spots[index];
    if (!spot || spot.x < bounds.x0 || spot.x > bounds.x1 || spot.y < bounds.y0 || spot.y > bounds.y1) continue;
    const gap = spot.radius + 4;
    const places: [number, number][] = [
      [spot.x + gap, spot.y + height * 0.35],
      [spot.x - gap - spot.width, spot.y + height * 0.35],
      [spot.x - spot.width / 2, spot.y + gap + height * 0.8],
      [spot.x - spot.width / 2, spot.y - gap],
    ];
    for (const [x, y] of places) {
      const box = { x0: x, y0: y - height, x1: x + spot.width, y1: y + height * 0.3 };
      if (box.x0 < bounds.x0 || box.x1 > bounds.x1 || !taken.isFree(box)) continue;
      taken.add(box);
      found.push({ index, x, y });
      break;
    }
  }
  return found;
}
