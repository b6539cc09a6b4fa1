import { fail, show } from '../base/errors.ts';
import { memoize } from '../base/memoize.ts';
import type { PositionBias } from '../contracts/index.ts';

/** Refuses positions that do not fit the rows and components, or that are no numbers. */
export function checkPositions(where: string, positions: PositionBias | undefined, rows: number, K: number): void {
  if (positions === undefined) return;
  const { queries, keys, window = 0, alibi = 0 } = positions;
  if (queries.length !== rows || keys.length !== K)
    fail(
      where,
      'BAD_SHAPE',
      `${queries.length} positions of rows and ${keys.length} of components came, ${rows} and ${K} were due`,
    );
  for (const [name, own] of [
    ['row', queries],
    ['component', keys],
  ] as const) {
    const bad = own.findIndex((p) => !Number.isFinite(p));
    if (bad >= 0)
      fail(
        where,
        'NOT_FINITE',
        `the position of ${name} ${bad} (counted from 0) is ${own[bad]}, a finite number was due`,
      );
  }
  if (!(window >= 0)) fail(where, 'BAD_OPTION', `the window is ${show(window)}, a number of 0 or more was due`);
  if (!(alibi >= 0 && alibi < Number.POSITIVE_INFINITY))
    fail(where, 'BAD_OPTION', `the slope of alibi is ${show(alibi)}, a finite number of 0 or more was due`);
}

/**
 * Adds the bias of rows `start … start + count` to scores `[count, K]`, in float64.
 *
 * Cost: count·K.
 */
export function addPositions(positions: PositionBias, start: number, count: number, out: Float64Array): void {
  const { queries, keys, causal = false, window = Number.POSITIVE_INFINITY, alibi = 0 } = positions;
  const K = keys.length;
  for (let n = 0; n < count; n++) {
    const p = queries[start + n]!;
    for (let k = 0; k < K; k++) {
      const ahead = keys[k]! - p;
      const away = Math.abs(ahead);
      if ((causal && ahead > 0) || away > window) out[n * K + k] = Number.NEGATIVE_INFINITY;
      else out[n * K + k]! -= alibi * away;
    }
  }
}

/** What each row sees, as an interval of ranks: the components that it sees are always neighbours in position. */
export type Sight = {
  /** The place of each component when they are sorted by position `[K]` */
  readonly ranks: Int32Array;
  /** Of row n: the first rank that it sees, and the one after the last. */
  range(row: number): readonly [from: number, to: number];
};

/**
 * The order of components by position, and what each row sees of it: exact, however large or fine positions are, where their differences in
 * float32 would not be.
 *
 * Cost: K log K once for an object, log K a row.
 */
export const sightOf: (positions: PositionBias) => Sight = memoize(
  ({ queries, keys, causal = false, window = Number.POSITIVE_INFINITY }: PositionBias): Sight => {
    const order = Int32Array.from(keys, (_, k) => k).sort((a, b) => keys[a]! - keys[b]!);
    const ranks = new Int32Array(keys.length);
    order.forEach((k, rank) => {
      ranks[k] = rank;
    });
    /** The first rank whose component a row at p stands before, as `isPast` says. */
    const firstOf = (isPast: (key: number) => boolean): number => {
      let [low, high] = [0, order.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (isPast(keys[order[middle]!]!)) high = middle;
        else low = middle + 1;
      }
      return low;
    };
    return {
      ranks,
      range(row) {
        const p = queries[row]!;
        // The same differences as in `addPositions`, so that both agree to the last bit.
        return [firstOf((key) => key - p >= -window), firstOf((key) => key - p > (causal ? 0 : window))];
      },
    };
  },
);
