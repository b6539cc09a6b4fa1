import type { Matrix } from '@mixtention/core';
import { generator, key, split } from '@mixtention/core/numeric';
import { faithful } from '@mixtention/mixture';

/** Rows around K centres on a circle, in turn: component k of row n is n mod K. */
export function blobs(
  rows: number,
  components: number,
  width: number,
  options: { spread?: number; seed?: number } = {},
): Matrix {
  const { spread = 1, seed = 0 } = options;
  const random = generator(split(key(seed), 'blobs'));
  const data = new Float64Array(rows * width);
  for (let i = 0; i < data.length; i++) {
    const angle = (2 * Math.PI * (Math.floor(i / width) % components)) / components + (i % width);
    data[i] = 5 * Math.cos(angle) + spread * random.normal();
  }
  return { data, rows, cols: width };
}

/** Binary rows of K random prototypes, each cell flipped with probability 0.15. */
export function binaryBlobs(rows: number, components: number, width: number, seed = 0): Matrix {
  const random = generator(split(key(seed), 'binary'));
  const prototypes = Array.from({ length: components * width }, () => random.integer(2));
  const data = new Float64Array(rows * width);
  for (let i = 0; i < data.length; i++) {
    const cell = prototypes[(Math.floor(i / width) % components) * width + (i % width)]!;
    data[i] = random.uniform() < 0.15 ? 1 - cell : cell;
  }
  return { data, rows, cols: width };
}

/** The second column of Old Faithful: minutes of waiting, `[272, 1]`. */
export function waiting(): Matrix {
  const { data, rows } = faithful();
  return { data: Float64Array.from({ length: rows }, (_, n) => data[2 * n + 1]!), rows, cols: 1 };
}

/** Rows of a matrix by index, a repeated index giving a repeated row. */
export function pick(x: Matrix, rows: readonly number[]): Matrix {
  const data = new Float64Array(rows.length * x.cols);
  for (const [i, n] of rows.entries()) data.set(x.data.subarray(n * x.cols, (n + 1) * x.cols), i * x.cols);
  return { data, rows: rows.length, cols: x.cols };
}
