import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { StudentTerm, WhitenedTerm } from '../contracts/index.ts';
import { factorRows, isShared } from '../kernel/check.ts';
import type { Tf } from './tf.ts';
import type { TensorTile } from './tfjs-rows.ts';
import { MASKED, maskedBias, padComponents, type ScoreSetting, type TermScores, TILE_FLOATS } from './tfjs-scores.ts';
import { sharedScores } from './tfjs-shared.ts';

/**
 * A whitened term, `b − ‖√½ (W x − c)‖²`. All of it lies column by column, `[·, B]`: passes run along memory, and no product has a transposed side. One factor
 * for all is a matter of its own, see `sharedScores`.
 */
export function whitenedScores(tf: Tf, term: WhitenedTerm, setting: ScoreSetting): TermScores {
  return (isShared(term, setting.K) ? sharedScores(tf, term, setting) : null) ?? asDistances(tf, term, setting);
}

function asDistances(tf: Tf, term: WhitenedTerm, { K, bias }: ScoreSetting): TermScores {
  const squares = squaredRows(tf, term, K, 0.5);
  const b = tf.keep(tf.tensor2d(maskedBias(bias ?? new Float64Array(K)), [K, 1]));
  return {
    mostRows: TILE_FLOATS / (K * factorRows(term, K)),
    open: (tile) => upright(tf, tf.sub(b, tf.sum(squares.open(tile), 1)), bias !== null),
    dispose() {
      squares.dispose();
      b.dispose();
    },
  };
}

/** Squares of `W_k x − c_k` of a tile, times `times`: `[K, R, B]`. */
export function squaredRows(
  tf: Tf,
  term: WhitenedTerm | StudentTerm,
  K: number,
  times: number,
): { open(tile: TensorTile): Tensor3D; dispose(): void } {
  const { width: C, factor, offset } = term;
  const R = factorRows(term, K);
  const one = isShared(term, K);
  const root = Math.sqrt(times);
  const rows = one ? R : K * R;
  // A column for −c, which a shared factor leaves at 0 and takes away afterwards.
  const factors = new Float32Array(rows * (1 + C));
  for (let row = 0; row < rows; row++) {
    if (!one) factors[row * (1 + C)] = -root * offset[row]!;
    for (let j = 0; j < C; j++) factors[row * (1 + C) + 1 + j] = root * factor[row * C + j]!;
  }
  const left = tf.keep(tf.tensor2d(factors, [rows, 1 + C]));
  const c = one
    ? tf.keep(
        tf.tensor3d(
          Float32Array.from(offset, (value) => root * value),
          [K, R, 1],
        ),
      )
    : null;
  return {
    open(tile) {
      const y = tf.matMul(left, tile.columns());
      const away = tf.reshape(y, [one ? 1 : K, R, tile.count]) as Tensor3D;
      return tf.square(c === null ? away : tf.sub<Tensor3D>(away, c));
    },
    dispose: () => tf.dispose(c === null ? left : [left, c]),
  };
}

/** `[K, B]` to `[B, padded]`, with `MASKED` in the padding of the first term. */
export function upright(tf: Tf, L: Tensor2D, isFirst: boolean): Tensor2D {
  const K = L.shape[0];
  const padding: [number, number][] = [
    [0, padComponents(K) - K],
    [0, 0],
  ];
  return tf.transpose(padding[0]![1] === 0 ? L : tf.pad(L, padding, isFirst ? MASKED : 0));
}
