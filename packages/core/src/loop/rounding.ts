import type { Dataset, Precision, StepInfo } from '../contracts/index.ts';

/** A fall within this share of the terms is rounding: measured worst 6e-16 in float64. */
const MOST = { float64: 1e-12, float32: 1e-5 } as const;

/**
 * What rounding moves an objective by from step to step, as a share of its terms. Measured, over 96 fits of batch EM: 4e-16 to 2e-15 of a cell in
 * float64; in float32 2e-9 to 5e-8, since the errors of a cell's terms are partly the same in all rows.
 */
const USUAL = { float64: 1e-15, float32: 6e-8 } as const;

/** How much an objective may move though nothing has changed: `most` at the utmost, `usual` for a judgement of its gains. */
export type Rounding = { readonly most: number; readonly usual: number };

/** Objectives are judged against the size of the terms that they sum, which is at least 1 for each cell, however close to 0 the sum. */
export function roundingOf(info: StepInfo & { readonly precision: Precision }, data: Dataset): Rounding {
  const size = Math.max(data.totalWeight * data.width, Math.abs(info.objective), info.magnitude ?? 0);
  return { most: MOST[info.precision] * size, usual: USUAL[info.precision] * size };
}

/** Objectives that third differences are taken of. */
const LOOKED_AT = 12;

/**
 * The standard deviation of the noise of a smooth sequence: third differences let what rises steadily or dies away slowly vanish, and multiply the variance of
 * independent noise by 1 + 9 + 9 + 1. Infinity for fewer than four.
 *
 * Source: Gasser, Sroka & Jennen-Steinmetz (1986), Biometrika 73, 625–633, for differences as a measure of noise.
 *
 * @example
 * noiseOf([1, 2, 3, 4, 5]); // 0
 */
export function noiseOf(objectives: readonly number[]): number {
  if (objectives.length < 4) return Number.POSITIVE_INFINITY;
  let squares = 0;
  const first = Math.max(3, objectives.length - LOOKED_AT + 3);
  for (let t = first; t < objectives.length; t++) {
    const [a, b, c, d] = [objectives[t - 3]!, objectives[t - 2]!, objectives[t - 1]!, objectives[t]!];
    squares += (d - 3 * c + 3 * b - a) ** 2;
  }
  return Math.sqrt(squares / (objectives.length - first) / 20);
}
