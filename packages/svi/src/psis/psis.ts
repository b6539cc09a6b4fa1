import { logSumExp } from '@mixtention/core/numeric';

export type Psis = {
  /** k̂, the shape of the generalised Pareto tail of the importance ratios: below 0.5 good, to 0.7 usable; ∞ where there is no finite ratio, or they lie too far apart for any shape. */
  readonly paretoK: number;
  /** Logarithms of smoothed weights that sum to 1. */
  readonly logWeights: Float64Array;
  /** The logarithm of the mean of the smoothed ratios: log evidence, where ratios are of a joint density. */
  readonly logMean: number;
};

/**
 * Pareto-smoothed importance sampling: the largest ratios are replaced by quantiles of a generalised Pareto distribution fitted to them.
 *
 * The tail holds min(S/5, 3√S) ratios; fewer than five say nothing, and k̂ is ∞. Ratios that are all the same are perfect: k̂ is −∞.
 *
 * @param logRatios  log p(x_s) − log q(x_s) of S draws of q; up to a constant; −∞ and NaN weigh nothing
 *
 * Cost: one sort.
 * Source: Vehtari, Simpson, Gelman, Yao & Gabry (2024), Pareto smoothed importance sampling, JMLR 25; Zhang & Stephens (2009).
 *
 * @example
 * // Ratios 1/u of even u have the shape 1; the estimate leans towards 1/2.
 * const { paretoK, logWeights } = psis(Float64Array.from({ length: 1000 }, (_, i) => -Math.log((i + 0.5) / 1000)));
 * paretoK; // 0.93
 */
export function psis(logRatios: Float64Array): Psis {
  const count = logRatios.length;
  const logs = logRatios.map((x) => (Number.isNaN(x) ? Number.NEGATIVE_INFINITY : x));
  const top = logs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(top))
    return { paretoK: Number.POSITIVE_INFINITY, logWeights: logs.fill(-Math.log(count)), logMean: top };
  const order = Array.from(logs.keys()).sort((a, b) => logs[a]! - logs[b]!);
  const tail = Math.ceil(Math.min(0.2 * count, 3 * Math.sqrt(count)));
  let paretoK = Number.POSITIVE_INFINITY;
  if (tail >= 5) {
    const cut = Math.exp(logs[order[count - tail - 1]!]! - top);
    const excess = Float64Array.from(order.slice(count - tail), (s) => Math.exp(logs[s]! - top) - cut);
    if (!(excess[tail - 1]! > 1e-12)) paretoK = Number.NEGATIVE_INFINITY;
    else {
      const { k, sigma } = fitPareto(excess);
      paretoK = Number.isNaN(k) ? Number.POSITIVE_INFINITY : k;
      if (Number.isFinite(k)) {
        for (let i = 0; i < tail; i++) {
          const p = (i + 0.5) / tail;
          const quantile =
            Math.abs(k) < 1e-12 ? -sigma * Math.log1p(-p) : (sigma * Math.expm1(-k * Math.log1p(-p))) / k;
          logs[order[count - tail + i]!] = Math.min(Math.log(cut + quantile), 0) + top;
        }
      }
    }
  }
  const total = logSumExp(logs);
  return { paretoK, logWeights: logs.map((x) => x - total), logMean: total - Math.log(count) };
}

/**
 * Shape and scale of the generalised Pareto distribution of rising excesses, by the weighted profile likelihood, with the weak prior on k towards ½ of ten
 * observations.
 */
function fitPareto(x: Float64Array): { readonly k: number; readonly sigma: number } {
  const n = x.length;
  const grid = 30 + Math.floor(Math.sqrt(n));
  const quarter = x[Math.floor(n / 4 + 0.5) - 1]!;
  const largest = x[n - 1]!;
  const meanLog = (b: number): number => x.reduce((total, v) => total + Math.log1p(-b * v), 0) / n;
  const bs = Float64Array.from(
    { length: grid },
    (_, j) => 1 / largest + (1 - Math.sqrt(grid / (j + 0.5))) / (3 * quarter),
  );
  const profile = bs.map((b) => {
    const k = meanLog(b);
    return n * (Math.log(-b / k) - k - 1);
  });
  const usable = profile.map((value) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value));
  const total = logSumExp(usable);
  const b = bs.reduce((sum, value, j) => sum + value * Math.exp(usable[j]! - total), 0);
  const raw = meanLog(b);
  return { k: (raw * n + 0.5 * 10) / (n + 10), sigma: -raw / b };
}
