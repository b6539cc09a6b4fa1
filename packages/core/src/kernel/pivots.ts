import type { WhitenedTerm } from '../contracts/index.ts';
import { isShared } from './check.ts';

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
 * @returns `[K, C]`, or null where all are 0
 *
 * Cost: K·C, and K·C²/2 where some are far.
 *
 * @example
 * const term = { form: 'whitened', width: 1, factor: Float64Array.of(1, 2), offset: Float64Array.of(3, 100), triangular: true };
 * pivotsOf(term, 2); // [0, 50]: the second lies 100 of its deviations from 0
 */
export function pivotsOf(term: WhitenedTerm, components: number): Float64Array | null {
  const { width: C, offset, triangular } = term;
  if (!triangular) return null;
  const isFar = Array.from(
    { length: components },
    (_, k) => squaredNorm(offset.subarray(k * C, (k + 1) * C)) > NEAR ** 2,
  );
  if (!isFar.includes(true)) return null;
  const pivots = new Float64Array(components * C);
  for (let k = 0; k < components; k++) {
    if (!isFar[k]) continue;
    const mean = meanOf(term, k, isShared(term, components) ? 0 : k);
    if (mean.every((m) => Math.abs(m) < FARTHEST)) pivots.set(mean, k * C);
  }
  return pivots;
}

/** Forward substitution in `W μ = c`; not finite where W is not invertible. */
function meanOf({ width: C, factor: W, offset }: WhitenedTerm, k: number, own: number): Float64Array {
  const mean = new Float64Array(C);
  for (let i = 0; i < C; i++) {
    const row = (own * C + i) * C;
    let rest = offset[k * C + i]!;
    for (let j = 0; j < i; j++) rest -= W[row + j]! * mean[j]!;
    mean[i] = rest / W[row + i]!;
  }
  return mean;
}

function squaredNorm(x: Float64Array): number {
  return x.reduce((sum, value) => sum + value * value, 0);
}
