import type { CellNumbers, ConjugateFamily, Matrix, Scores, Stand, Transform } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { identity } from '@mixtention/core/kernel';
import { alikeColumns, eachOwned, permuteRows } from '../components.ts';
import { familySpec } from '../family-spec.ts';
import { pickColumns } from '../pick-columns.ts';
import { beta } from './beta.ts';
import { clampedLogit, sumClampedLogs } from './clamped-log.ts';
import { bernoulliLogits } from './logits.ts';
import type { BernoulliParams, BernoulliPosterior, BernoulliPrior } from './params.ts';

const stand: Stand = { statistics: identity.none, columns: null };

/**
 * Independent yes-or-no columns: images of black and white pixels, answers, baskets, presence and absence.
 *
 *     log p(x | k) = Σ_d [ x_d log θ_kd + (1 − x_d) log(1 − θ_kd) ] = x·η_k + Σ_d log(1 − θ_kd),  η = logit θ
 *
 * Linear scores with T(x) = x, so rows are used where they lie in memory. Columns are not standardised.
 * A probability of exactly 0 or 1 (maximum likelihood gives them) scores an impossible cell at −46 nats in place of −∞; what is possible
 * is scored exactly. In float32 a row is off by up to a hundredth of a nat where hundreds of cells are certain, since 46 nats each cancel;
 * under the default prior by less than a thousandth.
 *
 * Source: `README.md` beside this file.
 *
 * @example
 * const params = { width: 2, probabilities: Float64Array.of(0.9, 0.2, 0.1, 0.7) };
 * bernoulli.scores(params, Float64Array.of(Math.log(0.5), Math.log(0.5))).bias; // log ½ + Σ log(1 − θ)
 */
export const bernoulli: ConjugateFamily<BernoulliParams, BernoulliPrior, BernoulliPosterior> = {
  spec: familySpec('bernoulli'),
  columns: (width) => alikeColumns(width, { scaling: 'none', cells: 'binary' }),
  terms: () => [stand],
  checkSupport,
  scores,
  startAt: (centers) => ({
    width: centers.cols,
    probabilities: Float64Array.from(centers.data, (x) => 0.25 + 0.5 * x),
  }),

  estimate(counts, [sums], previous) {
    const { width } = previous;
    const probabilities = previous.probabilities.slice();
    const degenerate = eachOwned(counts, (k) => {
      for (let i = k * width; i < (k + 1) * width; i++) probabilities[i] = unit(sums![i]! / counts[k]!);
      return false;
    });
    return { params: { width, probabilities }, degenerate };
  },

  prior: beta,
  marginal: ({ width, probabilities }, columns) => ({
    family: bernoulli,
    params: { width: columns.length, probabilities: pickColumns(probabilities, width, columns) },
  }),
  conditional: ({ width, probabilities }, _seen, hidden) => ({
    intercepts: pickColumns(probabilities, width, hidden),
    slopes: null,
  }),
  coordinates: bernoulliLogits,
  defaultPrior: 'weak',

  sample({ width, probabilities }, component, random) {
    return Float64Array.from({ length: width }, (_, d) =>
      random.uniform() < probabilities[component * width + d]! ? 1 : 0,
    );
  },
  freeParameters: (components, width) => components * width,
  unscale: same,
  rescale: same,
  describe: ({ width, probabilities }) => ({
    means: { data: probabilities.slice(), rows: probabilities.length / width, cols: width },
    covariances: null,
  }),
  fromDescription: ({ means }) => ({
    width: means.cols,
    probabilities: Float64Array.from(means.data, checkProbability),
  }),
  select: ({ width, probabilities }, order) => ({ width, probabilities: permuteRows(probabilities, width, order) }),
  shape: (components, width) => ({ width, probabilities: [components, width] }),
};

function scores({ width, probabilities }: BernoulliParams, logWeights: Float64Array): Scores {
  const natural = new Float64Array(probabilities.length);
  for (let i = 0; i < natural.length; i++) natural[i] = clampedLogit(probabilities[i]!);
  const bias = logWeights.map((l, k) => l + sumClampedLogs(probabilities.subarray(k * width, (k + 1) * width), 'no'));
  // Large terms come of probabilities of 0 and 1, where a thousandth of a nat decides nothing.
  return { components: bias.length, bias, terms: [{ ...stand, form: 'linear', width, natural, precision: 'float32' }] };
}

function checkSupport({ data, cols }: Matrix, { first = 0, columns }: CellNumbers = {}): void {
  for (let i = 0; i < data.length; i++) {
    if (data[i] === 0 || data[i] === 1) continue;
    const column = columns?.[i % cols] ?? i % cols;
    const cell = `row ${first + Math.floor(i / cols)}, column ${column} (counted from 0) is ${data[i]}`;
    fail(
      'mixture/bernoulli',
      'BAD_DATA',
      `${cell}, the bernoulli family takes 0 and 1 only; binarise grey values first, for example x > ½`,
    );
  }
}

function checkProbability(p: number, i: number): number {
  if (!(p >= 0 && p <= 1))
    fail('mixture/bernoulli', 'BAD_DATA', `probability ${i} is ${p}, a number from 0 to 1 was due`);
  return p;
}

/** Sums of float32 products may pass their count by a rounding. */
function unit(p: number): number {
  return Math.min(1, Math.max(0, p));
}

function same(params: BernoulliParams, _transform: Transform): BernoulliParams {
  return params;
}
