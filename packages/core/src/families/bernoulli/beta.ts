import { digamma, logBeta } from '../../special/index.ts';
import type { ConjugatePrior, LinearScores } from '../../types.ts';
import type { BernoulliParams } from './bernoulli.ts';
import { clampedLog } from './clamped-log.ts';

/** One Beta(a, b) for every cell. */
export type BernoulliPrior = { readonly a: number; readonly b: number };

/** Beta(a_kd, b_kd), `[K, D]` each. */
export type BernoulliPosterior = { readonly width: number; readonly a: Float64Array; readonly b: Float64Array };

/** A tenth of a yes and a tenth of a no for each cell: enough that no probability reaches 0 or 1. */
const WEAK = 1.1;

/**
 * The Beta prior of the Bernoulli family; mode and density are in θ.
 *
 *     a_kd = a + Σₙ r_nk x_nd,  b_kd = b + Σₙ r_nk (1 − x_nd),  mode θ_kd = (a_kd − 1) / (a_kd + b_kd − 2)
 *     expected scores: η_kd = ψ(a_kd) − ψ(b_kd),  bias_k = E log π_k + Σ_d [ψ(b_kd) − ψ(a_kd + b_kd)]
 */
export const beta: ConjugatePrior<BernoulliParams, BernoulliPrior, BernoulliPosterior> = {
  weak: () => ({ a: WEAK, b: WEAK }),
  describe: ({ a, b }) => `Beta(${a}, ${b}) on each probability`,

  posterior(prior, counts, sums) {
    const width = sums.length / counts.length;
    const a = sums.map((yes) => prior.a + yes);
    const b = sums.map((yes, i) => prior.b + Math.max(0, counts[Math.floor(i / width)]! - yes));
    return { width, a, b };
  },

  mode: ({ width, a, b }) => ({ width, probabilities: a.map((yes, i) => betaMode(yes, b[i]!)) }),

  logDensity({ a, b }, { probabilities }) {
    let sum = -probabilities.length * logBeta(a, b);
    for (const p of probabilities) sum += (a - 1) * clampedLog(p) + (b - 1) * clampedLog(1 - p);
    return sum;
  },

  expectedScores({ width, a, b }, expectedLogWeights): LinearScores {
    const natural = new Float64Array(a.length);
    const bias = expectedLogWeights.slice();
    for (let i = 0; i < a.length; i++) {
      const no = digamma(b[i]!);
      natural[i] = digamma(a[i]!) - no;
      bias[Math.floor(i / width)]! += no - digamma(a[i]! + b[i]!);
    }
    return { form: 'linear', components: bias.length, width, natural, bias };
  },

  divergence(posterior, prior) {
    let sum = 0;
    for (let i = 0; i < posterior.a.length; i++)
      sum += betaDivergence(posterior.a[i]!, posterior.b[i]!, prior.a, prior.b);
    return sum;
  },
};

/** Where the density of Beta(a, b) is highest; the mean when it is flat or the ends tie. */
function betaMode(a: number, b: number): number {
  if (a > 1 || b > 1) return Math.min(1, Math.max(0, (a - 1) / (Math.max(a, 1) - 1 + Math.max(b, 1) - 1)));
  return a < b ? 0 : a > b ? 1 : 0.5;
}

/** KL(Beta(a, b) ‖ Beta(c, d)). */
function betaDivergence(a: number, b: number, c: number, d: number): number {
  if (a === c && b === d) return 0;
  const total = (a - c + b - d) * digamma(a + b);
  return logBeta(c, d) - logBeta(a, b) + (a - c) * digamma(a) + (b - d) * digamma(b) - total;
}
