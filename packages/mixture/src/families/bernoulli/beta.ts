import type { ConjugatePrior, LinearTerm, Scores } from '@mixtention/core';
import { identity } from '@mixtention/core/kernel';
import { logBeta, sampleLogGamma } from '@mixtention/core/numeric';
import { perComponent, permuteRows } from '../components.ts';
import { pickColumns } from '../pick-columns.ts';
import { betaDivergence, betaLogs } from './beta-logs.ts';
import { sumClampedLogs } from './clamped-log.ts';
import type { BernoulliParams, BernoulliPosterior, BernoulliPrior } from './params.ts';

/** A tenth of a yes and a tenth of a no for each cell: enough that no probability reaches 0 or 1. */
const WEAK = 1.1;

/**
 * The Beta prior of the Bernoulli family; mode and density are in θ.
 *
 *     a_kd = a + Σₙ r_nk x_nd,  b_kd = b + Σₙ r_nk (1 − x_nd),  mode θ_kd = (a_kd − 1) / (a_kd + b_kd − 2)
 *     mean, predictive: Bernoulli(a_kd / (a_kd + b_kd))
 *     expected scores: η_kd = ψ(a_kd) − ψ(b_kd),  bias_k = E log π_k + Σ_d [ψ(b_kd) − ψ(a_kd + b_kd)]
 */
export const beta: ConjugatePrior<BernoulliParams, BernoulliPrior, BernoulliPosterior> = {
  weak: () => ({ a: WEAK, b: WEAK }),
  describe: ({ a, b }) => `Beta(${a}, ${b}) on each probability`,

  posterior(prior, counts, [all]) {
    const sums = all!;
    const width = sums.length / counts.length;
    const a = new Float64Array(sums.length);
    const b = new Float64Array(sums.length);
    for (let k = 0; k < counts.length; k++) {
      for (let i = k * width; i < (k + 1) * width; i++) {
        a[i] = prior.a + sums[i]!;
        // Sums of float32 products may pass their count by a rounding.
        b[i] = prior.b + Math.max(0, counts[k]! - sums[i]!);
      }
    }
    return { width, a, b };
  },

  mode({ width, a, b }) {
    const probabilities = new Float64Array(a.length);
    for (let i = 0; i < a.length; i++) probabilities[i] = betaMode(a[i]!, b[i]!);
    return { width, probabilities };
  },

  mean({ width, a, b }) {
    const probabilities = new Float64Array(a.length);
    for (let i = 0; i < a.length; i++) probabilities[i] = a[i]! / (a[i]! + b[i]!);
    return { width, probabilities };
  },

  logDensity({ a, b }, { probabilities }) {
    const [yes, no] = [sumClampedLogs(probabilities, 'yes'), sumClampedLogs(probabilities, 'no')];
    return (a - 1) * yes + (b - 1) * no - probabilities.length * logBeta(a, b);
  },

  expectedScores(posterior, expectedLogWeights): Scores {
    const { logits: natural, no } = betaLogs(posterior);
    const bias = expectedLogWeights.map((l, k) => l + no[k]!);
    const term: LinearTerm = {
      form: 'linear',
      statistics: identity.none,
      columns: null,
      width: posterior.width,
      natural,
    };
    return { components: bias.length, bias, terms: [term] };
  },

  predictive({ width, a, b }, logWeights): Scores {
    const bias = logWeights.slice();
    a.forEach((yes, i) => {
      bias[Math.floor(i / width)]! += Math.log(b[i]!) - Math.log(yes + b[i]!);
    });
    const natural = a.map((yes, i) => Math.log(yes) - Math.log(b[i]!));
    const term: LinearTerm = { form: 'linear', statistics: identity.none, columns: null, width, natural };
    return { components: bias.length, bias, terms: [term] };
  },

  marginal: ({ width, a, b }, columns) => ({
    width: columns.length,
    a: pickColumns(a, width, columns),
    b: pickColumns(b, width, columns),
  }),
  conditional: ({ width, a, b }, _seen, hidden) => {
    const [yes, no] = [a, b].map((counts) => pickColumns(counts, width, hidden));
    return { intercepts: yes!.map((count, i) => count / (count + no![i]!)), slopes: null };
  },

  divergence: (posterior, prior) => ({ perComponent: betaDivergence(posterior, prior), shared: 0 }),

  // Σ_d log B(a_kd, b_kd) − log B(a, b)
  evidence: ({ width, a, b }, prior) =>
    perComponent(width, a.length, (i) => logBeta(a[i]!, b[i]!) - logBeta(prior.a, prior.b)),

  sample({ width, a, b }, random) {
    const probabilities = a.map(
      (yes, i) => 1 / (1 + Math.exp(sampleLogGamma(random, b[i]!) - sampleLogGamma(random, yes))),
    );
    return { width, probabilities };
  },

  select: ({ width, a, b }, order) => ({ width, a: permuteRows(a, width, order), b: permuteRows(b, width, order) }),
  shape: () => ({ a: 'number', b: 'number' }),
  findWrong({ a, b }) {
    if (!(a > 0)) return `a is ${a}, a number above 0 was due`;
    return b > 0 ? null : `b is ${b}, a number above 0 was due`;
  },
  posteriorShape: (components, width) => ({ width, a: [components, width], b: [components, width] }),
};

/** Where the density of Beta(a, b) is highest; the mean when it is flat or the ends tie. */
function betaMode(a: number, b: number): number {
  if (a > 1 && b > 1) return (a - 1) / (a - 1 + (b - 1));
  if (a > 1 || b > 1) return Math.min(1, Math.max(0, (a - 1) / (Math.max(a, 1) - 1 + Math.max(b, 1) - 1)));
  return a < b ? 0 : a > b ? 1 : 0.5;
}
