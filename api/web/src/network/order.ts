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
  /** Whoever is joined with the chosen one. */
  near: Set<number>;
}

/** Whoever is chosen, where it begins, groups, what is joined with the chosen one, and then the largest and most joined. */
export function orderOf(
  nodes: readonly Ranked[],
  lines: readonly { source: number; target: number }[],
  chosen: number | undefined,
): Order {
  const near = new Set(lines.flatMap(({ source, target }) => (source === chosen ? [target] : target === chosen ? [source] : [])));
  const rank = (i: number): number[] => {
    const node = nodes[i];
    return node ? [i === chosen ? 0 : 1, node.start ? 0 : 1, node.kind === "group" ? 0 : 1, near.has(i) ? 0 : 1, -node.size, -node.shown, i] : [];
  };
  const ranks = nodes.map((_, i) => rank(i));
  const order = nodes.map((_, i) => i);
  order.sort((a, b) => {
    const [one = [], other = []] = [ranks[a], ranks[b]];
    for (const [n, each] of one.entries()) if (each !== other[n]) return each - (other[n] ?? 0);
    return 0;
  });
  return { nodes: order, pieces: pieces(nodes.length, lines), near };
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
