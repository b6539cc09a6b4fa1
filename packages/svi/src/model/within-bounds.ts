import type { Support } from '../distributions/index.ts';
import { less, type Value, where } from '../graph/index.ts';
import { numbersOf } from './check-observed.ts';

/** Log densities of what is observed, −∞ where that lies beyond a bound that is made of latents; bounds that are known before a run are checked then, and change nothing. */
export function withinBounds(terms: Value, x: Value, support: Support): Value {
  if (support.kind !== 'interval') return terms;
  const { lower, upper } = support;
  const above = isMoving(lower) ? where(less(x, lower), Number.NEGATIVE_INFINITY, terms) : terms;
  return isMoving(upper) ? where(less(upper, x), Number.NEGATIVE_INFINITY, above) : above;
}

/** Whether bounds are made of latents. */
export const hasMovingBounds = (support: Support): boolean =>
  support.kind === 'interval' && (isMoving(support.lower) || isMoving(support.upper));

const isMoving = (bound: Value | null): bound is Value => bound !== null && numbersOf(bound) === null;
