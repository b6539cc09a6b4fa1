import type * as tfjs from '@tensorflow/tfjs-core';
import type { KernelOptions, Scores } from '../contracts/index.ts';
import type { Tf } from './tf.ts';
import type { TensorTile } from './tfjs-rows.ts';
import { MASKED, ORPHAN_BELOW } from './tfjs-scores.ts';
import type { TensorScores } from './tfjs-terms.ts';

/** A tile of rows, and what is done with it. */
export type TileWork<Options> = {
  readonly tf: Tf;
  readonly scores: Scores;
  readonly keys: TensorScores;
  /** One for each term */
  readonly tiles: readonly TensorTile[];
  readonly options: Options;
};

/**
 * Responsibilities of a tile with its evidence: `log Σ exp L = max L − log max R`, which spares a second pass over the scores.
 */
export function normalize({ tf, keys, tiles, scores, options }: TileWork<KernelOptions>): {
  addSums: ReturnType<TensorScores['open']>['addSums'];
  R: tfjs.Tensor2D;
  best: Float32Array;
  logMax: Float32Array;
} {
  const tile = tiles[0]!;
  let { L, addSums } = keys.open(tiles);
  if (options.pairBias !== undefined)
    L = tf.add(L, pairBiasTensor(tf, options.pairBias, tile, scores.components, keys.padded));
  let R = tf.softmax(L);
  const best = tf.max(L, 1).dataSync<'float32'>();
  const logMax = tf.log(tf.max(R, 1)).dataSync<'float32'>();
  if (isAnyBelow(best, ORPHAN_BELOW))
    R = tf.mul(
      R,
      tf.tensor2d(
        best.map((l) => (l < ORPHAN_BELOW ? 0 : 1)),
        [tile.count, 1],
      ),
    );
  return { R, best, logMax, addSums };
}

function isAnyBelow(values: Float32Array, limit: number): boolean {
  for (let n = 0; n < values.length; n++) if (values[n]! < limit) return true;
  return false;
}

function pairBiasTensor(
  tf: Tf,
  fill: NonNullable<KernelOptions['pairBias']>,
  tile: TensorTile,
  K: number,
  padded: number,
): tfjs.Tensor2D {
  const narrow = new Float32Array(tile.count * K);
  fill(tile.start, tile.count, narrow);
  const wide = new Float32Array(tile.count * padded);
  for (let n = 0; n < tile.count; n++)
    for (let k = 0; k < K; k++) wide[n * padded + k] = Math.max(MASKED, narrow[n * K + k]!);
  return tf.tensor2d(wide, [tile.count, padded]);
}
