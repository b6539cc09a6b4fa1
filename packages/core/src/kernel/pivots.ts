import type { WhitenedScores } from '../contracts/index.ts';

/** Components within so many of their own deviations of 0 keep a covariance to 1e-4 in float32 sums of raw squares. */
const NEAR = 30;
/**
 * In deviations: `dataset` keeps rows within it. Those of little or no weight may lie anywhere, yet float32 must hold their squares (summed over
 * columns): 0·∞ is NaN.
 */
export const FARTHEST = 1e15;

/**
 * Points about which float32 sums of squares keep the digits of covariances: the mean `W_k⁻¹ c_k` of each component that lies far from 0 in its
 * own deviations, and 0 for the others, whose mean may be farther from a row than the row is from 0.
 *
 * @returns `[K, D]`, or null where all are 0
 *
 * Cost: K·D, and K·D²/2 where some are far.
 */
export function pivotsOf(scores: WhitenedScores): Float64Array | null {
  const { components: K, width: D, offset } = scores;
  const isFar = Array.from({ length: K }, (_, k) => squaredNorm(offset.subarray(k * D, (k + 1) * D)) > NEAR ** 2);
  if (!isFar.includes(true)) return null;
  const pivots = new Float64Array(K * D);
  for (let k = 0; k < K; k++) {
    if (!isFar[k]) continue;
    const mean = meanOf(scores, k);
    if (mean.every((m) => Math.abs(m) < FARTHEST)) pivots.set(mean, k * D);
  }
  return pivots;
}

/** Forward substitution in `W μ = c`; not finite where W is not invertible. */
function meanOf({ width: D, whitening: W, offset }: WhitenedScores, k: number): Float64Array {
  const mean = new Float64Array(D);
  for (let i = 0; i < D; i++) {
    const row = (k * D + i) * D;
    let rest = offset[k * D + i]!;
    for (let j = 0; j < i; j++) rest -= W[row + j]! * mean[j]!;
    mean[i] = rest / W[row + i]!;
  }
  return mean;
}

function squaredNorm(x: Float64Array): number {
  return x.reduce((sum, value) => sum + value * value, 0);
}
