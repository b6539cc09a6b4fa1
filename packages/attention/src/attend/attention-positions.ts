import type { PositionBias } from '@mixtention/core';
import { checkOptions, fail, show } from '@mixtention/core/base';

/**
 * What follows from where queries and keys stand: `−alibi · |p_n − q_k|` is added to the scores, and keys are hidden that are later than the
 * query (`causal`) or farther than `window`. Nothing of it is held or filled pair by pair, on any backend but plain.
 */
export type AttentionPositions = {
  /** A query sees the keys where it stands and before. */
  readonly causal?: boolean | undefined;
  /** How far a query sees, to both sides unless `causal`; with whole positions a causal window of w − 1 are w keys. */
  readonly window?: number | undefined;
  /** Slope of ALiBi, 0 or more. */
  readonly alibi?: number | undefined;
  /** Where queries stand `[N]`; default K − N … K − 1, the last N of K positions. */
  readonly queries?: readonly number[] | Float64Array | undefined;
  /** Where keys stand `[K]`; default 0 … K − 1. */
  readonly keys?: readonly number[] | Float64Array | undefined;
};

const OPTIONS = ['causal', 'window', 'alibi', 'queries', 'keys'];

/**
 * Positions as the kernel takes them, or nothing where they neither hide nor weigh.
 *
 * @throws BAD_SHAPE, BAD_OPTION, NOT_FINITE, each in one sentence
 */
export function positionBias(
  positions: AttentionPositions,
  sides: { readonly where: string; readonly queries: number; readonly keys: number },
): PositionBias | undefined {
  const { where, queries: N, keys: K } = sides;
  checkOptions(where, positions, OPTIONS);
  const { causal = false, window, alibi = 0 } = positions;
  if (typeof causal !== 'boolean') fail(where, 'BAD_OPTION', `causal is ${show(causal)}, true or false was due`);
  if (window !== undefined && !(typeof window === 'number' && window >= 0))
    fail(where, 'BAD_OPTION', `the window is ${show(window)}, a number of 0 or more was due`);
  if (!(typeof alibi === 'number' && alibi >= 0 && alibi < Number.POSITIVE_INFINITY))
    fail(where, 'BAD_OPTION', `alibi is ${show(alibi)}, a finite slope of 0 or more was due`);
  const queries = places(where, 'queries', positions.queries, N, K - N);
  const keys = places(where, 'keys', positions.keys, K, 0);
  if (!causal && window === undefined && alibi === 0) return undefined;
  return { queries, keys, causal, alibi, ...(window !== undefined && { window }) };
}

function places(
  where: string,
  name: string,
  given: ArrayLike<number> | undefined,
  count: number,
  first: number,
): Float64Array {
  if (given === undefined) return Float64Array.from({ length: count }, (_, i) => first + i);
  if (given.length !== count) fail(where, 'BAD_SHAPE', `${given.length} positions of ${name} came, ${count} were due`);
  const own = Float64Array.from(given);
  const bad = own.findIndex((p) => !Number.isFinite(p));
  if (bad >= 0)
    fail(
      where,
      'NOT_FINITE',
      `position ${bad} of the ${name} (counted from 0) is ${own[bad]}, a finite number was due`,
    );
  return own;
}
