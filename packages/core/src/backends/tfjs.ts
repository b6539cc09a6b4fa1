import type * as tfjs from '@tensorflow/tfjs-core';
import { fail } from '../base/errors.ts';
import type {
  Backend,
  Matrix,
  Reading,
  ReadOptions,
  RowBlock,
  Rows,
  Scores,
  WriteOptions,
  Written,
} from '../contracts/index.ts';
import { checkScores, sumsWidth } from '../kernel/check.ts';
import type { Tf } from './tf.ts';
import { tensorLinear } from './tfjs-linear.ts';
import { type TensorRows, type TensorTile, tensorRows } from './tfjs-rows.ts';
import { ORPHAN_BELOW, type TensorScores } from './tfjs-scores.ts';
import { normalize, type TileWork } from './tfjs-tile.ts';
import { tensorWhitened } from './tfjs-whitened.ts';

/**
 * The kernel on tfjs, in float32: one code for the native library and for wasm.
 *
 * Tiles are scored, normalised and summed in a few large ops; sums over tiles, counts and evidence are added in float64.
 * K is padded to a multiple of 8 with scores of −1e30, which costs nothing and keeps the products on their fast path.
 *
 * @param tf    tfjs with its backend set and ready
 * @param name  `native` or `wasm`
 *
 * @example
 * await tf.setBackend('wasm');
 * const { precision } = tfjsBackend(tf, 'wasm'); // 'float32'
 */
export function tfjsBackend(tf: Tf, name: 'native' | 'wasm'): Backend {
  const turn = name === 'wasm';
  let last: { scores: Scores; stride: number; sums: boolean; tensors: TensorScores } | null = null;

  /** The tensors of the latest scores are kept: every shard of an iteration meets the same ones. */
  const upload = (scores: Scores, stride: number, sums: boolean): TensorScores => {
    if (last?.scores !== scores || last.stride !== stride || last.sums !== sums) {
      last?.tensors.dispose();
      const tensors =
        scores.form === 'linear'
          ? tensorLinear(tf, scores, stride, turn)
          : tensorWhitened(tf, scores, { sums, products: !turn });
      last = { scores, stride, sums, tensors };
    }
    return last.tensors;
  };

  return {
    name,
    precision: 'float32',
    tf,
    take: (block: RowBlock): Rows => tensorRows(tf, block),
    release: (rows: Rows): void => {
      (rows as TensorRows).release();
      last?.tensors.dispose();
      last = null;
    },

    write(rows: Rows, scores: Scores, options: WriteOptions = {}): Written {
      checkScores('core/write', rows, scores);
      const taken = rows as TensorRows;
      const total = emptyTotal(scores);
      const keys = upload(scores, taken.stride, true);
      for (const tile of taken.tiles(keys.mostRows)) {
        if (options.cancel?.aborted) fail('core/kernel', 'ABORTED', 'the run was cancelled');
        tf.tidy(() => writeTile({ tf, scores, keys, tile, options }, total));
      }
      return total;
    },

    read(rows: Rows, scores: Scores, values: Matrix | null, options: ReadOptions = {}): Reading {
      checkScores('core/read', rows, scores);
      const K = scores.components;
      if (values !== null && values.rows !== K)
        fail('core/read', 'BAD_SHAPE', `${values.rows} values came with ${K} components`);
      const taken = rows as TensorRows;
      const keys = upload(scores, taken.stride, false);
      const result = emptyReading(rows.rows, K, values?.cols ?? 0, options);
      const right = values === null ? null : paddedValues(tf, values, keys.padded);
      try {
        for (const tile of taken.tiles(keys.mostRows)) {
          if (options.cancel?.aborted) fail('core/kernel', 'ABORTED', 'the run was cancelled');
          tf.tidy(() => readTile({ tf, scores, keys, tile, options }, right, result));
        }
      } finally {
        right?.dispose();
      }
      return result;
    },
  };
}

type Total = { -readonly [name in keyof Written]: Written[name] };

function emptyTotal(scores: Scores): Total {
  const K = scores.components;
  return {
    counts: new Float64Array(K),
    sums: new Float64Array(K * sumsWidth(scores)),
    logEvidence: 0,
    logMaxResponsibility: 0,
    weight: 0,
    orphans: 0,
  };
}

function writeTile(work: TileWork<WriteOptions>, total: Total): void {
  const { tf, tile, options } = work;
  const { rowWeights, hard } = options;
  let { R, best, logMax, addSums } = normalize(work);
  const own = rowWeights?.subarray(tile.start, tile.start + tile.count);
  const rows = sumRows(best, logMax, own ?? null);
  total.orphans += rows.orphans;
  total.weight += rows.weight;
  total.logMaxResponsibility += rows.logMax;
  total.logEvidence += hard ? rows.best : rows.best - rows.logMax;
  if (hard) R = oneHot(work, R);
  let unit = 1;
  if (own !== undefined) {
    unit = weightUnit(own);
    R = tf.mul(
      R,
      tf.tensor2d(
        Float32Array.from(own, (w) => w / unit),
        [tile.count, 1],
      ),
    );
  }
  const counts = tf.sum(R, 0).dataSync<'float32'>();
  for (let k = 0; k < total.counts.length; k++) total.counts[k]! += unit * counts[k]!;
  addSums(R, counts, unit, total.sums);
}

/** Weighted sums over the rows of a tile that are no orphans. A function of its own: in the midst of others V8 compiles it again and again. */
function sumRows(
  best: Float32Array,
  logMax: Float32Array,
  weights: Float64Array | null,
): { readonly best: number; readonly logMax: number; readonly weight: number; readonly orphans: number } {
  let [bestSum, logMaxSum, weight, orphans] = [0, 0, 0, 0];
  for (let n = 0; n < best.length; n++) {
    const w = weights === null ? 1 : weights[n]!;
    if (w === 0) continue;
    if (best[n]! < ORPHAN_BELOW) orphans++;
    else {
      bestSum += w * best[n]!;
      logMaxSum += w * logMax[n]!;
      weight += w;
    }
  }
  return { best: bestSum, logMax: logMaxSum, weight, orphans };
}

/** Weights are divided by this power of two where float32 could not hold them, or their products with rows. */
function weightUnit(weights: Float64Array): number {
  const most = weights.reduce((a, b) => Math.max(a, b), 0);
  return most > 1e12 || (most > 0 && most < 1e-12) ? 2 ** Math.floor(Math.log2(most)) : 1;
}

/** All of a row to its best component; an orphan row, all zero, stays so. The one-hot is made as int32: wasm makes a wrong float32 one. */
function oneHot({ tf, keys }: TileWork<WriteOptions>, R: tfjs.Tensor2D): tfjs.Tensor2D {
  const owned = tf.cast(tf.greater(tf.max(R, 1, true), 0), 'float32') as tfjs.Tensor2D;
  // tf.oneHot refuses a depth of 1.
  return keys.padded === 1 ? owned : tf.mul(tf.cast(tf.oneHot(tf.argMax(R, 1), keys.padded), 'float32'), owned);
}

type MutableReading = Reading & { readonly labels?: Int32Array; readonly responsibilities?: Matrix };

function emptyReading(N: number, K: number, V: number, options: ReadOptions): MutableReading {
  return {
    output: { data: new Float64Array(N * V), rows: N, cols: V },
    logEvidence: new Float64Array(N),
    ...(options.labels && { labels: new Int32Array(N) }),
    ...(options.responsibilities && { responsibilities: { data: new Float64Array(N * K), rows: N, cols: K } }),
  };
}

function readTile(work: TileWork<ReadOptions>, right: tfjs.Tensor2D | null, result: MutableReading): void {
  const { tf, tile, keys, scores } = work;
  const { R, best, logMax } = normalize(work);
  for (let n = 0; n < tile.count; n++) {
    result.logEvidence[tile.start + n] = best[n]! < ORPHAN_BELOW ? Number.NEGATIVE_INFINITY : best[n]! - logMax[n]!;
  }
  if (right !== null) copyColumns(tf.matMul(R, right).dataSync<'float32'>(), right.shape[1], tile, result.output);
  if (result.labels !== undefined) {
    const labels = tf.argMax(R, 1).dataSync<'int32'>();
    for (let n = 0; n < tile.count; n++) result.labels[tile.start + n] = best[n]! < ORPHAN_BELOW ? -1 : labels[n]!;
  }
  if (result.responsibilities !== undefined)
    copyColumns(R.dataSync<'float32'>(), keys.padded, tile, result.responsibilities, scores.components);
}

function copyColumns(from: Float32Array, stride: number, tile: TensorTile, to: Matrix, cols: number = to.cols): void {
  for (let n = 0; n < tile.count; n++)
    to.data.set(from.subarray(n * stride, n * stride + cols), (tile.start + n) * cols);
}

function paddedValues(tf: Tf, values: Matrix, padded: number): tfjs.Tensor2D {
  const width = Math.ceil(values.cols / 8) * 8;
  const data = new Float32Array(padded * width);
  for (let k = 0; k < values.rows; k++)
    data.set(values.data.subarray(k * values.cols, (k + 1) * values.cols), k * width);
  return tf.tensor2d(data, [padded, width]);
}
