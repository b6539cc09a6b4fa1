import { memoize } from '@mixtention/core/base';
import { logBeta } from '@mixtention/core/numeric';
import type { BernoulliPosterior, BernoulliPrior } from './params.ts';

/** Expected logarithms under Beta(a, b) of every cell. */
export type BetaLogs = {
  /** E log θ − E log(1 − θ) = ψ(a) − ψ(b), `[K, D]` */
  readonly logits: Float64Array;
  /** Σ_d E log θ, `[K]` */
  readonly yes: Float64Array;
  /** Σ_d E log(1 − θ), `[K]` */
  readonly no: Float64Array;
  /** Σ_d E log [θ (1 − θ) Beta(θ; a, b)], `[K]` */
  readonly own: Float64Array;
};

/**
 * Expected logarithms of every cell: scores and divergence both ask for them, so they are made once a posterior.
 *
 *     E log θ = ψ(a) − ψ(s),  E log(1 − θ) = ψ(b) − ψ(s),  s = a + b
 *     E log Beta(θ; a, b) = (a − 1) E log θ + (b − 1) E log(1 − θ) − log B(a, b)
 *     own = g(a) + g(b) − g(s),  g(x) = x ψ(x) − log Γ(x) − x
 *
 * In g what is large in x ψ(x) and in log Γ(x) is left out of both, so nothing cancels.
 *
 * Cost: two logarithms a cell.
 */
export const betaLogs: (posterior: BernoulliPosterior) => BetaLogs = memoize(
  ({ width, a, b }: BernoulliPosterior): BetaLogs => {
    const K = a.length / width;
    const logits = new Float64Array(a.length);
    const [yes, no, own] = [new Float64Array(K), new Float64Array(K), new Float64Array(K)];
    const [ofA, ofB, ofSum] = [new Float64Array(2), new Float64Array(2), new Float64Array(2)];
    for (let k = 0; k < K; k++) {
      let [sumYes, sumNo, sumOwn] = [0, 0, 0];
      for (let i = k * width, last = Number.NaN; i < (k + 1) * width; i++) {
        gammas(a[i]!, ofA);
        gammas(b[i]!, ofB);
        // Cells of a component have seen the same rows: their sums differ by rounding alone.
        const sum = a[i]! + b[i]!;
        if (!(Math.abs(sum - last) <= 4 * Number.EPSILON * sum)) gammas((last = sum), ofSum);
        logits[i] = ofA[0]! - ofB[0]!;
        sumYes += ofA[0]! - ofSum[0]!;
        sumNo += ofB[0]! - ofSum[0]!;
        sumOwn += ofA[1]! + ofB[1]! - ofSum[1]!;
      }
      yes[k] = sumYes;
      no[k] = sumNo;
      own[k] = sumOwn;
    }
    return { logits, yes, no, own };
  },
);

/** KL(Beta(a_kd, b_kd) ‖ Beta(a, b)) of the cells of each component, `[K]`. */
export function betaDivergence(posterior: BernoulliPosterior, prior: BernoulliPrior): Float64Array {
  const { yes, no, own } = betaLogs(posterior);
  const ofPrior = posterior.width * logBeta(prior.a, prior.b);
  return own.map((sum, k) => sum + ofPrior - prior.a * yes[k]! - prior.b * no[k]!);
}

/** From here on the series below tell all digits. */
const ASYMPTOTIC = 10;
/** From here on their first three terms do. */
const LARGE = 120;
const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);

/**
 * ψ(x) and g(x) = x ψ(x) − log Γ(x) − x, by one logarithm; two where x is small.
 *
 * Source: Abramowitz & Stegun (1964), 6.1.41 and 6.3.18; below 10 by the recurrence 6.3.6.
 */
function gammas(x: number, into: Float64Array): void {
  let y = x;
  // Π = x (x + 1) … (y − 1), and its derivative: ψ(x) = ψ(y) − Π′/Π, log Γ(x) = log Γ(y) − log Π.
  let product = 1;
  let slope = 0;
  for (; y < ASYMPTOTIC; y++) {
    slope = slope * y + product;
    product *= y;
  }
  const inverse = 1 / y;
  const z = inverse * inverse;
  // log y − 1/(2y) − ψ(y), and log Γ(y) − (y − ½) log y + y − ½ log 2π; of large counts few terms tell all digits.
  const isLarge = y >= LARGE;
  const ofDigamma = z * (1 / 12 - z * (1 / 120 - z * (1 / 252 - (isLarge ? 0 : z * moreOfDigamma(z)))));
  const ofLogGamma = inverse * (1 / 12 - z * (1 / 360 - z * (1 / 1260 - (isLarge ? 0 : z * moreOfLogGamma(z)))));
  const log = Math.log(y);
  const digamma = log - 0.5 * inverse - ofDigamma;
  const g = 0.5 * log - HALF_LOG_2PI - 0.5 - y * ofDigamma - ofLogGamma;
  if (y === x) {
    into[0] = digamma;
    into[1] = g;
    return;
  }
  // g(x) = g(y) + (y − x)(1 − ψ(y)) − x Π′/Π + log Π
  const step = slope / product;
  into[0] = digamma - step;
  into[1] = g + (y - x) * (1 - digamma) - x * step + Math.log(product);
}

function moreOfDigamma(z: number): number {
  return 1 / 240 - z * (1 / 132 - z * (691 / 32760 - z / 12));
}

function moreOfLogGamma(z: number): number {
  return 1 / 1680 - z * (1 / 1188 - z * (691 / 360360 - z / 156));
}
