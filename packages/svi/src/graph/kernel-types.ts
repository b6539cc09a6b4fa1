import type { RandomSource } from '@mixtention/core';

/** Where arrays of a program lie: numbers and whole numbers, each in one memory. */
export type Memory = { readonly m: Float64Array; readonly x: Int32Array };

/** A node's operation on memory, as a closure: `at` are the places of its inputs, `out` is its own, `places` that of its positions. */
export type Place = { readonly at: readonly number[]; readonly out: number; readonly places: number };

/** An operation on whole arrays: numbers in `m`, whole numbers in `x`. */
export type Kernel = (m: Float64Array, x: Int32Array, random: RandomSource | null) => void;
