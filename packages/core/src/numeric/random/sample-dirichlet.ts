import type { RandomSource } from '../../contracts/index.ts';
import { softmax } from '../special/softmax.ts';
import { sampleLogGamma } from './sample-log-gamma.ts';

/**
 * Draws proportions from a Dirichlet distribution, by normalizing gamma variates in logarithms, so that small concentrations work.
 *
 *     p(π) ∝ Π_k π_k^(α_k − 1)
 *
 * @param concentration  α, `[K]`, each at least 1e-300
 * @param out  receives π, `[K]`
 * @returns π, which sums to 1
 * @throws MixtentionError BAD_OPTION for a concentration outside the range
 *
 * Cost: K gamma draws.
 *
 * @example
 * const shares = sampleDirichlet(generator(key(0)), [1, 1, 1]); // uniform on the triangle
 * shares.reduce((a, b) => a + b); // 1
 */
export function sampleDirichlet(
  random: RandomSource,
  concentration: ArrayLike<number>,
  out: Float64Array = new Float64Array(concentration.length),
): Float64Array {
  for (let k = 0; k < concentration.length; k++) out[k] = sampleLogGamma(random, concentration[k]!);
  softmax(out, 0, concentration.length);
  return out;
}
