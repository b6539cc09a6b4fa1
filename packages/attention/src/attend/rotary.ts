import type { Matrix } from '@mixtention/core';
import { checkOptions, fail, show } from '@mixtention/core/base';

/** Rotary positions: pairs of columns of queries and keys are turned by angles that grow with where they stand. */
export type Rotary = {
  /** Pair i of so many turns by `base^(−2i/columns)` a unit of position; default 10,000. */
  readonly base?: number | undefined;
  /** Which columns are a pair: `halves` i and i + columns/2 (Llama, GPT-NeoX), `neighbours` 2i and 2i + 1 (RoFormer, GPT-J); default `halves`. */
  readonly pairs?: 'halves' | 'neighbours' | undefined;
  /** How many columns are turned, the first ones; default all. */
  readonly columns?: number | undefined;
};

/** A rotation whose options have been read. */
export type Rotation = { readonly base: number; readonly pairs: 'halves' | 'neighbours'; readonly columns: number };

/**
 * Options of a rotation, settled for rows of a width.
 *
 * @throws BAD_OPTION, BAD_SHAPE, each in one sentence
 */
export function readRotary(where: string, rotary: Rotary, width: number): Rotation {
  checkOptions(where, rotary, ['base', 'pairs', 'columns']);
  const { base = 10_000, pairs = 'halves', columns = width } = rotary;
  if (!(typeof base === 'number' && base > 0 && base < Number.POSITIVE_INFINITY))
    fail(where, 'BAD_OPTION', `the rotary base is ${show(base)}, a finite number above 0 was due`);
  if (pairs !== 'halves' && pairs !== 'neighbours')
    fail(where, 'BAD_OPTION', `rotary pairs are ${show(pairs)}, "halves" or "neighbours" was due`);
  if (!(Number.isInteger(columns) && columns >= 0 && columns <= width && columns % 2 === 0))
    fail(
      where,
      'BAD_SHAPE',
      `rotary positions turn ${show(columns)} columns of queries and keys that have ${width}; an even number of at most ${width} was due`,
    );
  return { base, pairs, columns };
}

/**
 * Rows turned by their positions; the length of each row stays.
 *
 *     (a, b) → (a cos φ − b sin φ, a sin φ + b cos φ)     φ = sign · p_n · base^(−2i/columns)
 *
 * @param places  p `[N]`
 * @param sign    −1 turns back, which is also what turns gradients
 *
 * Cost: one sine and one cosine for each pair of columns of each row.
 * Source: Su et al. (2021), RoFormer, eq. 15.
 */
export function rotate(rows: Matrix, places: Float64Array, { base, pairs, columns }: Rotation, sign: 1 | -1): Matrix {
  const { rows: N, cols } = rows;
  const data = Float64Array.from(rows.data);
  const half = columns / 2;
  const [step, apart] = pairs === 'halves' ? [1, half] : [2, 1];
  const speeds = Float64Array.from({ length: half }, (_, i) => sign * base ** ((-2 * i) / columns));
  for (let n = 0; n < N; n++)
    for (let i = 0; i < half; i++) {
      const angle = places[n]! * speeds[i]!;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      const at = n * cols + i * step;
      const [a, b] = [data[at]!, data[at + apart]!];
      data[at] = a * cos - b * sin;
      data[at + apart] = a * sin + b * cos;
    }
  return { data, rows: N, cols };
}
