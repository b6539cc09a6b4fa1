import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Scores, Term } from '../contracts/index.ts';
import { pivotsOf } from '../kernel/pivots.ts';
import type { Tf } from './tf.ts';
import { linearScores } from './tfjs-linear.ts';
import type { TensorTile } from './tfjs-rows.ts';
import { padComponents, type ScoreSetting, type TermScores } from './tfjs-scores.ts';
import { studentScores } from './tfjs-student.ts';
import { type TermSums, tensorSums } from './tfjs-sums.ts';
import { whitenedScores } from './tfjs-whitened.ts';

/** A score function as tensors: the sum of its terms. */
export type TensorScores = {
  /** K */
  readonly components: number;
  /** K with the padding, whose scores are `MASKED` */
  readonly padded: number;
  /** The most rows that a tile should have */
  readonly mostRows: number;
  /** Scores of a tile, given as one tile of rows a term; within the same tidy scope its statistics may then be summed. */
  open(tiles: readonly TensorTile[]): {
    /** L `[B, padded]` */
    readonly L: Tensor2D;
    /** `sums += unit · Σₙ R_nk T(x_n)` of every term, in float64; `counts` are `Σₙ R_nk`. */
    addSums(R: Tensor2D, counts: Float64Array, unit: number, sums: readonly Float64Array[]): void;
  };
  dispose(): void;
};

export type TensorSetting = {
  /** Of the rows of each term */
  readonly strides: readonly number[];
  /** Whether the backend is slow on transposed products, and on few rows with a long right side: wasm is. */
  readonly turn: boolean;
  /** Whether statistics will be summed, not only rows read. */
  readonly sums: boolean;
};

/** Uploads scores, for one use: the tile is as long as the most demanding term allows. */
export function tensorScores(tf: Tf, { components: K, terms, bias }: Scores, setting: TensorSetting): TensorScores {
  const { turn, sums } = setting;
  const all = terms.map((term, t) => {
    const stride = setting.strides[t]!;
    const summed = sums ? sumsOf(tf, term, { K, stride, turn }) : null;
    const own = { K, bias: t === 0 ? bias : null, stride, turn };
    return { scores: scoresOf(tf, term, own), sums: summed };
  });
  const parts = all.flatMap(({ scores, sums }) => (sums === null ? [scores] : [scores, sums]));
  return {
    components: K,
    padded: padComponents(K),
    mostRows: Math.min(...parts.map(({ mostRows }) => mostRows)),
    open(tiles) {
      return {
        L: all.map(({ scores }, t) => scores.open(tiles[t]!)).reduce((sum, L) => tf.add(sum, L)),
        addSums(R, counts, unit, total) {
          all.forEach(({ sums }, t) => {
            sums!.add(tiles[t]!, R, counts, unit, total[t]!);
          });
        },
      };
    },
    dispose() {
      for (const part of parts) part.dispose();
    },
  };
}

function scoresOf(tf: Tf, term: Term, setting: ScoreSetting): TermScores {
  switch (term.form) {
    case 'linear':
      return linearScores(tf, term, setting);
    case 'whitened':
      return whitenedScores(tf, term, setting);
    case 'student':
      return studentScores(tf, term, setting);
  }
}

function sumsOf(tf: Tf, term: Term, setting: { K: number; stride: number; turn: boolean }): TermSums {
  const { squares } = term.statistics;
  const pivots = term.form === 'whitened' && squares !== 'none' ? pivotsOf(term, setting.K) : null;
  return tensorSums(tf, { ...setting, width: term.width, squares, pivots });
}
