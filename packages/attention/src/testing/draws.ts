import type { Matrix } from '@mixtention/core';
import { generator, key } from '@mixtention/core/numeric';

/** Random arrays for tests; every seed is its own stream. */
export type Draws = {
  /** Standard normal, `[rows, cols]`. */
  normal(rows: number, cols: number, spread?: number): Matrix & { data: Float64Array };
  /** In (low, high), `[rows, cols]`. */
  uniform(rows: number, cols: number, low?: number, high?: number): Matrix & { data: Float64Array };
  /** 1 with probability p, else 0. */
  bits(length: number, p?: number): Uint8Array;
};

/** The stream of a seed. */
export function draws(seed: number): Draws {
  const random = generator(key(seed));
  const fill = (rows: number, cols: number, draw: () => number): Matrix & { data: Float64Array } => ({
    data: Float64Array.from({ length: rows * cols }, draw),
    rows,
    cols,
  });
  return {
    normal: (rows, cols, spread = 1) => fill(rows, cols, () => spread * random.normal()),
    uniform: (rows, cols, low = 0, high = 1) => fill(rows, cols, () => low + (high - low) * random.uniform()),
    bits: (length, p = 0.5) => Uint8Array.from({ length }, () => (random.uniform() < p ? 1 : 0)),
  };
}
