/** What the responsibilities of a tile tell of themselves. */
export type GivenSums = {
  /** `Σₙ wₙ r_nk` `[K]`, added to */
  readonly counts: Float64Array;
  /** `Σ w` over rows that some component owns */
  weight: number;
  /** `−Σ w r log r` */
  entropy: number;
};

/**
 * Adds counts, weight and entropy of responsibilities `[count, K]`.
 *
 * @param weights  w `[count]`, or null where all are 1
 */
export function addGiven(
  R: Float64Array | Float32Array,
  count: number,
  weights: Float64Array | null,
  sums: GivenSums,
): void {
  const { counts } = sums;
  const K = counts.length;
  for (let n = 0; n < count; n++) {
    const w = weights === null ? 1 : weights[n]!;
    if (w === 0) continue;
    let [total, rLogR] = [0, 0];
    for (let k = 0, at = n * K; k < K; k++, at++) {
      const r = R[at]!;
      if (r === 0) continue;
      total += r;
      rLogR += r * Math.log(r);
      counts[k]! += w * r;
    }
    if (total > 0) sums.weight += w;
    sums.entropy -= w * rLogR;
  }
}
