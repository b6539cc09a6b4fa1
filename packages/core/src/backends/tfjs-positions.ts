import type { Tensor2D } from '@tensorflow/tfjs-core';
import { fail } from '../base/errors.ts';
import type { PositionBias } from '../contracts/index.ts';
import { sightOf } from '../kernel/position-bias.ts';
import type { Tf } from './tf.ts';
import type { TensorTile } from './tfjs-rows.ts';

/** Times half a rank it is below −1e30, and times 2^23 of them still a float32; a power of two, so that ranks stay exact. */
const HIDING = 2 ** 101;
const MOST_RANKS = 2 ** 23;

/**
 * Scores `[B, padded]` of a tile with the bias of its positions, by passes over the tile: what is hidden is cut to −1e30 or less.
 *
 *     L ← L − alibi·|(p − c) − (q − c)|     L ← min(L, 2¹⁰¹ (to − ½ − rank), 2¹⁰¹ (rank − from + ½))
 *
 * c, the middle of the tile, is taken off in float64, so distances are exact where positions are whole, else to 6e-8 of the span of the tile.
 * What a row sees is an interval of ranks, compared as whole numbers.
 */
export function withPositions(tf: Tf, L: Tensor2D, positions: PositionBias, tile: TensorTile): Tensor2D {
  const { keys, causal = false, window = Number.POSITIVE_INFINITY, alibi = 0 } = positions;
  const padded = L.shape[1];
  const row = (value: (key: number) => number): Tensor2D => {
    const all = new Float32Array(padded);
    for (let k = 0; k < keys.length; k++) all[k] = value(k);
    return tf.tensor2d(all, [1, padded]);
  };
  const column = (value: (row: number) => number): Tensor2D =>
    tf.tensor2d(
      Float32Array.from({ length: tile.count }, (_, n) => value(n)),
      [tile.count, 1],
    );
  let biased = L;
  if (alibi > 0) {
    const own = positions.queries.subarray(tile.start, tile.start + tile.count);
    const middle = own[own.length >> 1]!;
    const distance = tf.abs(
      tf.sub(
        column((n) => own[n]! - middle),
        row((k) => keys[k]! - middle),
      ),
    );
    biased = tf.sub(biased, tf.mul(distance, alibi));
  }
  if (!causal && window === Number.POSITIVE_INFINITY) return biased;
  if (padded > MOST_RANKS)
    fail(
      'core/kernel',
      'BAD_SHAPE',
      `${keys.length} positions of components came, a tensor backend orders ${MOST_RANKS}`,
    );
  const { ranks, range } = sightOf(positions);
  const ranges = Array.from({ length: tile.count }, (_, n) => range(tile.start + n));
  const scaled = row((k) => HIDING * ranks[k]!);
  const ends = column((n) => HIDING * (ranges[n]![1] - 0.5));
  biased = tf.minimum(biased, tf.sub(ends, scaled));
  if (window === Number.POSITIVE_INFINITY) return biased;
  const starts = column((n) => HIDING * (ranges[n]![0] - 0.5));
  return tf.minimum(biased, tf.sub(scaled, starts));
}
