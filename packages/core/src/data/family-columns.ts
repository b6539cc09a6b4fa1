import type { Family, Scaling } from '../contracts/index.ts';

type HasColumns = Pick<Family, 'columns'>;

/**
 * How a family wants each of D columns prepared: what `dataset` and `prepare` take.
 *
 * @example
 * scalingsOf(gaussianFull, 2); // ['alone', 'alone']
 */
export function scalingsOf(family: HasColumns, width: number): Scaling[] {
  return family.columns(width).map(({ scaling }) => scaling);
}

/**
 * Whether any of D columns is centred and scaled.
 *
 * @example
 * isScaled(bernoulli, 3); // false
 */
export function isScaled(family: HasColumns, width: number): boolean {
  return family.columns(width).some(({ scaling }) => scaling !== 'none');
}

/**
 * Whether float32 holds all cells of D columns exactly: then statistics in float32 are off by no more than their sums round.
 *
 * @example
 * isExact(bernoulli, 3); // true
 */
export function isExact(family: HasColumns, width: number): boolean {
  return family.columns(width).every(({ scaling, cells }) => scaling === 'none' && cells !== 'real');
}

/**
 * Whether all of D columns are binary.
 *
 * @example
 * isBinary(gaussianFull, 3); // false
 */
export function isBinary(family: HasColumns, width: number): boolean {
  return family.columns(width).every(({ cells }) => cells === 'binary');
}
