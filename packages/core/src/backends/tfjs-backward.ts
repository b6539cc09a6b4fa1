import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { BackwardOptions, Downstream, Gradients, LinearTerm, Matrix, Rows, Scores } from '../contracts/index.ts';
import { emptyGradients } from '../kernel/backward-tile.ts';
import { type Float32Values, float32Values } from './float32-values.ts';
import { levelOf, unitOf } from './slope-units.ts';
import type { Tf } from './tf.ts';
import { addKeyProducts, columnSums, keyBlocks, type SumLengths } from './tfjs-long-sums.ts';
import type { TensorRows } from './tfjs-rows.ts';
import { padComponents } from './tfjs-scores.ts';
import { tensorSums } from './tfjs-sums.ts';
import { normalize, type TileWork } from './tfjs-tile.ts';

/** Gradients that tiles are added to. */
export type TensorBackward = {
  readonly gradients: Gradients;
  /** Within a tidy scope */
  add(work: TileWork<BackwardOptions>): void;
  dispose(): void;
};

/**
 * The gradients of `backwardTile` by products over a tile. Values go as `float32Values` moves and scales them, since `G·v_k` far from 0 would lose
 * the difference to `G·o_n` in float32, and gradients of any size are brought near 1.
 *
 * @param turn  whether the backend is slow on transposed products
 */
export function tensorBackward(
  tf: Tf,
  rows: readonly TensorRows[],
  scores: Scores,
  values: Matrix | null,
  downstream: Downstream,
  { lengths, turn }: { readonly lengths: SumLengths; readonly turn: boolean },
): TensorBackward {
  const K = scores.components;
  const padded = padComponents(K);
  const terms = scores.terms as readonly LinearTerm[];
  const gradients = emptyGradients(rows as readonly Rows[], scores, values, 'float32');
  const keys = terms.map(({ natural, width }) =>
    keyBlocks(tf, { data: natural, rows: K, cols: width }, padded, lengths),
  );
  const sums = terms.map(({ width }, t) =>
    tensorSums(tf, { K, width, squares: 'none', pivots: null, stride: rows[t]!.stride, turn }),
  );
  const V = downstream.gradient.output === undefined ? 0 : (values?.cols ?? 0);
  const narrow = V === 0 ? null : float32Values(values!);
  const right = narrow && tf.keep(turnedValues(tf, narrow.values, padded));

  /** `∂ℒ/∂L / unit` `[B, padded]`; what rows add to the gradient of values is added on the way. */
  const slopes = (work: TileWork<BackwardOptions>, unit: number): Tensor2D => {
    const { start, count } = work.tiles[0]!;
    const { R } = normalize(work);
    const level = tf.tensor2d(
      Float32Array.from({ length: count }, (_, n) => levelOf(downstream, narrow, start + n) / unit),
      [count, 1],
    );
    if (narrow === null || right === null) return tf.mul(R, level);
    const turned = tf.tensor2d(turnedOutput(downstream, narrow, start, count, unit), [V, count]);
    addTurned(tf.matMul(turned, R), narrow, unit, gradients.values);
    return tf.mul(R, tf.add(tf.matMul(tf.transpose(turned), right), level));
  };

  return {
    gradients,
    add(work) {
      const { start, count } = work.tiles[0]!;
      const unit = unitOf(downstream, narrow, start, count);
      const visit = work.options.slopes;
      if (unit === 0) {
        visit?.(start, count, new Float64Array(count * K));
        return;
      }
      const d = slopes(work, unit);
      visit?.(start, count, slopesOf(d, K, unit));
      const counts = columnSums(tf, d);
      for (let k = 0; k < K; k++) gradients.bias[k]! += unit * counts[k]!;
      terms.forEach(({ width }, t) => {
        sums[t]!.add(work.tiles[t]!, d, counts, unit, gradients.natural[t]!);
        const own = gradients.queries[t]!.data.subarray(start * width, (start + count) * width);
        addKeyProducts(tf, d, keys[t]!, own as Float64Array, width);
        for (let i = 0; i < own.length; i++) own[i]! *= unit;
      });
    },
    dispose() {
      right?.dispose();
      for (const part of [...keys, ...sums]) part.dispose();
    },
  };
}

/** `∂ℒ/∂L` `[B, K]` of `∂ℒ/∂L / unit` `[B, padded]`: in float64, which holds any unit */
function slopesOf(d: Tensor2D, K: number, unit: number): Float64Array {
  const [rows, padded] = d.shape;
  const all = d.dataSync<'float32'>();
  const slopes = new Float64Array(rows * K);
  for (let n = 0; n < rows; n++) for (let k = 0; k < K; k++) slopes[n * K + k] = unit * all[n * padded + k]!;
  return slopes;
}

/** Gᵀ `[V, B]`, in units of the values over that of the tile */
function turnedOutput(
  { gradient }: Downstream,
  narrow: Float32Values,
  start: number,
  count: number,
  unit: number,
): Float32Array {
  const V = narrow.values.cols;
  const turned = new Float32Array(V * count);
  for (let n = 0; n < count; n++)
    for (let v = 0; v < V; v++)
      turned[v * count + n] = gradient.output!.data[(start + n) * V + v]! * (narrow.unit[v]! / unit);
  return turned;
}

/** Adds `GᵀR` `[V, padded]`, turned back. */
function addTurned(product: Tensor2D, narrow: Float32Values, unit: number, { data, rows: K, cols: V }: Matrix): void {
  const padded = product.shape[1];
  const sums = product.dataSync<'float32'>();
  for (let k = 0; k < K; k++)
    for (let v = 0; v < V; v++) data[k * V + v]! += (unit / narrow.unit[v]!) * sums[v * padded + k]!;
}

/** vᵀ `[V, padded]` */
function turnedValues(tf: Tf, { data, rows, cols: V }: Matrix, padded: number): Tensor2D {
  const turned = new Float32Array(V * padded);
  for (let k = 0; k < rows; k++) for (let v = 0; v < V; v++) turned[v * padded + k] = data[k * V + v]!;
  return tf.tensor2d(turned, [V, padded]);
}
