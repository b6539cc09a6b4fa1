import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Matrix } from '../contracts/index.ts';
import type { Tf } from './tf.ts';

/**
 * How many float32 numbers a backend adds one after another before the sum goes on in float64: equal ones round the same way each time,
 * so that errors grow with their number. Native adds 16 lanes side by side, wasm one number after the other.
 */
export type SumLengths = {
  /** Along a row, as the exponentials of a softmax */
  readonly row: number;
  /** Within a product, along the keys */
  readonly product: number;
};

export const NATIVE_SUMS: SumLengths = { row: 256, product: 4096 };
export const WASM_SUMS: SumLengths = { row: 16, product: 256 };

/** Rows that are added in float32. */
const COLUMN = 64;

/** `Σ_k x_nk`, `[B]`: blocks of a row in float32, their sum in float64. */
export function rowSums(tf: Tf, x: Tensor2D, { row }: SumLengths): Float64Array {
  const [B, width] = x.shape;
  const blocks = width / blockWidth(width, row);
  const parts = tf.sum(tf.reshape(x, [B, blocks, width / blocks]), 2).dataSync<'float32'>();
  const sums = new Float64Array(B);
  for (let n = 0, i = 0; n < B; n++) for (let j = 0; j < blocks; j++) sums[n]! += parts[i++]!;
  return sums;
}

/** The widest multiple of 8 that divides the width (a multiple of 8 too, or short) and is at most so much; short rows are one block. */
function blockWidth(width: number, most: number): number {
  if (width <= most) return width;
  let block = Math.floor(most / 8) * 8;
  while (width % block !== 0) block -= 8;
  return block;
}

/** `Σₙ x_nk`, `[width]`: 64 rows at a time in float32, their sum in float64. */
export function columnSums(tf: Tf, x: Tensor2D): Float64Array {
  const [B, width] = x.shape;
  const sums = new Float64Array(width);
  const blocks = Math.floor(B / COLUMN);
  const whole = blocks * COLUMN;
  const addParts = (parts: Float32Array): void => {
    for (let i = 0; i < parts.length; i += width) for (let k = 0; k < width; k++) sums[k]! += parts[i + k]!;
  };
  if (blocks > 0) {
    const top = whole === B ? x : tf.slice(x, [0, 0], [whole, width]);
    addParts(tf.sum(tf.reshape(top, [blocks, COLUMN, width]), 1).dataSync<'float32'>());
  }
  if (whole < B) addParts(tf.sum(tf.slice(x, [whole, 0], [B - whole, width]), 0).dataSync<'float32'>());
  return sums;
}

/** Right sides of products along the keys, cut into blocks of keys: `[block, padded width]` each. */
export type KeyBlocks = { readonly parts: readonly Tensor2D[]; readonly width: number; dispose(): void };

/** A matrix with one row a key, for `addKeyProducts`; `padded` keys, those beyond its rows 0. */
export function keyBlocks(tf: Tf, { data, rows, cols }: Matrix, padded: number, { product }: SumLengths): KeyBlocks {
  const width = Math.ceil(cols / 8) * 8;
  const parts: Tensor2D[] = [];
  for (let start = 0; start < padded; start += product) {
    const count = Math.min(product, padded - start);
    const part = new Float32Array(count * width);
    for (let k = start; k < Math.min(rows, start + count); k++)
      part.set(data.subarray(k * cols, (k + 1) * cols), (k - start) * width);
    parts.push(tf.keep(tf.tensor2d(part, [count, width])));
  }
  return { parts, width, dispose: () => tf.dispose([...parts]) };
}

/**
 * `out_n += Σ_k x_nk v_k` for a tile of rows: blocks of keys in float32, their sum in float64.
 *
 * @param out  its rows of the result, `[B, cols]`
 */
export function addKeyProducts(
  tf: Tf,
  x: Tensor2D,
  { parts, width }: KeyBlocks,
  out: Float64Array | Float32Array,
  cols: number,
): void {
  const B = x.shape[0];
  const add = (own: Tensor2D, part: Tensor2D): void => {
    const product = tf.matMul(own, part).dataSync<'float32'>();
    for (let n = 0; n < B; n++) for (let v = 0; v < cols; v++) out[n * cols + v]! += product[n * width + v]!;
  };
  if (parts.length === 1) {
    add(x, parts[0]!);
    return;
  }
  // Cut here: a slice on wasm copies all that it is cut from.
  const all = x.dataSync<'float32'>();
  let start = 0;
  for (const part of parts) {
    const count = part.shape[0];
    const own = new Float32Array(B * count);
    for (let n = 0; n < B; n++)
      own.set(all.subarray(n * x.shape[1] + start, n * x.shape[1] + start + count), n * count);
    tf.tidy(() => add(tf.tensor2d(own, [B, count]), part));
    start += count;
  }
}
