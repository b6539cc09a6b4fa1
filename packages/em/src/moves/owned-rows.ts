import type { Matrix } from '@mixtention/core';
import type { Reading } from './sample-reading.ts';

/** Rows of a sample that a component has a share of: only they are looked at. */
export type Owned = {
  readonly owner: number;
  readonly x: Matrix & { readonly data: Float64Array };
  /** Its responsibility for each, and the evidence of each. */
  readonly shares: Float64Array;
  readonly evidence: Float64Array;
  /** How many these are, and 1/variance of each column among them. */
  readonly count: number;
  readonly scale: Float64Array;
  /** Rows of the sample. */
  readonly of: number;
};

/** Rows of a component at least, in columns: fewer would tell no covariance. */
const ROWS_A_COLUMN = 2;

/** A smaller share is nothing. */
const LEAST_SHARE = 1e-3;

export function rowsOf(
  { rows, components: K, responsibilities: R, evidence }: Reading,
  x: Matrix,
  owner: number,
): Owned {
  const D = x.cols;
  const shareOf = (n: number): number => R[n * K + owner]!;
  const own = Array.from({ length: rows }, (_, n) => n).filter((n) => shareOf(n) > LEAST_SHARE);
  const data = new Float64Array(own.length * D);
  let count = 0;
  const [mean, square] = [new Float64Array(D), new Float64Array(D)];
  for (const [i, n] of own.entries()) {
    const r = shareOf(n);
    count += r;
    for (let d = 0; d < D; d++) {
      const v = x.data[n * D + d]!;
      data[i * D + d] = v;
      mean[d]! += r * v;
      square[d]! += r * v * v;
    }
  }
  return {
    owner,
    x: { data, rows: own.length, cols: D },
    shares: Float64Array.from(own, shareOf),
    evidence: Float64Array.from(own, (n) => evidence[n]!),
    count,
    scale: square.map((s, d) => 1 / (s / count - (mean[d]! / count) ** 2 || 1)),
    of: rows,
  };
}

/** The fewest rows that a new component may begin with, and be left with while it grows. */
export function fewestRows({ count, x: { cols } }: Owned): number {
  return Math.max(4, Math.min(ROWS_A_COLUMN * cols, count / 8));
}

/**
 * The owner's shares of those of its rows that lie nearest to some point, in its own units; null where that would be all.
 *
 * @param size  the part of the rows, or, from 1, how many a column
 */
export function nearest(owned: Owned, center: ArrayLike<number>, size: number): Float64Array | null {
  const { x, shares, count, scale } = owned;
  const { data, rows, cols: D } = x;
  const own = size < 1 ? size * count : Math.min(size * D, count / 8);
  const wanted = Math.ceil(Math.max(fewestRows(owned), own));
  if (!(wanted < rows)) return null;
  const far = new Float64Array(rows);
  for (let n = 0; n < rows; n++)
    for (let d = 0; d < D; d++) far[n]! += scale[d]! * (data[n * D + d]! - center[d]!) ** 2;
  const most = far.slice().sort()[wanted - 1]!;
  return shares.map((r, n) => (far[n]! <= most ? r : 0));
}
