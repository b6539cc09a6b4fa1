import type { Stand } from '../contracts/index.ts';
import { workWidth } from '../kernel/statistics.ts';
import type { Problem } from './rates.ts';

/**
 * What a pass over rows costs under the terms of a family.
 *
 * @param stands  the terms, or what they stand on
 * @param shape   `cols`: D
 *
 * @example
 * problemOf(gaussianFull.terms(2), { rows: 272, cols: 2, components: 3 }); // { rows: 272, components: 3, width: 6, squares: 'each' }
 */
export function problemOf(
  stands: readonly Stand[],
  { rows, cols, components }: { readonly rows: number; readonly cols: number; readonly components: number },
): Problem {
  const all = stands.map(({ statistics }) => statistics.squares);
  const squares = all.includes('each') ? 'each' : all.includes('pooled') ? 'pooled' : 'none';
  return { rows, components, width: workWidth(stands, cols), squares };
}
