import type { RandomSource } from '@mixtention/core';

/** Where arrays of a program lie: numbers and whole numbers, each in one memory. */
export type Memory = { readonly m: Float64Array; readonly x: Int32Array };

/**
 * Where a node's operation finds its numbers: `at` are the places of its inputs (in the memory of whole numbers, where an input is an index), `out` is its own, `places` that of its positions. `via`: where the
 * rows of the first input are named, if that is read row by row.
 */
export type Place = {
  readonly at: readonly number[];
  readonly out: number;
  readonly places: number;
  readonly via?: number | undefined;
};

/** An operation on whole arrays: numbers in `m`, whole numbers in `x`. */
export type Kernel = (m: Float64Array, x: Int32Array, random: RandomSource | null) => void;
