import type * as tfjs from '@tensorflow/tfjs-core';
import type { KernelOptions, Scores } from '../contracts/index.ts';
import type { Tf } from './tf.ts';
import { rowSums, type SumLengths } from './tfjs-long-sums.ts';
import { withPositions } from './tfjs-positions.ts';
import type { TensorTile } from './tfjs-rows.ts';
import { MASKED, ORPHAN_BELOW } from './tfjs-scores.ts';
import type { TensorScores } from './tfjs-terms.ts';

/** A tile of rows, and what is done with it. */
export type TileWork<Options> = {
  readonly tf: Tf;
  /** How long float32 sums may get */
  readonly lengths: SumLengths;
  readonly scores: Scores;
  readonly keys: TensorScores;
  /** One for each term */
  readonly tiles: readonly TensorTile[];
  readonly options: Options;
};

/** A wider softmax is held to a sum of its own: wasm adds exponentials one after another. */
const SHORT_ROW = 64;
/** What the responsibilities of a row may sum to beside 1. */
const MOST_SLACK = 2 ** -21;

type NormalTile = {
  readonly addSums: ReturnType<TensorScores['open']>['addSums'];
  /** `[B, padded]`, 0 in the rows of orphans */
  readonly R: tfjs.Tensor2D;
  /** `maxₖ L` `[B]` */
  readonly best: Float32Array;
  /** `log maxₖ r` `[B]` */
  readonly logMax: Float32Array | Float64Array;
};

/**
 * Responsibilities of a tile with its evidence: `log Σ exp L = max L − log max R`, which spares a second pass over the scores.
 *
 * The softmax of a backend divides by a float32 sum, which drifts with K (2e-3 at 10⁶ keys on wasm), all of a row by one factor. Long rows are
 * therefore summed again, blocks of them in float32 and the blocks in float64, and that factor is taken back.
 */
export function normalize(work: TileWork<KernelOptions>): NormalTile {
  const { tf, keys, tiles } = work;
  const tile = tiles[0]!;
  const { L, addSums } = openTile(work);
  let R = tf.softmax(L);
  const best = tf.max(L, 1).dataSync<'float32'>();
  let logMax: Float32Array | Float64Array;
  if (keys.padded <= SHORT_ROW) logMax = tf.log(tf.max(R, 1)).dataSync<'float32'>();
  else ({ R, logMax } = corrected(work, R));
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

/** Scores of a tile, biases of pairs included. */
export function openTile({ tf, keys, tiles, options }: TileWork<KernelOptions>): ReturnType<TensorScores['open']> {
  const opened = keys.open(tiles);
  let { L } = opened;
  const { pairBias, positions } = options;
  if (pairBias !== undefined) L = tf.add(L, pairBiasTensor(tf, pairBias, tiles[0]!, keys.components, keys.padded));
  if (positions !== undefined) L = withPositions(tf, L, positions, tiles[0]!);
  return { ...opened, L };
}

/** L `[count, K]`, −∞ where it stands for that. */
export function scoresOfTile(work: TileWork<KernelOptions>): Float32Array {
  const { keys, tiles } = work;
  const { components: K, padded } = keys;
  const all = openTile(work).L.dataSync<'float32'>();
  const L = new Float32Array(tiles[0]!.count * K);
  for (let i = 0; i < L.length; i++) {
    const value = all[Math.floor(i / K) * padded + (i % K)]!;
    L[i] = value < ORPHAN_BELOW ? Number.NEGATIVE_INFINITY : value;
  }
  return L;
}

/** Responsibilities divided by what they sum to, where that is not 1, and the logarithm of the greatest. */
function corrected(
  { tf, lengths }: TileWork<KernelOptions>,
  R: tfjs.Tensor2D,
): { readonly R: tfjs.Tensor2D; readonly logMax: Float64Array } {
  const sums = rowSums(tf, R, lengths);
  const top = tf.max(R, 1).dataSync<'float32'>();
  const logMax = sums.map((sum, n) => Math.log(top[n]! / sum));
  if (sums.every((sum) => Math.abs(sum - 1) <= MOST_SLACK)) return { R, logMax };
  return {
    R: tf.mul(
      R,
      tf.tensor2d(
        Float32Array.from(sums, (sum) => 1 / sum),
        [sums.length, 1],
      ),
    ),
    logMax,
  };
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
