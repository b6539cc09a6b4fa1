import type { Key } from '@mixtention/core';
import { generator, split } from '@mixtention/core/numeric';
import { sizeOf } from '../graph/index.ts';
import { type Psis, psis } from '../psis/index.ts';
import { heavySquares } from './heavy-squares.ts';
import type { Approximation } from './report-types.ts';
import { type Columns, drawsTable, summarize } from './summarize.ts';
import { USABLE } from './thresholds.ts';

/**
 * Share of the draws that weights are worth where they change little: then the tail that k̂ tells of weighs next to nothing. In one or two dimensions k̂ itself is no
 * help there, since ratios have a plateau, and the tail above it is all that differs (k̂ of 1 to 5 for a normal beside a log-gamma of divergence 0.01).
 */
const NEARLY_EQUAL = 0.8;

export function isNearlyEqual(effective: number, logRatios: Float64Array): boolean {
  const due = NEARLY_EQUAL * logRatios.length;
  return effective >= due && logRatios.filter(Number.isFinite).length >= due;
}

/** k̂ of squares from which their mean may not exist, whatever draws of two widths say. */
const ENDLESS = 0.9;

/** Deviations by draws of two widths that are further apart, as a share, are not known. */
const APART = 0.2;

/** Draws of an approximation: values of all reported sites, and log p − log q. */
export type Drawn = {
  readonly rows: readonly Float64Array[];
  readonly logRatios: Float64Array;
  readonly smoothed?: Psis;
  /** By number: how far deviations by draws of two widths are apart, as a share. */
  readonly apart?: Float64Array | undefined;
  /** Whether k̂ is believed; false where other draws contradict it (default true). */
  readonly isTrusted?: boolean;
};

type Told = Pick<
  Approximation,
  | 'paretoK'
  | 'effectiveDraws'
  | 'corrected'
  | 'heavySites'
  | 'logEvidence'
  | 'logEvidenceStandardError'
  | 'sites'
  | 'draws'
>;

/** Moments, draws and evidence by smoothed importance weights, where k̂ allows it; as drawn where it does not. */
export function approximate(
  columns: Columns,
  { rows, logRatios, smoothed = psis(logRatios), apart, isTrusted = true }: Drawn,
  key: Key,
): Told {
  const count = rows.length;
  const effective = 1 / smoothed.logWeights.reduce((sum, w) => sum + Math.exp(2 * w), 0);
  const isEven = isNearlyEqual(effective, logRatios);
  const corrected = isTrusted && (smoothed.paretoK <= USABLE || isEven);
  const weights = corrected ? smoothed.logWeights.map(Math.exp) : equalWeights(count);
  const evidence = evidenceOf({ logRatios, ...smoothed });
  const weighted = { rows, logRatios, logWeights: smoothed.logWeights };
  const heavy =
    apart === undefined
      ? heavySquares(weighted)
      : heavySquares(weighted, ENDLESS).concat(Array.from(apart.keys()).filter((i) => !(apart[i]! < APART)));
  return {
    paretoK: smoothed.paretoK,
    effectiveDraws: effective,
    corrected,
    heavySites: corrected ? sitesAt(columns, heavy) : [],
    logEvidence: evidence.mean,
    logEvidenceStandardError: corrected ? evidence.error : Number.NaN,
    sites: summarize(columns, rows, weights),
    draws: drawsTable(columns, rows, weights, generator(split(key, 'resample')).uniform()),
  };
}

/** Log evidence by smoothed ratios, and its standard error for tails of shape k̂. */
function evidenceOf({ logRatios, logWeights, logMean, paretoK }: Psis & { readonly logRatios: Float64Array }): {
  readonly mean: number;
  readonly error: number;
} {
  const count = logRatios.length;
  const effective = 1 / logWeights.reduce((sum, w) => sum + Math.exp(2 * w), 0);
  const tail = isNearlyEqual(effective, logRatios) ? 1 : slower(paretoK, count);
  return {
    mean: logMean,
    error: Math.sqrt(Math.max(0, 1 / effective - 1 / count) * tail),
  };
}

/** Sites that these numbers belong to. */
function sitesAt(columns: Columns, places: readonly number[]): string[] {
  let start = 0;
  return columns.flatMap(({ name, shape }) => {
    const first = start;
    start += sizeOf(shape);
    return places.some((place) => place >= first && place < start) ? [name] : [];
  });
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
export function believed(
  told: Pick<Approximation, 'paretoK' | 'corrected' | 'effectiveDraws' | 'draws' | 'heavySites'>,
): string {
  const { paretoK, corrected, effectiveDraws, draws } = told;
  const k = `k̂ is ${paretoK.toFixed(2)}`;
  if (!corrected) return `${k}, above 0.7: too far from the posterior for moments to be believed or corrected`;
  if (paretoK <= USABLE) return `${k}: moments are corrected by importance weights${heavyIn(told)}`;
  return `${k}, but weights are nearly equal (${((100 * effectiveDraws) / draws.rows).toFixed(1)} % of the draws count): moments can be believed${heavyIn(told)}`;
}

/** In which coordinates a posterior was approximated, where that was not as stated. */
export const coordinatesIn = (nonCentred: readonly string[]): string =>
  nonCentred.length === 0 ? '' : `; non-centred: ${namesOf(nonCentred)}`;

/** Most sites that a message names. */
const NAMED = 5;

function namesOf(sites: readonly string[]): string {
  const names = sites.slice(0, NAMED).map((name) => `"${name}"`);
  return `${names.join(', ')}${sites.length > NAMED ? ` and ${sites.length - NAMED} more` : ''}`;
}

/** What is not to be believed all the same. */
export function heavyIn({ heavySites: sites }: Pick<Approximation, 'heavySites'>): string {
  if (sites.length === 0) return '';
  return `; but deviations of ${namesOf(sites)} rest on few draws of a heavy tail, and may be off by more than a fifth`;
}
