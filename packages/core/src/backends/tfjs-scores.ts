import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorTile } from './tfjs-rows.ts';

/** Stands for −∞: finite, so that no NaN arises, and below every score. */
export const MASKED = -1e30;
/** A row whose best score lies below this is owned by nobody. */
export const ORPHAN_BELOW = -1e29;
const WIDTH_MULTIPLE = 8;

/** What a term is made into tensors for. */
export type TermSetting = {
  readonly K: number;
  /** b `[K]`, which the first term adds; the others add none */
  readonly bias: Float64Array | null;
  /** Of the rows of the term */
  readonly stride: number;
  /** Whether the backend is slow on transposed products, and on few rows with a long right side: wasm is. */
  readonly turn: boolean;
  /** Whether statistics will be summed, not only rows read. */
  readonly sums: boolean;
};

/** A term of scores as tensors. */
export type TensorTerm = {
  /** The most rows that a tile should have */
  readonly mostRows: number;
  /** Scores of a tile; within the same tidy scope its statistics may then be summed. */
  open(tile: TensorTile): ScoredTile;
  dispose(): void;
};

export type ScoredTile = {
  /** L `[B, padded]`; that of the first term holds the bias, and `MASKED` in the padding. */
  readonly L: Tensor2D;
  /** `sums += unit · Σₙ R_nk T(x_n)`, in float64; `counts` are `Σₙ R_nk`. */
  addSums(R: Tensor2D, counts: Float32Array, unit: number, sums: Float64Array): void;
};

/** K up to the next width that products run fast at. */
export function padComponents(components: number): number {
  return Math.ceil(components / WIDTH_MULTIPLE) * WIDTH_MULTIPLE;
}
