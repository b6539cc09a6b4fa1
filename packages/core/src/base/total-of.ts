import type { Parts } from '../contracts/index.ts';

/**
 * The sum of what belongs to each component and what all of them share.
 *
 * @example
 * totalOf({ perComponent: Float64Array.of(1, 2), shared: 4 }); // 7
 */
export function totalOf({ perComponent, shared }: Parts): number {
  return perComponent.reduce((sum, part) => sum + part, shared);
}
