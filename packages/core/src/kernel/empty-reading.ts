import { counted } from '../base/counted.ts';
import type { Precision, Reading, ReadOptions } from '../contracts/index.ts';
import { makeNumbers } from '../data/make-numbers.ts';

/**
 * A reading of N rows, K components and V columns of values, to be filled in.
 *
 * @throws TOO_LARGE with what its arrays need and what is left
 */
export function emptyReading(
  N: number,
  K: number,
  V: number,
  { labels, responsibilities }: ReadOptions,
  precision: Precision,
): Reading {
  const where = 'core/read';
  return {
    output: {
      data: makeNumbers(N * V, where, `means of ${counted(N, 'row')} and ${counted(V, 'column')}`),
      rows: N,
      cols: V,
    },
    logEvidence: new Float64Array(N),
    ...(labels && { labels: new Int32Array(N) }),
    ...(responsibilities && {
      responsibilities: {
        data: makeNumbers(N * K, where, `responsibilities of ${counted(N, 'row')} and ${counted(K, 'component')}`),
        rows: N,
        cols: K,
      },
    }),
    precision,
  };
}
