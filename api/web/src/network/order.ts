// Whose name comes first in a picture, and which nodes hang together. The service does the same (network_labels.py).

export interface Ranked {
  start: boolean;
  kind: string;
  size: number;
  shown: number;
}

export interface Order {
  /** All nodes, the most important first. */
  nodes: number[];
  /** For each node the first node of the piece that it belongs to. */
  pieces: number[];
}

/** Whoever is chosen, where it begins, groups, what is joined with the chosen one, and then the largest and most joined. */
export function orderOf(
  nodes: readonly Ranked[],
  lines: readonly { source: number; target: number }[],
  chosen: number | undefined,
): Order {
  const near = new Set(lines.flatMap(({ source, target }) => (source === chosen ? [target] : target === chosen ? [source] : [])));
  // each time what was so before stays so among equals
  const order = nodes.map((_, i) => i);
  const by = (weight: (node: Ranked, i: number) => number | boolean): void => {
    const weights = nodes.map((node, i) => Number(weight(node, i)));
    order.sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0));
  };
  by((node) => node.shown);
  by((node) => node.size);
  by((_, i) => near.has(i));
  by((node) => node.kind === "group");
  by((node) => node.start);
  by((_, i) => i === chosen);
  return { nodes: order, pieces: pieces(nodes.length, lines) };
}

function pieces(count: number, lines: readonly { source: number; target: number }[]): number[] {
  const first = Array.from({ length: count }, (_, i) => i);
  const find = (i: number): number => {
    let [at, next] = [i, first[i] ?? i];
    while (next !== at) [at, next] = [next, first[next] ?? next];
    return (first[i] = at);
  };
  for (const { source, target } of lines) {
    const [one, other] = [find(source), find(target)];
    first[Math.max(one, other)] = Math.min(one, other);
  }
  return first.map((_, i) => find(i));
}
