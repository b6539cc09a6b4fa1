import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Statistics } from '../contracts/index.ts';
import type { Tf } from './tf.ts';
import { outerSums } from './tfjs-outer.ts';
import { pooledSums } from './tfjs-pooled.ts';
import type { TensorTile } from './tfjs-rows.ts';
import { padComponents, TILE_FLOATS, TILE_SCORES } from './tfjs-scores.ts';

export type SumSetting = {
  readonly K: number;
  /** C */
  readonly width: number;
  readonly squares: Statistics['squares'];
  /** Points about which products are summed `[K, C]`, or null where all are 0, see `pivotsOf`. */
  readonly pivots: Float64Array | null;
  /** Of the rows of the term */
  readonly stride: number;
  /** Whether the backend is slow on transposed products. */
  readonly turn: boolean;
};

/** The sums of a term over tensors. */
export type TermSums = {
  /** The most rows that a tile should have */
  readonly mostRows: number;
  /** Adds `unit` times the sums of a tile, in float64; R is `[B, padded]`, `counts` are `Σₙ R_nk`. */
  add(tile: TensorTile, R: Tensor2D, counts: Float64Array, unit: number, sums: Float64Array): void;
  dispose(): void;
};

/** Sums laid out as `squares` says. */
export function tensorSums(tf: Tf, setting: SumSetting): TermSums {
  const { K, width: C, squares, pivots, stride, turn } = setting;
  const padded = padComponents(K);
  if (squares === 'none')
    return {
      mostRows: TILE_SCORES / padded,
      add(tile, R, _, unit, sums) {
        const product = turn ? tf.matMul(tile.transposed(), R) : tf.matMul(R, tile.x(), true);
        const [byK, byC] = turn ? [1, padded] : [stride, 1];
        const values = product.dataSync<'float32'>();
        for (let k = 0; k < K; k++) for (let p = 0; p < C; p++) sums[k * C + p]! += unit * values[k * byK + p * byC]!;
      },
      dispose: () => {},
    };
  if (squares === 'pooled') {
    const pooled = pooledSums(tf, setting);
    return { mostRows: TILE_SCORES / Math.max(padded, stride), ...pooled };
  }
  return { mostRows: TILE_FLOATS / (K * C), ...outerSums(tf, K, C, pivots) };
}
