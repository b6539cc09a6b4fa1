/**
 * Adds to `into` `[H, H]` the Jensen–Shannon divergences between rows of each two heads, over the same queries and keys, in nats.
 *
 *     JS(p, q) = H((p + q)/2) − ½ H(p) − ½ H(q)     0 where two heads read alike, log 2 where they share no key
 *
 * @param rows  R `[count, K]` of each head
 *
 * Cost: one logarithm a key for each pair of heads.
 * Source: Lin (1991), Divergence measures based on the Shannon entropy.
 */
export function addDivergences(rows: readonly Float64Array[], into: Float64Array): void {
  const heads = rows.length;
  for (let a = 0; a < heads; a++) {
    for (let b = a + 1; b < heads; b++) {
      const sum = divergence(rows[a]!, rows[b]!);
      into[a * heads + b]! += sum;
      into[b * heads + a]! += sum;
    }
  }
}

/** Σ over all cells of ½ p log(p/m) + ½ q log(q/m): each cell's share is 0 or more but for rounding, so the sum keeps its digits. */
function divergence(p: Float64Array, q: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    const [a, b] = [p[i]!, q[i]!];
    const middle = (a + b) / 2;
    if (a > 0) sum += 0.5 * a * Math.log(a / middle);
    if (b > 0) sum += 0.5 * b * Math.log(b / middle);
  }
  return Math.max(0, sum);
}
