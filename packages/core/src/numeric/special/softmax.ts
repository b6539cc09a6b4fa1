/**
 * Turns a slice of logarithms into proportions in place, and returns its log-sum-exp.
 *
 *     x_i ← exp(x_i − m) / Σ_j exp(x_j − m),  m = max_i x_i
 *
 * A slice of −∞ only becomes zeros (a row that nobody owns); entries of +∞ share the whole equally; a NaN makes every entry NaN.
 *
 * @param x      logarithms, overwritten by proportions
 * @param start  first index of the slice
 * @param end    index after the last
 * @returns the log-sum-exp of what came in
 *
 * Cost: one exponential an entry.
 *
 * @example
 * const x = Float64Array.of(Math.log(1), Math.log(3));
 * softmax(x); // 1.3862943611198906 (log 4)
 * x; // [0.25, 0.75]
 */
export function softmax(x: Float64Array | Float32Array, start = 0, end: number = x.length): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; i++) max = Math.max(max, x[i]!);
  if (max === Number.NEGATIVE_INFINITY) {
    x.fill(0, start, end);
    return max;
  }
  let sum = 0;
  for (let i = start; i < end; i++) {
    // The maximum is matched, not subtracted: Infinity − Infinity would be NaN.
    const term = x[i] === max ? 1 : Math.exp(x[i]! - max);
    x[i] = term;
    sum += term;
  }
  for (let i = start; i < end; i++) x[i] = x[i]! / sum;
  return max + Math.log(sum);
}
