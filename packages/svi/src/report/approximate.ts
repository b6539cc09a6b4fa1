import type { Key } from '@mixtention/core';
import { generator, logSumExp, split } from '@mixtention/core/numeric';
import { type Psis, psis } from '../psis/index.ts';
import type { Approximation } from './report-types.ts';
import { type Columns, drawsTable, summarize } from './summarize.ts';

/** Where k̂ ends to be usable (Vehtari et al. 2024). */
export const USABLE = 0.7;

/** Above it the smoothed weights still serve, but k̂ itself is known to a tenth or two by some thousand draws. */
export const DOUBTFUL = 0.5;

/**
 * Share of the draws that weights are worth where they change little: then the tail that k̂ tells of weighs next to nothing. In one or two dimensions k̂ itself is no
 * help there, since ratios have a plateau, and the tail above it is all that differs (k̂ of 1 to 5 for a normal beside a log-gamma of divergence 0.01).
 */
const NEARLY_EQUAL = 0.8;

export function isNearlyEqual(effective: number, logRatios: Float64Array): boolean {
  const due = NEARLY_EQUAL * logRatios.length;
  return effective >= due && logRatios.filter(Number.isFinite).length >= due;
}

/** Draws of an approximation: values of all reported sites, and log p − log q. */
export type Drawn = {
  readonly rows: readonly Float64Array[];
  readonly logRatios: Float64Array;
  readonly smoothed?: Psis;
};

type Told = Pick<
  Approximation,
  'paretoK' | 'effectiveDraws' | 'corrected' | 'logEvidence' | 'logEvidenceStandardError' | 'sites' | 'draws'
>;

/** Moments, draws and evidence by smoothed importance weights, where k̂ allows it; as drawn where it does not. */
export function approximate(columns: Columns, { rows, logRatios, smoothed = psis(logRatios) }: Drawn, key: Key): Told {
  const count = rows.length;
  const effective = 1 / smoothed.logWeights.reduce((sum, w) => sum + Math.exp(2 * w), 0);
  const finite = logRatios.filter(Number.isFinite);
  const isEven = isNearlyEqual(effective, logRatios);
  const corrected = smoothed.paretoK <= USABLE || isEven;
  const weights = corrected ? smoothed.logWeights.map(Math.exp) : equalWeights(count);
  const total = logSumExp(finite);
  return {
    paretoK: smoothed.paretoK,
    effectiveDraws: effective,
    corrected,
    logEvidence: total - Math.log(count),
    logEvidenceStandardError: corrected
      ? Math.sqrt(Math.max(0, 1 / effective - 1 / count) * (isEven ? 1 : slower(smoothed.paretoK, count)))
      : Number.NaN,
    sites: summarize(columns, rows, weights),
    draws: drawsTable(columns, rows, weights, generator(split(key, 'resample')).uniform()),
  };
}

/**
 * By what the mean square error of S ratios with such a tail is larger than its estimate by them: S^(1 − rate), where `rate` is how fast that error falls, 1 for light tails.
 *
 * Source: Vehtari, Simpson, Gelman, Yao & Gabry (2024), Pareto smoothed importance sampling, JMLR 25, on pre-asymptotic convergence rates.
 */
function slower(k: number, count: number): number {
  if (!(k > 0)) return 1;
  if (Math.abs(k - 0.5) < 1e-6) return count ** (1 / Math.log(count));
  const power = count ** (2 * k);
  const rate = (2 * (k - 1) * count * power + (1 - 2 * k) * power + count ** 2) / ((count - 1) * (count - power));
  return count ** (1 - rate);
}

export const equalWeights = (count: number): Float64Array => new Float64Array(count).fill(1 / count);

/** A mean with its standard error; numbers that are not finite make neither. */
export function meanOf(values: Float64Array): { readonly mean: number; readonly error: number } {
  const n = values.length;
  const mean = values.reduce((total, x) => total + x, 0) / n;
  const variance = values.reduce((total, x) => total + (x - mean) ** 2, 0) / n;
  return { mean, error: Math.sqrt(variance / n) };
}

/** How far a result is to be believed, in one clause. */
export function believed({
  paretoK,
  corrected,
  effectiveDraws,
  draws,
}: Pick<Approximation, 'paretoK' | 'corrected' | 'effectiveDraws' | 'draws'>): string {
  const k = `k̂ is ${paretoK.toFixed(2)}`;
  if (!corrected) return `${k}, above 0.7: too far from the posterior for moments to be believed or corrected`;
  if (paretoK <= USABLE) return `${k}: moments are corrected by importance weights`;
  return `${k}, but weights are nearly equal (${((100 * effectiveDraws) / draws.rows).toFixed(1)} % of the draws count): moments can be believed`;
}
