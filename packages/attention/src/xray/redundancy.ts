import type { Matrix } from '@mixtention/core';

/** Sums over tiles of queries of what becomes the redundancy of the heads of a layer. */
export type Divergences = {
  /** @param rows  R `[count, K]` of each head, over the same queries and keys */
  add(rows: readonly Float64Array[]): void;
  /** Means over queries `[H, H]`, nats; NaN for two heads of which no query sees keys in both. */
  mean(): Matrix & { readonly data: Float64Array };
};

/**
 * Jensen–Shannon divergences between rows of each two heads of a layer.
 *
 *     JS(p, q) = H((p + q)/2) − ½ H(p) − ½ H(q)     0 where two heads read alike, log 2 where they share no key
 *
 * Means are over the queries that see a key in both.
 *
 * Cost: one logarithm a key for each pair of heads.
 * Source: Lin (1991), Divergence measures based on the Shannon entropy.
 */
export function newDivergences(heads: number, keys: number): Divergences {
  const [sums, counts] = [new Float64Array(heads ** 2), new Float64Array(heads ** 2)];
  return {
    add(rows) {
      const seen = rows.map((r) => Uint8Array.from({ length: r.length / keys }, (_, n) => seesAny(r, n, keys)));
      for (let a = 0; a < heads; a++) {
        for (let b = a + 1; b < heads; b++) {
          sums[a * heads + b]! += divergence(rows[a]!, rows[b]!, { keys, seen: [seen[a]!, seen[b]!] });
          counts[a * heads + b]! += seen[a]!.reduce((count, own, n) => count + own * seen[b]![n]!, 0);
        }
      }
    },
    mean() {
      const data = Float64Array.from({ length: heads ** 2 }, (_, at) => {
        const [a, b] = [Math.floor(at / heads), at % heads].sort((x, y) => x - y) as [number, number];
        return a === b ? 0 : sums[a * heads + b]! / counts[a * heads + b]!;
      });
      return { data, rows: heads, cols: heads };
    },
  };
}

function seesAny(r: Float64Array, n: number, keys: number): number {
  for (let k = n * keys; k < (n + 1) * keys; k++) if (r[k]! > 0) return 1;
  return 0;
}

/** Σ over all cells of ½ p log(p/m) + ½ q log(q/m): each cell's share is 0 or more but for rounding, so the sum keeps its digits. */
function divergence(
  p: Float64Array,
  q: Float64Array,
  { keys, seen }: { keys: number; seen: readonly [Uint8Array, Uint8Array] },
): number {
  let sum = 0;
  for (let n = 0; n < seen[0].length; n++) {
    if (seen[0][n]! * seen[1][n]! === 0) continue;
    for (let i = n * keys; i < (n + 1) * keys; i++) {
      const [a, b] = [p[i]!, q[i]!];
      const middle = (a + b) / 2;
      if (a > 0) sum += 0.5 * a * Math.log(a / middle);
      if (b > 0) sum += 0.5 * b * Math.log(b / middle);
    }
  }
  return Math.max(0, sum);
}
