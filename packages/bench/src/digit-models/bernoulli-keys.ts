import type { Matrix } from '@mixtention/core';
import type { Arrays } from '@mixtention/core/optimize';
import { HALF, PIXELS } from './halves.ts';

/**
 * Attention that is a mixture of Bernoulli distributions, parameters as of `mixtureAttention`: a query is the upper half of an image, the value of a component
 * what it expects of the lower half.
 *
 *     key_k = T logit θ_k,upper     bias_k = T (log π_k + Σ_upper log(1 − θ_kj))     logit_k = logit θ_k,lower
 *
 * @param means       θ `[K, 784]`, above 0 and below 1
 * @param logWeights  log π
 * @param logitScale  T: 1 is Bayes
 */
export function bernoulliKeys({ data, rows: K }: Matrix, logWeights: ArrayLike<number>, logitScale: number): Arrays {
  const key = new Float64Array(K * HALF);
  const logit = new Float64Array(K * HALF);
  const bias = new Float64Array(K);
  for (let k = 0; k < K; k++) {
    bias[k] = logitScale * logWeights[k]!;
    for (let j = 0; j < HALF; j++) {
      const upper = data[k * PIXELS + j]!;
      const lower = data[k * PIXELS + HALF + j]!;
      key[k * HALF + j] = logitScale * Math.log(upper / (1 - upper));
      bias[k]! += logitScale * Math.log1p(-upper);
      logit[k * HALF + j] = Math.log(lower / (1 - lower));
    }
  }
  return { key, bias, logit };
}
