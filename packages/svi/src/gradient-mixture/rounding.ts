import type { Scores } from '@mixtention/core';
import { outgrowsFloat32 } from '@mixtention/core/kernel';
import type { GradientMixtureStats } from './types.ts';

/**
 * How far rounding moves the objective from one state to the next, as a share of its terms. Measured: 2.5e-7 in float32 at most, from the
 * highest to the lowest of 60 states; 6e-16 in float64.
 */
const SWING = { float64: 1e-14, float32: 3e-7 } as const;

/**
 * Terms of this size a cell (components some 4 of their deviations from 0 in every column) blur the objective in float32 by 3e-6 nats a cell,
 * and gradients near the optimum by as much of a count. Adam, which scales what is left of a gradient, turns that into steps.
 */
const MOST_TERM = 10;

/** What rounding is relative to, and in which precision. */
type Measured = Pick<GradientMixtureStats, 'magnitude' | 'cells' | 'precision' | 'exact'>;

/** Nats by which the objective moves though nothing has changed; terms are at least of size 1 for each cell. */
export function roundingOf({ magnitude, cells, precision }: Measured): number {
  return SWING[precision] * Math.max(magnitude, cells);
}

/** Whether a pass was made in float32 and rounding hides the end of the ascent from it; not where cells are exact in float32. */
export function isCoarse({ magnitude, cells, precision, exact }: Measured): boolean {
  return precision === 'float32' && !exact && magnitude > MOST_TERM * cells;
}

/** Whether a step that a pass in float32 told has led to components that float32 is too coarse for altogether. */
export function outgrows(
  { precision, exact }: Pick<Measured, 'precision' | 'exact'>,
  scores: () => { readonly before: Scores; readonly after: Scores },
): boolean {
  if (precision === 'float64' || exact) return false;
  const { before, after } = scores();
  return outgrowsFloat32(before, after);
}
