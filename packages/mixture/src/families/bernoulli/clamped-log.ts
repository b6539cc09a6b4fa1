/** Small enough that no possible cell is touched, large enough that sums over a thousand columns keep their digits in float32. */
const LEAST = 1e-20;

/** Factors of a product before its logarithm is taken: eight of 1e-20 are 1e-160, far from underflow. */
const FACTORS = 8;

/** log θ − log(1 − θ), each logarithm −46.05 (log 10⁻²⁰) at least, so that 0·∞ never arises; NaN for θ outside [0, 1]. */
export function clampedLogit(p: number): number {
  return Math.log(clamped(p) / clamped(1 - p));
}

/** Σ log θ (`yes`) or Σ log(1 − θ) (`no`), each term clamped alike. One logarithm for eight cells: for wide data they are what costs. */
export function sumClampedLogs(probabilities: Float64Array, of: 'yes' | 'no'): number {
  // θ, or 1 − θ.
  const [start, sign] = of === 'yes' ? [0, 1] : [1, -1];
  let sum = 0;
  for (let from = 0; from < probabilities.length; from += FACTORS) {
    const to = Math.min(from + FACTORS, probabilities.length);
    let product = 1;
    for (let i = from; i < to; i++) product *= clamped(start + sign * probabilities[i]!);
    sum += Math.log(product);
  }
  return sum;
}

/** A probability of at least 1e-20; NaN for what is none. */
function clamped(p: number): number {
  if (p >= LEAST) return p;
  return p >= 0 ? LEAST : Number.NaN;
}
