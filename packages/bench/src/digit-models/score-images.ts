import type { Float64Rows, Layer, Tensors } from '@mixtention/attention/learn';
import type { Matrix } from '@mixtention/core';
import type { Tf } from '@mixtention/core/backends';
import type { Arrays } from '@mixtention/core/optimize';
import { rowNats } from './bernoulli-nats.ts';
import { pixelRows } from './joint-recipe.ts';
import type { RowModelSizes } from './row-model.ts';

const TOGETHER = 250;

/** Exact nats of every image under a model of rows, of all its rows and of those from the middle on given those above: the chain rule. */
export function scoreImages(
  layer: Layer,
  parameters: Arrays,
  images: Matrix,
  { length, pixels, tf }: Pick<RowModelSizes, 'length' | 'pixels'> & { readonly tf: Tf },
): { readonly nats: Float64Array; readonly lowerNats: Float64Array } {
  const nats = new Float64Array(images.rows);
  const lowerNats = new Float64Array(images.rows);
  for (let from = 0; from < images.rows; from += TOGETHER) {
    const own = Array.from({ length: Math.min(TOGETHER, images.rows - from) }, (_, i) => from + i);
    const rows = pixelRows(images, own, pixels);
    rowNats(logitsOf(layer, parameters, rows, tf), rows).forEach((value, i) => {
      const image = from + Math.floor(i / length);
      nats[image]! += value;
      if (i % length >= length / 2) lowerNats[image]! += value;
    });
  }
  return { nats, lowerNats };
}

function logitsOf(layer: Layer, parameters: Arrays, rows: Float64Rows, tf: Tf): Float64Rows {
  const data = tf.tidy(() => {
    const tensors: Tensors = Object.fromEntries(
      Object.entries(parameters).map(([name, own]) => [name, tf.tensor1d(Float32Array.from(own))]),
    );
    const input = tf.tensor2d(Float32Array.from(rows.data), [rows.rows, rows.cols]);
    return layer.tensors(tf, tensors, input).dataSync();
  });
  return { ...rows, data: Float64Array.from(data) };
}
