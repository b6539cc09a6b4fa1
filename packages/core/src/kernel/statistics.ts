import { takeColumns } from '../base/columns.ts';
import type { Matrix, Stand, Statistics } from '../contracts/index.ts';

/** Rows as they are, T(x) = x, with or without the products of their columns in the sums. All three share what shards keep. */
export const identity: { readonly [squares in Statistics['squares']]: Statistics } = {
  none: rowsThemselves('none'),
  each: rowsThemselves('each'),
  pooled: rowsThemselves('pooled'),
};

function rowsThemselves(squares: Statistics['squares']): Statistics {
  return { key: 'x', squares, width: (columns) => columns, statistics: (x) => x, logBaseMeasure: () => null };
}

/**
 * Numbers in a lower triangle of `[C, C]`.
 *
 * @example
 * triangleSize(3); // 6
 */
export function triangleSize(width: number): number {
  return (width * (width + 1)) / 2;
}

/**
 * Numbers in the sums of K components over statistics of width C, laid out as `squares` says.
 *
 * @example
 * sumsLength('each', 2, 3); // 15: of each component 2 sums and 3 sums of products
 */
export function sumsLength(squares: Statistics['squares'], width: number, components: number): number {
  if (squares === 'none') return components * width;
  const products = triangleSize(width);
  return components * width + (squares === 'each' ? components * products : products);
}

/**
 * The sums of component k of K over statistics of width C, as `each` lays them out. Products that came pooled are all with the first component,
 * and 0 with the others: whoever adds over components meets them once.
 *
 * @example
 * componentSums('pooled', Float64Array.of(1, 2, 9), 1, 1, 2); // [2, 0]
 */
export function componentSums(
  squares: Exclude<Statistics['squares'], 'none'>,
  sums: Float64Array,
  k: number,
  width: number,
  components: number,
): Float64Array {
  const size = sumsLength('each', width, 1);
  if (squares === 'each') return sums.subarray(k * size, (k + 1) * size);
  const own = new Float64Array(size);
  own.set(sums.subarray(k * width, (k + 1) * width));
  if (k === 0) own.set(sums.subarray(components * width), width);
  return own;
}

/**
 * Width of T(x) for data of width D.
 *
 * @example
 * standWidth(gaussianDiagonal.terms(3)[0], 3); // 6
 */
export function standWidth({ statistics, columns }: Stand, width: number): number {
  return statistics.width(columns?.length ?? width);
}

/**
 * Multiply–adds of the scores of a row and component, and of their sums, about: what planners ask for.
 *
 * @example
 * workWidth(gaussianFull.terms(2), 2); // 6: two columns, and the products of each two
 */
export function workWidth(stands: readonly Stand[], width: number): number {
  return stands.reduce((sum, stand) => {
    const own = standWidth(stand, width);
    return sum + own + (stand.statistics.squares === 'each' ? own * own : 0);
  }, 0);
}

/**
 * Its columns of the rows, `[N, D]`; the rows themselves where it stands on all of them.
 *
 * @example
 * standColumns({ columns: [1] }, matrix([[1, 2]])).data; // [2]
 */
export function standColumns({ columns }: Pick<Stand, 'columns'>, x: Matrix): Matrix {
  return takeColumns(x, columns);
}

/**
 * T(x) of its columns, `[N, D]` → `[N, C]`: what the kernel takes in for a term.
 *
 * @example
 * const [term] = gaussianDiagonal.terms(1);
 * standStatistics(term, matrix([[3]])).data; // [3, 9]: x and x²
 */
export function standStatistics(stand: Stand, x: Matrix): Matrix {
  return stand.statistics.statistics(standColumns(stand, x));
}

/**
 * `log h(x)` over all terms, `[N]`; null where it is 0.
 *
 * @example
 * logBaseOf(bernoulli.terms(2), matrix([[1, 0]])); // null: log h(x) is 0
 */
export function logBaseOf(stands: readonly Stand[], x: Matrix): Float64Array | null {
  let sum: Float64Array | null = null;
  for (const stand of stands) {
    const own = stand.statistics.logBaseMeasure(standColumns(stand, x));
    if (own === null) continue;
    sum = sum === null ? own : sum.map((l, n) => l + own[n]!);
  }
  return sum;
}
