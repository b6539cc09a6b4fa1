import type { Matrix, Precision, RandomSource, RowBlock, Scores } from '@mixtention/core';
import { generator, key } from '@mixtention/core/numeric';

export type CaseShape = {
  readonly form: Scores['form'];
  readonly rows: number;
  readonly components: number;
  readonly width: number;
  /** Values between the starts of rows; the width unless given. */
  readonly stride?: number;
  /** Standard deviation of the entries of H or W and of the biases; 1 unless given. */
  readonly spread?: number;
  readonly seed: number;
};

/** Rows and a score function, every number exact in the precision of the backend: what is left is the backend's own rounding. */
export type KernelCase = { readonly block: RowBlock; readonly packed: Matrix; readonly scores: Scores };

/** A random case of a shape: normal rows, natural parameters (or whitening factors and offsets) and biases. */
export function kernelCase(shape: CaseShape, precision: Precision): KernelCase {
  const { rows, components: K, width, stride = width, spread = 1, form } = shape;
  const random = generator(key(shape.seed));
  const round = precision === 'float32' ? Math.fround : (value: number): number => value;
  const normals = (count: number, scale: number): Float64Array =>
    Float64Array.from({ length: count }, () => round(scale * random.normal()));
  const packed: Matrix = { data: normals(rows * width, 1), rows, cols: width };
  const bias = normals(K, spread);
  const scores: Scores =
    form === 'linear'
      ? { form, components: K, width, natural: normals(K * width, spread), bias }
      : {
          form,
          components: K,
          width,
          whitening: lowerTriangles(K, width, spread, random).map(round),
          offset: normals(K * width, 1),
          bias,
        };
  return { block: blockOf(packed, stride, precision), packed, scores };
}

/** The same case without the rows that `keep` refuses. */
export function filterRows({ packed, block, scores }: KernelCase, keep: (row: number) => boolean): KernelCase {
  const { cols } = packed;
  const kept = Array.from({ length: packed.rows }, (_, n) => n).filter(keep);
  const data = new Float64Array(kept.length * cols);
  kept.forEach((n, i) => {
    data.set(packed.data.subarray(n * cols, (n + 1) * cols), i * cols);
  });
  const part: Matrix = { data, rows: kept.length, cols };
  return {
    block: blockOf(part, block.stride, block.data instanceof Float32Array ? 'float32' : 'float64'),
    packed: part,
    scores,
  };
}

/**
 * How far each row's scores may be from exact ones `[N]`.
 *
 * A sum of P products carries about √P half-ulps of its largest partial sum (Higham 2002, sec. 2.8); 8 is the margin.
 */
export function scoreTolerance({ packed, scores }: KernelCase, precision: Precision): Float64Array {
  const factor = 8 * Math.sqrt(scores.width + 2) * unitRoundoff(precision);
  return Float64Array.from({ length: packed.rows }, (_, n) => {
    const row = packed.data.subarray(n * packed.cols, (n + 1) * packed.cols);
    let most = 1;
    for (let k = 0; k < scores.components; k++) {
      const bias = Math.abs(scores.bias[k]!);
      most = Math.max(most, (bias === Number.POSITIVE_INFINITY ? 0 : bias) + sizeOf(row, scores, k));
    }
    return factor * most;
  });
}

/** Half the distance from 1 to the next number. */
export function unitRoundoff(precision: Precision): number {
  return precision === 'float32' ? 2 ** -24 : 2 ** -53;
}

function blockOf(packed: Matrix, stride: number, precision: Precision): RowBlock {
  const { rows, cols } = packed;
  const data = precision === 'float32' ? new Float32Array(rows * stride) : new Float64Array(rows * stride);
  for (let n = 0; n < rows; n++) data.set(packed.data.subarray(n * cols, (n + 1) * cols), n * stride);
  return { data, rows, cols, stride };
}

/** Sum of the sizes of all products that make a score: what its rounding is relative to. */
function sizeOf(row: Float64Array | Float32Array, scores: Scores, k: number): number {
  const { width } = scores;
  if (scores.form === 'linear')
    return Array.from(row).reduce((sum, x, p) => sum + Math.abs(x * scores.natural[k * width + p]!), 0);
  let square = 0;
  for (let i = 0; i < width; i++) {
    let y = Math.abs(scores.offset[k * width + i]!);
    for (let j = 0; j <= i; j++) y += Math.abs(scores.whitening[(k * width + i) * width + j]! * row[j]!);
    square += y * y;
  }
  return square;
}

function lowerTriangles(K: number, D: number, spread: number, random: RandomSource): Float64Array {
  const W = new Float64Array(K * D * D);
  for (let k = 0; k < K; k++) {
    for (let i = 0; i < D; i++) {
      for (let j = 0; j < i; j++) W[(k * D + i) * D + j] = (spread * random.normal()) / Math.sqrt(D);
      W[(k * D + i) * D + i] = spread * (0.5 + random.uniform());
    }
  }
  return W;
}
