import type { Family } from '@mixtention/core';
import { standWidth, sumsLength } from '@mixtention/core/kernel';

/** Sums of K components over no rows, one array a term. */
export function noStatistics(family: Family, width: number, components: number): Float64Array[] {
  return family
    .terms(width)
    .map((stand) => new Float64Array(sumsLength(stand.statistics.squares, standWidth(stand, width), components)));
}
