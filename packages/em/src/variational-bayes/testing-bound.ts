import { readRows } from '@mixtention/conformance';
import type { ConjugateFamily, Matrix } from '@mixtention/core';
import { totalOf } from '@mixtention/core/base';
import { logBaseOf } from '@mixtention/core/kernel';
import { pointWeights } from '@mixtention/mixture';
import type { MixturePosterior } from './types.ts';
import type { BayesConfig } from './variational-bayes.ts';

/** The bound at a posterior by its definition, E log p − E log q, pair by pair: no softmax of the kernel, no evidence. */
export function naiveBound(
  { weights: ofWeights, components }: MixturePosterior,
  x: Matrix,
  { family, prior, weights = pointWeights() }: BayesConfig,
): number {
  const conjugate = (family as ConjugateFamily).prior;
  const expected = weights.expectedLogWeights(ofWeights);
  const { scores } = readRows(family, x, conjugate.expectedScores(components, expected));
  const base = logBaseOf(family.terms(x.cols), x);
  const K = scores.cols;
  let bound = -weights.divergence(ofWeights) - totalOf(conjugate.divergence(components, prior));
  for (let n = 0; n < x.rows; n++) {
    const row = Float64Array.from(scores.data.subarray(n * K, (n + 1) * K));
    const most = Math.max(...row);
    const shares = row.map((l) => Math.exp(l - most));
    const total = shares.reduce((sum, s) => sum + s, 0);
    shares.forEach((share, k) => {
      const r = share / total;
      if (r > 0) bound += r * (row[k]! - Math.log(r));
    });
    bound += base?.[n] ?? 0;
  }
  return bound;
}
