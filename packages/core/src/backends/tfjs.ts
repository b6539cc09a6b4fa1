import type * as tfjs from '@tensorflow/tfjs-core';
import { counted } from '../base/counted.ts';
import { fail } from '../base/errors.ts';
import type {
  Accumulated,
  Backend,
  Gradients,
  KernelOptions,
  Matrix,
  Reading,
  ReadOptions,
  RowBlock,
  Rows,
  Scores,
  TensorBackendName,
  WriteOptions,
  Written,
} from '../contracts/index.ts';
import { checkBackward } from '../kernel/backward-tile.ts';
import { checkAccumulation, checkScores, checkWritable } from '../kernel/check.ts';
import { emptyReading } from '../kernel/empty-reading.ts';
import { emptyWritten, type WrittenTotal } from '../kernel/empty-written.ts';
import { checkPositions } from '../kernel/position-bias.ts';
import { float32Values } from './float32-values.ts';
import type { Tf } from './tf.ts';
import { tensorAccumulate } from './tfjs-accumulate.ts';
import { tensorBackward } from './tfjs-backward.ts';
import { heldKeys } from './tfjs-keys.ts';
import {
  addKeyProducts,
  columnSums,
  type KeyBlocks,
  keyBlocks,
  NATIVE_SUMS,
  rowSums,
  WASM_SUMS,
} from './tfjs-long-sums.ts';
import { type TensorRows, type TensorTile, tensorRows } from './tfjs-rows.ts';
import { ORPHAN_BELOW } from './tfjs-scores.ts';
import type { TensorScores } from './tfjs-terms.ts';
import { normalize, scoresOfTile, type TileWork } from './tfjs-tile.ts';
import { weightUnit } from './weight-unit.ts';

/** The least normal number of float32. */
const LEAST_NORMAL = 2 ** -126;

/**
 * The kernel on tfjs, in float32: one code for the native library and for wasm.
 *
 * Tiles are scored, normalised and summed in a few large ops; sums over tiles, counts and evidence are added in float64.
 * K is padded to a multiple of 8 with scores of −1e30, which costs nothing and keeps the products on their fast path.
 *
 * @param tf    tfjs with its backend set and ready
 * @param name  `tfjs-node` or `tfjs-wasm`
 *
 * @example
 * await tf.setBackend('wasm');
 * const { precision } = tfjsBackend(tf, 'tfjs-wasm'); // 'float32'
 */
export function tfjsBackend(tf: Tf, name: TensorBackendName): Backend {
  const turn = name === 'tfjs-wasm';
  const lengths = turn ? WASM_SUMS : NATIVE_SUMS;
  const keys = heldKeys(tf, turn);
  const taken = new Set<Rows>();

  return {
    name,
    precision: 'float32',
    tf,
    take(block: RowBlock): Rows {
      const rows = tensorRows(tf, block);
      taken.add(rows);
      return rows;
    },
    release(rows: Rows): void {
      (rows as TensorRows).release();
      taken.delete(rows);
      // Keys outlive the parts of a shard, not the last rows.
      if (taken.size === 0) keys.dispose();
    },

    write(rows: readonly Rows[], scores: Scores, options: WriteOptions = {}): Written {
      checkScores('core/write', rows, scores);
      checkWritable('core/write', scores);
      const own = rows as readonly TensorRows[];
      const total = emptyWritten(scores, options, 'float32');
      const held = keys.upload(scores, own, true);
      eachTile(own, held, options, (tiles) => {
        tf.tidy(() => writeTile({ tf, lengths, scores, keys: held, tiles, options }, total));
      });
      return total;
    },

    read(rows: readonly Rows[], scores: Scores, values: Matrix | null, options: ReadOptions = {}): Reading {
      checkScores('core/read', rows, scores);
      const K = scores.components;
      if (values !== null && values.rows !== K)
        fail('core/read', 'BAD_SHAPE', `${counted(values.rows, 'value')} came with ${counted(K, 'component')}`);
      const own = rows as readonly TensorRows[];
      const held = keys.upload(scores, own, false);
      const result = emptyReading(rows[0]!.rows, K, values?.cols ?? 0, options, 'float32');
      const narrow = values && float32Values(values);
      const right = narrow && keyBlocks(tf, narrow.values, held.padded, lengths);
      try {
        eachTile(own, held, options, (tiles) => {
          tf.tidy(() => readTile({ tf, lengths, scores, keys: held, tiles, options }, right, result));
        });
      } finally {
        right?.dispose();
      }
      narrow?.restore(result.output, result.logEvidence);
      return result;
    },

    backward(rows, scores, values, downstream, options = {}): Gradients {
      checkScores('core/backward', rows, scores);
      checkBackward('core/backward', rows, scores, values, downstream);
      const own = rows as readonly TensorRows[];
      const held = keys.upload(scores, own, false);
      const { gradients, add, dispose } = tensorBackward(tf, own, scores, values, downstream, { lengths, turn });
      try {
        eachTile(own, held, options, (tiles) => {
          tf.tidy(() => add({ tf, lengths, scores, keys: held, tiles, options }));
        });
      } finally {
        dispose();
      }
      return gradients;
    },

    score(rows, scores, visit, options = {}): void {
      checkScores('core/score', rows, scores);
      const own = rows as readonly TensorRows[];
      const held = keys.upload(scores, own, false);
      eachTile(own, held, options, (tiles) => {
        const L = tf.tidy(() => scoresOfTile({ tf, lengths, scores, keys: held, tiles, options }));
        visit(tiles[0]!.start, tiles[0]!.count, L);
      });
    },

    accumulate(rows, into, fill, options = {}): Accumulated {
      checkAccumulation('core/accumulate', rows, into);
      return tensorAccumulate(tf, rows as readonly TensorRows[], into, fill, { ...options, turn });
    },
  };
}

/** Tiles of the rows of all terms, side by side. */
function eachTile(
  rows: readonly TensorRows[],
  { mostRows, components }: TensorScores,
  { cancel, positions }: KernelOptions,
  visit: (tiles: readonly TensorTile[]) => void,
): void {
  checkPositions('core/kernel', positions, rows[0]!.rows, components);
  const cut = rows.map((own) => own.tiles(mostRows));
  for (let i = 0; i < cut[0]!.length; i++) {
    if (cancel?.aborted) fail('core/kernel', 'ABORTED', 'the run was cancelled');
    visit(cut.map((tiles) => tiles[i]!));
  }
}

function writeTile(work: TileWork<WriteOptions>, total: WrittenTotal): void {
  const { tf, tiles, options } = work;
  const { rowWeights, hard } = options;
  const { start, count } = tiles[0]!;
  let { R, best, logMax, addSums } = normalize(work);
  const own = rowWeights?.subarray(start, start + count);
  const rows = sumRows(best, logMax, own ?? null);
  total.orphans += rows.orphans;
  total.weight += rows.weight;
  total.logMaxResponsibility += rows.logMax;
  total.logEvidence += hard ? rows.best : rows.best - rows.logMax;
  if (options.entropy && !hard) total.entropy! += entropyOf(work, R, own ?? null);
  if (hard) R = oneHot(work, R);
  let unit = 1;
  if (own !== undefined) {
    unit = weightUnit(own);
    R = tf.mul(
      R,
      tf.tensor2d(
        Float32Array.from(own, (w) => w / unit),
        [count, 1],
      ),
    );
  }
  const counts = columnSums(tf, R);
  for (let k = 0; k < total.counts.length; k++) total.counts[k]! += unit * counts[k]!;
  addSums(R, counts, unit, total.sums);
}

/** `−Σₙ wₙ Σₖ r log r`. Below the least responsibility that float32 holds whole, what a pair adds is nothing. */
function entropyOf({ tf, lengths }: TileWork<WriteOptions>, R: tfjs.Tensor2D, weights: Float64Array | null): number {
  const rows = rowSums(tf, tf.mul(R, tf.log(tf.maximum(R, LEAST_NORMAL))), lengths);
  return rows.reduce(
    (sum, value, n) => sum - (weights === null ? value : weights[n] === 0 ? 0 : weights[n]! * value),
    0,
  );
}

/** Weighted sums over the rows of a tile that are no orphans. A function of its own: in the midst of others V8 compiles it again and again. */
function sumRows(
  best: Float32Array,
  logMax: Float32Array | Float64Array,
  weights: Float64Array | null,
): { readonly best: number; readonly logMax: number; readonly weight: number; readonly orphans: number } {
  let [bestSum, logMaxSum, weight, orphans] = [0, 0, 0, 0];
  for (let n = 0; n < best.length; n++) {
    const w = weights === null ? 1 : weights[n]!;
    if (w === 0) continue;
    if (best[n]! < ORPHAN_BELOW) orphans++;
    else {
      // +∞ for the best of scores is no number either.
      bestSum += w * (Number.isNaN(logMax[n]!) ? Number.NaN : best[n]!);
      logMaxSum += w * logMax[n]!;
      weight += w;
    }
  }
  return { best: bestSum, logMax: logMaxSum, weight, orphans };
}

/** All of a row to its best component; an orphan row, all zero, stays so. The one-hot is made as int32: wasm makes a wrong float32 one. */
function oneHot({ tf, keys }: TileWork<WriteOptions>, R: tfjs.Tensor2D): tfjs.Tensor2D {
  const owned = tf.cast(tf.greater(tf.max(R, 1, true), 0), 'float32') as tfjs.Tensor2D;
  // tf.oneHot refuses a depth of 1.
  return keys.padded === 1 ? owned : tf.mul(tf.cast(tf.oneHot(tf.argMax(R, 1), keys.padded), 'float32'), owned);
}

function readTile(work: TileWork<ReadOptions>, right: KeyBlocks | null, result: Reading): void {
  const { tf, tiles, keys } = work;
  const tile = tiles[0]!;
  const { R, best, logMax } = normalize(work);
  for (let n = 0; n < tile.count; n++) {
    result.logEvidence[tile.start + n] = best[n]! < ORPHAN_BELOW ? Number.NEGATIVE_INFINITY : best[n]! - logMax[n]!;
  }
  const V = result.output.cols;
  if (right !== null) addKeyProducts(tf, R, right, result.output.data.subarray(tile.start * V), V);
  if (result.labels !== undefined) {
    const labels = tf.argMax(R, 1).dataSync<'int32'>();
    for (let n = 0; n < tile.count; n++) result.labels[tile.start + n] = best[n]! < ORPHAN_BELOW ? -1 : labels[n]!;
  }
  if (result.responsibilities !== undefined)
    copyColumns(R.dataSync<'float32'>(), keys.padded, tile, result.responsibilities);
}

function copyColumns(from: Float32Array, stride: number, tile: TensorTile, to: Matrix): void {
  for (let n = 0; n < tile.count; n++)
    to.data.set(from.subarray(n * stride, n * stride + to.cols), (tile.start + n) * to.cols);
}
