import type { PositionBias } from '@mixtention/core';
import { checkOptions, counted, fail, show, wasOrWere } from '@mixtention/core/base';
import type { Places } from './relative-bias.ts';
import type { Rotary } from './rotary.ts';

/**
 * What follows from where queries and keys stand: `−alibi · |p_n − q_k|` is added to the scores, and keys are hidden that are later than the
 * query (`causal`) or farther than `window`. Nothing of these is held or filled pair by pair, on any backend but plain. A `relative` bias is filled in
 * tile by tile; `rotary` positions turn queries and keys beforehand.
 */
export type AttentionPositions = {
  /** A query sees the keys where it stands and before. */
  readonly causal?: boolean | undefined;
  /** How far a query sees, to both sides unless `causal`; with whole positions a causal window of w − 1 are w keys. */
  readonly window?: number | undefined;
  /** Slope of ALiBi, 0 or more. */
  readonly alibi?: number | undefined;
  /** Learnt biases of the distance, key less query, from −R to R: 2R + 1 numbers, whose ends serve all that is farther. */
  readonly relative?: readonly number[] | Float64Array | undefined;
  /** Turns pairs of columns of queries and keys by where they stand. */
  readonly rotary?: boolean | Rotary | undefined;
  /** Where queries stand `[N]`; default K − N … K − 1, the last N of K positions. */
  readonly queries?: readonly number[] | Float64Array | undefined;
  /** Where keys stand `[K]`; default 0 … K − 1. */
  readonly keys?: readonly number[] | Float64Array | undefined;
};

const OPTIONS = ['causal', 'window', 'alibi', 'relative', 'rotary', 'queries', 'keys'];

/** What attention has on its two sides, for messages. */
export type Sides = { readonly where: string; readonly queries: number; readonly keys: number };

/**
 * Positions as the kernel takes them, or nothing where they neither hide nor weigh.
 *
 * @throws BAD_SHAPE, BAD_OPTION, NOT_FINITE, each in one sentence
 */
export function positionBias(positions: AttentionPositions, sides: Sides): PositionBias | undefined {
  const { where } = sides;
  checkOptions(where, positions, OPTIONS);
  const { causal = false, window, alibi = 0 } = positions;
  if (typeof causal !== 'boolean') fail(where, 'BAD_OPTION', `causal is ${show(causal)}, true or false was due`);
  if (window !== undefined && !(typeof window === 'number' && window >= 0))
    fail(where, 'BAD_OPTION', `the window is ${show(window)}, a number of 0 or more was due`);
  if (!(typeof alibi === 'number' && alibi >= 0 && alibi < Number.POSITIVE_INFINITY))
    fail(where, 'BAD_OPTION', `alibi is ${show(alibi)}, a finite slope of 0 or more was due`);
  const own = placesOf(positions, sides);
  if (!causal && window === undefined && alibi === 0) return undefined;
  return { ...own, causal, alibi, ...(window !== undefined && { window }) };
}

/** Where queries and keys stand. */
export function placesOf(
  positions: Pick<AttentionPositions, 'queries' | 'keys'> | undefined,
  { where, queries: N, keys: K }: Sides,
): Places {
  return {
    queries: places(where, 'queries', positions?.queries, N, K - N),
    keys: places(where, 'keys', positions?.keys, K, 0),
  };
}

function places(
  where: string,
  name: string,
  given: ArrayLike<number> | undefined,
  count: number,
  first: number,
): Float64Array {
  if (given === undefined) return new Float64Array(count).map((_, i) => first + i);
  if (given.length !== count)
    fail(where, 'BAD_SHAPE', `${counted(given.length, 'position')} of ${name} came, ${count} ${wasOrWere(count)} due`);
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
