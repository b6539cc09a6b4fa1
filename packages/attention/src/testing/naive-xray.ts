/** Quantities of a head from its rows R `[N, K]`, by their definitions, one query at a time: the oracle. */
export function naiveXray(rows: readonly (readonly number[])[]): {
  entropies: number[];
  entropy: number;
  usage: number[];
  mutualInformation: number;
  k90: number[];
} {
  const entropies = rows.map(shannon);
  const usage = rows[0]!.map((_, k) => rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length);
  const entropy = entropies.reduce((a, b) => a + b, 0) / rows.length;
  return { entropies, entropy, usage, mutualInformation: shannon(usage) - entropy, k90: rows.map(fewest) };
}

export function shannon(p: readonly number[]): number {
  return p.reduce((sum, one) => (one > 0 ? sum - one * Math.log(one) : sum), 0);
}

/** Tries every number of keys. */
function fewest(row: readonly number[]): number {
  const sorted = [...row].sort((a, b) => b - a);
  for (let count = 1; count <= row.length; count++)
    if (sorted.slice(0, count).reduce((a, b) => a + b, 0) >= 0.9 - 1e-12) return count;
  return row.length;
}
