import type { Key } from '@mixtention/core';
import { generator, logSumExp, split } from '@mixtention/core/numeric';
import { type Psis, psis } from '../psis/index.ts';
import type { Approximation } from './report-types.ts';
import { type Columns, drawsTable, summarize } from './summarize.ts';

/** Where k̂ ends to be usable (Vehtari et al. 2024). */
const USABLE = 0.7;

/** Draws of an approximation: values of all reported sites, and log p − log q. */
export type Drawn = { readonly rows: readonly Float64Array[]; readonly logRatios: Float64Array; readonly smoothed?: Psis };

type Told = Pick<Approximation, 'paretoK' | 'corrected' | 'logEvidence' | 'logEvidenceStandardError' | 'sites' | 'draws'>;

/** Moments, draws and evidence by smoothed importance weights, where k̂ allows it; as drawn where it does not. */
export function approximate(columns: Columns, { rows, logRatios, smoothed = psis(logRatios) }: Drawn, key: Key): Told {
  const count = rows.length;
  const corrected = smoothed.paretoK <= USABLE;
  const weights = corrected ? smoothed.logWeights.map(Math.exp) : equalWeights(count);
  const finite = logRatios.filter(Number.isFinite);
  const total = logSumExp(finite);
  const effective = 1 / smoothed.logWeights.reduce((sum, w) => sum + Math.exp(2 * w), 0);
  return {
    paretoK: smoothed.paretoK,
    corrected,
    logEvidence: total - Math.log(count),
    logEvidenceStandardError: Math.sqrt(Math.max(0, 1 / effective - 1 / count)),
    sites: summarize(columns, rows, weights),
    draws: drawsTable(columns, rows, weights, generator(split(key, 'resample')).uniform()),
  };
}

export const equalWeights = (count: number): Float64Array => new Float64Array(count).fill(1 / count);

/** A mean with its standard error; numbers that are not finite make neither. */
export function meanOf(values: Float64Array): { readonly mean: number; readonly error: number } {
  const n = values.length;
  const mean = values.reduce((total, x) => total + x, 0) / n;
  const variance = values.reduce((total, x) => total + (x - mean) ** 2, 0) / n;
  return { mean, error: Math.sqrt(variance / n) };
}
