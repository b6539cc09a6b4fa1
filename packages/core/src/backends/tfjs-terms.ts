import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Scores } from '../contracts/index.ts';
import type { Tf } from './tf.ts';
import { tensorLinear } from './tfjs-linear.ts';
import type { TensorTile } from './tfjs-rows.ts';
import { padComponents } from './tfjs-scores.ts';
import { tensorWhitened } from './tfjs-whitened.ts';

/** A score function as tensors: the sum of its terms. */
export type TensorScores = {
  /** K with the padding, whose scores are `MASKED` */
  readonly padded: number;
  /** The most rows that a tile should have */
  readonly mostRows: number;
  /** Scores of a tile, given as one tile of rows a term; within the same tidy scope its statistics may then be summed. */
  open(tiles: readonly TensorTile[]): {
    /** L `[B, padded]` */
    readonly L: Tensor2D;
    /** `sums += unit · Σₙ R_nk T(x_n)` of every term, in float64; `counts` are `Σₙ R_nk`. */
    addSums(R: Tensor2D, counts: Float32Array, unit: number, sums: readonly Float64Array[]): void;
  };
  dispose(): void;
};

export type TensorSetting = {
  /** Of the rows of each term */
  readonly strides: readonly number[];
  readonly turn: boolean;
  readonly sums: boolean;
};

/** Uploads scores, for one use: the tile is as long as the most demanding term allows. */
export function tensorScores(tf: Tf, { components: K, terms, bias }: Scores, setting: TensorSetting): TensorScores {
  const { strides, turn, sums } = setting;
  const all = terms.map((term, t) => {
    const own = { K, bias: t === 0 ? bias : null, stride: strides[t]!, turn, sums };
    return term.form === 'linear' ? tensorLinear(tf, term, own) : tensorWhitened(tf, term, own);
  });
  return {
    padded: padComponents(K),
    mostRows: Math.min(...all.map(({ mostRows }) => mostRows)),
    open(tiles) {
      const opened = all.map((term, t) => term.open(tiles[t]!));
      return {
        L: opened.map(({ L }) => L).reduce((sum, L) => tf.add(sum, L)),
        addSums(R, counts, unit, total) {
          opened.forEach(({ addSums }, t) => {
            addSums(R, counts, unit, total[t]!);
          });
        },
      };
    },
    dispose() {
      for (const term of all) term.dispose();
    },
  };
}
