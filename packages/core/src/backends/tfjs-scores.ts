import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorTile } from './tfjs-rows.ts';

/** Stands for −∞: finite, so that no NaN arises, and below every score. */
export const MASKED = -1e30;
/** A row whose best score lies below this is owned by nobody. */
export const ORPHAN_BELOW = -1e29;
const WIDTH_MULTIPLE = 8;
/** Beyond so many components rows are summed in blocks, which must divide them. */
const LONG = 1024;
const LONG_MULTIPLE = 128;

/** Tiles of about this many scores keep all of a tile's passes near the cache and the cost of a native call (10 µs) small. */
export const TILE_SCORES = 524_288;
/** Floats of the widest thing of a tile: small enough for the cache. */
export const TILE_FLOATS = 1_048_576;

/** What the scores of a term are made into tensors for. */
export type ScoreSetting = {
  readonly K: number;
  /** b `[K]`, which the first term adds; the others add none */
  readonly bias: Float64Array | null;
  /** Of the rows of the term */
  readonly stride: number;
  /** Whether the backend is slow on transposed products, and on few rows with a long right side: wasm is. */
  readonly turn: boolean;
};

/** The scores of a term as tensors. */
export type TermScores = {
  /** The most rows that a tile should have */
  readonly mostRows: number;
  /** L `[B, padded]`; that of the first term holds the bias, and `MASKED` in the padding, where the others hold 0. */
  open(tile: TensorTile): Tensor2D;
  dispose(): void;
};

/** K up to the next width that products run fast at, and blocks of long rows divide. */
export function padComponents(components: number): number {
  const multiple = components > LONG ? LONG_MULTIPLE : WIDTH_MULTIPLE;
  return Math.ceil(components / multiple) * multiple;
}

/** A bias as float32 holds it. */
export function maskedBias(bias: Float64Array): Float32Array {
  return Float32Array.from(bias, (value) => Math.max(MASKED, value));
}
