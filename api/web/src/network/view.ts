// A view of the network as the service tells it: types of /api/v1/network/view, and who is joined with whom.

export interface ViewNode {
  key: string;
  name: string;
  kind: string;
  word: string;
  about: string;
  count: number;
  short: string;
  brief: string;
  rank: number;
  hops: number;
  ties: number;
  shown: number;
  size: number;
  x: number;
  y: number;
  start: boolean;
  opened: boolean;
}

export interface ViewLine {
  source: number;
  target: number;
  type: string;
  says: string;
  count: number;
  strength: number;
}

export interface ViewData {
  revision: number;
  title: string;
  sentence: string;
  layout: string;
  nodes: ViewNode[];
  lines: ViewLine[];
  ground: [number, number][];
  land: [number, number][][];
}

export interface Neighbour {
  node: number;
  line: number;
}

export type Direction = "left" | "right" | "up" | "down";

const UNIT: Record<Direction, [number, number]> = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };
// a neighbour counts as lying in a direction within 60 degrees of it
const WIDEST = 0.5;
const RADIUS = { least: 6, more: 12 };

export function radiusOf(node: ViewNode): number {
  return RADIUS.least + RADIUS.more * node.size;
}

/** Moves along relations by direction, and through all nodes in the order of the list. */
export class Walker {
  private readonly near: Neighbour[][];
  private readonly place = new Map<string, number>();
  private readonly order: number[];

  constructor(readonly data: ViewData) {
    this.near = data.nodes.map(() => []);
    data.lines.forEach((line, i) => {
      this.near[line.source]?.push({ node: line.target, line: i });
      if (line.target !== line.source) this.near[line.target]?.push({ node: line.source, line: i });
    });
    data.nodes.forEach((node, i) => this.place.set(node.key, i));
    this.order = data.nodes.map((_, i) => i);
    this.order.sort((a, b) => this.node(a).rank - this.node(b).rank);
  }

  node(i: number): ViewNode {
    const found = this.data.nodes[i];
    if (!found) throw new RangeError(`there is no node ${i}`);
    return found;
  }

  find(key: string): number | undefined {
    return this.place.get(key);
  }

  neighbours(i: number): readonly Neighbour[] {
    return this.near[i] ?? [];
  }

  /** Where the picture begins: the node in the middle, else the first of the list. */
  get beginning(): number | undefined {
    const middle = this.data.nodes.findIndex((node) => node.start);
    return middle >= 0 ? middle : this.order[0];
  }

  /** The neighbour that lies best in a direction: straight ahead before askew, near before far. */
  towards(from: number, direction: Direction): Neighbour | undefined {
    const [dx, dy] = UNIT[direction];
    const here = this.node(from);
    let best: Neighbour | undefined;
    let least = Infinity;
    for (const each of this.neighbours(from)) {
      const there = this.node(each.node);
      const [x, y] = [there.x - here.x, there.y - here.y];
      const length = Math.hypot(x, y);
      const ahead = length > 0 ? (x * dx + y * dy) / length : 0;
      if (ahead < WIDEST) continue;
      const cost = length * (2 - ahead);
      if (cost < least) [best, least] = [each, cost];
    }
    return best;
  }

  /** The next or previous node of the list, round and round. */
  beside(from: number | undefined, step: 1 | -1): number | undefined {
    if (this.order.length === 0) return undefined;
    const at = from === undefined ? (step === 1 ? -1 : 0) : this.order.indexOf(from);
    return this.order[(at + step + this.order.length) % this.order.length];
  }
}
